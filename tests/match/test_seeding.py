"""Documents -> proposals: what is a name, what is one thing, what is new, what comes first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.beat import load_beat
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.seeding import Document, Proposal, propose
from monitor.model import Beat, Side
from monitor.text.normalise import fold_key

DATA = Path(__file__).parents[1] / "data"
SIDES = (Side("nordic", "Norway", ("NO",)), Side("baltic", "Lithuania", ("LT",)))
KINDS = {"person", "organisation", "place", "project", "treaty", "event", "concept"}


def watchlist(beat: Beat | None = None) -> Watchlist:
    """The compiled watchlist of a beat; by default one of two sides and nothing else."""
    empty = Beat("empty", "Empty", SIDES, (), (), (), (), (), {}, "0")
    return compile_watchlist(beat or empty, {})


def proposed(*texts: str, lang: str = "en", known: Watchlist | None = None) -> list[Proposal]:
    """What is proposed from texts, each a document of its own."""
    documents = [Document(f"document {number}", text, lang) for number, text in enumerate(texts)]
    return propose(documents, known or watchlist())


def names(*texts: str, lang: str = "en") -> list[str]:
    """The names of what is proposed."""
    return [proposal.name for proposal in proposed(*texts, lang=lang)]


def only(name: str, *texts: str, lang: str = "en") -> Proposal:
    """The one proposal with that name or alias."""
    found = [one for one in proposed(*texts, lang=lang) if name in (one.name, *one.aliases)]
    assert len(found) == 1, found
    return found[0]


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "name", "kind"),
    [
        ("They met at the Helsinki Energy Forum in May.", "Helsinki Energy Forum", "event"),
        ("The ministers signed the Vilnius Declaration.", "Vilnius Declaration", "treaty"),
        ("The grid is run by the Baltic Power Agency.", "Baltic Power Agency", "organisation"),
        ("A ship crossed the Barents Sea.", "Barents Sea", "place"),
        ("He praised the Green Harbour Initiative.", "Green Harbour Initiative", "project"),
        ("Work on the Klaipeda gas pipeline began.", "Klaipeda gas pipeline", "project"),
        ("The Ministry of Trade and Transport agreed.", "Ministry of Trade and Transport",
         "organisation"),
        ("They signed the Treaty on Peace, Friendship, and Trade.",
         "Treaty on Peace, Friendship, and Trade", "treaty"),
        ("Then President Jonas Petrauskas spoke.", "Jonas Petrauskas", "person"),
        ("Members joined the Wind and Wave Initiative.", "Wind and Wave Initiative", "project"),
        ("Ministry of Wind and Rain officials left.", "Ministry of Wind and Rain", "organisation"),
        ("Ships of the “Bright Nights” programme left.", "Bright Nights", "project"),
        ("They marked the 30th anniversary of diplomatic relations.",
         "30th anniversary of diplomatic relations", "event"),
        ("Работу начал газопровод «Северный мост».", "Северный мост", "project"),
        ("Суда вошли в Каспийское море.", "Каспийское море", "place"),
        ("Делегации подписали Вильнюсскую декларацию.", "Вильнюсскую декларацию", "treaty"),
    ],
)  # fmt: skip
def test_a_name_is_found_whole_with_its_kind(sentence: str, name: str, kind: str) -> None:
    """Small words, quotation marks and heads in lower case belong to a name; titles do not."""
    lang = "ru" if sentence[0] > "z" else "en"

    assert only(name, f"{sentence} Nothing else.", lang=lang).kind == kind


def test_two_names_with_an_and_between_them_are_two() -> None:
    """An "and" joins no names that stand alone elsewhere, and none in a list."""
    found = names(
        "Visby and Turku agreed. A ferry left Visby. They saw Turku. "
        "Ports in Parnu, Ventspils and Kotka closed."
    )

    assert {"Visby", "Turku", "Parnu", "Ventspils", "Kotka"} <= set(found)
    assert not [name for name in found if " and " in name]


def test_an_office_and_its_holder_are_two() -> None:
    """What a person is president of is no part of the person's name, whatever the language."""
    found = names("The President of the Republic of Latvia Edgars Berzins met Edgars Berzins.")
    russian = names("Президент Латвии Эдгарс Берзинс прилетел в Осло.", lang="ru")

    assert "Edgars Berzins" in found
    assert "Эдгарс Берзинс" in russian
    assert not [name for name in (*found, *russian) if "Latvia Ed" in name or "Латвии Э" in name]


def test_the_first_word_of_a_sentence_is_no_name_by_its_capital() -> None:
    """A capital that only its place explains tells nothing; one seen elsewhere does."""
    found = names("Fishermen wait. Prices fell. Narva waits. Everyone left for Narva on Monday.")

    assert "Narva" in found
    assert not {"Fishermen", "Prices", "Everyone", "Monday"} & set(found)


def test_what_is_about_the_page_is_left_out() -> None:
    """Headings in title case, captions, by-lines and disclaimers bring no names."""
    page = """The Road Ahead: Toward Brighter Tomorrows

The ferry reached Tallinn. Everyone went to Tallinn.
A harbour at night. Photo credit: Blue Lens Agency.
The author is Gazette journalist Ann Writer.
Disclaimer: The views and opinions expressed here are those of Harbour Gazette.
Tags
Comments (0)
Ann WRITER, Institute of Harbours"""

    assert names(page) == ["Tallinn"]


# --- one thing, one proposal ---------------------------------------------------------------------


def test_an_acronym_in_parentheses_is_another_name() -> None:
    """A conference with two spellings and an acronym is one proposal, counted together."""
    long = "Conference on Interaction and Confidence-Building Measures in Asia"
    found = only(
        "CICA",
        f"They spoke at the {long} (CICA). It grew.",
        "Later the Conference on Interaction and Confidence Building Measures in Asia met. "
        "It is called CICA by all.",
    )

    assert fold_key(found.name) == fold_key(long)
    assert found.aliases == ("CICA",)
    assert (found.sentences, found.documents) == (3, ("document 0", "document 1"))


def test_words_in_lower_case_may_stand_behind_an_acronym() -> None:
    """The initials decide how far an acronym's long form reaches, in Russian too."""
    english = only("LNG", "The port takes liquefied natural gas (LNG) from abroad.")
    russian = only("СОП", "Северная организация портов (СОП) создана в Осло.", lang="ru")

    assert english.name == "liquefied natural gas"
    assert russian.name == "Северная организация портов"


@pytest.mark.parametrize(
    "texts",
    [
        ("We met Jonas Petrauskas. Then Petrauskas left.", "President Petrauskas came."),
        ("A Harbour Workshop opened.", "Two Harbour Workshops closed. Harbour Workshops stay."),
        ("The Harbour Cooperation Organisation met.", "A Harbour Cooperation Organization grew."),
        ("The Oslo–Riga railway grows.", "The Oslo-Riga railway grew."),
        ("The Oslo–Riga Forum met.", "The Riga–Oslo Forum met again."),
        ("They left Estonia at noon.", "An Estonian ship left Estonia."),
        ("The Oslo–Riga gas pipeline leaks.", "The Oslo–Riga natural gas pipeline leaks."),
        ("They flew to Lapua’s airport.", "All saw Lapua. They left Lapua."),
    ],
)
def test_spellings_of_one_name_are_one_proposal(texts: tuple[str, str]) -> None:
    """Surnames, plurals, dashes, adjectives and small words make no second proposal."""
    found = [one for one in proposed(*texts) if one.kind != "concept"]

    assert len([one for one in found if len(one.documents) == 2]) == 1
    folded = [fold_key(alias) for one in found for alias in (one.name, *one.aliases)]
    assert len(folded) == len(set(folded))


def test_russian_cases_are_one_proposal_in_the_nominative() -> None:
    """The base form is the one that explains the others by the suffix tables."""
    found = only(
        "Клайпеда",
        "Порт Клайпеда растёт. Суда идут из Клайпеды. В Клайпеде ждут. Все видели Клайпеду.",
        lang="ru",
    )

    assert (found.name, found.sentences) == ("Клайпеда", 4)


# --- concepts ------------------------------------------------------------------------------------


def test_terms_are_phrases_that_recur() -> None:
    """Longer phrases explain their parts, everyday words are none, plurals count together."""
    text = (
        "The code of conduct includes all. They praised the code of conduct. "
        "It was a code of conduct. "
        "Offshore wind farms grow. Each offshore wind farm is new. People did important things."
    )
    found = {one.name: one for one in proposed(text)}

    assert {"code of conduct", "offshore wind farm"} & set(found) == {
        "code of conduct",
        "offshore wind farm",
    }
    assert found["offshore wind farm"].sentences == 2
    assert not {"conduct", "people", "important things", "things"} & set(found)


def test_chinese_terms_are_free_on_both_sides() -> None:
    """Recurring characters with various neighbours are terms; their last ones tell the kind."""
    text = (
        "挪威首相斯特勒访问里加。斯特勒表示，北海风电场项目很好。北海风电场将于明年投产。"
        "跨境电网的作用很大，双方支持跨境电网。各方共建“蓝色航道”。"
    )
    found = {one.name: one for one in proposed(text, lang="zh")}

    assert found["北海风电场"].kind == "project"
    assert found["蓝色航道"].lang == "zh"
    assert "跨境电网" in found
    assert not [name for name in found if name in ("跨境电", "境电网", "海风电")]


# --- what is new, and whose it is ----------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Watchlist:
    """The watchlist of the Nordic–Baltic beat."""
    return watchlist(load_beat(DATA / "beats" / "nordic-baltic"))


def test_what_the_watchlist_finds_is_not_proposed(small: Watchlist) -> None:
    """Names that it covers whole are left out, and so are those that add only weak words."""
    text = (
        "Sweden and Lithuania repaired NordBalt. Swedish divers laid a new power cable. "
        "New power cables are strong. The NordBalt Treaty holds."
    )
    found = [one.name for one in proposed(text, known=small)]

    assert "NordBalt Treaty" in found
    assert not {"Sweden", "Lithuania", "NordBalt", "Swedish", "power cable"} & set(found)
    assert not [name for name in found if "power cable" in name.lower()]


def test_sides_come_from_the_name_and_from_what_stands_beside_it(small: Watchlist) -> None:
    """A name with both sides in it is of both; a person is of the side named beside it only."""
    text = (
        "The Sweden–Lithuania Forum met. Swedish minister Ida Berg spoke with Lithuania. "
        "Unrelated people, far from Lithuania and its long and windy coast, praised Knut Holm."
    )
    found = {one.name: one for one in proposed(text, known=small)}

    assert found["Sweden–Lithuania Forum"].sides == ("nordic", "baltic")
    assert found["Sweden–Lithuania Forum"].countries == ("LT", "SE")
    assert (found["Ida Berg"].kind, found["Ida Berg"].sides) == ("person", ("nordic",))
    assert found["Knut Holm"].sides == ()


# --- always --------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["Oslo", "and", "of", "the", "Treaty", "power", "cable", "(OPC)", "“Blue", "Way”", "President",
     "Ida", "Berg", "–", "Riga", ".", "\n", ",", "30th", "anniversary", "中国铁路", "газ", "\ud800",
     "\0", "it’s", "Norwegian"]
)  # fmt: skip


@given(
    st.lists(st.lists(_WORDS, max_size=40).map(" ".join), max_size=3),
    st.sampled_from(["en", "ru", "zh", "kk", "und"]),
)
def test_whatever_is_read_proposals_are_ranked_and_apart(texts: list[str], lang: str) -> None:
    """Scores fall from 100 to 0, names differ when folded, evidence is there, kinds are known."""
    found = proposed(*texts, lang=lang)

    assert all(first.score >= second.score for first, second in pairwise(found))
    assert len({fold_key(one.name) for one in found}) == len(found)
    for one in found:
        assert one.kind in KINDS
        assert 0 < one.score < 100
        assert one.sentences > 0
        assert one.documents
        assert one.example
        assert one.name not in one.aliases


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No text makes it fail, and reading it twice says the same."""
    assert proposed(text) == proposed(text)


# --- on the background documents -----------------------------------------------------------------


def background(shared: Path) -> list[Document]:
    """The five background documents; skips where they are missing."""
    paths = sorted((shared / "seeds").glob("*.txt"))
    if not paths:
        pytest.skip("the background documents are not beside the checkout")
    return [Document(path.name, path.read_text(encoding="utf-8"), "en") for path in paths]


def test_of_the_first_hundred_proposals_seventy_are_worth_keeping(shared: Path) -> None:
    """With an empty watchlist, judged by a reader's list of what to keep."""
    judged = (DATA / "seeding_kept.txt").read_text(encoding="utf-8").splitlines()
    kept = {fold_key(line) for line in judged if not line.startswith("#")}
    first = propose(background(shared), watchlist())[:100]

    assert sum(fold_key(one.name) in kept for one in first) >= 70


def test_the_shipped_watchlist_leaves_little_to_propose(shared: Path) -> None:
    """What ships was taken from these documents: no leader or main place is proposed again."""
    beat = load_beat(Path(__file__).parents[2] / "seeds" / "china-central-asia")
    documents = background(shared)
    bare = propose(documents, watchlist())
    new = propose(documents, watchlist(beat))

    assert len(new) < 0.65 * len(bare)
    assert not {"Xi Jinping", "Kazakhstan", "Astana", "Luban Workshops"} & {o.name for o in new}

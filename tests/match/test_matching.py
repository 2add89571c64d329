"""Where aliases are found: forms, boundaries, capitals, traps, and the longest first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.matching import Watchlist, compile_watchlist
from monitor.model import Alias, Beat, Entity, Rival, Side, Term, Trap

SIDES = (Side("near", "Near", ("CN",)), Side("far", "Far", ("KZ",)))


def entity(name: str, side: str, *aliases: Alias, kind: str = "country") -> Entity:
    """An entity of one side."""
    return Entity(name, name, kind, (side,), aliases, 8.0)


CHINA = entity(
    "china",
    "near",
    Alias("China", "en"),
    Alias("Китай", "ru"),
    Alias("китайский", "ru"),
    Alias("中国", "zh"),
    Alias("Қытай", "kk"),
    Alias("Кытай", "ky"),
    Alias("Xitoy", "uz"),
    Alias("Hytaý", "tk"),
    Alias("Хитой", "tg"),
    Alias("Чин", "tg", exact=True),
    Alias("PRC", "en"),
)
KAZAKHSTAN = entity(
    "kazakhstan",
    "far",
    Alias("Kazakhstan", "en"),
    Alias("Казахстан", "ru"),
    Alias("казахстанский", "ru"),
    Alias("哈萨克斯坦", "zh"),
    Alias("Қазақстан", "kk"),
    Alias("Qozogʻiston", "uz"),
    Alias("Gazagystan", "tk"),
)
REPUBLIC = entity("republic", "near", Alias("Китайская Народная Республика", "ru"))
RAILWAY = entity("railway", "far", Alias("China–Kyrgyzstan–Uzbekistan railway", "en"))
MINISTRY = entity("ministry", "far", Alias("темір жол министрлігі", "kk"))
BEAT = Beat(
    id="test",
    title="Test",
    sides=SIDES,
    topics=(),
    entities=(CHINA, KAZAKHSTAN, REPUBLIC, RAILWAY, MINISTRY),
    terms=(Term("pipe", (Alias("pipeline", "en"), Alias("газ", "ru", prefix=True)), 2.0),),
    rivals=(Rival("c5", "C5+1", "near", (Alias("C5+1", "en"),)),),
    traps=(
        Trap("gorod", "Китай", (Alias("Китай-город", "ru"),)),
        Trap("town", "China", (Alias("China Town", "en"),)),
    ),
    weights={},
    fingerprint="test",
)


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    """The test's beat with three keywords."""
    return compile_watchlist(BEAT, {"уран": 60.0, "lithium mine": -60.0, "export*": 5.0})


def found(watchlist: Watchlist, text: str, lang: str = "und") -> list[tuple[str, str]]:
    """(id, form) of what stands in a title."""
    matches = watchlist.find([("title", text)], lang)
    assert all(text[match.start : match.end] == match.form for match in matches)
    return [(match.sought.subject.id, match.form) for match in matches]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("China's rail", ["China's"]),
        ("договор с Китаем и Казахстаном", ["Китаем", "Казахстаном"]),
        ("китайско-казахстанские отношения", ["китайско", "казахстанские"]),
        ("Қытайдың Қазақстандағы елшісі", ["Қытайдың", "Қазақстандағы"]),
        ("Кытайга экспорт", ["Кытайга"]),
        ("Xitoydan Qozog'istonga", ["Xitoydan", "Qozog'istonga"]),
        ("Хитойдан Қозоғистонга", ["Хитойдан", "Қозоғистонга"]),
        ("Hytaýyň Gazagystana", ["Hytaýyň", "Gazagystana"]),
        ("ҳамкорӣ бо Хитойро", ["Хитойро"]),
        ("中国与哈萨克斯坦", ["中国", "哈萨克斯坦"]),
        ("中國與哈薩克斯坦", ["中國", "哈薩克斯坦"]),
        ("🇨🇳Китай,Казахстан/China", ["Китай", "Казахстан", "China"]),
    ],
)
def test_inflected_forms_are_found(watchlist: Watchlist, text: str, forms: list[str]) -> None:
    """Every language's forms are found in whatever text they stand."""
    listed = [form for name, form in found(watchlist, text) if name in ("china", "kazakhstan")]
    assert listed == forms


@pytest.mark.parametrize(
    "text", ["Indochina", "Chinaman", "китаист", "Чингиз", "prc", "Чинор", "Kazakhstania"]
)
def test_parts_of_other_words_are_not(watchlist: Watchlist, text: str) -> None:
    """Words that contain an alias are other words."""
    assert found(watchlist, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Китайской Народной Республикой",
        "Китайская  Народная Республика",
        "КИТАЙСКУЮ НАРОДНУЮ РЕСПУБЛИКУ",
    ],
)
def test_every_word_of_a_russian_phrase_inflects(watchlist: Watchlist, text: str) -> None:
    """A phrase is one find in any case, not the words it is made of."""
    assert found(watchlist, text) == [("republic", text)]


def test_a_phrase_needs_all_its_words(watchlist: Watchlist) -> None:
    """The rarest word alone is not the phrase."""
    assert found(watchlist, "народная республика") == []
    assert found(watchlist, "Китайская, а не Народная Республика") == [("china", "Китайская")]


@pytest.mark.parametrize(
    "text",
    [
        "China-Kyrgyzstan-Uzbekistan railway",
        "China – Kyrgyzstan – Uzbekistan railways",
        "China—Kyrgyzstan—Uzbekistan Railway's",
    ],
)
def test_the_longest_alias_wins_with_any_dash(watchlist: Watchlist, text: str) -> None:
    """The railway hides the country in its name, however its dashes are written."""
    assert found(watchlist, text) == [("railway", text)]


def test_two_words_may_be_written_as_one(watchlist: Watchlist) -> None:
    """Longer phrases keep their spaces; the ending of the last word may change."""
    assert found(watchlist, "темір жол министрлігінің") == [
        ("ministry", "темір жол министрлігінің")
    ]


def test_traps_hide_what_they_cover(watchlist: Watchlist) -> None:
    """A look-alike is no evidence, and does not spoil evidence beside it."""
    assert found(watchlist, "Станция Китай-город закрыта") == []
    assert found(watchlist, "в Китай-городе о Китае") == [("china", "Китае")]
    assert found(watchlist, "China Town") == []


def test_acronyms_match_in_capitals_only(watchlist: Watchlist) -> None:
    """Up to five capitals are an acronym."""
    assert found(watchlist, "the PRC embassy") == [("china", "PRC")]
    assert found(watchlist, "the Prc embassy") == []


def test_names_begin_with_a_capital_where_anything_does(watchlist: Watchlist) -> None:
    """Porcelain is no country; a text wholly in small letters is given the benefit."""
    assert found(watchlist, "Fine bone china was sold.") == []
    assert found(watchlist, "trade with china doubled") == [("china", "china")]
    assert found(watchlist, "CHINA AND KAZAKHSTAN") == [
        ("china", "CHINA"),
        ("kazakhstan", "KAZAKHSTAN"),
    ]


def test_demonyms_may_be_small_where_the_language_has_them_so(watchlist: Watchlist) -> None:
    """In Turkic languages a state's name is also an adjective in small letters."""
    assert found(watchlist, "Жаңа қытай компаниясы") == [("china", "қытай")]
    assert found(watchlist, "Yangi xitoy kompaniyasi") == [("china", "xitoy")]


def test_exact_and_short_aliases_stay_in_their_language(watchlist: Watchlist) -> None:
    """The Tajik word for China is a Russian word for rank."""
    assert found(watchlist, "Чин ва Тоҷикистон", "tg") == [("china", "Чин")]
    assert found(watchlist, "чин ва Тоҷикистон", "tg") == []
    assert found(watchlist, "Чин майора", "ru") == []


def test_rivals_and_prefixes_are_found(watchlist: Watchlist) -> None:
    """A format with signs in its name, and any word with a given beginning."""
    assert found(watchlist, "C5+1 о газопроводах") == [("c5", "C5+1"), ("pipe", "газопроводах")]


def test_keywords_inflect_in_every_language_and_nothing_hides_them(watchlist: Watchlist) -> None:
    """Users give no language; their words count inside longer aliases too."""
    assert found(watchlist, "урана, уранның; ураган") == [("уран", "урана"), ("уран", "уранның")]
    assert found(watchlist, "lithium mines") == [("lithium mine", "lithium mines")]
    assert found(watchlist, "exporters") == [("export*", "exporters")]
    railway = compile_watchlist(BEAT, {"railway": 3.0})
    text = "China-Kyrgyzstan-Uzbekistan railway"
    assert found(railway, text) == [("railway", text), ("railway", "railway")]


def test_latin_words_beside_han_characters_are_words(watchlist: Watchlist) -> None:
    """Chinese text puts no spaces around foreign words."""
    assert found(watchlist, "从China到Kazakhstan") == [
        ("china", "China"),
        ("kazakhstan", "Kazakhstan"),
    ]


def test_an_empty_watchlist_finds_nothing() -> None:
    """A beat without rows compiles."""
    empty = Beat("e", "E", SIDES, (), (), (), (), (), {}, "e")
    assert found(compile_watchlist(empty, {"*": 5.0}), "anything 中国") == []


def test_the_fingerprint_follows_beat_and_keywords() -> None:
    """The same wishes have the same fingerprint in any order, other wishes another."""
    one = compile_watchlist(BEAT, {"a1b": 1.0, "c2d": 2.0}).fingerprint
    assert one == compile_watchlist(BEAT, {"c2d": 2.0, "a1b": 1.0}).fingerprint
    assert one != compile_watchlist(BEAT, {"a1b": 1.0, "c2d": 3.0}).fingerprint


@given(
    st.lists(
        st.sampled_from(
            ["China", "Китаем", "中国", "Китай-город", "\ud800", "\0", "á", "'", "PRC", " ", "\n"]
        ),
        max_size=20,
    )
)
def test_forms_stand_where_matches_say(watchlist: Watchlist, pieces: list[str]) -> None:
    """Whatever surrounds them, matches cut their form out of the text, and none overlap."""
    text = "".join(pieces)
    matches = watchlist.find([("text", text)])
    assert all(text[match.start : match.end] == match.form for match in matches)
    assert all(one.end <= two.start for one, two in pairwise(matches))

"""The score and its receipt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.beat import Weights, load_beat
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.scoring import JUDGED_CHARACTERS, judge
from monitor.model import Alias, Beat, Entity, Judgement, Rival, Side, Term, Wording

BEATS = Path(__file__).resolve().parents[1] / "data" / "beats"
BEAT = Beat(
    id="test",
    title="Test",
    sides=(Side("near", "Near", ("AA",)), Side("far", "Far", ("BB", "CC"))),
    topics=(),
    entities=(
        Entity("arland", "Arland", "country", ("near",), (Alias("Arland", "en"),), 8.0, ("AA",)),
        Entity("bergia", "Bergia", "country", ("far",), (Alias("Bergia", "en"),), 8.0, ("BB",)),
        Entity("celtia", "Celtia", "country", ("far",), (Alias("Celtia", "en"),), 8.0, ("CC",)),
        Entity(
            "tunnel",
            "Grand Tunnel",
            "project",
            ("near", "far"),
            (Alias("Grand Tunnel", "en"),),
            12.0,
            ("AA", "BB"),
            ("transport",),
        ),
        Entity("gate", "Gate", "city", ("near",), (Alias("Gateway", "en", weak=True),), 8.0),
        Entity("mayor", "Mayor", "person", ("near",), (Alias("Armand", "en"),), 8.0, ("AA",)),
        Entity("port", "Port", "port", ("near",), (Alias("Arport", "en"),), 8.0, ("AA",)),
    ),
    terms=(
        Term("freight", (Alias("freight train", "en"),), 1.5, ("transport",)),
        Term("credit", (Alias("credit line", "en"),), 1.5, ("investment",)),
    ),
    rivals=(
        Rival("dorland", "Dorland", "near", (Alias("Dorland", "en"),)),
        Rival("union", "Union", "near", (Alias("Union", "en"),), partner=True),
    ),
    traps=(),
    weights={},
    fingerprint="test",
)
KEYWORDS = {"uranium": 60.0, "football": -60.0, "harbour*": 7.3}
WORDS = [
    "Arland",
    "Bergia's",
    "Celtia",
    "Grand Tunnel",
    "Gateway",
    "Armand",
    "Arport",
    "freight trains",
    "credit line",
    "Dorland",
    "Union",
    "uranium",
    "football",
    "harbours",
    "signed.",
    "Они\u0301",
    "中国",
    "\ud800",
    "\0",
    "\n\n",
    "and",
]
PROSE = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    """The test's beat with keywords of both signs."""
    return compile_watchlist(BEAT, KEYWORDS)


def score(watchlist: Watchlist, title: str, summary: str = "", text: str = "") -> float:
    """The score of a wording."""
    return judge(watchlist, Wording(title, summary, text, "en")).score


def rules(judgement: Judgement) -> dict[str, float]:
    """Points by rule."""
    return {line.rule: line.points for line in judgement.receipt}


def test_both_sides_in_the_title_are_relevant(watchlist: Watchlist) -> None:
    """Two countries that meet in a headline pass the usual threshold of 50."""
    judgement = judge(watchlist, Wording("Arland and Bergia sign", lang="en"))
    assert judgement.score >= 50
    assert judgement.countries == ("AA", "BB")
    assert judgement.entities == ("arland", "bergia")


def test_a_carrier_is_both_sides(watchlist: Watchlist) -> None:
    """A project between the two sides needs no country beside it."""
    judgement = judge(watchlist, Wording("Grand Tunnel opens", lang="en"))
    assert judgement.score >= 50
    assert judgement.topics == ("transport",)


def test_one_side_alone_stays_below_the_gate(watchlist: Watchlist) -> None:
    """However much is told of one side, without the other it is not the beat."""
    judgement = judge(watchlist, Wording("Arland: Armand in Arport", "Arland, Arport.", lang="en"))
    assert judgement.score <= 20
    assert rules(judgement)["gate:far"] < 0


def test_the_best_field_counts_and_counts_once(watchlist: Watchlist) -> None:
    """A title weighs more than a summary, that more than the text; repetition adds nothing."""
    title = score(watchlist, "Arland", "Bergia")
    summary = score(watchlist, "", "Arland. Bergia")
    text = score(watchlist, "", "", "Arland. Bergia")
    assert title > summary > text > 0
    assert title == score(watchlist, "Arland", "Bergia Bergia", "Arland Bergia")


def test_closeness_adds(watchlist: Watchlist) -> None:
    """One sentence says more than two, and the title most."""
    apart = score(watchlist, "", "Arland grows. Bergia shrinks.")
    together = score(watchlist, "", "Arland grows with Bergia.")
    assert together > apart
    in_text = score(watchlist, "", "", "Arland grows with Bergia.")
    assert in_text > score(watchlist, "", "", "Arland grows. Bergia shrinks.")


def test_one_side_cannot_fill_the_score(watchlist: Watchlist) -> None:
    """All names of one side together bring no more than its cap; the weakest get what is left."""
    one_side = judge(watchlist, Wording("Arland, Armand, Arport", lang="en"))
    evidence = [line.points for line in one_side.receipt if line.rule.startswith("entity:")]
    assert sum(evidence) == Weights().side_cap
    assert evidence == sorted(evidence, reverse=True)


def test_terms_add_a_little_and_only_beside_a_side(watchlist: Watchlist) -> None:
    """Words of the subject without a name of either side are nothing."""
    assert score(watchlist, "Freight train credit line") == 0
    with_terms = score(watchlist, "Arland, Bergia: freight train")
    assert 0 < with_terms - score(watchlist, "Arland, Bergia") <= 9


def test_weak_aliases_need_company(watchlist: Watchlist) -> None:
    """An ambiguous name counts beside its own side only."""
    assert "entity:gate" not in rules(judge(watchlist, Wording("Gateway, Bergia", lang="en")))
    assert "entity:gate" in rules(judge(watchlist, Wording("Gateway, Arland", lang="en")))


def test_a_rival_lowers_what_it_explains(watchlist: Watchlist) -> None:
    """Another partner in the title, with the side it replaces only mentioned, lowers the score."""
    rival = judge(watchlist, Wording("Dorland meets Bergia", "Arland watches Bergia.", lang="en"))
    partner = judge(watchlist, Wording("Union meets Bergia", "Arland watches Bergia.", lang="en"))
    plain = score(watchlist, "Bergia", "Arland watches Bergia.")
    assert rival.score < partner.score < plain
    assert rules(rival)["rival:dorland"] < 0
    assert "rival:dorland" not in rules(
        judge(watchlist, Wording("Dorland, Arland, Bergia", lang="en"))
    )


def test_keywords_decide_by_themselves(watchlist: Watchlist) -> None:
    """The gate caps no keyword: sixty points make an article relevant, minus sixty sink it."""
    assert score(watchlist, "Uranium mine") == 60
    assert score(watchlist, "Bergia sells uranium") >= 60
    assert score(watchlist, "Arland beats Bergia at football") < 20
    assert score(watchlist, "Football") == 0
    assert score(watchlist, "Harbours") == 7.5


def test_the_score_stays_within_its_scale(watchlist: Watchlist) -> None:
    """More evidence than a hundred points' worth is cut with a line."""
    judgement = judge(watchlist, Wording("Grand Tunnel: Arland, Bergia, uranium", lang="en"))
    assert judgement.score == 100
    assert rules(judgement)["clamp"] < 0
    sunk = judge(watchlist, Wording("football", lang="en"))
    assert sunk.score == 0
    assert rules(sunk) == {"keyword:football": -60.0, "clamp": 60.0}


def test_nothing_found_needs_no_receipt(watchlist: Watchlist) -> None:
    """An article off the beat has the score 0 and an empty receipt."""
    assert judge(watchlist, Wording("Rain tomorrow", lang="en")) == Judgement(0.0, lang="en")


def test_only_the_first_characters_are_judged(watchlist: Watchlist) -> None:
    """What stands beyond the limit is no evidence, and the receipt says that it was not read."""
    far = "x " * (JUDGED_CHARACTERS // 2)
    judgement = judge(watchlist, Wording("Arland", "", f"{far} Bergia", "en"))
    assert "entity:bergia" not in rules(judgement)
    assert any(line.rule.startswith("length:") for line in judgement.receipt)


def test_the_declared_language_moves_no_long_names(watchlist: Watchlist) -> None:
    """The language of the wording is no evidence."""
    scores = {
        judge(watchlist, Wording("Arland and Bergia", lang=lang)).score
        for lang in ("en", "ru", "und", "xx")
    }
    assert len(scores) == 1


@settings(max_examples=300)
@given(PROSE, PROSE, PROSE)
def test_the_receipt_sums_to_the_score(
    watchlist: Watchlist, title: str, summary: str, text: str
) -> None:
    """Exactly, in any order, within 0 and 100, and with every form where its line says."""
    wording = Wording(title, summary, text, "en")
    judgement = judge(watchlist, wording)
    points = [line.points for line in judgement.receipt]
    assert sum(points) == sum(reversed(points)) == judgement.score
    assert 0 <= judgement.score <= 100
    fields = dict(wording.fields())
    for line in judgement.receipt:
        if line.field is not None:
            assert fields[line.field][line.start : line.end] == line.form
        else:
            assert line.points <= 0 or line.rule == "clamp"


def test_a_second_beat_of_ten_lines_runs_unchanged() -> None:
    """The engine knows no subject: another beat is judged by the same rules."""
    watchlist = compile_watchlist(load_beat(BEATS / "nordic-baltic"), {})
    english = judge(watchlist, Wording("Sweden and Lithuania lay a subsea cable", lang="en"))
    russian = judge(watchlist, Wording("Подводный кабель между Швецией и Литвой", lang="ru"))
    assert english.score == russian.score >= 50
    assert english.topics == russian.topics == ("energy",)
    assert judge(watchlist, Wording("NordBalt link fails", lang="en")).score > 20
    assert judge(watchlist, Wording("Swedish election", lang="en")).score <= 20
    assert judge(watchlist, Wording("China and Kazakhstan sign", lang="en")).score == 0

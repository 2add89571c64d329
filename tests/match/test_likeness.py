"""What speaks for one event and what against it, a kind of evidence at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.folding import fold
from monitor.match.likeness import likeness, reasons, traits, weigh, weighed
from monitor.match.rarity import Rarity, counted, weights
from monitor.model import Signature

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
NEWS = [Signature(NOON, "en", frozenset({f"k{number}"})) for number in range(300)]


def said(*marks: str, lang: str = "en", words: str = "") -> Signature:
    """The signature of an article with some marks and words."""
    return Signature(NOON, lang, frozenset(marks), frozenset(words.split()))


def points(one: Signature, other: Signature, rarity: Rarity | None = None) -> float:
    """How alike two articles are among much other news."""
    usual = rarity or counted([one, other, *NEWS])
    return likeness(weigh(one, usual), weigh(other, usual))


def test_what_the_other_tells_of_a_headline_speaks_for_one_event() -> None:
    """The same marks tell more where they are what the headline is about."""
    marks = ("ebridge", "kroad", "aopen", "wport")
    below = points(said(*marks), said(*marks, lang="ru"))
    above = points(said(*marks, "hebridge", "hkroad"), said(*marks, lang="ru"))
    elsewhere = points(said(*marks, "kgold", "hkgold"), said(*marks, "kgold", lang="ru"))
    untold = points(said(*marks, "kgold", "hkgold"), said(*marks, lang="ru"))
    assert below < above < below + 2 * weights().likeness["headline"]
    assert untold < elsewhere


def test_a_precise_figure_joins_what_a_round_one_does_not() -> None:
    """4,197 metres are of one event; a million of anything may be of many."""
    precise = points(said("p4.2e+03 m", "ktunnel"), said("p4.2e+03 m", "ktunnel", lang="ru"))
    rounded = points(said("f1e+06 m", "ktunnel"), said("f1e+06 m", "ktunnel", lang="ru"))
    assert precise - rounded == pytest.approx(weights().likeness["precise"], abs=0.5)


def test_a_precise_figure_that_many_give_tells_nothing() -> None:
    """What everybody quotes in these days is no mark of one event."""
    one, other = said("p4.2e+03 m", "ktunnel"), said("p4.2e+03 m", "ktunnel", lang="ru")
    quoted = counted([one, other, *NEWS, *[said("p4.2e+03 m")] * 60])
    assert points(one, other, quoted) < points(one, other) - weights().likeness["precise"] / 2


def test_days_of_which_nothing_is_known_are_taken_for_crowded() -> None:
    """The first articles of an archive are joined no easier than those of a usual day."""
    one, other = (
        said("ebridge", "kroad", "aopen"),
        said("ebridge", "kroad", "aopen", lang="ru"),
    )
    begun = Rarity(least_crowd=weights().likeness["crowd_most"])
    assert points(one, other, begun) < points(one, other, Rarity())


def test_a_reprint_is_found_on_a_crowded_day() -> None:
    """Who prints the same words tells the same event, however many others appear."""
    words = "bridge opened over the river after twelve years of work by engineers"
    one, other = said("ebridge", words=words), said("ebridge", words=words)
    crowded, quiet = counted([one, other, *NEWS]), Rarity()
    rewritten = said("ebridge", words="ribbon cut spans valley president attended ceremony")
    lost = points(one, rewritten, quiet) - points(one, rewritten, crowded)
    assert lost > 2
    assert points(one, other, quiet) - points(one, other, crowded) < lost - 2


def test_the_same_act_with_another_country_is_another_event() -> None:
    """What both have with most of the news does not make up for the country that differs."""
    usual = [Signature(NOON, "en", frozenset({"cAA"}))] * 200
    first, second = said("cAA", "cBB", "aopen", "kroad"), said("cAA", "cCC", "aopen", "kroad")
    rarity = counted([first, second, *usual])
    apart = points(first, second, rarity) - points(first, first, rarity)
    assert apart < weights().likeness["more_countries"] * 0.7


def test_a_country_is_told_by_whom_an_article_names() -> None:
    """Presidents of two countries act at two places, though no country is named."""
    both = ("cAA", "aopen", "kroad")
    usual = counted([Signature(NOON, "en", frozenset({"cAA"}))] * 200)
    unnamed = points(said(*both), said(*both), usual)
    assert points(said(*both, "oBB"), said(*both, "oCC"), usual) < unnamed - 1
    assert points(said(*both, "oBB"), said(*both, "oBB"), usual) == pytest.approx(unnamed)


def test_homes_are_no_reasons() -> None:
    """Nobody reads in an article the country of whom it names."""
    one = weigh(said("oBB", "kroad"), counted(NEWS))
    assert reasons(one, one) == ("road",)


def test_two_that_share_little_are_compared_too() -> None:
    """Articles in two languages that have a few usual things in common become one story."""
    marks = ("ksummit", "ameet", "cAA", "tsummit", "hksummit", "hameet")
    news = [
        Signature(NOON, "en", frozenset({"ksummit" if number % 3 else "kroad", f"n{number}"}))
        for number in range(24)
    ]
    weight = counted([*news, said(*marks), said(*marks, lang="ru")]).marks
    assert sum(weight[mark] for mark in marks if mark[0] in "kt") > weights().shared
    numbers = fold([said(*marks), said(*marks, lang="ru"), *news])
    assert numbers[0] == numbers[1]


MARKS = st.frozensets(
    st.sampled_from(
        [
            "ebridge",
            "kroad",
            "aopen",
            "abuild",
            "cAA",
            "cBB",
            "oCC",
            "d06-20",
            "p4.2e+03",
            "wport",
            "hebridge",
            "haopen",
        ]
    )
)
WORDS = st.frozensets(st.sampled_from(["bridge", "river", "work", "valley", "ribbon", "engineers"]))
SIGNATURES = st.builds(
    Signature, st.none() | st.just(NOON), st.sampled_from(["en", "ru"]), MARKS, WORDS
)


@given(st.lists(SIGNATURES, min_size=2, max_size=12))
def test_traits_serve_under_every_rarity(said: list[Signature]) -> None:
    """What is sorted once tells the same as what is sorted anew when other things are usual."""
    one, other = said[:2]
    kept = traits(one), traits(other)
    for usual in (counted(said), counted([*said, *NEWS]), Rarity()):
        again = likeness(*(weighed(each, usual) for each in kept))
        assert again == points(one, other, usual)
        assert again == pytest.approx(points(other, one, usual))


@given(st.lists(SIGNATURES, min_size=1, max_size=12))
def test_the_length_of_a_text_is_that_of_its_words(said: list[Signature]) -> None:
    """The squares that are added up at once are those of the weights of the words."""
    usual = counted(said)
    for one in said:
        weight = usual.words(one.lang)
        squares = sum(weight[word] ** 2 for word in one.words)
        assert usual.squared(one.lang, one.words) == pytest.approx(squares)
        assert weigh(one, usual).norm ** 2 == pytest.approx(squares)

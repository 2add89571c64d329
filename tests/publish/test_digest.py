"""An edition holds the right stories in the right order, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import (
    Article,
    Change,
    Coverage,
    Edition,
    JudgedArticle,
    Judgement,
    Story,
    Topic,
    Window,
    Wording,
)
from monitor.publish.digest import MOVED, OTHER, TOP, compose, order_articles, weight

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
WINDOW = Window(slot=NOW, since=None, until=NOW)
TOPICS = (Topic("energy", {"en": "Energy"}), Topic("trade", {"en": "Trade"}))


def judged(
    number: int,
    score: float,
    *,
    lang: str = "en",
    outlet: str = "Asia-Plus",
    summary: str = "",
    topics: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
) -> JudgedArticle:
    """An article with a judgement, named by its number."""
    wording = Wording(f"Title {number}", summary, lang=lang)
    article = Article(number, number, f"https://news.example/{number}", outlet, wording, NOW)
    return JudgedArticle(article, Judgement(score, topics=topics, countries=countries))


def story(number: int, score: float, **fields: Any) -> Story:
    """A story of one article."""
    return Story(number, (judged(number, score, **fields),))


def edition_of(stories: list[Story], **fields: Any) -> Edition:
    """Compose with settings that a test does not care about."""
    carried = fields.pop("carried", frozenset())
    near_misses = fields.pop("near_misses", ())
    fields.setdefault("limit", 40)
    coverage = Coverage((), 0, 0)
    return compose(
        "daily", "Daily", WINDOW, "UTC", stories, carried, coverage, TOPICS, near_misses, **fields
    )


def slugs(edition: Edition) -> list[str]:
    """The sections' slugs in order."""
    return [section.slug for section in edition.sections]


def test_sections_in_order() -> None:
    """What moved first, then top stories, topics in the beat's order, then the rest."""
    stories = [
        *(story(n, 90 - n, topics=("trade",)) for n in range(1, 4)),
        story(4, 60, topics=("trade", "energy")),
        story(5, 55, topics=("energy",)),
        story(6, 54, topics=("sport",)),
        story(7, 99, topics=("energy",)),
    ]
    edition = edition_of(stories, carried=frozenset({7}))

    assert slugs(edition) == [MOVED, TOP, "energy", "trade", OTHER]
    assert [s.id for s in edition.stories] == [7, 1, 2, 3, 5, 4, 6]


@pytest.mark.parametrize(("count", "top"), [(1, 1), (3, 3), (8, 3), (9, 4), (14, 4), (15, 5)])
def test_top_grows_with_the_edition(count: int, top: int) -> None:
    """Three to five stories lead, all of them when there are no more."""
    edition = edition_of([story(n, 50 + n) for n in range(count)])

    assert len(edition.sections[0].stories) == top


def test_breadth_and_languages_lead() -> None:
    """A story that four outlets tell in three languages leads a slightly better single one."""
    told = [("A", "en"), ("B", "ru"), ("C", "zh"), ("D", "zh")]
    broad = Story(1, tuple(judged(n, 70, outlet=o, lang=lang) for n, (o, lang) in enumerate(told)))
    edition = edition_of([story(9, 80), broad])

    assert weight(broad) == 70 + 10 + 6
    assert edition.stories[0].id == 1


def test_order_within_a_section() -> None:
    """By score; where scores are equal, the story with more outlets comes first."""
    wide = Story(11, (judged(11, 60, outlet="A"), judged(12, 50, outlet="B")))
    stories = [story(n, 90) for n in range(1, 4)] + [story(10, 60), wide, story(13, 65)]
    edition = edition_of(stories)

    assert [s.id for s in edition.sections[-1].stories] == [13, 11, 10]


def test_limit_cuts_the_lightest_and_counts_them() -> None:
    """The limit counts updates too, which leave room for what is new."""
    stories = [story(n, 50 + n) for n in range(10)]
    edition = edition_of(stories, limit=4, carried=frozenset({9, 8}))

    assert {s.id for s in edition.stories} == {9, 8, 7, 6}
    assert edition.omitted == 6


def test_story_stands_under_its_strongest_topic() -> None:
    """Articles vote with their scores, and a second topic counts half."""
    members = (judged(1, 60, topics=("trade", "energy")), judged(2, 55, topics=("energy",)))
    edition = edition_of([*(story(n, 90) for n in range(3, 6)), Story(1, members)])

    assert slugs(edition) == [TOP, "energy"]


def test_sections_by_country() -> None:
    """Countries that most stories speak of part nothing and are no headings."""
    pairs = [("CN", "KZ"), ("CN", "KZ"), ("CN", "KG"), ("CN", "TJ"), ("CN", "TM"), ("CN", "UZ")]
    stories = [story(n, 60 - n, countries=pair) for n, pair in enumerate(pairs)]
    edition = edition_of(stories, sections="country", country_names={"TJ": "Tajikistan"})

    assert [section.name for section in edition.sections] == [
        "Top stories",
        "Tajikistan",
        "TM",
        "UZ",
    ]


def test_three_best_near_misses() -> None:
    """Only the three best below the threshold are kept, best first."""
    edition = edition_of([], near_misses=[judged(n, 40 + n) for n in range(5)])

    assert [member.judgement.score for member in edition.near_misses] == [44, 43, 42]
    assert edition.sections == ()


def test_an_article_of_a_story_is_no_near_miss() -> None:
    """What is below the threshold and yet told in a story stands there only."""
    below = judged(2, 45)
    told = Story(1, (judged(1, 70), below))
    edition = edition_of([told], near_misses=[below, judged(3, 44)])

    assert [member.article.id for member in edition.near_misses] == [3]


@pytest.mark.parametrize(("lang", "leads"), [("en", 2), ("ru", 1), ("zh", 1)])
def test_an_article_in_the_readers_language_leads(lang: str, leads: int) -> None:
    """Whoever wrote in it speaks for the story; otherwise the best does."""
    articles = (judged(1, 70, lang="ru"), judged(2, 40, lang="en"), judged(3, 30, lang="en"))

    assert order_articles(articles, lang)[0].article.id == leads


def test_a_story_without_news_is_held() -> None:
    """Told before and nothing new in it: neither printed nor omitted, but carried."""
    same = replace(story(1, 90), change=Change(others=("Copyist",)))
    moved = replace(story(2, 80), change=Change(camps=("state",)))
    edition = edition_of([same, moved, story(3, 70)], carried=frozenset({1, 2}))

    assert slugs(edition) == [MOVED, TOP]
    assert [s.id for s in edition.held] == [1]
    assert edition.omitted == 0


def test_quotas_hold_and_the_rest_is_counted() -> None:
    """At most two stories on energy and one on Kazakhstan; what gives way is counted."""
    stories = [
        *(story(n, 90 - n, topics=("energy",), countries=("KG",)) for n in range(4)),
        *(story(10 + n, 80 - n, topics=("trade",), countries=("KZ",)) for n in range(3)),
    ]
    edition = edition_of(stories, quotas={"energy": 2, "KZ": 1})

    assert {s.id for s in edition.stories} == {0, 1, 10}
    assert edition.omitted == 4


@given(quotas=st.dictionaries(st.sampled_from(["energy", "trade", "KZ", "KG"]), st.integers(0, 4)))
def test_no_quota_is_exceeded(quotas: dict[str, int]) -> None:
    """Whatever the quotas are, no topic and no country has more than its own."""
    pairs = [("energy", "KZ"), ("energy", "KG"), ("trade", "KZ"), ("trade", "KG")] * 3
    stories = [
        story(n, 90 - n, topics=(topic,), countries=(country,))
        for n, (topic, country) in enumerate(pairs)
    ]
    printed = edition_of(stories, quotas=quotas).stories

    for name, most in quotas.items():
        named = [
            s for s in printed if name in (*s.lead.judgement.topics, *s.lead.judgement.countries)
        ]
        assert len(named) <= most


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.integers(0, 100), max_size=30),
    carried=st.frozensets(st.integers(0, 30)),
    limit=st.integers(1, 40),
)
def test_every_story_once_or_counted(
    scores: list[int], carried: frozenset[int], limit: int
) -> None:
    """No story is lost, none printed twice, and the limit holds."""
    stories = [story(n, score, topics=("trade",)) for n, score in enumerate(scores)]
    edition = edition_of(stories, carried=carried, limit=limit)

    ids = [s.id for s in edition.stories]
    assert len(ids) == len(set(ids)) <= limit
    assert len(ids) + edition.omitted == len(stories)
    assert all(section.stories for section in edition.sections)

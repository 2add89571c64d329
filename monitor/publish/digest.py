"""Which stories make an edition, in which order and under which heading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import log2
from typing import Literal

from monitor.model import (
    Coverage,
    Edition,
    JudgedArticle,
    Section,
    Story,
    Topic,
    Window,
)
from monitor.publish.frame import frame_of

MOVED = "moved"
TOP = "top"
OTHER = "other"
Kind = Literal["topic", "country"]

# How many stories may lead, by the number of stories in the edition.
_TOP_SIZES = ((15, 5), (9, 4), (0, 3))
NEAR_MISSES = 3
# Of how many stories one may be an update, and how many may be updates in a small edition.
_STORIES_PER_UPDATE = 4
_FEWEST_UPDATES = 3
# What another outlet or another language is worth beside a point of relevance.
_POINTS_PER_DOUBLED_COVERAGE = 5.0
_POINTS_PER_LANGUAGE = 3.0
# The share of the best article's score from which another may lead for being easier to read.
_LEADS_FROM = 0.5


def compose(
    name: str,
    title: str,
    window: Window,
    zone: str,
    stories: Sequence[Story],
    already_carried: frozenset[int],
    coverage: Coverage,
    topics: Sequence[Topic],
    near_misses: Sequence[JudgedArticle],
    *,
    limit: int,
    sections: Kind = "topic",
    country_names: Mapping[str, str] | None = None,
    quotas: Mapping[str, int] | None = None,
    lang: str = "en",
) -> Edition:
    """The edition of digest ``name`` for ``window``: at most ``limit`` stories, each once.

    First stands what moved: stories that an earlier edition carried and of which there is
    something new; those of which there is nothing new are ``held``. Then the weightiest stories
    lead; the others stand under their strongest topic, or under the country they speak of most
    (``country_names`` by code). ``quotas`` say how many stories one topic or country may have.
    What limit and quotas cut off, lightest first, is counted in ``omitted``. A near miss that
    belongs to a story is no miss and is left out.
    """
    ordered = sorted((_in_order(story, lang) for story in stories), key=_rank)
    fresh = [story for story in ordered if story.id not in already_carried]
    told = [story for story in ordered if story.id in already_carried]
    moved = [story for story in told if story.change is None or story.change.is_news]
    first = moved[: _room_for_updates(limit, bool(fresh))]
    within = list(_within(sorted(fresh, key=_leading_rank), quotas or {}, topics))
    printed = sorted(within[: limit - len(first)], key=_rank)
    if sections == "topic":
        headings = {topic.slug: topic.name(lang) for topic in topics}
    else:
        headings = _country_headings(printed, country_names or {})
    return Edition(
        digest=name,
        title=title,
        window=window,
        zone=zone,
        sections=tuple(_sections(printed, first, headings, sections, lang)),
        coverage=coverage,
        near_misses=_best(near_misses, stories),
        omitted=len(fresh) - len(printed) + len(moved) - len(first),
        lang=lang,
        held=tuple(story for story in told if story.change and not story.change.is_news),
    )


def _room_for_updates(limit: int, beside_fresh: bool) -> int:
    """How many updates may stand in an edition: a quarter, or a few where it is small."""
    return min(max(_FEWEST_UPDATES, limit // _STORIES_PER_UPDATE), limit - beside_fresh)


def _within(
    stories: Iterable[Story], quotas: Mapping[str, int], topics: Sequence[Topic]
) -> Iterator[Story]:
    """Those of ``stories`` that the quotas leave room for, in their order.

    A story takes a place of its strongest topic and of each country its lead article speaks of.
    """
    room = dict(quotas)
    headings = {topic.slug: topic.slug for topic in topics}
    for story in stories:
        topic = _strongest(story, headings, "topic")
        taken = [key for key in (topic, *story.lead.judgement.countries) if key in room]
        if all(room[key] > 0 for key in taken):
            room.update({key: room[key] - 1 for key in taken})
            yield story


def weight(story: Story) -> float:
    """What decides whether a story leads: relevance, breadth of coverage, number of languages.

    score + 5 · log2(outlets) + 3 · (languages − 1): twice the outlets outweigh five points.
    """
    outlets, languages = _breadth(story)
    return (
        story.score
        + _POINTS_PER_DOUBLED_COVERAGE * log2(outlets)
        + _POINTS_PER_LANGUAGE * (languages - 1)
    )


def order_articles(articles: Iterable[JudgedArticle], lang: str) -> tuple[JudgedArticle, ...]:
    """Best first; the best article in ``lang`` leads if it is about as much on the beat."""
    ordered = sorted(articles, key=_article_rank)
    least = _LEADS_FROM * max((member.judgement.score for member in ordered), default=0.0)
    leads = (
        member
        for member in ordered
        if member.article.wording.lang == lang and member.judgement.score >= least
    )
    lead_article = next(leads, None)
    if lead_article is None:
        return tuple(ordered)
    return (lead_article, *(member for member in ordered if member is not lead_article))


def _in_order(story: Story, lang: str) -> Story:
    return replace(story, articles=order_articles(story.articles, lang))


def _rank(story: Story) -> tuple[float, int, int, int]:
    """Sorting key: score, then outlets, then languages; the older story where all are equal."""
    outlets, languages = _breadth(story)
    return (-story.score, -outlets, -languages, story.id)


def _leading_rank(story: Story) -> tuple[float, tuple[float, int, int, int]]:
    return (-weight(story), _rank(story))


def _article_rank(member: JudgedArticle) -> tuple[float, float, int]:
    return (-member.judgement.score, member.article.first_seen.timestamp(), member.article.id)


def _breadth(story: Story) -> tuple[int, int]:
    """How many outlets carry the story, and in how many languages."""
    articles = [member.article for member in story.articles]
    outlets = {article.outlet for article in articles}
    return len(outlets), len({article.wording.lang for article in articles})


def _best(
    near_misses: Sequence[JudgedArticle], stories: Sequence[Story]
) -> tuple[JudgedArticle, ...]:
    told = {member.article.id for story in stories for member in story.articles}
    missed = (member for member in near_misses if member.article.id not in told)
    return tuple(sorted(missed, key=_article_rank)[:NEAR_MISSES])


def _sections(
    fresh: Sequence[Story],
    moved: Sequence[Story],
    headings: Mapping[str, str],
    kind: Kind,
    lang: str,
) -> Iterable[Section]:
    """What moved, top stories, then one section a heading, then the rest."""
    top = sorted(fresh, key=_leading_rank)[: _top_size(len(fresh))]
    leading = {story.id for story in top}
    grouped: dict[str, list[Story]] = defaultdict(list)
    for story in fresh:
        if story.id not in leading:
            grouped[_strongest(story, headings, kind)].append(story)
    frame = frame_of(lang)
    named = [
        (MOVED, frame.section(MOVED), moved),
        (TOP, frame.section(TOP), top),
        *((slug, heading, grouped[slug]) for slug, heading in headings.items()),
        (OTHER, frame.section(OTHER), grouped[OTHER]),
    ]
    return (Section(slug, heading, tuple(members)) for slug, heading, members in named if members)


def _top_size(count: int) -> int:
    return next(size for least, size in _TOP_SIZES if count >= least)


def _country_headings(stories: Sequence[Story], names: Mapping[str, str]) -> dict[str, str]:
    """Countries with their names, the most frequent first.

    One that more than half of the stories speak of tells no story from another and is left out.
    """
    counts = Counter(
        country
        for story in stories
        for country in {c for member in story.articles for c in member.judgement.countries}
    )
    telling = [code for code, count in counts.items() if 2 * count <= len(stories)]
    frequent_first = sorted(telling, key=lambda code: (-counts[code], code))
    return {code: names.get(code, code) for code in frequent_first}


def _strongest(story: Story, headings: Mapping[str, str], kind: Kind) -> str:
    """The heading that the story's articles speak for most.

    Each article gives its score to its first topic (or country), half of it to its second, a third
    to its third; among equals the first of ``headings`` wins.
    """
    votes = dict.fromkeys(headings, 0.0)
    for member in story.articles:
        judgement = member.judgement
        named = judgement.topics if kind == "topic" else judgement.countries
        for place, slug in enumerate(named, start=1):
            if slug in votes:
                votes[slug] += judgement.score / place
    best = max(votes, key=votes.__getitem__, default=OTHER)
    return best if votes.get(best) else OTHER

"""Which articles tell of one event: language-neutral signatures, compared in pairs.

Two articles are alike by the specific things they both name, the figures they both quote and,
in one language, the words of their titles. A thing that many stories name says little; a pair
of countries by itself says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import log2

from monitor.match.matching import Watchlist
from monitor.model import Judgement, Signature, StoryCandidate, Wording
from monitor.text import normalise
from monitor.text.numbers import figures
from monitor.text.scripts import han_runs, without_han

SAME_EVENT_WITHIN = timedelta(days=3)

# Kinds of entities that half of all articles name; they count by their countries only.
_BROAD_KINDS = frozenset({"country", "people", "language", "organisation", "format", "programme"})
_COUNTRIES = 4
_SHORTEST_WORD = 4
# Long enough to tell words apart, short enough to drop most endings.
_WORD_STEM = 6

# The formula of `likeness`, in points; found on made-up examples of one event and of two.
_ALIKE = 1.2
_MOST_ENTITIES = 2.0
_MOST_FIGURES = 2
_FIGURE = 0.8
_OTHER_FIGURES = -0.4
_TITLE = 4.0
_USUAL_OVERLAP = 0.2
_SAME_COUNTRIES = 0.3
_OTHER_COUNTRIES = -1.0
_SHARED_TOPIC = 0.2


def signature(
    watchlist: Watchlist, wording: Wording, judgement: Judgement, at: datetime
) -> Signature:
    """What an article says of an event: from its title and summary, or its text if they are mute.

    ``entities`` holds the ids of specific things and, in capitals, the codes of the countries.
    """
    specific = _specific_entities(watchlist, judgement)
    return Signature(
        at=at,
        lang=wording.lang,
        entities=specific | frozenset(judgement.countries[:_COUNTRIES]),
        figures=figures(f"{wording.title}\n{wording.summary}"),
        words=title_words(wording.title),
        topics=frozenset(judgement.topics),
    )


def title_words(title: str) -> frozenset[str]:
    """Beginnings of the longer words of a title, and pairs of neighbouring Han characters."""
    folded = normalise.fold(title).text
    words = {
        word[:_WORD_STEM]
        for word in without_han(folded).split()
        if len(word) >= _SHORTEST_WORD and not word.isdigit()
    }
    pairs = {
        folded[index : index + 2]
        for start, end in han_runs(folded)
        for index in range(start, end - 1)
    }
    return frozenset(words | pairs)


def place(article: Signature, candidates: Sequence[StoryCandidate]) -> int | None:
    """The id of the story that the article belongs to; None when it tells of a new event."""
    frequency = _frequency(candidate.signatures for candidate in candidates)
    best: tuple[float, int] | None = None
    for candidate in candidates:
        close = _closeness(article, candidate.signatures, frequency)
        if close >= _ALIKE and (best is None or (close, -candidate.story_id) > best):
            best = close, -candidate.story_id
    return None if best is None else -best[1]


def fold(signatures: Sequence[Signature]) -> list[int]:
    """The number of each signature's story, from 0; the order of the signatures is no matter."""
    order = sorted(range(len(signatures)), key=lambda index: _rank(signatures[index]))
    stories: list[list[int]] = []
    for index in order:
        candidates = [
            StoryCandidate(number, tuple(signatures[member] for member in members))
            for number, members in enumerate(stories)
            if _may_belong(signatures[index], [signatures[member] for member in members])
        ]
        number = place(signatures[index], candidates)
        if number is None:
            stories.append([index])
        else:
            stories[number].append(index)
    numbers = [0] * len(signatures)
    for number, members in enumerate(stories):
        for member in members:
            numbers[member] = number
    return numbers


def likeness(one: Signature, other: Signature, frequency: Mapping[str, int]) -> float:
    """How alike two signatures are, in points; symmetric. From 1.2 they tell of one event.

    ``frequency`` tells in how many stories each entity occurs.
    """
    points = _entity_points(one, other, frequency) + _figure_points(one, other)
    if one.lang == other.lang:
        points += _TITLE * (_overlap(one.words, other.words) - _USUAL_OVERLAP)
    points += _country_points(_codes(one), _codes(other))
    return points + (_SHARED_TOPIC if one.topics & other.topics else 0.0)


def _specific_entities(watchlist: Watchlist, judgement: Judgement) -> frozenset[str]:
    kinds = {entity.id: entity.kind for entity in watchlist.beat.entities}
    fields = {
        line.rule.removeprefix("entity:"): line.field
        for line in judgement.receipt
        if line.rule.startswith("entity:")
    }
    specific = [name for name in judgement.entities if kinds.get(name) not in _BROAD_KINDS]
    leading = frozenset(name for name in specific if fields.get(name) != "text")
    return leading or frozenset(specific)


def _rank(one: Signature) -> tuple[object, ...]:
    return (one.at, one.lang, *(sorted(part) for part in (one.entities, one.figures, one.words)))


def _may_belong(article: Signature, members: Iterable[Signature]) -> bool:
    """A cheap test that leaves out stories with nothing in common or of another time."""
    return any(
        abs(article.at - member.at) <= SAME_EVENT_WITHIN
        and not (
            article.entities.isdisjoint(member.entities)
            and article.words.isdisjoint(member.words)
            and article.figures.isdisjoint(member.figures)
        )
        for member in members
    )


def _closeness(
    article: Signature, members: Sequence[Signature], frequency: Mapping[str, int]
) -> float:
    """The likeness to the closest member, drawn down by the others, so that no chain forms."""
    near = [member for member in members if abs(article.at - member.at) <= SAME_EVENT_WITHIN]
    if not near:
        return 0.0
    points = [likeness(article, member, frequency) for member in near]
    return (3 * max(points) + sum(points) / len(points)) / 4


def _frequency(stories: Iterable[Sequence[Signature]]) -> Counter[str]:
    """In how many stories each entity occurs."""
    return Counter(
        name for members in stories for name in {e for member in members for e in member.entities}
    )


def _entity_points(one: Signature, other: Signature, frequency: Mapping[str, int]) -> float:
    """Shared specific things by their rarity, more when neither names much besides."""
    mine, theirs = one.entities - _codes(one), other.entities - _codes(other)
    shared = sum(1 / (1 + log2(max(1, frequency.get(name, 1))) / 2) for name in mine & theirs)
    return min(_MOST_ENTITIES, shared) * (1 + _overlap(mine, theirs)) / 2


def _figure_points(one: Signature, other: Signature) -> float:
    if not (one.figures and other.figures):
        return 0.0
    shared = len(one.figures & other.figures)
    return _FIGURE * min(_MOST_FIGURES, shared) if shared else _OTHER_FIGURES


def _country_points(mine: frozenset[str], theirs: frozenset[str]) -> float:
    if not (mine and theirs):
        return 0.0
    if mine - theirs and theirs - mine:
        return _OTHER_COUNTRIES
    return _SAME_COUNTRIES if mine == theirs else 0.0


def _codes(one: Signature) -> frozenset[str]:
    return frozenset(name for name in one.entities if name.isupper())


def _overlap(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """The Jaccard index: shared by all, 0 when both are empty."""
    together = mine | theirs
    return len(mine & theirs) / len(together) if together else 0.0

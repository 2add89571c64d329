"""Folding many articles into stories at once; the order in which they come is no matter.

Pairs are compared that share something rare around the same time, and stories grow by the join
with most support (`monitor.match.likeness.support`), as in agglomerative clustering. What very
many articles say proposes no pairs, so that the work grows with the articles and not their square.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush, nsmallest
from itertools import chain

from monitor.match.likeness import Weighed, likeness, support, weigh
from monitor.match.rarity import counted, weights
from monitor.match.signing import HEADLINE
from monitor.model import Signature

WITHIN_DAYS = 45
# Articles that a mark may propose, and that one article is compared with.
_CROWD = 200
_POOL = 200
_COMPARED = 24
# In a story of so many members all are compared, in a bigger one those that share something rare.
_COMPARED_IN_STORY = 8
# Marks of one article that propose others.
_PROPOSING_MARKS = 24
_PROPOSING_WORDS = 8
# An exact copy of an article with less in it may be another one: "Market report".
_COPY_SIZE = 8
# A pair this unlike is never joined by itself and needs no place in the queue.
_HOPELESS = -1.0


def fold(signatures: Sequence[Signature]) -> list[int]:
    """The number of each signature's story, from 0; stories are numbered as they appear."""
    order = sorted(range(len(signatures)), key=lambda index: rank(signatures[index]))
    copies = _copies([signatures[index] for index in order])
    rarity = counted(signatures[order[first]] for first in copies)
    weighed = [weigh(signatures[order[first]], rarity) for first in copies]
    stories = _Stories(weighed, _compared(weighed))
    stories.join_all()
    return _numbered(order, list(copies.values()), stories.members.values())


def rank(one: Signature) -> tuple[object, ...]:
    """What signatures are sorted by: their content only."""
    at = one.at.isoformat() if one.at else ""
    return at, one.lang, sorted(one.marks), sorted(one.words)


def _copies(ordered: Sequence[Signature]) -> dict[int, list[int]]:
    """Places of the same rich content on one day, by the first of them."""
    firsts: dict[object, int] = {}
    copies: dict[int, list[int]] = {}
    for place, one in enumerate(ordered):
        told = sum(mark[0] != HEADLINE for mark in one.marks)
        is_rich = told + len(one.words) >= _COPY_SIZE
        day = one.at.toordinal() if one.at else None
        key = (day, one.lang, one.marks, one.words) if is_rich else place
        copies.setdefault(firsts.setdefault(key, place), []).append(place)
    return copies


def _numbered(
    order: Sequence[int], copies: Sequence[Sequence[int]], stories: Iterable[Iterable[int]]
) -> list[int]:
    story_of = [0] * len(order)
    for number, members in enumerate(stories):
        for member in members:
            for place in copies[member]:
                story_of[order[place]] = number
    numbers: dict[int, int] = {}
    return [numbers.setdefault(story, len(numbers)) for story in story_of]


# --- pairs ---------------------------------------------------------------------------------------


def _compared(weighed: Sequence[Weighed]) -> dict[int, dict[int, float]]:
    """The likeness of every pair that shares something telling, both ways round."""
    likenesses: dict[int, dict[int, float]] = {index: {} for index in range(len(weighed))}
    postings = _postings(weighed)
    for index, one in enumerate(weighed):
        for other in _proposed(index, one, postings):
            if other not in likenesses[index]:
                points = likeness(one, weighed[other])
                likenesses[index][other] = likenesses[other][index] = points
    return likenesses


class _Posting:
    """The articles with one mark: their days in rising order, and those without a date."""

    __slots__ = ("days", "places", "size", "undated")

    def __init__(self) -> None:
        self.days: list[int] = []
        self.places: list[int] = []
        self.undated: list[int] = []
        self.size = 0

    def add(self, place: int, day: int | None) -> None:
        self.size += 1
        if day is None:
            self.undated.append(place)
        else:
            self.days.append(day)
            self.places.append(place)

    def around(self, day: int | None) -> tuple[int, int]:
        """The slice of ``places`` in time of ``day``."""
        if day is None:
            return 0, len(self.places)
        first = bisect_left(self.days, day - WITHIN_DAYS)
        return first, bisect_right(self.days, day + WITHIN_DAYS)


# Postings of marks under no language, of words under theirs.
_Postings = Mapping[str, Mapping[str, _Posting]]
_NO_LANGUAGE = ""


def _postings(weighed: Sequence[Weighed]) -> _Postings:
    # The articles come sorted by their time, and so do the days of a posting.
    postings: defaultdict[str, defaultdict[str, _Posting]] = defaultdict(
        lambda: defaultdict(_Posting)
    )
    for place, one in enumerate(weighed):
        signature, day = one.traits.signature, one.traits.day
        for lang, found in ((_NO_LANGUAGE, one.traits.marks), (signature.lang, signature.words)):
            posting_of = postings[lang]
            for mark in found:
                posting_of[mark].add(place, day)
    return postings


def _proposed(index: int, one: Weighed, postings: _Postings) -> list[int]:
    """The articles that share most with ``one``, from its rarest marks on."""
    shared: dict[int, float] = {index: 0.0}
    for posting, weight in _telling(one, postings):
        first, last = posting.around(one.traits.day)
        if last - first + len(posting.undated) > _CROWD:
            continue
        for place in chain(posting.places[first:last], posting.undated):
            shared[place] = shared.get(place, 0.0) + weight
        if len(shared) > _POOL:
            break
    del shared[index]
    least = weights().shared
    enough = ((-weight, place) for place, weight in shared.items() if weight >= least)
    return [place for _, place in nsmallest(_COMPARED, enough)]


def _telling(one: Weighed, postings: _Postings) -> Iterator[tuple[_Posting, float]]:
    """The rarest marks and words that others have too, marks first."""
    signature = one.traits.signature
    for mark in _rarest(one.traits.marks, postings[_NO_LANGUAGE], _PROPOSING_MARKS):
        yield postings[_NO_LANGUAGE][mark], one.rarity.marks[mark]
    for word in _rarest(signature.words, postings[signature.lang], _PROPOSING_WORDS):
        yield postings[signature.lang][word], one.rarity.words(signature.lang)[word]


def _rarest(found: Iterable[str], postings: Mapping[str, _Posting], most: int) -> list[str]:
    """So many of what others have too, in the order of how many have it."""
    sizes = [(postings[mark].size, mark) for mark in found]
    return [mark for _, mark in sorted(row for row in sizes if row[0] > 1)[:most]]


# --- joining -------------------------------------------------------------------------------------


class _Stories:
    """Stories that grow by joining the two that support each other most."""

    def __init__(
        self, weighed: Sequence[Weighed], likenesses: Mapping[int, dict[int, float]]
    ) -> None:
        self._weighed = weighed
        self.members: dict[int, list[int]] = {place: [place] for place in likenesses}
        self._likenesses = likenesses
        self._story_of = list(likenesses)
        self._beside: dict[int, set[int]] = {
            place: {other for other, points in near.items() if points > _HOPELESS}
            for place, near in likenesses.items()
        }
        self._ages: Counter[int] = Counter()

    def join_all(self) -> None:
        """Join until no two stories support each other."""
        queue = [
            self._entry(one, other)
            for one, beside in self._beside.items()
            for other in beside
            if one < other
        ]
        queue = [entry for entry in queue if entry[0] < 0]
        heapify(queue)
        while queue:
            _, one, other, age = heappop(queue)
            if age == self._ages[one] + self._ages[other] and {one, other} <= self.members.keys():
                self._join(one, other)
                for neighbour in sorted(self._beside[one]):
                    entry = self._entry(min(one, neighbour), max(one, neighbour))
                    if entry[0] < 0:
                        heappush(queue, entry)

    def _entry(self, one: int, other: int) -> tuple[float, int, int, int]:
        return -self._support(one, other), one, other, self._ages[one] + self._ages[other]

    def _join(self, one: int, other: int) -> None:
        for member in self.members[other]:
            self._story_of[member] = one
        self.members[one] += self.members.pop(other)
        self._ages[one] += self._ages[other] + 1
        beside = self._beside.pop(other)
        for neighbour in beside:
            self._beside[neighbour].discard(other)
            self._beside[neighbour].add(one)
        self._beside[one] = (self._beside[one] | beside) - {one, other}
        self._beside[one].discard(one)

    def _support(self, one: int, other: int) -> float:
        """The mean support of the smaller story's members in the bigger one."""
        small, big = sorted((one, other), key=lambda story: (len(self.members[story]), story))
        size = len(self.members[big])
        return sum(support(self._near(member, big), size) for member in self.members[small]) / len(
            self.members[small]
        )

    def _near(self, member: int, story: int) -> list[float]:
        near = self._likenesses[member]
        members = self.members[story]
        if len(members) <= _COMPARED_IN_STORY:
            return [self._likeness(member, place) for place in members]
        if len(members) < len(near):
            return [near[place] for place in members if place in near]
        return [points for place, points in near.items() if self._story_of[place] == story]

    def _likeness(self, one: int, other: int) -> float:
        """How alike two articles are, also where nothing rare proposed the pair."""
        near = self._likenesses[one]
        if other not in near:
            points = likeness(self._weighed[one], self._weighed[other])
            near[other] = self._likenesses[other][one] = points
        return near[other]

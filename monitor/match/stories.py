"""Which story an article belongs to, decided for one article after another.

The archive proposes what shares marks with an article, its caller fetches that (`OpenStories.asks`
and `learn`), and `monitor.match.likeness` decides. Articles that were placed before are known here,
so that many can be placed before any of them is stored. `monitor.match.folding` folds many at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nlargest

from monitor.match.likeness import Weighed, likeness, support, weigh
from monitor.match.rarity import Rarity, weights
from monitor.model import Signature

# How many days around an article its story is looked for.
SAME_EVENT_WITHIN = 10
# Stories that one mark proposes; what is said daily proposes the latest only.
NEWEST = 20
# Signatures by which a story is known, those of its newest articles.
MEMBERS = 5
# What is looked up of the marks and words of one article.
_ASKED_MARKS = 20
_ASKED_WORDS = 8
# Stories that an article is compared with.
_COMPARED = 10
# Stories that are opened here come after all that the archive has.
_FIRST_NEW = 1 << 48

# A mark (a word as ``lang:word``) and the day that it is looked for around, since 1970-01-01.
Asked = tuple[str, int]
# Day and story of an article that has the mark.
Posted = tuple[int, int]

_EPOCH = 719_163  # the ordinal of 1970-01-01


def day_of(one: Signature) -> int | None:
    """The day of an article since 1970-01-01; None when nobody knows it."""
    return one.at.toordinal() - _EPOCH if one.at else None


def asked(one: Signature, rarity: Rarity) -> dict[Asked, float]:
    """What the archive is asked for ``one``, with its weight: that which tells most."""
    day = day_of(one)
    if day is None:
        return {}
    words = rarity.words(one.lang)
    marks = _heaviest(one.telling(), rarity.marks, _ASKED_MARKS)
    spoken = _heaviest(one.longest(), words, _ASKED_WORDS)
    return {(mark, day): rarity.marks[mark] for mark in marks} | {
        (f"{one.lang}:{word}", day): words[word] for word in spoken
    }


def _heaviest(found: Collection[str], weight: Mapping[str, float], most: int) -> Iterable[str]:
    if len(found) <= most:
        return found
    # Sorted by one thing after the other, which needs no function written here.
    ordered = sorted(sorted(found, reverse=True), key=weight.__getitem__, reverse=True)
    return ordered[:most]


class OpenStories:
    """The stories near some articles: those of the archive, and those opened since.

    ``stored`` are the stories in which articles are already, ``by_hand`` the articles that stay
    there whatever they say.
    """

    def __init__(
        self, stored: Mapping[int, int] | None = None, by_hand: Collection[int] = ()
    ) -> None:
        self._stored = stored or {}
        self._by_hand = by_hand
        self._posted: Mapping[Asked, Sequence[Posted]] = {}
        self._added: dict[str, list[Posted]] = {}
        # What was found around a day, and how many were added then: the same is asked often.
        self._near: dict[Asked, tuple[int, tuple[int, ...]]] = {}
        self._members: dict[int, dict[int, Signature]] = {}
        self._fetched: set[int] = set()
        self._opened = 0
        self._rarity: Rarity | None = None
        self._weighed: dict[int, Weighed] = {}

    def learn_posted(self, posted: Mapping[Asked, Sequence[Posted]]) -> None:
        """Take what the archive has, newest first, for all that the next articles ask."""
        self._posted = posted
        self._near.clear()

    def proposed(self, wanted: Mapping[Asked, float]) -> list[int]:
        """The stories that share most with an article that asks so (`asked`)."""
        shared: dict[int, float] = {}
        sum_of = shared.get
        for each, weight in wanted.items():
            for story in self._around(each):
                shared[story] = sum_of(story, 0.0) + weight
        least = weights().shared
        enough = [(weight, story) for story, weight in shared.items() if weight >= least]
        return [story for _, story in nlargest(_COMPARED, enough)]

    def _around(self, wanted: Asked) -> tuple[int, ...]:
        """The stories of the newest articles with a mark, around a day."""
        mark, day = wanted
        added = self._added.get(mark, ())
        known = self._near.get(wanted)
        if known is None or known[0] != len(added):
            near = {*self._posted.get(wanted, ()), *_newest_around(added, day)}
            newest = near if len(near) <= NEWEST else sorted(near)[-NEWEST:]
            known = self._near[wanted] = len(added), tuple({story for _, story in newest})
        return known[1]

    def unknown(self, story_ids: Iterable[int]) -> set[int]:
        """The stories whose signatures the archive has and nobody fetched yet."""
        return {each for each in story_ids if each < _FIRST_NEW and each not in self._fetched}

    def learn_members(self, members: Mapping[int, Iterable[tuple[int, Signature]]]) -> None:
        """Take article ids and signatures of the newest `MEMBERS` articles of stories."""
        for story, found in members.items():
            self._fetched.add(story)
            self._members[story] = _newest(dict(found) | self._members.get(story, {}))

    def place(
        self, article_id: int, one: Signature, story_ids: Sequence[int], rarity: Rarity
    ) -> int | None:
        """The story of an article among those proposed; negative for a new one.

        Of equally good stories the older wins. None for an article that stays where it is.
        """
        if article_id in self._by_hand:
            self._enter(article_id, one, self._stored[article_id])
            return None
        story = self._joined(article_id, one, story_ids, rarity)
        if story is not None:
            return self._enter(article_id, one, story)
        if article_id in self._stored:
            self._enter(article_id, one, self._stored[article_id])
            return None
        self._opened += 1
        return self._enter(article_id, one, _FIRST_NEW + self._opened)

    def _joined(
        self, article_id: int, one: Signature, story_ids: Sequence[int], rarity: Rarity
    ) -> int | None:
        """The story that an article surely goes with."""
        if not story_ids:
            return None
        if rarity is not self._rarity:
            self._rarity, self._weighed = rarity, {}
        subject = self._weigh(article_id, one, rarity)
        best, story = max((self._support(subject, each, rarity), -each) for each in story_ids)
        return -story if best >= weights().sure else None

    def _support(self, article: Weighed, story: int, rarity: Rarity) -> float:
        members = self._members[story].items()
        points = [likeness(article, self._weigh(each, one, rarity)) for each, one in members]
        return support(points, len(points))

    def _weigh(self, article_id: int, one: Signature, rarity: Rarity) -> Weighed:
        known = self._weighed.get(article_id)
        if known is None or known.signature is not one:
            known = self._weighed[article_id] = weigh(one, rarity)
        return known

    def _enter(self, article_id: int, one: Signature, story: int) -> int:
        """Let a story have an article from now on; its id, as the archive shall know it."""
        self._members[story] = _newest({**self._members.get(story, {}), article_id: one})
        day = day_of(one)
        if day is not None:
            for mark in one.proposing():
                _insert(self._added.setdefault(mark, []), (day, story))
        return story if story < _FIRST_NEW else _FIRST_NEW - story


def _newest(members: dict[int, Signature]) -> dict[int, Signature]:
    """Those of the newest `MEMBERS` articles."""
    if len(members) <= MEMBERS:
        return members
    return {article_id: members[article_id] for article_id in sorted(members)[-MEMBERS:]}


def _newest_around(added: Sequence[Posted], day: int) -> Sequence[Posted]:
    """Of what is in order, the newest that is near a day."""
    first = bisect_left(added, (day - SAME_EVENT_WITHIN, 0))
    end = bisect_left(added, (day + SAME_EVENT_WITHIN + 1, 0))
    return added[max(first, end - NEWEST) : end]


def _insert(added: list[Posted], one: Posted) -> None:
    """Put ``one`` in its place, once."""
    at = bisect_left(added, one)
    if at == len(added) or added[at] != one:
        added.insert(at, one)

"""Which story an article belongs to, decided for one article after another.

The archive proposes what shares marks with an article, its caller fetches that (`OpenStories.asks`
and `learn`), and `monitor.match.likeness` decides. Articles that were placed before are known here,
so that many can be placed before any of them is stored. `monitor.match.folding` folds many at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from monitor.match.likeness import Traits, Weighed, likeness, support, traits, weighed
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
    marks = _heaviest(one.telling(), rarity.marks, _ASKED_MARKS)
    words = _heaviest(one.longest(), rarity.words(one.lang), _ASKED_WORDS)
    return {(mark, day): weight for weight, mark in marks} | {
        (f"{one.lang}:{word}", day): weight for weight, word in words
    }


def _heaviest(
    found: Collection[str], weight: Mapping[str, float], most: int
) -> list[tuple[float, str]]:
    rows = zip(map(weight.__getitem__, found), found, strict=True)
    return sorted(rows, reverse=True)[:most]


class _Newest:
    """The newest articles with a mark around a day: those of the archive, and those added since.

    The same is asked for many articles, so each that is added is ``looked_at`` only once.
    """

    __slots__ = ("_day", "_posted", "looked_at", "stories")

    def __init__(self, day: int, posted: Sequence[Posted]) -> None:
        self._day = day
        self._posted = posted
        self.stories = _stories(posted)
        self.looked_at = 0

    def look_at(self, added: Sequence[Posted]) -> None:
        """Take what is near of all that were ``added``, behind those looked at before."""
        fresh = added[self.looked_at :]
        self.looked_at = len(added)
        near = {one for one in fresh if abs(one[0] - self._day) <= SAME_EVENT_WITHIN}
        if not near.issubset(self._posted):
            self._posted = sorted(near.union(self._posted))[-NEWEST:]
            self.stories = _stories(self._posted)


def _stories(posted: Iterable[Posted]) -> tuple[int, ...]:
    return tuple({story for _, story in posted})


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
        self._newest: dict[Asked, _Newest] = {}
        self._added: dict[str, list[Posted]] = {}
        self._members: dict[int, dict[int, Signature]] = {}
        self._fetched: set[int] = set()
        self._opened = 0
        self._traits: dict[int, Traits] = {}
        self._rarity: Rarity | None = None
        self._weighed: dict[int, Weighed] = {}

    def unasked(self, wanted: Iterable[Asked]) -> set[Asked]:
        """That of what articles ask of which the archive was not asked yet."""
        return set(wanted).difference(self._newest)

    def learn_posted(
        self, wanted: Iterable[Asked], posted: Mapping[Asked, Sequence[Posted]]
    ) -> None:
        """Take what the archive has of all that it was asked; of most it has nothing."""
        for each in wanted:
            self._newest[each] = _Newest(each[1], posted.get(each, ()))

    def proposed(self, wanted: Mapping[Asked, float]) -> list[int]:
        """The stories that share most with an article that asks so (`asked`)."""
        shared: defaultdict[int, float] = defaultdict(float)
        for each, weight in wanted.items():
            for story in self._around(each):
                shared[story] += weight
        most = sorted(shared.values(), reverse=True)[:_COMPARED]
        least = max(weights().shared, min(most, default=0.0))
        enough = [(weight, story) for story, weight in shared.items() if weight >= least]
        return [story for _, story in sorted(enough, reverse=True)[:_COMPARED]]

    def _around(self, wanted: Asked) -> Collection[int]:
        """The stories of the newest articles with a mark, around a day."""
        newest = self._newest.get(wanted)
        if newest is None:
            newest = self._newest[wanted] = _Newest(wanted[1], ())
        added = self._added.get(wanted[0], ())
        if len(added) > newest.looked_at:
            newest.look_at(added)
        return newest.stories

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
        if known is None or known.traits.signature is not one:
            known = self._weighed[article_id] = weighed(self._sorted(article_id, one), rarity)
        return known

    def _sorted(self, article_id: int, one: Signature) -> Traits:
        known = self._traits.get(article_id)
        if known is None or known.signature is not one:
            known = self._traits[article_id] = traits(one)
        return known

    def _enter(self, article_id: int, one: Signature, story: int) -> int:
        """Let a story have an article from now on; its id, as the archive shall know it."""
        self._members[story] = _newest({**self._members.get(story, {}), article_id: one})
        day = day_of(one)
        if day is not None:
            for mark in one.proposing():
                self._added.setdefault(mark, []).append((day, story))
        return story if story < _FIRST_NEW else _FIRST_NEW - story


def _newest(members: dict[int, Signature]) -> dict[int, Signature]:
    """Those of the newest `MEMBERS` articles."""
    if len(members) <= MEMBERS:
        return members
    return {article_id: members[article_id] for article_id in sorted(members)[-MEMBERS:]}

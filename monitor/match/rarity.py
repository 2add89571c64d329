"""How usual a mark or a word is in the news, and so what it tells that two articles have it.

The weight of what stands in n of N articles is its inverse document frequency. The weights are in
``data/stories.toml``.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

from monitor.match.centring import Means
from monitor.model import Signature

_WORD = "word"
# What is usual is reckoned anew after so many article ids, the first ones sooner. It is always at
# the same ids, so that an article is judged alike whether it comes in a batch or alone.
_STEP = 128
_FIRST_STEP = 16
# Articles that tell what is usual.
USUAL = 1_000


@dataclass(frozen=True, slots=True)
class Weights:
    """The rows of ``data/stories.toml``; the file says what each is for."""

    kinds: Mapping[str, float]
    usual: Mapping[str, float]
    counted_as: float
    most_rarity: float
    likeness: Mapping[str, float]
    supporters: int
    supporting_share: float
    unlike: float
    alike: float
    sure: float
    shared: float
    sites: frozenset[str]
    at_home: frozenset[str]
    round_units: frozenset[str]


@cache
def weights() -> Weights:
    """The weights that ship."""
    source = files("monitor.match").joinpath("data", "stories.toml")
    rows: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    rarity, joining = rows["rarity"], rows["joining"]
    return Weights(
        kinds=rows["kinds"],
        usual=rows["usual"],
        counted_as=rarity["counted_as"],
        most_rarity=rarity["most"],
        likeness=rows["likeness"],
        supporters=joining["supporters"],
        supporting_share=joining["supporting_share"],
        unlike=joining["unlike"],
        alike=joining["alike"],
        sure=joining["sure"],
        shared=joining["shared"],
        sites=frozenset(rows["sites"]["kinds"]),
        at_home=frozenset(rows["sites"]["at_home"]),
        round_units=frozenset(rows["figures"]["round_units"]),
    )


class _Remembered(dict[str, float]):
    """Weights by mark or word, each worked out when it is asked for first."""

    def __init__(self, total: int, counts: Mapping[str, int], *, words: bool) -> None:
        self._counts = counts
        self._rows = weights()
        self._all = total + self._rows.counted_as
        self._words = words
        self._unseen: dict[str, float] = {}

    def __missing__(self, mark: str) -> float:
        kind = _WORD if self._words else mark[0]
        seen = self._counts.get(mark, 0)
        # Most marks were never seen before, and of a kind all of these weigh the same.
        weight = None if seen else self._unseen.get(kind)
        if weight is None:
            weight = self._weight(kind, seen)
            if not seen:
                self._unseen[kind] = weight
        self[mark] = weight
        return weight

    def _weight(self, kind: str, articles: int) -> float:
        rows = self._rows
        seen = articles + rows.counted_as * rows.usual[kind]
        factor = 1.0 if self._words else rows.kinds[kind]
        return factor * min(rows.most_rarity, log(self._all / seen))


class Rarity:
    """What each mark and word weighs, by how many of ``total`` articles have it.

    ``marks`` and ``words`` (of each language) count articles; ``days`` are the ordinals of their
    days, in order; no day is taken for less crowded than ``least_crowd`` (see `crowd`). ``means``
    are those of embeddings. An article without what is asked for is no reason to fail: it is rare.
    """

    def __init__(
        self,
        total: int = 0,
        marks: Mapping[str, int] | None = None,
        words: Mapping[str, Mapping[str, int]] | None = None,
        days: Sequence[int] = (),
        least_crowd: float = 0.0,
        means: Means | None = None,
    ) -> None:
        self._total = total
        self._least_crowd = least_crowd
        self._days = days
        self._word_counts = words or {}
        self._words: dict[str, _Remembered] = {}
        self.marks: Mapping[str, float] = _Remembered(total, marks or {}, words=False)
        self.means = Means() if means is None else means

    def words(self, lang: str) -> Mapping[str, float]:
        """The weight of each word of a language.

        idf = ln((N + k) / (n + k·p)) with N articles, n of them with the word, and k articles'
        worth of belief in the usual share p of its kind; a mark's is multiplied with its kind's.
        """
        found = self._words.get(lang)
        if found is None:
            counts = self._word_counts.get(lang, {})
            found = self._words[lang] = _Remembered(self._total, counts, words=True)
        return found

    def crowd(self, day: int | None) -> float:
        """How many articles appeared around a day, as the logarithm of times the usual number.

        From ``crowd_most`` on, more outlets tell the same events and not more events.
        """
        if day is None:
            return 0.0
        crowd = _crowd_of(_around(self._days, day))
        return min(weights().likeness["crowd_most"], max(self._least_crowd, crowd))


def _around(days: Sequence[int], day: int) -> int:
    """How many articles appeared around a day."""
    reach = int(weights().likeness["crowd_days"])
    return bisect_left(days, day + reach + 1) - bisect_left(days, day - reach)


def _crowd_of(articles: float) -> float:
    return log(max(1.0, articles / weights().likeness["crowd_usual"]))


def _usual_crowd(days: Sequence[int]) -> float:
    """The crowd around the days of the articles so far, with a belief for when there are few."""
    rows = weights().likeness
    belief = rows["crowd_counted_as"]
    met = sum(_around(days, day) * count for day, count in Counter(days).items())
    return _crowd_of((belief * rows["crowd_unknown"] + met) / (belief + len(days)))


def counted(signatures: Iterable[Signature]) -> Rarity:
    """The rarity of everything in ``signatures``."""
    counts = _Counts()
    for number, one in enumerate(signatures, 1):
        counts.add(one)
        counts.means.add(number, one)
    return counts.rarity()


class _Counts:
    """Articles counted by what they say."""

    def __init__(self, means: Means | None = None) -> None:
        self.total = 0
        self.means = Means() if means is None else means
        self._marks: Counter[str] = Counter()
        self._words: dict[str, Counter[str]] = {}
        self._days: Counter[int] = Counter()

    def add(self, one: Signature) -> None:
        self.total += 1
        self._marks.update(one.marks)
        self._words.setdefault(one.lang, Counter()).update(one.words)
        if one.at:
            self._days[one.at.toordinal()] += 1

    def drop(self, one: Signature) -> None:
        self.total -= 1
        self._marks.subtract(one.marks)
        self._words[one.lang].subtract(one.words)
        if one.at:
            self._days[one.at.toordinal()] -= 1

    def rarity(self, *, to_come: bool = False) -> Rarity:
        """What is usual among them; with more ``to_come`` no day is less crowded than most were."""
        days = [day for day in sorted(self._days) for _ in range(self._days[day])]
        least = _usual_crowd(days) if to_come else 0.0
        return Rarity(self.total, self._marks, self._words, days, least, self.means)


class News:
    """What is usual in the newest articles, as more of them come."""

    def __init__(
        self, newest: Iterable[tuple[int, Signature]] = (), means: Means | None = None
    ) -> None:
        """``newest`` are article ids with signatures, in order: the last `FROM_NEWS` there are.

        ``means`` are those of all embeddings so far, up to the last step.
        """
        self._counts = _Counts(means)
        self._counted: deque[Signature] = deque()
        self._waiting: list[tuple[int, Signature]] = []
        self._last = 0
        self._rarity = self._counts.rarity(to_come=True)
        for article_id, one in newest:
            self.rarity(article_id)
            self.add(article_id, one)

    def rarity(self, article_id: int) -> Rarity:
        """What is usual before an article; the same for all whose ids are of one step."""
        if step_of(article_id) > step_of(self._last) and self._waiting:
            self._count_waiting()
        return self._rarity

    @property
    def means(self) -> Means:
        """The means of the embeddings of all articles that were counted."""
        return self._counts.means

    def add(self, article_id: int, one: Signature) -> None:
        """Count one more article; of those that were known long ago nothing is learnt."""
        if article_id > self._last:
            self._last = article_id
            self._waiting.append((article_id, one))

    def _count_waiting(self) -> None:
        for article_id, one in self._waiting:
            self._counts.add(one)
            self._counts.means.add(article_id, one)
            self._counted.append(one)
        self._waiting.clear()
        while len(self._counted) > USUAL:
            self._counts.drop(self._counted.popleft())
        self._rarity = self._counts.rarity(to_come=True)


def step_of(article_id: int) -> int:
    """Articles of one step are judged by the same news."""
    return article_id // _FIRST_STEP if article_id < _STEP else article_id // _STEP + _STEP


# Of the newest articles so many are needed to begin with.
FROM_NEWS = USUAL + _STEP

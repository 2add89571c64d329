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
from itertools import repeat
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


class _Scale(dict[int, float]):
    """What weighs that which stands in so many articles, worked out when it is asked for first.

    idf = ln((N + k) / (n + k·p)) with N articles, n of them with the word, and k articles'
    worth of belief in the usual share p of its kind; a mark's is multiplied with its kind's.
    """

    def __init__(self, kind: str, total: int) -> None:
        rows = weights()
        self._factor = rows.kinds.get(kind, 1.0)
        self._most = rows.most_rarity
        self._all = total + rows.counted_as
        self._believed = rows.counted_as * rows.usual[kind]

    def __missing__(self, articles: int) -> float:
        weight = self[articles] = self._weight(articles)
        return weight

    def _weight(self, articles: int) -> float:
        rarity = log(self._all / (articles + self._believed))
        return self._factor * min(self._most, rarity)


class _Marks(dict[str, float]):
    """Weights by mark, each looked up when it is asked for first."""

    def __init__(self, total: int, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._scales = {kind: _Scale(kind, total) for kind in weights().kinds}

    def __missing__(self, mark: str) -> float:
        weight = self[mark] = self._scales[mark[0]][self._counts.get(mark, 0)]
        return weight


class _Squares(_Scale):
    """The squares of such weights."""

    def _weight(self, articles: int) -> float:
        return super()._weight(articles) ** 2


class _Words(dict[str, float]):
    """Weights by word of a language, each looked up when it is asked for first."""

    def __init__(self, scale: _Scale, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._scale = scale

    def __missing__(self, word: str) -> float:
        weight = self[word] = self._scale[self._counts.get(word, 0)]
        return weight


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
        self._least_crowd = least_crowd
        self._crowds: dict[int, float] = {}
        self._days = days
        self._word_counts = words or {}
        self._words: dict[str, _Words] = {}
        self._scale, self._squares = _Scale(_WORD, total), _Squares(_WORD, total)
        self.marks: Mapping[str, float] = _Marks(total, marks or {})
        self.means = Means() if means is None else means

    def words(self, lang: str) -> Mapping[str, float]:
        """The weight of each word of a language."""
        found = self._words.get(lang)
        if found is None:
            counts = self._word_counts.get(lang, {})
            found = self._words[lang] = _Words(self._scale, counts)
        return found

    def squared(self, lang: str, words: Iterable[str]) -> float:
        """The sum of the squared weights of ``words``, of which there may be very many."""
        counts = self._word_counts.get(lang, {})
        return sum(map(self._squares.__getitem__, map(counts.get, words, repeat(0))))

    def crowd(self, day: int | None) -> float:
        """How many articles appeared around a day, as the logarithm of times the usual number.

        From ``crowd_most`` on, more outlets tell the same events and not more events.
        """
        if day is None:
            return 0.0
        found = self._crowds.get(day)
        if found is None:
            crowd = max(self._least_crowd, _crowd_of(_around(self._days, day)))
            found = self._crowds[day] = min(weights().likeness["crowd_most"], crowd)
        return found


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
        _discount(self._marks, one.marks)
        _discount(self._words[one.lang], one.words)
        if one.at:
            self._days[one.at.toordinal()] -= 1

    def rarity(self, *, to_come: bool = False) -> Rarity:
        """What is usual among them; with more ``to_come`` no day is less crowded than most were."""
        days = [day for day in sorted(self._days) for _ in range(self._days[day])]
        least = _usual_crowd(days) if to_come else 0.0
        return Rarity(self.total, self._marks, self._words, days, least, self.means)


def _discount(counts: Counter[str], found: Iterable[str]) -> None:
    """Count ``found`` once less; what is in no article any more is not remembered."""
    for one in found:
        left = counts[one] - 1
        if left:
            counts[one] = left
        else:
            del counts[one]


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

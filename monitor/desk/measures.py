"""How well scores agree with yes and no: the usual measures, and how sure they are (pure).

A `Scored` is a score and whether the article is relevant according to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from random import Random
from typing import NamedTuple

from monitor.errors import InputError

RESAMPLES = 500
_LEVEL = 0.95
# People set whole numbers.
_THRESHOLDS = range(1, 101)


class Scored(NamedTuple):
    """A score from 0 to 100, and whether it should be high."""

    score: float
    relevant: bool


class Counts(NamedTuple):
    """What a threshold makes of articles: rightly found, wrongly found, missed."""

    found: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of what was found that is right; None where nothing was found."""
        return share(self.found, self.found + self.wrong)

    @property
    def recall(self) -> float | None:
        """The share of the relevant that was found; None where nothing is relevant."""
        return share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None where nothing is relevant and nothing was found."""
        return share(2 * self.found, 2 * self.found + self.wrong + self.missed)


class Interval(NamedTuple):
    """Where a measure lies, with the lower end first."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """What a threshold is worth on stories that it was not chosen on.

    ``in_sample`` is F1 at ``threshold``, the best for all stories; ``f1`` is of all the stories
    left out, each judged at the threshold of its fold in ``thresholds``.
    """

    threshold: float
    in_sample: float | None
    thresholds: tuple[float, ...]
    f1: float | None


def share(part: float, whole: float) -> float | None:
    """``part`` of ``whole``; None of nothing."""
    return part / whole if whole else None


def count(scored: Iterable[Scored], threshold: float) -> Counts:
    """What a threshold makes of ``scored``; a score that equals it is over it."""
    found = wrong = missed = 0
    for score, relevant in scored:
        found += relevant and score >= threshold
        wrong += not relevant and score >= threshold
        missed += relevant and score < threshold
    return Counts(found, wrong, missed)


def average_precision(scored: Sequence[Scored]) -> float | None:
    """The sum of precision times the gain in recall, over thresholds from the highest score down.

    Equal scores are one step, whatever their order, and nothing is interpolated: AP = Σ (Rₙ −
    Rₙ₋₁) Pₙ, as in scikit-learn's ``average_precision_score``; without ties it is the measure of
    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.4.
    None where nothing is relevant.
    """
    seen = found = 0
    gained = 0.0
    for _, equal in groupby(sorted(scored, reverse=True), key=lambda one: one.score):
        step = list(equal)
        new = sum(one.relevant for one in step)
        seen += len(step)
        found += new
        gained += new * found / seen
    return share(gained, found)


def f1_interval(
    stories: Sequence[Sequence[Scored]],
    threshold: float,
    rng: Random,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Where F1 would lie in 95 of 100 samples of as many stories; None where it has no value.

    Whole stories are drawn with replacement, since reports of one event are judged alike: the
    percentile interval of a cluster bootstrap (Efron and Tibshirani, An Introduction to the
    Bootstrap, 1993, chapter 13; Davison and Hinkley, Bootstrap Methods, 1997, section 3.8).
    """
    counted = [count(story, threshold) for story in stories]
    if not counted:
        return None
    samples = (_total(rng.choices(counted, k=len(counted))).f1 for _ in range(resamples))
    values = sorted(value for value in samples if value is not None)
    if not values:
        return None
    outside = int(len(values) * (1 - _LEVEL) / 2)
    return Interval(values[outside], values[-1 - outside])


def cross_validated(
    stories: Sequence[Sequence[Scored]], folds: int, rng: Random
) -> CrossValidation:
    """Choose the threshold on all folds but one and measure on that one, for each of ``folds``.

    No story is on both sides. The counts of all folds make one F1, since the mean of the folds'
    own is biased (Forman and Scholz, Apples-to-Apples in Cross-Validation Studies, 2010). Raises
    ``InputError`` where there are fewer stories than folds.
    """
    if folds > len(stories):
        raise InputError(f"{folds} folds need as many stories, and there are {len(stories)}")
    shuffled = rng.sample(stories, len(stories))
    dealt = [shuffled[fold::folds] for fold in range(folds)]
    thresholds = tuple(
        best_threshold(_articles(chain(*dealt[:fold], *dealt[fold + 1 :]))) for fold in range(folds)
    )
    left_out = zip(dealt, thresholds, strict=True)
    everything = _articles(stories)
    best = best_threshold(everything)
    return CrossValidation(
        threshold=best,
        in_sample=count(everything, best).f1,
        thresholds=thresholds,
        f1=_total(count(_articles(part), threshold) for part, threshold in left_out).f1,
    )


def best_threshold(scored: Sequence[Scored]) -> float:
    """The whole number from 1 to 100 with the highest F1; of several, the one in the middle."""
    measured = {number: count(scored, number).f1 or 0.0 for number in _THRESHOLDS}
    highest = max(measured.values())
    best = [number for number, value in measured.items() if value == highest]
    return float(best[len(best) // 2])


def _articles(stories: Iterable[Sequence[Scored]]) -> list[Scored]:
    return list(chain.from_iterable(stories))


def _total(counts: Iterable[Counts]) -> Counts:
    return Counts(*map(sum, zip(*counts, strict=True)))

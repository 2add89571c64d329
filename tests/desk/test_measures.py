"""The measures, against published values and against slower ways to the same figure."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desk.measures import (
    Counts,
    Scored,
    average_precision,
    best_threshold,
    count,
    cross_validated,
    f1_interval,
)
from monitor.errors import InputError

SCORED = st.lists(st.builds(Scored, st.integers(0, 12).map(float), st.booleans()), max_size=30)


def test_counts_at_a_threshold() -> None:
    """A score that equals the threshold is found; precision, recall and F1 follow."""
    counts = count(
        [Scored(50, True), Scored(49.5, True), Scored(80, True), Scored(50, False)], 50.0
    )
    assert counts == Counts(found=2, wrong=1, missed=1)
    assert counts.precision == counts.recall == counts.f1 == pytest.approx(2 / 3)


def test_measures_of_nothing_have_no_value() -> None:
    """Where nothing is relevant or nothing was found there is no share to tell."""
    assert Counts(0, 0, 0).precision is None
    assert Counts(0, 3, 0).recall is None
    assert Counts(0, 0, 0).f1 is None
    assert Counts(0, 0, 3).f1 == 0
    assert average_precision([Scored(9.0, False)]) is None


def test_average_precision_of_the_published_example() -> None:
    """The example in the documentation of scikit-learn gives 0.83."""
    scored = [Scored(10, False), Scored(40, False), Scored(35, True), Scored(80, True)]
    assert average_precision(scored) == pytest.approx(5 / 6)


def test_equal_scores_are_one_step() -> None:
    """Where all scores are equal, the measure is the share of the relevant, in any order."""
    assert average_precision([Scored(7, True), Scored(7, False), Scored(7, False)]) == 1 / 3
    assert average_precision([Scored(7, False), Scored(7, False), Scored(7, True)]) == 1 / 3


@given(SCORED, st.randoms(use_true_random=False))
def test_average_precision_is_its_definition(scored: list[Scored], rng: Random) -> None:
    """Summed over every distinct score as threshold it is the same, whatever the order."""
    expected, recall = 0.0, 0.0
    for score in sorted({one.score for one in scored}, reverse=True):
        at = count(scored, score)
        expected += ((at.recall or 0) - recall) * (at.precision or 0)
        recall = at.recall or 0
    found = average_precision(rng.sample(scored, len(scored)))
    relevant = any(one.relevant for one in scored)
    assert found == (pytest.approx(expected) if relevant else None)
    assert not relevant or 0 < expected <= 1 + 1e-9


def test_whole_stories_are_resampled() -> None:
    """Ten reports of an event are one observation: two stories, one missed, tell nothing yet."""
    clear = [[Scored(90, True)] * 10, [Scored(0, True)] * 10]
    interval = f1_interval(clear, 50, Random(3))
    alone = f1_interval([[one] for story in clear for one in story], 50, Random(3))
    assert interval is not None
    assert alone is not None
    assert interval == (0.0, 1.0)
    assert 0.3 < alone.low < 2 / 3 < alone.high < 0.9


def test_the_interval_depends_on_nothing_but_its_arguments() -> None:
    """The same seed gives the same interval; perfect scores leave no doubt; nothing has none."""
    rng = Random(1)
    stories = [[Scored(rng.uniform(0, 100), rng.random() < 0.5)] for _ in range(80)]
    assert f1_interval(stories, 50, Random(7)) == f1_interval(stories, 50, Random(7))
    assert f1_interval([[Scored(99, True)], [Scored(99, True)]], 50, Random(7)) == (1, 1)
    assert f1_interval([[Scored(0, False)]], 50, Random(7)) is None
    assert f1_interval([], 50, Random(7)) is None


def test_resampling_is_quick() -> None:
    """An interval over 400 stories takes well under two seconds of processor time."""
    stories = [[Scored(float(number % 101), number % 3 == 0)] for number in range(400)]
    started = time.process_time()
    f1_interval(stories, 50, Random(1))
    assert time.process_time() - started < 2


def test_the_best_threshold_is_the_middle_of_equals() -> None:
    """Between 20 and 60 every threshold is right; the one that is chosen keeps its distance."""
    assert best_threshold([Scored(60, True), Scored(20, False)]) == 41


def test_a_threshold_is_measured_on_stories_that_did_not_choose_it() -> None:
    """Two stories that need other thresholds: 0.8 on what chose it, 0.5 on what did not."""
    high = [Scored(90, True), Scored(60, False)]
    low = [Scored(50, True), Scored(20, False)]
    validated = cross_validated([high, low], 2, Random(1))
    assert validated.in_sample == pytest.approx(0.8)
    assert 20 < validated.threshold <= 50
    assert sorted(validated.thresholds) == [36, 76]
    assert validated.f1 == 0.5


@given(st.lists(SCORED.filter(bool), min_size=2, max_size=8), st.integers(2, 8))
def test_every_story_is_left_out_once(stories: list[list[Scored]], folds: int) -> None:
    """There is a threshold a fold, and more folds than stories are refused."""
    if folds > len(stories):
        with pytest.raises(InputError, match=f"there are {len(stories)}"):
            cross_validated(stories, folds, Random(1))
        return
    validated = cross_validated(stories, folds, Random(1))
    assert len(validated.thresholds) == folds
    assert (validated.in_sample is None) == (validated.f1 is None)

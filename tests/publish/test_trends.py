"""What is called unusual is more than chance."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Verdict
from monitor.publish.trends import counted, deviation, looked_back, trends

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
STEADY = [10, 12, 9, 11, 8, 10, 13, 10, 9, 11, 10, 12, 9, 10]


def verdict(number: int, earlier: list[int], measured: list[bool] | None = None) -> Verdict:
    """What is said of ``number`` after windows of a day."""
    known = measured or [True] * (len(earlier) + 1)
    return trends({"": [*earlier, number]}, known, DAY).whole.verdict


@pytest.mark.parametrize(
    ("number", "said"),
    [(10, Verdict.USUAL), (18, Verdict.USUAL), (30, Verdict.SPIKE), (0, Verdict.SILENCE)],
)
def test_spike_and_silence(number: int, said: Verdict) -> None:
    """Thrice as much is a spike, nothing at all a silence; a busier day is neither."""
    assert verdict(number, STEADY) is said


def test_short_history_is_refused() -> None:
    """With 13 of 14 days nothing is said, however loud the day was."""
    assert verdict(500, STEADY[:13]) is Verdict.SHORT
    assert verdict(500, STEADY) is Verdict.SPIKE


def test_days_on_which_nothing_was_read_do_not_count() -> None:
    """A computer that was off makes neither a low past nor enough history."""
    off = [0] * 14
    known = [False] * 14 + [True] * 15

    assert verdict(10, [*off, *STEADY], known) is Verdict.USUAL
    assert verdict(10, off, [False] * 14 + [True]) is Verdict.SHORT


def test_few_articles_are_never_silent() -> None:
    """Where two a day are usual, none is no news."""
    assert verdict(0, [2, 1, 3, 2, 2, 1, 2, 3, 2, 2, 1, 2, 2, 3]) is Verdict.USUAL


def test_waves_are_measured() -> None:
    """Where the past itself swings, a swing is nothing unusual."""
    assert verdict(30, [5, 25, 8, 30, 4, 22, 6, 28, 5, 26, 7, 31, 5, 24]) is Verdict.USUAL


def test_false_alarms_are_rare() -> None:
    """Of 2,000 days drawn from one steady source, fewer than 2 in 100 are called unusual."""
    draw = random.Random(7)
    alarms = 0
    for _ in range(2_000):
        days = [sum(draw.random() < 0.1 for _ in range(120)) for _ in range(29)]
        alarms += verdict(days[-1], days[:-1]) in (Verdict.SPIKE, Verdict.SILENCE)

    assert alarms < 40


def test_the_most_unusual_subjects_are_told() -> None:
    """At most four, the strangest first; what is usual is not told."""
    rows = {
        name: [*STEADY, number]
        for name, number in zip("abcdef", (60, 40, 90, 10, 0, 50), strict=True)
    }
    told = trends({"": [*STEADY, 10], **rows}, [True] * 15, DAY).unusual

    assert [trend.subject for trend in told] == ["c", "a", "f", "b"]


def test_counting_by_windows() -> None:
    """Windows are open at their begin; each article counts once for all, and for its subjects."""
    rows = [
        (NOW, ("KZ", "energy")),
        (NOW - DAY + timedelta(seconds=1), ("KZ",)),
        (NOW - DAY, ()),
        (NOW - 2 * DAY - timedelta(hours=1), ("KZ", "KZ")),
    ]

    assert counted(rows, NOW, DAY, 3) == {"": [1, 1, 2], "KZ": [1, 0, 2], "energy": [0, 0, 1]}


@given(number=st.integers(0, 500), earlier=st.lists(st.integers(0, 500), min_size=1, max_size=30))
def test_deviation_grows_with_the_number(number: int, earlier: list[int]) -> None:
    """One more article is never less unusual upwards."""
    assert deviation(number + 1, earlier) > deviation(number, earlier)


def test_how_far_is_looked_back() -> None:
    """Four weeks of days, twelve weeks of weeks."""
    assert looked_back(DAY) == (28, 14)
    assert looked_back(7 * DAY) == (12, 8)

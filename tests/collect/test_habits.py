"""How often a feed speaks, how far it looks back, and what was missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.habits import interval, learned, turnover, unhurried, unseen, usual_gap
from monitor.collect.polling import Pace
from monitor.model import Entry, Feed, FeedState, Habits, ParsedFeed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PACE = Pace(HOUR, 15 * MINUTE, 4 * HOUR)
FEED = Feed(1, "https://a.example/rss", "Kabar", succeeded_at=NOW - HOUR)


def _every(gap: timedelta, entries: int, last: datetime = NOW) -> Habits:
    """A feed that has spoken regularly until ``last``."""
    times = tuple(last - number * gap for number in reversed(range(max(entries, 3))))
    return Habits(arrivals=times[-32:], entries=entries, oldest=times[0], newest=last)


def _entries(*ages: timedelta) -> tuple[Entry, ...]:
    return tuple(Entry(str(age), None, str(age), published=NOW - age) for age in ages)


@pytest.mark.parametrize(
    ("gap", "entries", "suits"),
    [
        (timedelta(minutes=66), 10, 66 * MINUTE),
        (2 * MINUTE, 20, 15 * MINUTE),
        (6 * MINUTE, 20, 40 * MINUTE),
        (MINUTE, 500, HOUR),
        (3 * HOUR, 20, 3 * HOUR),
        (3 * DAY, 20, 4 * HOUR),
    ],
)
def test_the_interval_follows_the_feed(gap: timedelta, entries: int, suits: timedelta) -> None:
    """As long as it is usually silent; below the usual only where its list turns over faster."""
    assert interval(_every(gap, entries), PACE) == suits


def test_a_feed_nobody_knows_is_polled_as_usual() -> None:
    """Without arrivals there is nothing to learn."""
    assert interval(Habits(), PACE) == HOUR


def test_a_gap_halves_the_interval_and_it_grows_slowly() -> None:
    """Half of what was too long, half as long again after each poll that missed nothing."""
    habits = _every(3 * HOUR, 20)
    assert interval(habits, PACE, 2 * HOUR, missed=True) == HOUR
    assert interval(habits, PACE, 20 * MINUTE, missed=True) == 15 * MINUTE
    assert interval(habits, PACE, HOUR) == 1.5 * HOUR


@given(
    st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2026, 11, 22)), max_size=40),
    st.integers(0, 10**6),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    st.booleans(),
)
def test_the_interval_is_bounded(
    arrivals: list[datetime], entries: int, before: timedelta | None, missed: bool
) -> None:
    """Whatever a feed does, it is polled within the configured bounds."""
    times = tuple(sorted(moment.replace(tzinfo=UTC) for moment in arrivals))
    found = interval(Habits(times, entries), PACE, before, missed=missed)
    assert PACE.fastest <= found <= PACE.slowest


@pytest.mark.parametrize(
    ("silent", "waits"), [(HOUR, 15 * MINUTE), (3 * DAY, 15 * MINUTE), (4 * DAY, HOUR)]
)
def test_a_feed_that_fell_silent_is_not_hurried(silent: timedelta, waits: timedelta) -> None:
    """What turned over fast once is asked as usual after three days without news."""
    habits = _every(timedelta(0), 6, NOW - silent)
    assert unhurried(15 * MINUTE, habits, PACE, NOW) == waits
    assert unhurried(4 * HOUR, habits, PACE, NOW) == 4 * HOUR
    assert unhurried(15 * MINUTE, Habits(), PACE, NOW) == 15 * MINUTE


def test_only_new_entries_teach_the_rhythm() -> None:
    """Known entries with bumped dates do not, nor do dates to come."""
    habits = _every(3 * HOUR, 5)
    bumped = ParsedFeed(FeedState.OK, entries=_entries(*[timedelta(0)] * 5, -DAY))
    assert learned(habits, bumped, (), NOW).arrivals == habits.arrivals
    new = learned(habits, bumped, _entries(-300 * DAY), NOW)
    assert new.arrivals == (*habits.arrivals, NOW)
    assert new.newest == NOW


def test_undated_entries_count_from_when_they_were_seen() -> None:
    """At the first poll they may be of any age, and teach nothing."""
    undated = (Entry("1", None, "One"),)
    parsed = ParsedFeed(FeedState.OK, entries=undated)
    assert learned(Habits(), parsed, undated, NOW).arrivals == ()
    assert learned(_every(HOUR, 3), parsed, undated, NOW + HOUR).arrivals[-1] == NOW + HOUR


def test_the_usual_gap_is_the_median() -> None:
    """A long silence among short ones is not the rule; two arrivals make none."""
    times = tuple(NOW + number * HOUR for number in (0, 1, 2, 3, 50))
    assert usual_gap(Habits(times, 5)) == HOUR
    assert usual_gap(Habits(times[:2], 5)) is None
    assert turnover(Habits(times[:4], 8)) == 8 * HOUR


# --- the gap ledger ------------------------------------------------------------------------------


def test_the_time_between_the_last_poll_and_the_oldest_entry_is_unseen() -> None:
    """Up to the last good poll everything was seen, from the oldest entry on everything is."""
    feed = replace(FEED, habits=_every(HOUR, 10, NOW - 2 * HOUR), succeeded_at=NOW - 200 * MINUTE)
    gap = unseen(feed, _entries(timedelta(0), 10 * MINUTE), NOW, overlaps=False)
    assert gap is not None
    assert (gap.outlet, gap.since, gap.until) == ("Kabar", NOW - 2 * HOUR, NOW - 10 * MINUTE)


@pytest.mark.parametrize(
    ("feed", "entries", "overlaps"),
    [
        (replace(FEED, habits=_every(HOUR, 10)), _entries(MINUTE), True),
        (replace(FEED, habits=_every(HOUR, 10)), (), False),
        (replace(FEED, succeeded_at=None), _entries(MINUTE), False),
        (FEED, _entries(MINUTE), False),
        (replace(FEED, habits=_every(HOUR, 10, NOW - DAY)), _entries(MINUTE, 2 * HOUR), False),
    ],
)
def test_no_gap_without_a_reason(feed: Feed, entries: tuple[Entry, ...], overlaps: bool) -> None:
    """None with a known entry, without entries, at the first poll, or where dates overlap."""
    assert unseen(feed, entries, NOW, overlaps=overlaps) is None


@given(st.lists(st.timedeltas(-DAY, 30 * DAY), max_size=9), st.timedeltas(timedelta(0), DAY))
def test_a_gap_lies_between_two_polls(ages: list[timedelta], ago: timedelta) -> None:
    """It never begins before the last good poll, and never ends after this one."""
    feed = replace(FEED, habits=_every(HOUR, 10, NOW - 5 * DAY), succeeded_at=NOW - ago)
    gap = unseen(feed, _entries(*ages), NOW, overlaps=False)
    assert gap is None or NOW - ago <= gap.since < gap.until <= NOW

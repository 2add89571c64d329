"""The states of a feed, each with the numbers that show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.states import notice, truth
from monitor.model import Feed, FeedState, Habits

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = Feed(1, "https://a.example/rss", "Kabar", state=FeedState.OK, polled_at=NOW)


def _spoke(age: timedelta, gap: timedelta = 3 * HOUR, entries: int = 20) -> Habits:
    """A feed that spoke every ``gap`` until ``age`` ago."""
    times = tuple(NOW - age - number * gap for number in reversed(range(min(entries, 32))))
    return Habits(times, entries, NOW - age - entries * gap, NOW - age)


@pytest.mark.parametrize(
    ("habits", "state", "evidence"),
    [
        (_spoke(2 * HOUR), FeedState.OK, "newest entry 2 h old, usually one every 3 h"),
        (_spoke(5 * DAY), FeedState.QUIET, "newest entry 5 days old, usually one every 3 h"),
        (_spoke(41 * DAY), FeedState.STALE, "newest entry 41 days old, usually one every 3 h"),
        (
            _spoke(2900 * DAY),
            FeedState.ZOMBIE,
            "newest entry 2,900 days old, usually one every 3 h",
        ),
        (_spoke(41 * DAY, 30 * DAY), FeedState.OK, "newest entry 41 days old, usually one every "
         "30 days"),
        (_spoke(DAY, 4 * HOUR, 5000), FeedState.ARCHIVE_DUMP,
         "5,000 entries, from 2024-08-10 to 2026-11-21"),
        (Habits(entries=7), FeedState.OK, "7 entries without a date"),
        (Habits(), FeedState.EMPTY, "its document had no entry just now"),
        (_spoke(DAY, timedelta(seconds=20)), FeedState.OK, "newest entry 24 h old, 20 entries"),
        (_spoke(400 * DAY, entries=1), FeedState.ZOMBIE, "newest entry 400 days old, 1 entry"),
    ],
)  # fmt: skip
def test_a_feed_that_answers(habits: Habits, state: FeedState, evidence: str) -> None:
    """How long it has been silent is measured by how often it used to speak."""
    assert truth(replace(FEED, habits=habits), NOW) == (state, evidence)
    unchanged = replace(FEED, habits=habits, state=FeedState.UNCHANGED)
    assert truth(unchanged, NOW) == (state, evidence)


@pytest.mark.parametrize("state", [state for state in FeedState if state.failed])
def test_a_feed_that_fails(state: FeedState) -> None:
    """The state of the last poll, with its reason, and for how long."""
    failing = replace(FEED, state=state, error="no", failures=9, failing_since=NOW - 4 * DAY)
    assert truth(failing, NOW) == (state, "no; 9 polls failed in 4 days")
    assert truth(replace(failing, failures=1), NOW) == (state, "no")


def test_a_feed_that_was_never_polled() -> None:
    """It is new."""
    assert truth(replace(FEED, polled_at=None), NOW)[0] is FeedState.NEW


@given(
    st.builds(
        Habits,
        arrivals=st.lists(
            st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
            max_size=32,
        ).map(lambda times: tuple(sorted(times))),
        entries=st.integers(0, 10**6),
        oldest=st.none() | st.datetimes(timezones=st.just(UTC)),
        newest=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    st.sampled_from(FeedState),
)
def test_every_history_has_one_state_and_evidence(habits: Habits, state: FeedState) -> None:
    """No history makes it fail; a feed that fails is never called healthy, nor the reverse."""
    feed = replace(FEED, habits=habits, state=state)
    found, evidence = truth(feed, NOW)
    assert evidence
    assert found.failed == state.failed


@given(st.timedeltas(timedelta(0), 1000 * DAY), st.timedeltas(timedelta(0), 1000 * DAY))
def test_silence_only_grows_worse(one: timedelta, other: timedelta) -> None:
    """The longer a feed is silent, the worse its state."""
    order: list[Any] = [FeedState.OK, FeedState.QUIET, FeedState.STALE, FeedState.ZOMBIE]
    states = [truth(replace(FEED, habits=_spoke(age)), NOW)[0] for age in sorted((one, other))]
    assert order.index(states[0]) <= order.index(states[1])


@given(st.lists(st.timedeltas(timedelta(minutes=1), DAY), min_size=40, max_size=80))
def test_a_spell_of_failures_is_told_of_twice(waits: list[timedelta]) -> None:
    """Whenever a feed is polled, at most a day apart: one notice from day 3 on, one from day 30."""
    began, told = NOW, []
    feed = replace(FEED, failing_since=began, polled_at=began)
    at = began
    for wait in [*waits, *[DAY] * 31]:
        at += wait
        if found := notice(feed, at, "no answer"):
            told.append(found.days)
            assert at - began >= timedelta(days=found.days)
        feed = replace(feed, polled_at=at)
    assert told == [3, 30]


def test_a_notice_says_what_is_wrong() -> None:
    """In one sentence; a feed that has just begun to fail has none."""
    feed = replace(FEED, failing_since=NOW - 3 * DAY, polled_at=NOW - DAY)
    found = notice(feed, NOW, "the server answered 500")
    assert found is not None
    assert found.sentence == (
        "has failed for 3 days (the server answered 500); it is still asked once a day"
    )
    assert notice(replace(feed, failing_since=None), NOW, "x") is None

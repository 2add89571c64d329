"""When to poll next, what to ask, and what an answer says of a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.polling import (
    conditions,
    fresh_for,
    is_our_outage,
    is_picky,
    is_quarantined,
    moved,
    next_poll_at,
    outside,
    refreshed,
    retry_after,
    state_of_status,
    wished,
)
from monitor.model import Feed, FeedState, Habits, Validators

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def test_a_poll_that_worked_is_repeated_after_the_interval() -> None:
    """No failure, no wish of the server, no jitter: the interval."""
    assert next_poll_at(NOW, HOUR) == NOW + HOUR


@pytest.mark.parametrize(
    ("failures", "hours"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 24), (50, 24), (10**6, 24)]
)
def test_failures_double_the_wait_up_to_a_day(failures: int, hours: int) -> None:
    """A dead feed is asked once a day, and never given up."""
    assert next_poll_at(NOW, HOUR, failures=failures) == NOW + timedelta(hours=hours)


def test_an_interval_longer_than_a_day_is_kept_by_failures() -> None:
    """Backing off never polls more often than wished."""
    assert next_poll_at(NOW, 3 * 24 * HOUR, failures=4) == NOW + timedelta(days=3)


def test_the_servers_wish_is_a_floor_up_to_a_week() -> None:
    """Retry-After lengthens a wait and never shortens it."""
    assert next_poll_at(NOW, HOUR, floor=5 * HOUR) == NOW + 5 * HOUR
    assert next_poll_at(NOW, HOUR, floor=timedelta(seconds=5)) == NOW + HOUR
    assert next_poll_at(NOW, HOUR, floor=timedelta(days=3650)) == NOW + WEEK
    assert next_poll_at(NOW, HOUR, floor=timedelta(days=-1)) == NOW + HOUR


@given(
    st.integers(0, 100),
    st.timedeltas(min_value=timedelta(days=-9), max_value=timedelta(days=9999)),
    st.floats(0, 1),
)
def test_the_wait_is_bounded(failures: int, asked: timedelta, jitter: float) -> None:
    """Never sooner than the interval or the server's wish, never later than a week."""
    due = next_poll_at(NOW, HOUR, failures=failures, floor=asked, jitter=jitter)
    assert NOW + max(HOUR, min(asked, WEEK)) <= due <= NOW + WEEK


def test_jitter_stretches_by_up_to_a_tenth() -> None:
    """Feeds that were polled together drift apart."""
    assert next_poll_at(NOW, HOUR, jitter=1) == NOW + timedelta(minutes=66)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("3600", 3600),
        (" 60 ", 60),
        ("0", 0),
        ("315360000", WEEK.total_seconds()),
        ("9" * 5000, WEEK.total_seconds()),
        ("Sun, 22 Nov 2026 23:00:00 GMT", 11 * 3600),
        ("Sun, 22 Nov 2026 23:00:00", 11 * 3600),
        ("Sun, 22 Nov 2026 23:00:00 +0500", 6 * 3600),
        ("Sun, 22 Nov 2026 11:00:00 GMT", -3600),
        ("-60", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
        ("Sun, 99 Nov 99999 23:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(stated: str, seconds: float | None) -> None:
    """Seconds or a date; absurd ones are cut, unreadable ones ignored."""
    wait = retry_after({"retry-after": stated}, NOW)
    assert (None if wait is None else wait.total_seconds()) == seconds


def test_a_server_that_asks_for_nothing() -> None:
    """No header, no wish."""
    assert retry_after({}, NOW) is None


@given(st.text(max_size=40))
def test_no_header_makes_the_reader_fail(stated: str) -> None:
    """Any text is a wait of at most a week, a date, or nothing."""
    wait = retry_after({"retry-after": stated}, NOW)
    assert wait is None or wait <= WEEK or any(letter.isalpha() for letter in stated)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))
def test_a_date_is_the_time_until_then(moment: datetime) -> None:
    """Whole seconds, in UTC; a week at most."""
    then = moment.replace(microsecond=0, tzinfo=UTC)
    wait = retry_after({"retry-after": format_datetime(then, usegmt=True)}, NOW)
    assert wait == min(then - NOW, WEEK)


def test_both_validators_are_sent_as_they_came() -> None:
    """Quotes, weakness and odd dates are the server's business."""
    validators = Validators(etag='W/"a-gzip"', last_modified="yesterday, about noon")
    assert conditions(validators) == {
        "If-None-Match": 'W/"a-gzip"',
        "If-Modified-Since": "yesterday, about noon",
    }
    assert conditions(Validators(last_modified="x")) == {"If-Modified-Since": "x"}
    assert conditions(Validators()) == {}


@pytest.mark.parametrize(
    ("status", "headers", "kept"),
    [
        (200, {"etag": '"2"', "last-modified": "two"}, Validators('"2"', "two")),
        (200, {"etag": '"2"'}, Validators('"2"', None)),
        (200, {}, Validators()),
        (304, {}, Validators('"1"', "one")),
        (304, {"etag": '"2"'}, Validators('"2"', "one")),
        (304, {"last-modified": "two"}, Validators('"1"', "two")),
    ],
)
def test_validators_are_those_of_the_last_answer(
    status: int, headers: dict[str, str], kept: Validators
) -> None:
    """A 200 replaces both, a 304 renews what it states and leaves the other."""
    assert refreshed(Validators('"1"', "one"), headers, status) == kept


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (404, FeedState.GONE),
        (410, FeedState.GONE),
        (401, FeedState.BLOCKED),
        (402, FeedState.BLOCKED),
        (451, FeedState.BLOCKED),
        (999, FeedState.BLOCKED),
        (403, FeedState.BLOCKED),
        (429, FeedState.BLOCKED),
        (302, FeedState.UNREACHABLE),
        (500, FeedState.UNREACHABLE),
        (503, FeedState.UNREACHABLE),
    ],
)
def test_a_status_without_a_document_has_a_state(status: int, state: FeedState) -> None:
    """The state says who is at fault, the sentence names the number."""
    found = state_of_status(status)
    assert found is not None
    assert found[0] is state
    assert str(status) in found[1]


@pytest.mark.parametrize("headers", [{"cf-mitigated": "challenge"}, {"server": "DDoS-Guard"}])
def test_a_bot_protection_is_known_by_its_headers(headers: dict[str, str]) -> None:
    """A 503 of a bot protection is no fault of the server behind it."""
    found = state_of_status(503, headers)
    assert found is not None
    assert found[0] is FeedState.BLOCKED


def test_a_success_has_no_state_yet() -> None:
    """What a document is, its content says."""
    assert (state_of_status(200), state_of_status(204)) == (None, None)


# --- floors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"cache-control": "public, max-age=1800"}, 30),
        ({"cache-control": "s-maxage=60, MAX-AGE = 1800"}, 30),
        ({"cache-control": "max-age=1800", "age": "600"}, 20),
        ({"cache-control": "max-age=1800", "expires": "Sun, 22 Nov 2026 23:00:00 GMT"}, 30),
        ({"expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 60),
        (
            {
                "expires": "Sun, 22 Nov 2026 13:00:00 GMT",
                "date": "Sun, 22 Nov 2026 12:30:00 GMT",
            },
            30,
        ),
        ({"cache-control": "no-cache, max-age=1800"}, None),
        ({"cache-control": "s-maxage=60"}, None),
        ({"expires": "0"}, None),
        ({"cache-control": "max-age=" + "9" * 5000}, 7 * 24 * 60),
        ({}, None),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], minutes: int | None) -> None:
    """max-age goes before Expires, less the age; a cache's own s-maxage is not ours."""
    fresh = fresh_for(headers, NOW)
    assert (None if fresh is None else fresh.total_seconds() / 60) == minutes


def test_the_longest_wish_counts() -> None:
    """Of Retry-After, freshness and ttl the longest is the floor; without any it is zero."""
    habits = Habits(ttl=3 * HOUR)
    assert wished({"retry-after": "7200", "cache-control": "max-age=60"}, habits, NOW) == 3 * HOUR
    assert wished({"retry-after": "14400"}, habits, NOW) == 4 * HOUR
    assert wished({"retry-after": "-1"}, Habits(), NOW) == timedelta(0)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.frozensets(st.integers(0, 23)),
    st.frozensets(st.integers(0, 6)),
)
def test_no_time_is_in_a_skipped_hour(
    moment: datetime, hours: frozenset[int], days: frozenset[int]
) -> None:
    """The next time is the first one outside, unless nothing at all is left."""
    at = moment.replace(tzinfo=UTC)
    due = outside(at, Habits(skip_hours=hours, skip_days=days))
    if len(hours) < 24 and len(days) < 7:
        assert due.hour not in hours and due.weekday() not in days
        assert at <= due <= at + timedelta(days=7)
    else:
        assert due == at


# --- memory of a feed ----------------------------------------------------------------------------

FEED = Feed(1, "https://a.example/rss", "A")


def test_a_move_is_believed_after_three_times() -> None:
    """Other places begin anew, one answer without a redirect begins anew, a failure forgets."""
    feed, new = FEED, "https://b.example/rss"
    for times in (1, 2, 3):
        assert feed.address == FEED.url
        moved_to, moves = moved(feed, new, failed=False)
        assert (moved_to, moves) == (new, times)
        feed = replace(feed, moved_to=moved_to, moves=moves)
    assert feed.address == new
    assert moved(feed, None, failed=False) == (new, 3)
    assert moved(feed, "https://c.example/", failed=False) == ("https://c.example/", 1)
    assert moved(feed, None, failed=True) == (None, 0)
    assert moved(replace(feed, moves=2), None, failed=False) == (None, 0)


def test_a_body_is_quarantined_after_three_strikes() -> None:
    """Only that very body, and only after three readers that it took down or many lost polls."""
    struck = replace(FEED, struck="x", strikes=3)
    assert is_quarantined(struck, "x")
    assert not is_quarantined(struck, "y")
    assert not is_quarantined(replace(struck, strikes=2), "x")
    assert not is_quarantined(replace(FEED, struck="x", begun=19), "x")
    assert is_quarantined(replace(FEED, struck="x", begun=20), "x")


@pytest.mark.parametrize(
    ("silent", "hosts", "is_ours"),
    [(1, 1, False), (1, 2, False), (2, 2, True), (2, 7, False), (3, 7, True), (34, 100, True)],
)
def test_a_third_of_all_hosts_is_an_outage(silent: int, hosts: int, is_ours: bool) -> None:
    """One host is never enough, and a few of many are not."""
    assert is_our_outage(silent, hosts) is is_ours


@pytest.mark.parametrize(
    ("vary", "picky"),
    [
        ("User-Agent", True),
        ("Accept-Encoding, user-agent", True),
        ("Accept", True),
        ("Accept-Encoding", False),
        ("", False),
    ],
)
def test_a_picky_server_says_so_itself(vary: str, picky: bool) -> None:
    """That the answer depends on the reader is the server's own word, and nobody has to lie."""
    assert is_picky({"vary": vary}) is picky
    found = state_of_status(403, {"vary": vary})
    assert found is not None
    assert found[0] is (FeedState.PICKY if picky else FeedState.BLOCKED)


def test_a_server_that_accepts_no_reader_is_picky() -> None:
    """406 and 415 say that what was asked with did not please."""
    assert [found[0] for status in (406, 415) if (found := state_of_status(status))] == [
        FeedState.PICKY
    ] * 2


def test_a_herd_is_spread_over_its_interval() -> None:
    """After a first poll, the wait is between one interval and two."""
    waits = [next_poll_at(NOW, HOUR, jitter=part / 10, in_herd=True) - NOW for part in range(11)]
    assert (waits[0], waits[5], waits[10]) == (HOUR, 1.5 * HOUR, 2 * HOUR)

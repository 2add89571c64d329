"""What state a feed is in, from what is remembered of it, and the evidence for it. Pure.

============  =====================================================================================
ok            it answers, and speaks about as often as it used to
quiet         silent for longer than four times its usual gap (and three days)
stale         silent for a month, and for twice what would make it quiet
zombie        silent for a year, though it answers as if nothing were wrong
archive dump  its document holds hundreds of entries over more than a year
empty         a feed without entries
not a feed    a web page, or something else, in the place of a feed
blocked       the server, or a guard before it, refuses us
picky         the server refuses readers that it does not know, by its own word
gone          the server says that there is no such feed
broken        the document cannot be read
unreachable   no answer, or a server's error
new           not polled yet
============  =====================================================================================
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.collect.habits import gaps, usual_gap
from monitor.model import Feed, FeedState, Habits, Notice
from monitor.text.durations import duration

_QUIET_AFTER = timedelta(days=3)
_QUIET_GAPS = 4
_LONGEST_GAPS = 1.5
_SHORTEST_TOLD = timedelta(minutes=1)
_STALE_AFTER = timedelta(days=30)
_ZOMBIE_AFTER = timedelta(days=365)
_DUMP_ENTRIES = 200
_DUMP_SPAN = timedelta(days=365)
# A feed that fails is told of on these days, and never given up.
_NOTICE_DAYS = (3, 30)


def truth(feed: Feed, now: datetime) -> tuple[FeedState, str]:
    """The state of a feed, and a sentence with the numbers that show it."""
    if feed.polled_at is None:
        return FeedState.NEW, "not polled yet"
    if feed.state.failed:
        return feed.state, _failing(feed, now)
    if not feed.habits.entries:
        return FeedState.EMPTY, f"its document had no entry {_ago(feed.polled_at, now)}"
    return _answering(feed.habits, now)


def _failing(feed: Feed, now: datetime) -> str:
    error = feed.error or feed.state.value
    if feed.failing_since is None:
        return error
    span = duration(now - feed.failing_since)
    return f"{error}; {feed.failures:,} polls failed in {span}" if feed.failures > 1 else error


def _answering(habits: Habits, now: datetime) -> tuple[FeedState, str]:
    state = _silence_state(habits, now)
    if state is FeedState.OK and _is_dump(habits):
        return FeedState.ARCHIVE_DUMP, _span(habits)
    return state, _silence(habits, now)


def _silence_state(habits: Habits, now: datetime) -> FeedState:
    newest = _newest(habits)
    if newest is None:
        return FeedState.OK
    silent, patience = now - newest, _patience(habits)
    if silent > max(_ZOMBIE_AFTER, patience):
        return FeedState.ZOMBIE
    if silent > max(_STALE_AFTER, 2 * patience):
        return FeedState.STALE
    return FeedState.QUIET if silent > patience and gaps(habits) else FeedState.OK


def _patience(habits: Habits) -> timedelta:
    """The silence that is nothing unusual yet."""
    longest = max(gaps(habits), default=timedelta(0))
    gap = usual_gap(habits) or timedelta(0)
    return max(_QUIET_AFTER, _QUIET_GAPS * gap, _LONGEST_GAPS * longest)


def _newest(habits: Habits) -> datetime | None:
    known = [moment for moment in (habits.newest, *habits.arrivals[-1:]) if moment]
    return max(known, default=None)


def _is_dump(habits: Habits) -> bool:
    if habits.oldest is None or habits.newest is None:
        return False
    return habits.entries >= _DUMP_ENTRIES and habits.newest - habits.oldest > _DUMP_SPAN


def _span(habits: Habits) -> str:
    assert habits.oldest is not None and habits.newest is not None
    return f"{habits.entries:,} entries, from {habits.oldest:%Y-%m-%d} to {habits.newest:%Y-%m-%d}"


def _silence(habits: Habits, now: datetime) -> str:
    newest = _newest(habits)
    if newest is None:
        return f"{_entries(habits)} without a date"
    age = f"newest entry {duration(now - newest)} old"
    gap = usual_gap(habits)
    if gap is None or gap < _SHORTEST_TOLD:
        return f"{age}, {_entries(habits)}"
    return f"{age}, usually one every {duration(gap)}"


def _entries(habits: Habits) -> str:
    return "1 entry" if habits.entries == 1 else f"{habits.entries:,} entries"


def notice(feed: Feed, now: datetime, error: str) -> Notice | None:
    """The notice that is due with a failed poll at ``now``: on day 3 and on day 30, once each."""
    if feed.failing_since is None or feed.polled_at is None:
        return None
    told, failing = feed.polled_at - feed.failing_since, now - feed.failing_since
    reached = [days for days in _NOTICE_DAYS if told < timedelta(days=days) <= failing]
    if not reached:
        return None
    words = error.rstrip(".")
    sentence = f"has failed for {reached[-1]} days ({words}); it is still asked once a day"
    return Notice(feed.outlet, feed.url, reached[-1], feed.failing_since, sentence)


def _ago(moment: datetime, now: datetime) -> str:
    return "just now" if moment >= now else f"{duration(now - moment)} ago"

"""How often a feed speaks, how far it looks back, and what was missed in between. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.collect.polling import Pace
from monitor.model import Entry, Feed, Gap, Habits, ParsedFeed

_REMEMBERED = 32  # arrivals
# A feed is asked this often while its list turns over once, so that a late poll loses nothing.
_LOOKS_PER_TURNOVER = 3
_GROWTH = 1.5
# A feed that was silent for so long is not expected to speak fast.
_SILENT = timedelta(days=3)
# No turnover takes longer: dates may be wrong by decades, and a span has its limits.
_EVER = timedelta(days=36_500)


def learned(habits: Habits, parsed: ParsedFeed, fresh: Sequence[Entry], now: datetime) -> Habits:
    """``habits`` after a document whose entries in ``fresh`` were new to the feed."""
    dates = [moment for entry in parsed.entries if (moment := _stated(entry, now))]
    return Habits(
        arrivals=_arrived(habits.arrivals, fresh, now),
        entries=len(parsed.entries),
        oldest=min(dates, default=habits.oldest),
        newest=max(dates, default=habits.newest),
        ttl=parsed.ttl,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
    )


def _arrived(
    earlier: tuple[datetime, ...], fresh: Iterable[Entry], now: datetime
) -> tuple[datetime, ...]:
    """The latest arrivals, the oldest first.

    An entry without a date arrived when it was seen, except at the first poll, when it may be of
    any age.
    """
    dates = [_stated(entry, now) or (now if earlier else None) for entry in fresh]
    return tuple(sorted([*earlier, *(date for date in dates if date)])[-_REMEMBERED:])


def _stated(entry: Entry, now: datetime) -> datetime | None:
    """When an entry says that it appeared; a time to come tells nothing."""
    moment = entry.published or entry.updated
    return moment if moment is not None and moment <= now else None


def usual_gap(habits: Habits) -> timedelta | None:
    """The median time between two entries; None as long as there are fewer than three."""
    between = gaps(habits)
    return sorted(between)[len(between) // 2] if len(between) > 1 else None


def gaps(habits: Habits) -> list[timedelta]:
    """The times between the latest entries."""
    return [after - before for before, after in pairwise(habits.arrivals)]


def turnover(habits: Habits) -> timedelta | None:
    """How long it takes until all that a document shows is new; None as long as nobody knows."""
    lately = habits.arrivals[-max(habits.entries, 2) :]
    if not habits.entries or len(lately) < 3:
        return None
    gap = (lately[-1] - lately[0]) / (len(lately) - 1)
    return gap * min(habits.entries, _EVER // max(gap, timedelta.resolution))


def interval(
    habits: Habits, pace: Pace, before: timedelta | None = None, *, missed: bool = False
) -> timedelta:
    """The time until the next poll that suits a feed.

    It is about as long as the feed is usually silent, from the usual time up to the slowest. It
    is shorter than the usual only where entries would scroll off unseen, down to the fastest: a
    third of the turnover, and half of the time ``before`` when something was missed. It grows by
    half at most.
    """
    gap = usual_gap(habits)
    wanted = pace.usual if gap is None else min(max(gap, pace.usual), pace.slowest)
    whole = turnover(habits)
    if whole is not None:
        wanted = min(wanted, whole / _LOOKS_PER_TURNOVER)
    if missed:
        wanted = min(wanted, (before or pace.usual) / 2)
    elif before is not None:
        wanted = min(wanted, max(before * _GROWTH, pace.fastest))
    return min(max(wanted, pace.fastest), pace.slowest)


def unhurried(interval: timedelta, habits: Habits, pace: Pace, now: datetime) -> timedelta:
    """``interval``, or the usual time for a feed that spoke fast once and is silent since."""
    is_silent = bool(habits.arrivals) and now - habits.arrivals[-1] > _SILENT
    return max(interval, pace.usual) if is_silent else interval


def unseen(feed: Feed, entries: Sequence[Entry], now: datetime, *, overlaps: bool) -> Gap | None:
    """The time in which entries may have come and gone, after a document with ``entries``.

    There is none while the document shows something known (``overlaps``), nor before a first
    good poll. Everything up to the last good poll was seen then, everything from the oldest entry
    on is seen now.
    """
    if overlaps or not entries or feed.succeeded_at is None or not feed.habits.entries:
        return None
    dates = [moment for entry in entries if (moment := _stated(entry, now))]
    since = max(feed.succeeded_at, feed.habits.newest or feed.succeeded_at)
    until = min(dates, default=now)
    return Gap(feed.outlet, since, until) if until > since else None

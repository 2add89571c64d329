"""The slots of a schedule in a time zone, and the windows between them.

A slot is a moment in UTC at which an edition is due. Its schedule speaks of wall-clock minutes, and
clocks jump: a minute that a jump skips is due at the moment right after the jump, a minute that
comes twice is due the first time, and a date that a zone skips altogether has no slot.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import product
from zoneinfo import ZoneInfo

from monitor.errors import InputError
from monitor.model import Schedule, Window

# The rarest date, 29 February, is at most eight years away (1896 to 1904, 2096 to 2104).
_HORIZON = timedelta(days=8 * 366)
_DAY = timedelta(days=1)
GRACE = timedelta(minutes=15)
# The least time between two urgent editions of a digest.
URGENT_PAUSE = timedelta(minutes=30)


@cache
def zone_of(name: str) -> ZoneInfo:
    """The time zone as the ``tzdata`` package has it, whose rules may be newer than the host's.

    Raises ``InputError`` for a name that the package does not know.
    """
    if not all(part.replace("-", "").replace("+", "").isidentifier() for part in name.split("/")):
        raise _no_such_zone(name)
    path = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError):
        raise _no_such_zone(name) from None


def _no_such_zone(name: str) -> InputError:
    return InputError(f'there is no time zone "{name}"; write it like "Asia/Almaty" or "UTC"')


def latest_slot(schedule: Schedule, zone: str, now: datetime) -> datetime | None:
    """The newest slot at or before ``now``, in UTC; None when there was none in eight years."""
    place = zone_of(zone)
    # Clocks set back over midnight: slots of "tomorrow" may be over already.
    start = now.astimezone(place).date() + _DAY
    slots = (
        slot
        for day in _days(schedule, start, -_DAY)
        for minute in sorted(_wall_minutes(schedule), reverse=True)
        if (slot := _moment(day, minute, place)) is not None
    )
    return next((slot for slot in slots if slot <= now), None)


def next_slot(schedule: Schedule, zone: str, now: datetime) -> datetime:
    """The first slot after ``now``, in UTC; raises ``InputError`` when none ever comes."""
    place = zone_of(zone)
    slots = (
        slot
        for day in _days(schedule, now.astimezone(place).date(), _DAY)
        for minute in sorted(_wall_minutes(schedule))
        if (slot := _moment(day, minute, place)) is not None
    )
    for slot in slots:
        if slot > now:
            return slot
    raise InputError(f'the schedule "{schedule.text}" names a date that never comes')


def window(
    previous_until: datetime | None, slot: datetime, now: datetime, grace: timedelta = GRACE
) -> Window:
    """The window of the edition that is made ``now`` for ``slot``.

    It begins where the previous edition's ended, so that windows tile time whatever the clock did:
    after a clock set back the window is empty, never negative. A first edition is never late:
    nobody waited for it.
    """
    until = max(now, previous_until or now)
    late = previous_until is not None and now - slot > grace
    return Window(slot=slot, since=previous_until, until=until, late=late)


def urgent_slot(
    eligible_at: datetime, last: datetime | None, quiet_hours: str | None, zone: str
) -> datetime:
    """When an urgent edition is due for what became eligible then, in UTC.

    At once, but half an hour after the ``last`` edition at the earliest, and at the end of the
    quiet hours (``22:00-07:00`` on the wall clock) when it falls into them. It depends on nothing
    but what is stored: whoever asks, and when, finds the same slot.
    """
    moment = eligible_at if last is None else max(eligible_at, last + URGENT_PAUSE)
    if quiet_hours is None:
        return moment
    begin, end = map(time.fromisoformat, quiet_hours.split("-"))
    place = zone_of(zone)
    local = moment.astimezone(place)
    clock = local.time()
    is_quiet = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not is_quiet:
        return moment
    day = local.date() + (_DAY if clock >= end else timedelta())
    return max(moment, _moment(day, end, place) or moment)


def _days(schedule: Schedule, start: date, step: timedelta) -> Iterator[date]:
    """The schedule's dates from ``start`` on, forwards or backwards."""
    count = _HORIZON // abs(step)
    dates = (start + step * offset for offset in range(count))
    return (day for day in dates if _is_due(schedule, day))


def _is_due(schedule: Schedule, day: date) -> bool:
    if schedule.months is not None and day.month not in schedule.months:
        return False
    on_day = schedule.days is not None and _is_day_of_month(schedule, day)
    on_weekday = schedule.weekdays is not None and day.weekday() in schedule.weekdays
    return on_day or on_weekday or (schedule.days is None and schedule.weekdays is None)


def _is_day_of_month(schedule: Schedule, day: date) -> bool:
    days = schedule.days or frozenset()
    last = monthrange(day.year, day.month)[1]
    clamped = schedule.clamp and day.day == last and any(wanted > last for wanted in days)
    return clamped or day.day in days


def _wall_minutes(schedule: Schedule) -> Iterator[time]:
    return (time(hour, minute) for hour, minute in product(schedule.hours, schedule.minutes))


def _moment(day: date, minute: time, place: ZoneInfo) -> datetime | None:
    """When the wall clock first shows ``minute`` of ``day``; None on a date that is skipped."""
    wall = datetime.combine(day, minute)
    moment = wall.replace(tzinfo=place).astimezone(UTC)
    if _wall_time(moment, place) == wall:
        return moment
    after = _end_of_gap(wall, place)
    return after if _exists(day, place) else None


def _end_of_gap(wall: datetime, place: ZoneInfo) -> datetime:
    """The first moment whose wall time is past the jump that skipped ``wall``.

    Both readings of a skipped time straddle the jump (PEP 495): with the offset before it, the
    reading lies after the jump, with the offset after it, before. The jump is found by bisection,
    to the second.
    """
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if _wall_time(middle, place) < wall:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _exists(day: date, place: ZoneInfo) -> bool:
    """Whether the zone has any moment on ``day``; Apia had none on 30 December 2011."""
    midnight = datetime.combine(day, time())
    if _wall_time(midnight.replace(tzinfo=place).astimezone(UTC), place) == midnight:
        return True
    return _wall_time(_end_of_gap(midnight, place), place).date() == day


def _wall_time(moment: datetime, place: ZoneInfo) -> datetime:
    return moment.astimezone(place).replace(tzinfo=None)

"""Slots keep to the wall clock through every jump that clocks make."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.model import Schedule, Window
from monitor.publish.windows import latest_slot, next_slot, urgent_slot, window, zone_of

ZONES = (
    "Europe/Berlin",
    "Asia/Almaty",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "America/Nuuk",
    "Africa/Cairo",
    "UTC",
)


def daily(*clocks: str, **fields: object) -> Schedule:
    """A schedule at some times of day, all with the same minutes."""
    hours = frozenset(int(clock[:2]) for clock in clocks)
    minutes = frozenset(int(clock[3:]) for clock in clocks)
    return Schedule("test", minutes, hours, **fields)  # type: ignore[arg-type]


def slots(schedule: Schedule, zone: str, first: datetime, last: datetime) -> list[datetime]:
    """All slots after ``first`` up to ``last``."""
    found = []
    while (first := next_slot(schedule, zone, first)) <= last:
        found.append(first)
    return found


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_skipped_time_comes_right_after_the_gap() -> None:
    """02:30 in Berlin on the night of the spring jump is 03:00, once."""
    found = slots(daily("02:30"), "Europe/Berlin", utc(2026, 3, 28, 12), utc(2026, 3, 29, 12))

    assert found == [utc(2026, 3, 29, 1)]


def test_repeated_time_comes_once() -> None:
    """02:30 in Berlin on the night of the autumn jump is the first of the two."""
    found = slots(daily("02:30"), "Europe/Berlin", utc(2026, 10, 24, 12), utc(2026, 10, 25, 12))

    assert found == [utc(2026, 10, 25, 0, 30)]


def test_almaty_changes_its_offset_once() -> None:
    """23:30 came twice in Almaty on 29 February 2024; one edition is due."""
    found = slots(daily("23:30"), "Asia/Almaty", utc(2024, 2, 29, 6), utc(2024, 3, 1, 6))

    assert found == [utc(2024, 2, 29, 17, 30)]


def test_frequent_schedule_passes_the_fold() -> None:
    """Every twenty minutes goes on after the repeated hour, with no minute twice."""
    schedule = Schedule("*/20 * * * *", frozenset({0, 20, 40}), frozenset(range(24)))
    found = slots(schedule, "Europe/Berlin", utc(2026, 10, 24, 23, 59), utc(2026, 10, 25, 3))

    minutes = [slot.astimezone(zone_of("Europe/Berlin")).strftime("%H:%M") for slot in found]
    assert minutes == ["02:00", "02:20", "02:40", "03:00", "03:20", "03:40", "04:00"]


def test_skipped_date_has_no_slot() -> None:
    """Apia had no 30 December 2011, and no second edition on the 31st for it."""
    found = slots(daily("07:30"), "Pacific/Apia", utc(2011, 12, 29, 12), utc(2012, 1, 1))

    local = [slot.astimezone(zone_of("Pacific/Apia")).strftime("%d %H:%M") for slot in found]
    assert local == ["29 07:30", "31 07:30", "01 07:30"]


@pytest.mark.parametrize(("clock", "month"), [("01:45", 4), ("02:15", 10)])
def test_half_hour_jump(clock: str, month: int) -> None:
    """Lord Howe jumps by half an hour; each local date gets one slot."""
    found = slots(daily(clock), "Australia/Lord_Howe", utc(2026, month, 1), utc(2026, month, 10))

    dates = [slot.astimezone(zone_of("Australia/Lord_Howe")).date() for slot in found]
    assert len(dates) == len(set(dates)) == 9


def test_last_day_of_the_month() -> None:
    """Monthly on the 31st comes twelve times a year, on the last day of short months."""
    schedule = daily("07:30", days=frozenset({31}), clamp=True)
    found = slots(schedule, "Asia/Almaty", utc(2025, 12, 31, 12), utc(2026, 12, 31, 12))

    assert [slot.day for slot in found] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_leap_day() -> None:
    """29 February is found eight years ahead, over 2100."""
    schedule = daily("07:30", days=frozenset({29}), months=frozenset({2}))

    assert next_slot(schedule, "UTC", utc(2096, 3, 1)) == utc(2104, 2, 29, 7, 30)


def test_day_or_weekday() -> None:
    """Day of month and weekday together mean either, as in cron."""
    schedule = daily("07:30", days=frozenset({13}), weekdays=frozenset({0}))
    found = slots(schedule, "UTC", utc(2026, 11, 1), utc(2026, 11, 17))

    assert [slot.day for slot in found] == [2, 9, 13, 16]


def test_a_date_that_never_comes() -> None:
    """30 February has no latest slot, and asking for the next says so."""
    schedule = daily("07:30", days=frozenset({30}), months=frozenset({2}))

    assert latest_slot(schedule, "UTC", utc(2026, 1, 1)) is None
    with pytest.raises(InputError, match="never comes"):
        next_slot(schedule, "UTC", utc(2026, 1, 1))


@pytest.mark.parametrize("name", ["Mars/Base", "", "../secret", "/etc/localtime", "Asia"])
def test_unknown_zone_is_a_sentence(name: str) -> None:
    """A zone that does not exist, or is a path, is refused by name."""
    with pytest.raises(InputError, match="there is no time zone"):
        zone_of(name)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hours=st.frozensets(st.integers(0, 23), min_size=1, max_size=3),
    minutes=st.frozensets(st.integers(0, 59), min_size=1, max_size=2),
    start=st.datetimes(datetime(2008, 1, 1), datetime(2030, 1, 1)),
)
def test_slots_increase_and_agree(
    zone: str, hours: frozenset[int], minutes: frozenset[int], start: datetime
) -> None:
    """Walking forwards and looking back find the same slots, strictly increasing."""
    schedule = Schedule("test", minutes, hours)
    moment = start.replace(tzinfo=UTC)
    walls = set()
    for _ in range(12):
        following = next_slot(schedule, zone, moment)
        assert following > moment
        assert latest_slot(schedule, zone, following) == following
        before = latest_slot(schedule, zone, following - timedelta(seconds=1))
        assert before is not None and before <= moment
        walls.add(following.astimezone(zone_of(zone)).replace(tzinfo=None))
        moment = following
    assert len(walls) == 12


@settings(max_examples=40, deadline=None)
@given(zone=st.sampled_from(ZONES), year=st.integers(2009, 2027), hour=st.integers(0, 23))
def test_a_year_has_a_slot_a_day(zone: str, year: int, hour: int) -> None:
    """A daily schedule has one slot for each date that the zone has, but for gaps at midnight."""
    found = slots(daily(f"{hour:02}:30"), zone, utc(year, 1, 1, 12), utc(year + 1, 1, 1, 12))

    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert min(gaps) >= timedelta(hours=22)
    assert max(gaps) <= timedelta(hours=26)
    assert 364 <= len(found) <= 367


@settings(max_examples=100, deadline=None)
@given(delays=st.lists(st.integers(-7200, 100_000), min_size=2, max_size=12))
def test_windows_tile_time(delays: list[int]) -> None:
    """However late editions are made, and if the clock is set back: no gap and no overlap."""
    now, until = utc(2026, 11, 24), None
    windows = []
    for delay in delays:
        now += timedelta(seconds=delay)
        windows.append(window(until, now, now))
        until = windows[-1].until

    assert windows[0].since is None
    for earlier, later in pairwise(windows):
        assert later.since == earlier.until
        assert later.until >= later.since


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (15, False), (16, True)])
def test_late(minutes: int, late: bool) -> None:
    """An edition is late from a quarter of an hour after its slot."""
    slot = utc(2026, 11, 24, 2, 30)
    previous = slot - timedelta(days=1)

    assert window(previous, slot, slot + timedelta(minutes=minutes)).late is late


def test_a_first_edition_is_never_late() -> None:
    """Whoever installs the program in the evening did not miss the morning's edition."""
    slot = utc(2026, 11, 24, 2, 30)

    assert not window(None, slot, slot + timedelta(hours=12)).late


SIX_ZONES = (
    "Asia/Almaty",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Nuuk",
    "Africa/Cairo",
    "Asia/Shanghai",
)


@pytest.mark.parametrize("zone", SIX_ZONES)
def test_five_years_of_editions(zone: str) -> None:
    """Ticks at odd times, sleeps over hours and days: one edition a date, overlap 0 s, gap 0 s.

    Of the slots that a sleep passes over, the last is made up for, once and marked late.
    """
    schedule = daily("02:30")
    draw = random.Random(zone)
    now, end = utc(2022, 1, 1, 12), utc(2027, 1, 1, 12)
    made: list[Window] = []
    while (now := now + _slept(draw)) < end:
        slot = latest_slot(schedule, zone, now)
        if slot is not None and (not made or slot > made[-1].slot):
            made.append(window(made[-1].until if made else None, slot, now))

    dates = [each.slot.astimezone(zone_of(zone)).date() for each in made]
    overlap = sum((max(a.until - b.since, timedelta()) for a, b in pairwise(made)), timedelta())
    gap = sum((max(b.since - a.until, timedelta()) for a, b in pairwise(made)), timedelta())
    assert len(dates) == len(set(dates)) > 1_750
    assert (overlap, gap) == (timedelta(), timedelta())
    assert all(each.late == (each.until - each.slot > timedelta(minutes=15)) for each in made[1:])


def _slept(draw: random.Random) -> timedelta:
    """Until the next tick: a few hours, in one case of 400 up to three days."""
    if draw.random() < 1 / 400:
        return timedelta(hours=draw.uniform(1, 72))
    return timedelta(hours=draw.uniform(0.1, 7))


@pytest.mark.parametrize("zone", SIX_ZONES)
def test_five_years_of_slots(zone: str) -> None:
    """02:30 comes once on each of the 1,826 dates, whatever the clocks do on them."""
    found = slots(daily("02:30"), zone, utc(2022, 1, 1, 12), utc(2027, 1, 1, 12))

    dates = [slot.astimezone(zone_of(zone)).date() for slot in found]
    assert len(dates) == len(set(dates)) == 1_826


@pytest.mark.parametrize("change", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=365)])
def test_a_clock_that_jumps_makes_no_second_edition(change: timedelta) -> None:
    """After a jump and back the slot of each date is made once, and windows still tile."""
    schedule, zone, now = daily("07:30"), "Asia/Almaty", utc(2026, 3, 1, 2, 31)
    made: list[Window] = []
    for step in (timedelta(), change, -change, timedelta(days=1), timedelta(days=1)):
        now += step
        slot = latest_slot(schedule, zone, now)
        assert slot is not None
        if not made or slot > made[-1].slot:
            made.append(window(made[-1].until if made else None, slot, now))

    assert len({each.slot for each in made}) == len(made)
    assert all(later.since == earlier.until for earlier, later in pairwise(made))


def test_rules_are_newer_than_the_hosts() -> None:
    """The bundled tzdata knows that Almaty moved to UTC+5 on 1 March 2024 (tzdata 2024a)."""
    before, after = utc(2024, 2, 28), utc(2024, 3, 2)
    offsets = [moment.astimezone(zone_of("Asia/Almaty")).utcoffset() for moment in (before, after)]

    assert offsets == [timedelta(hours=6), timedelta(hours=5)]


MORNING = utc(2026, 11, 24, 4, 0)  # 09:00 in Almaty


def test_urgent_is_at_once() -> None:
    """Outside the quiet hours, and with no edition before, there is nothing to wait for."""
    assert urgent_slot(MORNING, None, "22:00-07:00", "Asia/Almaty") == MORNING


def test_urgent_waits_for_half_an_hour() -> None:
    """Ten minutes after an edition the next one is due twenty minutes later."""
    last = MORNING - timedelta(minutes=10)

    assert urgent_slot(MORNING, last, None, "UTC") == MORNING + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("local", "due"),
    [
        ("21:59", "21:59"),
        ("22:00", "07:00"),
        ("23:59", "07:00"),
        ("06:59", "07:00"),
        ("07:00", "07:00"),
    ],
)
def test_urgent_waits_for_the_morning(local: str, due: str) -> None:
    """Quiet hours over midnight end in the morning after."""
    place = zone_of("Asia/Almaty")
    hour, minute = map(int, local.split(":"))
    at = datetime(2026, 11, 24, hour, minute, tzinfo=place)
    slot = urgent_slot(at.astimezone(UTC), None, "22:00-07:00", "Asia/Almaty").astimezone(place)

    assert slot.strftime("%H:%M") == due
    assert timedelta() <= slot - at <= timedelta(hours=9)


def test_urgent_waits_for_the_end_of_a_quiet_noon() -> None:
    """Quiet hours within a day end on that day."""
    slot = urgent_slot(utc(2026, 11, 24, 12, 30), None, "12:00-14:00", "UTC")

    assert slot == utc(2026, 11, 24, 14)


@settings(max_examples=200, deadline=None)
@given(
    at=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
    zone=st.sampled_from(SIX_ZONES),
    begin=st.integers(0, 23),
    end=st.integers(0, 23),
)
def test_urgent_is_never_early_and_never_in_quiet_hours(
    at: datetime, zone: str, begin: int, end: int
) -> None:
    """Whatever the hours and the zone, it waits a day at most."""
    moment = at.replace(tzinfo=UTC)
    slot = urgent_slot(moment, None, f"{begin:02}:00-{end:02}:00", zone)

    assert timedelta() <= slot - moment <= timedelta(hours=25)
    hour = slot.astimezone(zone_of(zone)).hour
    quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
    skipped = slot.astimezone(zone_of(zone)).minute != 0 or hour != end
    assert not quiet or (not skipped)

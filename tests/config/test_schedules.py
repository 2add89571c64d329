"""The words for "when"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.schedules import parse_schedule


def _fields(text: str) -> tuple[object, ...]:
    schedule = parse_schedule(text)
    sets = (schedule.minutes, schedule.hours, schedule.days, schedule.months, schedule.weekdays)
    return tuple(each and sorted(each) for each in sets)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("daily 07:30", ([30], [7], None, None, None)),
        ("Daily  7:05", ([5], [7], None, None, None)),
        ("weekdays 23:59", ([59], [23], None, None, [0, 1, 2, 3, 4])),
        ("weekly mon 07:30", ([30], [7], None, None, [0])),
        ("weekly Sunday 00:00", ([0], [0], None, None, [6])),
        ("weekly thurs 07:30", ([30], [7], None, None, [3])),
        ("monthly 31 07:30", ([30], [7], [31], None, None)),
    ],
)
def test_plain_words(text: str, fields: tuple[object, ...]) -> None:
    """Daily, weekdays, weekly and monthly, in any letter case."""
    assert _fields(text) == fields
    assert parse_schedule(text).text == text


def test_only_monthly_clamps() -> None:
    """A monthly digest of the 31st comes in short months too; cron's does not."""
    assert parse_schedule("monthly 31 07:30").clamp is True
    assert parse_schedule("30 7 31 * *").clamp is False


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("30 7 * * 1-5", ([30], [7], None, None, [0, 1, 2, 3, 4])),
        ("*/20 * * * *", ([0, 20, 40], list(range(24)), None, None, None)),
        ("5/20 0 * * *", ([5, 25, 45], [0], None, None, None)),
        ("0 0-23/6 1-31/15 * *", ([0], [0, 6, 12, 18], [1, 16, 31], None, None)),
        ("0 8 * jan,DEC mon-fri", ([0], [8], None, [1, 12], [0, 1, 2, 3, 4])),
        ("0 8 * * 0", ([0], [8], None, None, [6])),
        ("0 8 * * 7", ([0], [8], None, None, [6])),
        ("0 8 * * sun,sat", ([0], [8], None, None, [5, 6])),
        ("0 8 * * 5-7", ([0], [8], None, None, [4, 5, 6])),
        ("0 8 29 2 *", ([0], [8], [29], [2], None)),
        ("0 8 31 2 mon", ([0], [8], [31], [2], [0])),
        ("0,0,30 8 1 1 *", ([0, 30], [8], [1], [1], None)),
        ("00 08 * * *", ([0], [8], None, None, None)),
    ],
)
def test_cron(text: str, fields: tuple[object, ...]) -> None:
    """Lists, spans, steps, names, and Sunday at both ends of the week."""
    assert _fields(text) == fields


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no schedule; write daily 07:30"),
        ("hourly", "is no schedule"),
        ("daily", "is no schedule"),
        ("daily 24:00", '"24:00" is no time of day'),
        ("daily 07:60", '"07:60" is no time of day'),
        ("daily 0730", '"0730" is no time of day'),
        ("daily ٠٧:30", "is no time of day"),
        ("weekly monkey 07:30", '"monkey" is no day of the week'),
        ("weekly 1 07:30", '"1" is no day of the week'),
        ("monthly 0 07:30", '"0" is no day of the month'),
        ("monthly 32 07:30", '"32" is no day of the month'),
        ("60 7 * * *", '"60" is no minute of a cron schedule'),
        ("* 24 * * *", '"24" is no hour'),
        ("0 0 0 * *", '"0" is no day of a cron schedule'),
        ("0 0 * 13 *", '"13" is no month'),
        ("0 0 * 0 *", '"0" is no month'),
        ("0 0 * * 8", '"8" is no weekday'),
        ("0 0 * * sat-sun", '"sat-sun" is no weekday'),
        ("0 0 * * mo", '"mo" is no weekday'),
        ("30-10 * * * *", '"30-10" is no minute'),
        ("*/0 * * * *", r'"\*/0" is no minute'),
        ("*/00 * * * *", r'"\*/00" is no minute'),
        ("*/x * * * *", '"x" is no step'),
        ("5/ * * * *", '"" is no step'),
        ("5- * * * *", '"" is no minute'),
        ("-5 * * * *", '"" is no minute'),
        ("1,,2 * * * *", '"" is no minute'),
        ("+5 * * * *", r'"\+5" is no minute'),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 2,4,6,9,11 *", "never comes"),
        ("@daily", "is no schedule"),
        ("0 0 * * * *", "is no schedule"),
    ],
)
def test_what_is_no_schedule_is_told_why(text: str, problem: str) -> None:
    """The sentence quotes the part that is wrong."""
    with pytest.raises(ValueError, match=problem):
        parse_schedule(text)


@given(st.text(alphabet="0123456789*/-, adilymonsu:", max_size=24))
def test_any_text_is_a_schedule_or_a_sentence(text: str) -> None:
    """Whatever is typed, every field of a schedule has something in it, in its bounds."""
    try:
        schedule = parse_schedule(text)
    except ValueError as problem:
        assert str(problem)
    else:
        assert schedule.minutes <= frozenset(range(60))
        assert schedule.hours <= frozenset(range(24))
        assert min(len(schedule.minutes), len(schedule.hours)) > 0
        assert schedule.weekdays is None or schedule.weekdays <= frozenset(range(7))

"""The words for "when": ``daily 07:30``, ``weekly mon 07:30`` … or five cron fields."""

from __future__ import annotations

import re

from monitor.model import Schedule

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(
    "mon(day)?|tue(s(day)?)?|wed(nesday)?|thu(rs(day)?)?|fri(day)?|sat(urday)?|sun(day)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FORMS = "daily 07:30, weekdays 07:30, weekly mon 07:30, monthly 1 07:30 or five cron fields"
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; raises ``ValueError`` with a sentence that tells what is allowed."""
    words = text.lower().split()
    if len(words) == 5:
        return _cron(text, words)
    if len(words) == 2 and words[0] == "daily":
        return _at(text, words[1])
    if len(words) == 2 and words[0] == "weekdays":
        return _at(text, words[1], weekdays=frozenset(range(5)))
    if len(words) == 3 and words[0] == "weekly":
        return _at(text, words[2], weekdays=frozenset({_weekday(words[1])}))
    if len(words) == 3 and words[0] == "monthly":
        return _at(text, words[2], days=frozenset({_day(words[1])}), clamp=True)
    raise ValueError(f'"{text}" is no schedule; write {_FORMS}')


def _at(
    text: str,
    clock: str,
    *,
    days: frozenset[int] | None = None,
    weekdays: frozenset[int] | None = None,
    clamp: bool = False,
) -> Schedule:
    found = _CLOCK.fullmatch(clock)
    if not found:
        raise ValueError(f'"{clock}" is no time of day; write it as 07:30')
    return Schedule(
        text=text,
        minutes=frozenset({int(found[2])}),
        hours=frozenset({int(found[1])}),
        days=days,
        weekdays=weekdays,
        clamp=clamp,
    )


def _weekday(word: str) -> int:
    if not _DAY.fullmatch(word):
        raise ValueError(f'"{word}" is no day of the week; write {", ".join(_WEEKDAYS)}')
    return _WEEKDAYS.index(word[:3])


def _day(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= 31:
        raise ValueError(f'"{word}" is no day of the month; write 1 to 31')
    return int(word)


def _cron(text: str, words: list[str]) -> Schedule:
    minute, hour, day, month, weekday = words
    sundays = _field(weekday, 0, 7, "weekday", ("sun", *_WEEKDAYS[:6]))
    schedule = Schedule(
        text=text,
        minutes=_field(minute, 0, 59, "minute"),
        hours=_field(hour, 0, 23, "hour"),
        days=None if day == "*" else _field(day, 1, 31, "day"),
        months=None if month == "*" else _field(month, 1, 12, "month", ("", *_MONTHS)),
        weekdays=None if weekday == "*" else frozenset((number - 1) % 7 for number in sundays),
    )
    _refuse_impossible(schedule)
    return schedule


def _refuse_impossible(schedule: Schedule) -> None:
    if schedule.days is None or schedule.weekdays is not None:
        return
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    months = schedule.months or frozenset(range(1, 13))
    if all(day > longest.get(month, 31) for day in schedule.days for month in months):
        raise ValueError(f'"{schedule.text}" never comes: no such day in those months')


def _field(
    word: str, low: int, high: int, name: str, names: tuple[str, ...] = ()
) -> frozenset[int]:
    """One cron field: ``*``, ``5``, ``1-5``, ``*/20``, ``1-31/2`` and lists of them."""
    numbers: set[int] = set()
    for part in word.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, stop = low, high
        else:
            start = _number(first, names, name)
            stop = _number(last, names, name) if dash else (high if slash else start)
        steps = _number(step, (), "step") if slash else 1
        if not low <= start <= stop <= high or not steps:
            raise ValueError(f'"{part}" is no {name} of a cron schedule ({low} to {high})')
        numbers.update(range(start, stop + 1, steps))
    return frozenset(numbers)


def _number(word: str, names: tuple[str, ...], name: str) -> int:
    if word and word in names:
        return names.index(word)
    if not (word.isascii() and word.isdecimal()):
        raise ValueError(f'"{word}" is no {name} of a cron schedule')
    return int(word)

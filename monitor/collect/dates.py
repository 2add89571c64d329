"""Dates as feeds state them -> moments in UTC. Pure but for its data file.

RFC 822 and ISO 8601 with their common slips, and the long forms that editors write: names of months
in many languages, Chinese and Korean dates, figures in the European order, seconds since 1970.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LONGEST = 100
_RFC = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,? +)?(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4}) +"
    r"(\d\d?):(\d\d)(?::(\d\d))? *([+-]\d{4}|[A-Za-z]{1,5})?"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_COMPACT = re.compile(r"(\d{8})(\d{6})")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s?[:h时時시点]\s?(\d{1,2})(?:\s?[:分분]\s?(\d{1,2}))?")
_FRACTION = r"(?:[.,]\d+)?\s?[分秒분초]?"
_OFFSET = re.compile(
    rf"{_FRACTION}\s*\(?(?:utc|gmt|ut|мск|msk)?\s?([+\-−–])\s?(\d\d?)(?::?(\d\d))?(?!\d)"
)
_HAN = re.compile(r"(\d{2,4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]?")
# RFC 822 with the month as Chinese systems write it: "22 11月 2026".
_HAN_MONTH = re.compile(r"(?<!\d)(\d{1,2})[ -](\d{1,2})[月월][ -](\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/. ] ?(\d{1,2})(?:[-/. ] ?(\d{1,2}))?(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/. ] ?(\d{1,2})[-/. ] ?(\d{4}|\d\d)(?!\d)")
# A zone as the tz database calls it, in small letters.
_PLACE = re.compile(r"\b(africa|america|asia|atlantic|australia|europe|pacific)/([a-z]+)\b")
_YEAR = re.compile(r"\d{4}")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ.][^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\d:])(\d{1,4})(?:st|nd|rd|th)?(?![\d:])")
_SHORTEST_STEM = 4
_HALF = 12


@dataclass(frozen=True, slots=True)
class _Words:
    """Months and zones by name, and the two halves of the day as patterns."""

    months: dict[str, int]
    zones: dict[str, tzinfo]
    halves: tuple[re.Pattern[str], re.Pattern[str]]


def moment(stated: str) -> datetime | None:
    """The moment in UTC that ``stated`` means; None if it means none.

    What names no zone is taken for UTC, what names no hour for midnight.
    """
    stated = stated.strip()
    if not stated or len(stated) > _LONGEST:
        return None
    try:
        return _usual(stated) or _unusual(unicodedata.normalize("NFKC", stated).lower())
    except (ValueError, OverflowError):
        return None


def _usual(stated: str) -> datetime | None:
    """What nearly every feed says: complete RFC 822 or ISO 8601."""
    if stated[:4].isdecimal():
        return _iso(stated)
    found = _RFC.fullmatch(stated)
    month = _words().months.get(found[2].lower()) if found else None
    zone = _zone((found[7] or "utc").lower()) if found else None
    if not found or not month or not zone:
        return None
    day, _, year, hour, minute, second, _ = found.groups("0")
    if int(hour) < 24 and int(second) < 60:
        at = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=zone)
        return at if zone is UTC else at.astimezone(UTC)
    return _at(int(year), month, int(day), _since_midnight(hour, minute, second), zone)


def _iso(stated: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(stated)
    except ValueError:
        return None
    if read.microsecond:
        read = read.replace(microsecond=0)
    if read.tzinfo is UTC:
        return read
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _zone(name: str) -> tzinfo | None:
    if name[0] not in "+-":
        return _words().zones.get(name)
    minutes = 60 * int(name[1:3]) + int(name[3:] or 0)
    return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))


def _at(year: int, month: int, day: int, clock: timedelta, zone: tzinfo) -> datetime:
    """A clock of 24:00, or in a leap second, runs over."""
    return (datetime(year, month, day, tzinfo=zone) + clock).astimezone(UTC)


def _since_midnight(hour: str, minute: str, second: str | None) -> timedelta:
    if int(hour) > 24:
        raise ValueError("no such hour")
    return timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))


def _unusual(stated: str) -> datetime | None:
    """Anything else that names a day; ``stated`` is in small letters."""
    if epoch := _EPOCH.fullmatch(stated):
        seconds = int(epoch[1]) if epoch[1] else int(epoch[2]) / 1000
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if compact := _COMPACT.fullmatch(stated):
        return _iso(f"{compact[1]}T{compact[2]}")
    clock = _CLOCK.search(stated)
    if clock is None:
        day = _day(stated)
        return _at(*day, timedelta(), UTC) if day else None
    behind = stated[clock.end() :]
    offset = _OFFSET.match(behind)
    rest = behind[offset.end() :] if offset else behind
    day = _day(f"{stated[: clock.start()].removesuffix('t')} {rest}")
    zone = _offset(offset) if offset else _named_zone(behind)
    since = _since_midnight(*clock.groups()) + _half(stated, int(clock[1]))
    return _at(*day, since, zone) if day else None


def _offset(found: re.Match[str]) -> tzinfo:
    """An offset from UTC; ``+0530`` and ``+5`` are told apart by the pattern."""
    sign = "+" if found[1] == "+" else "-"
    return _zone(f"{sign}{found[2]:0>2}{found[3] or '00'}") or UTC


def _named_zone(behind: str) -> tzinfo:
    """The zone that stands after the clock; single letters are words more often than zones."""
    zones = _words().zones
    if place := _PLACE.search(behind):
        # Some names are folders of the database.
        with suppress(ZoneInfoNotFoundError, OSError):
            return ZoneInfo("/".join(place.groups()).title())
    found = (word for word in _WORD.findall(behind) if word == "z" or len(word) > 1)
    return next((zones[word] for word in found if word in zones), UTC)


def _half(stated: str, hour: int) -> timedelta:
    """What "8 pm" adds to eight hours."""
    before, after = (pattern.search(stated) is not None for pattern in _words().halves)
    if hour == _HALF:
        return timedelta(hours=-_HALF if before else 0)
    return timedelta(hours=_HALF if after and hour < _HALF else 0)


def _day(stated: str) -> tuple[int, int, int] | None:
    """Year, month and day."""
    if found := _HAN.search(stated):
        return _year(found[1]), int(found[2]), int(found[3])
    if found := _HAN_MONTH.search(stated):
        return int(found[3]), int(found[2]), int(found[1])
    if month := _named_month(stated):
        return _beside_month(month, _NUMBER.findall(stated))
    if found := _YEAR_FIRST.search(stated):
        return int(found[1]), int(found[2]), int(found[3] or 1)
    if found := _YEAR_LAST.search(stated):
        first, second = int(found[1]), int(found[2])
        # Europe's order, unless only America's makes sense.
        day, month = (second, first) if second > 12 else (first, second)
        return _year(found[3]), month, day
    return (int(stated), 1, 1) if _YEAR.fullmatch(stated) else None


def _named_month(stated: str) -> int | None:
    months, words = _words().months, _WORD.findall(stated)
    exact = (months[word] for word in words if word in months)
    longer = (months[stem] for word in words for stem in _stems(word) if stem in months)
    return next(exact, None) or next(longer, None)


def _stems(word: str) -> Iterator[str]:
    return (word[:end] for end in range(len(word) - 1, _SHORTEST_STEM - 1, -1))


def _beside_month(month: int, numbers: list[str]) -> tuple[int, int, int] | None:
    """The year has four figures, or stands last."""
    if len(numbers) < 2:
        return None
    first, second = numbers[:2]
    year, day = (first, second) if len(first) == 4 else (second, first)
    return _year(year), month, int(day)


def _year(stated: str) -> int:
    year = int(stated)
    if len(stated) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


@cache
def _words() -> _Words:
    source = files("monitor.collect").joinpath("data/dates.toml").read_text("utf-8")
    rows = tomllib.loads(source)
    return _Words(
        months={name: int(month) for month, names in rows["months"].items() for name in names},
        zones={name: _tzinfo(meaning) for name, meaning in rows["zones"].items()},
        halves=(_any_of(rows["halves"]["am"]), _any_of(rows["halves"]["pm"])),
    )


def _tzinfo(meaning: float | str) -> tzinfo:
    if isinstance(meaning, str):
        return ZoneInfo(meaning)
    return timezone(timedelta(hours=meaning)) if meaning else UTC


def _any_of(marks: list[str]) -> re.Pattern[str]:
    """A mark in letters stands alone, one of another script anywhere."""
    alone = (rf"(?<![a-z]){re.escape(mark)}(?![a-z])" for mark in marks if mark.isascii())
    return re.compile("|".join([*alone, *(mark for mark in marks if not mark.isascii())]))

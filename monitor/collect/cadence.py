"""How often a feed asks to be read: ttl, skipHours, skipDays, and the syndication module. Pure.

They stand before the entries or behind them, in one form or none, so that patterns find them in a
malformed document too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_TTL = re.compile(rb"<ttl>\s*(\d{1,9})\s*</ttl>", re.I)
_SKIPPED = re.compile(rb"<skip(hours|days)>(.{0,2000}?)</skip", re.I | re.S)
_HOUR = re.compile(rb"<hour>\s*(\d\d?)\s*<", re.I)
_DAY = re.compile(rb"<day>\s*(mon|tues|wednes|thurs|fri|satur|sun)day\s*<", re.I)
_PERIOD = re.compile(rb"<\w+:updatePeriod>\s*(hour|dai|week|month|year)ly\s*<", re.I)
_FREQUENCY = re.compile(rb"<\w+:updateFrequency>\s*(\d{1,6})\s*<", re.I)
_DAYS = (b"mon", b"tues", b"wednes", b"thurs", b"fri", b"satur", b"sun")
_PERIODS = {
    b"hour": timedelta(hours=1),
    b"dai": timedelta(days=1),
    b"week": timedelta(days=7),
    b"month": timedelta(days=30),
    b"year": timedelta(days=365),
}
_LONGEST = timedelta(days=7)
_SIGNS = (b"<ttl", b"<skip", b":updatePeriod")


@dataclass(frozen=True, slots=True)
class Cadence:
    """The time between two polls, hours (UTC) and weekdays (Monday is 0) without any."""

    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


def may_ask(document: bytes) -> bool:
    """Whether it is worth a closer look, which most documents are not."""
    return any(sign in document for sign in _SIGNS)


def cadence(frame: bytes) -> Cadence:
    """What ``frame`` asks for: a document without its entries.

    More than a week, every hour or every day is meant as little as no time at all.
    """
    skipped = {kind.lower(): inner for kind, inner in _SKIPPED.findall(frame)}
    hours = frozenset(int(hour) % 24 for hour in _HOUR.findall(skipped.get(b"hours", b"")))
    days = frozenset(_DAYS.index(day.lower()) for day in _DAY.findall(skipped.get(b"days", b"")))
    return Cadence(
        ttl=_ttl(frame),
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def _ttl(frame: bytes) -> timedelta | None:
    """Minutes in RSS; a period by a frequency in the syndication module, once if none is given."""
    if (minutes := _TTL.search(frame)) and int(minutes[1]):
        return min(timedelta(minutes=int(minutes[1])), _LONGEST)
    period, frequency = _PERIOD.search(frame), _FREQUENCY.search(frame)
    if period is None:
        return None
    times = max(int(frequency[1]), 1) if frequency else 1
    return min(_PERIODS[period[1].lower()] / times, _LONGEST)

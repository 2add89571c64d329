"""The day that an address or a few words of a page state. Pure.

A list page states a day in the site's own zone and seldom an hour with a zone, so that only the
day is taken, as midnight in UTC. A month alone is no date: as the month's first day it would make
news look old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.collect.dates import moment
from monitor.text.patterns import written_day

_YEARS = range(1990, 2100)
_IN_ADDRESS = (
    re.compile(r"(?<!\d)(20\d\d)[-/_.]?(0[1-9]|1[0-2])[-/_.]?(0[1-9]|[12]\d|3[01])"
               r"(?:\d{4}|\d{6})?(?!\d)"),
    re.compile(r"/(20\d\d)/(\d{1,2})/(\d{1,2})(?=/|$)"),
)  # fmt: skip
_YEAR = r"(?:19|20)\d\d"
_IN_WORDS = (
    re.compile(rf"(?<!\d){_YEAR}[-./年]\d{{1,2}}[-./月]\d{{1,2}}(?!\d)"),
    re.compile(rf"(?<!\d)\d{{1,2}}[./-]\d{{1,2}}[./-]{_YEAR}(?!\d)"),
    # 25 November 2026; November 25, 2026; 2026 жылғы 25 қараша
    re.compile(
        rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s,-]{{1,3}}[^\W\d_]{{3,12}}\.?,?\s{{1,3}}{_YEAR}(?!\d)"
    ),
    re.compile(
        rf"(?<!\w)[^\W\d_]{{3,12}}\.?\s{{1,3}}\d{{1,2}}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}(?!\d)"
    ),
    re.compile(
        rf"(?<!\d){_YEAR}[\s-]{{0,3}}[^\W\d_]{{0,6}}[\s,]{{1,3}}\d{{1,2}}[\s-]{{1,3}}[^\W\d_]{{3,12}}"
    ),
)


def day_of_address(url: str, pattern: str = "") -> datetime | None:
    """The day in an address: ``/2026-11/25/``, ``/20261125/``, ``t20261125_1.html`` and the like.

    ``pattern`` says how it is written where that is not clear, as in ``/YYYY/MMDD/``.
    """
    if pattern:
        parts = written_day(url, pattern)
        return _day(*parts) if parts else None
    matches = (match for form in _IN_ADDRESS for match in form.finditer(url))
    return next(_days(match.groups() for match in matches), None)


def moment_of_attribute(stated: str) -> datetime | None:
    """The time of a ``datetime`` attribute: with its zone exact, without one its day."""
    try:
        moment = datetime.fromisoformat(stated.strip())
        return moment.astimezone(UTC) if moment.tzinfo else day_of_words(stated)
    except (ValueError, OverflowError):
        return day_of_words(stated)


def day_of_words(text: str) -> datetime | None:
    """The first day that stands in ``text``, in digits or with the name of the month."""
    found = (moment(written[0]) for form in _IN_WORDS for written in form.finditer(text))
    return next((day.replace(hour=0, minute=0) for day in found if day and _credible(day)), None)


def _days(stated: Iterator[tuple[str, ...]]) -> Iterator[datetime]:
    days = (_day(*parts) for parts in stated)
    return (day for day in days if day)


def _day(year: str, month: str, day: str) -> datetime | None:
    try:
        found = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    return found if _credible(found) else None


def _credible(day: datetime) -> bool:
    return day.year in _YEARS

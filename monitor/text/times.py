"""Times as a person states them, in the years that an archive of news can speak of."""

from __future__ import annotations

from datetime import UTC, datetime

_FIRST, _LAST = 1970, 2100
YEARS = range(_FIRST, _LAST + 1)
"""Beyond them lie times from which no calendar, zone or database reckons on safely."""
NOT_IN_YEARS = f"is not from {_FIRST} to {_LAST}"


def stated_time(stated: str, example: str) -> datetime:
    """A time in ISO 8601, as UTC; it is one of UTC where it names no zone.

    ValueError, as a sentence that may name the ``example``, for what is none or in other years.
    """
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        raise ValueError(f'"{stated}" is no time; write {example}') from None
    if at.year not in YEARS:
        raise ValueError(f'"{stated}" {NOT_IN_YEARS}')
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

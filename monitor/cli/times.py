"""The option ``--at`` of commands that look at another time than now."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.errors import InputError
from monitor.text.times import stated_time


def as_of(stated: str | None, example: str) -> datetime:
    """The time that ``--at`` names in UTC, now where it is left out; InputError for none."""
    if stated is None:
        return datetime.now(UTC)
    try:
        return stated_time(stated, example)
    except ValueError as error:
        raise InputError(f"--at: {error}") from error

"""Patterns on web addresses, as a recipe for a list page has them. Pure.

A link pattern is a glob, in which only ``*`` means anything but itself, or a regular expression
from ``^``; a day pattern has YYYY, MM and DD in it. Whatever else a recipe says is a CSS selector.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

_ADDRESS_BEGINS = ("^", "/", "*", "http:", "https:")
_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_PART = re.compile(r"YYYY|MM|DD|\\\*")


def is_address_pattern(stated: str) -> bool:
    """Whether a recipe's link is a pattern on addresses, and no CSS selector."""
    return stated.startswith(_ADDRESS_BEGINS)


def fits(url: str, pattern: str) -> bool:
    """Whether ``url`` fits the whole of a glob, of its path and query where that begins with ``/``.

    Raises ``re.error`` on a regular expression that is none; ``link_problem`` says so before.
    """
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return _link(pattern).match(path if pattern.startswith("/") else url) is not None


def is_day_pattern(stated: str) -> bool:
    """Whether a recipe's date is a pattern on addresses, and no CSS selector."""
    return all(part in stated for part in _PARTS)


def written_day(url: str, pattern: str) -> tuple[str, str, str] | None:
    """Year, month and day as they stand in ``url``; None where it does not fit."""
    found = _day(pattern).search(url)
    return (found["year"], found["month"], found["day"]) if found else None


def link_problem(stated: str) -> str | None:
    """What is wrong with a recipe's link, if anything is."""
    try:
        _link(stated if is_address_pattern(stated) else "*")
    except re.error as error:
        return f'"{stated}" is no regular expression ({error})'
    return None


def date_problem(stated: str) -> str | None:
    """What is wrong with a recipe's date, if anything is."""
    has = [part for part in _PARTS if part in stated]
    if "YYYY" in stated and (len(has) < len(_PARTS) or any(stated.count(p) > 1 for p in _PARTS)):
        return f'"{stated}" has to have YYYY, MM and DD in it, each once'
    return None


@cache
def _link(pattern: str) -> re.Pattern[str]:
    if pattern.startswith("^"):
        return re.compile(pattern)
    first, *others = map(re.escape, pattern.split("*"))
    # What a star let through is not tried again, or many of them would take for ever.
    inner = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(first + inner + "".join(f".*{part}" for part in others[-1:]) + r"\Z")


@cache
def _day(pattern: str) -> re.Pattern[str]:
    parts = {**_PARTS, r"\*": ".*?"}
    return re.compile(_PART.sub(lambda part: parts[part[0]], re.escape(pattern)))

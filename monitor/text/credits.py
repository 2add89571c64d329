"""Whose text an article says that it is: credits such as (Xinhua), — ТАСС and 据新华社电.

Names and patterns are in ``data/agencies.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from monitor.text.normalise import fold_key
from monitor.text.tables import table

# A credit stands within so many characters of either end of a paragraph.
_REACH = 120


def credited(text: str) -> tuple[str, ...]:
    """What stands where credits stand, paragraph by paragraph; much of it names nobody."""
    return tuple(dict.fromkeys(_found(text)))


def agency(name: str) -> str | None:
    """The id of the agency that is called ``name``."""
    return _agencies().get(fold_key(name))


def _found(text: str) -> Iterator[str]:
    for paragraph in filter(None, map(str.strip, text.split("\n"))):
        ends = dict.fromkeys((paragraph[:_REACH], paragraph[-_REACH:]))
        for pattern in _patterns():
            yield from (found["name"].strip() for end in ends for found in pattern.finditer(end))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in table("agencies")["credits"])


@cache
def _agencies() -> Mapping[str, str]:
    rows: Mapping[str, list[str]] = table("agencies")["agencies"]
    return {fold_key(name): key for key, names in rows.items() for name in names}

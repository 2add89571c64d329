"""How answers are ordered, and where the next page of them begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import InputError


class Sort(StrEnum):
    """The order of what a search finds; the newest articles are those stored last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"
    SCORE = "score"


_TOKEN = re.compile(r"([0-9]{1,18})(?:@(-?[0-9]{1,4}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?))?")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last article of a page: its id, and what it was ordered by besides."""

    id: int
    value: float = 0.0

    def __str__(self) -> str:
        return f"{self.id}@{self.value!r}" if self.value else str(self.id)


def read_cursor(token: str) -> Cursor:
    """What ``str`` made of a cursor; InputError for anything else."""
    if found := _TOKEN.fullmatch(token):
        return Cursor(int(found[1]), float(found[2] or 0.0))
    raise InputError(f'"{token}" is no place in a search; take it from the line "more:" of a page')

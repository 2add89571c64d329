"""Counting: times between others are shown with zero."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from monitor.desk.counts import counted
from monitor.query import parse
from monitor.query.grouping import Grouping
from monitor.store import Store
from monitor.store.counting import Group


class Numbers:
    """A store that counts what it was told."""

    def __init__(self, *groups: tuple[str, int]) -> None:
        self._groups = [Group(*group) for group in groups]

    def count(self, *asked: object) -> list[Group]:
        """The groups."""
        return self._groups


@pytest.mark.parametrize(
    ("by", "first", "last", "between"),
    [
        (Grouping.MONTH, "2025-11", "2026-02", ["2025-12", "2026-01"]),
        (Grouping.WEEK, "2025-W52", "2026-W02", ["2026-W01"]),
        (Grouping.WEEK, "2026-W53", "2027-W02", ["2027-W01"]),
        (Grouping.DAY, "2026-02-27", "2026-03-02", ["2026-02-28", "2026-03-01"]),
        (Grouping.LANG, "en", "zh", []),
    ],
)
def test_gaps_are_shown(by: Grouping, first: str, last: str, between: list[str]) -> None:
    """All times from the first to the last have a number; other groups have no between."""
    store = cast("Store", Numbers((first, 3), (last, 1)))
    groups = counted(store, parse(""), by, datetime(2026, 3, 1, tzinfo=UTC))

    assert groups == [(first, 3), *((name, 0) for name in between), (last, 1)]

"""Counting: times between others are shown with zero."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from monitor.desk.counts import counted
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome
from monitor.pipeline.importing import ArchivedRow, import_archive
from monitor.query import parse
from monitor.query.grouping import Grouping
from monitor.store import Store, open_store
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


def test_an_imported_archive_counts_when_it_was_published(tmp_path: Path) -> None:
    """It was first seen by the chance of an import; news, and what has no date, when first seen."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [
        ArchivedRow("a:1", "https://a.example/1", "Rail one", published="2024-05-07"),
        ArchivedRow("a:2", "https://a.example/2", "Rail two", published="2024-06-30T23:30:00Z"),
        ArchivedRow("a:3", "https://a.example/3", "Rail three"),
    ]
    with open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store:
        import_archive(store, rows, "old", now)
        store.feeds.sync([FeedListing("https://b.example/rss", "Wire")], now)
        stated = datetime(2026, 1, 1, tzinfo=UTC)
        entry = Entry("4", "https://b.example/4", "Rail four", published=stated)
        news = Finding(FindingKind.NEW, entry, entry.link, ("link:b.example/4",), "h4", lang="en")
        store.feeds.record(PollOutcome(2, now, FeedState.OK), [news])

        months = store.count(parse("rail"), Grouping.MONTH, now)
        weeks = store.count(parse("rail"), Grouping.WEEK, now)

    assert months == [("2024-05", 1), ("2024-06", 1), ("2026-03", 2)]
    assert weeks == [("2024-W19", 1), ("2024-W26", 1), ("2026-W09", 2)]

"""Folders of recorded polls, and the clock that runs over them.

A recording is a folder per feed with its polls in name order, or single files of one poll each. A
poll's time may stand in its name (``1_20260611T180000Z.xml``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.demo.dates import newest
from monitor.errors import InputError
from monitor.model import FeedListing

_TIME = re.compile(r"(\d{8}T\d{4}(?:\d{2})?)Z")
_NO_POLLS = re.compile(r"\.|sequence\.json$|feeds\.toml$|readme|licen[cs]e|third_party", re.I)
_GAP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RecordedFeed:
    """The polls of one feed, oldest first; ``name`` is its folder, or its file's name."""

    name: str
    polls: tuple[Path, ...]
    listing: FeedListing | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """Recorded feeds; round ``k`` replays the ``k``-th poll of each."""

    feeds: tuple[RecordedFeed, ...]

    @property
    def rounds(self) -> int:
        """As many as the feed with the most polls has."""
        return max(len(feed.polls) for feed in self.feeds)

    def times(self, last: datetime) -> list[datetime]:
        """When each round happens on the demo's clock, which shows ``last`` at the end.

        Rounds keep their distances where all feeds were recorded at the same times; otherwise
        they are an hour apart.
        """
        recorded = {tuple(map(poll_time, feed.polls)) for feed in self.feeds}
        common = next(iter(recorded)) if len(recorded) == 1 else ()
        stated = [moment for moment in common if moment is not None]
        if len(stated) == self.rounds and stated == sorted(set(stated)):
            return [last - (stated[-1] - moment) for moment in stated]
        return [last - _GAP * (self.rounds - 1 - number) for number in range(self.rounds)]


def load(folder: Path) -> Recording:
    """Read a recording; raises ``InputError`` when ``folder`` holds none."""
    if not folder.is_dir():
        raise InputError(
            f"{folder} is no folder; a recording is a folder per feed, or single files"
        )
    listings = _listings(folder)
    feeds = []
    for path in sorted(folder.iterdir()):
        if _NO_POLLS.match(path.name):
            continue
        polls = _polls(path) if path.is_dir() else (path,)
        if polls:
            feeds.append(RecordedFeed(path.name, polls, listings.get(path.name)))
    if not feeds:
        raise InputError(f"{folder} holds no recorded feed")
    return Recording(tuple(feeds))


def _polls(folder: Path) -> tuple[Path, ...]:
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not _NO_POLLS.match(path.name)
    )


def _listings(folder: Path) -> dict[str, FeedListing]:
    """What ``feeds.toml`` says of the recorded feeds; addresses are given when they are served."""
    path = folder / "feeds.toml"
    if not path.is_file():
        return {}
    rows = tomllib.loads(path.read_text("utf-8")).get("feeds", [])
    return {
        row["folder"]: FeedListing(
            url="", outlet=row["outlet"], lang=row.get("lang"), country=row.get("country"),
            camp=row.get("camp"),
        )
        for row in rows
    }  # fmt: skip


def poll_time(path: Path) -> datetime | None:
    """The time in a poll's file name."""
    found = _TIME.search(path.name)
    if not found:
        return None
    try:
        pattern = "%Y%m%dT%H%M%S" if len(found[1]) == 15 else "%Y%m%dT%H%M"
        return datetime.strptime(found[1], pattern).replace(tzinfo=UTC)
    except ValueError:
        return None


def shift(path: Path, document: bytes, at: datetime, today: datetime) -> timedelta:
    """How far the dates of a poll are to be moved so that it was recorded ``at``.

    Without a time in its name, a poll was recorded when its newest entry was published; dates
    after ``today`` are mistakes and do not count.
    """
    recorded = poll_time(path) or newest(document, not_after=today + timedelta(days=1))
    return at - recorded if recorded else timedelta(0)

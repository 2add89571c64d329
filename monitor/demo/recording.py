"""Folders of recorded polls, and the clock that runs over them.

A recording is a folder per feed with its polls in name order, or single files of one poll each. A
poll's time may stand in its name (``1_20260611T180000Z.xml``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.demo.dates import newest
from monitor.errors import InputError
from monitor.model import FeedListing

_TIME = re.compile(r"(\d{8}T\d{4}(?:\d{2})?)Z")
_NO_POLLS = re.compile(r"\.|sequence\.json$|feeds\.toml$|readme|licen[cs]e|third_party", re.I)
# What a row of feeds.toml says, and what stands for it where it may be missing.
_ABOUT = {"folder": None, "outlet": None, "lang": "", "country": "", "camp": ""}
_GAP = timedelta(hours=1)
# As much as the door lets in of any document.
_LARGEST = 10_000_000


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
        shared = next(iter(recorded)) if len(recorded) == 1 else ()
        stated = [moment for moment in shared if moment is not None]
        if len(stated) == self.rounds and stated == sorted(set(stated)):
            return [last - (stated[-1] - moment) for moment in stated]
        return [last - _GAP * (self.rounds - 1 - number) for number in range(self.rounds)]


def load(folder: Path) -> Recording:
    """Look through a recording; ``InputError`` when it is none or a part cannot be read."""
    if not folder.is_dir():
        raise InputError(
            f"{folder} is no folder; a recording is a folder per feed, or single files"
        )
    listings = _listings(folder / "feeds.toml")
    try:
        feeds = [replace(feed, listing=listings.get(feed.name)) for feed in _feeds(folder)]
    except OSError as error:
        raise _unreadable(Path(error.filename), error) from error
    if not feeds:
        raise InputError(f"{folder} holds no recorded feed")
    return Recording(tuple(feeds))


def _feeds(folder: Path) -> Iterator[RecordedFeed]:
    for path in _listed(folder):
        polls = tuple(_listed(path)) if path.is_dir() else (path,)
        polls = tuple(poll for poll in polls if not poll.is_dir())
        for poll in polls:
            poll.open("rb").close()
        if polls:
            yield RecordedFeed(path.name, polls)


def _listed(folder: Path) -> list[Path]:
    """What of a folder may be a poll or a folder of them, in name order."""
    return [
        path
        for path in sorted(folder.iterdir())
        if not _NO_POLLS.match(path.name) and not _is_endless(path)
    ]


def _is_endless(path: Path) -> bool:
    """Pipes and devices have no end that a reader could wait for."""
    return path.is_fifo() or path.is_char_device() or path.is_block_device() or path.is_socket()


def read(poll: Path) -> bytes:
    """The document of a poll; ``InputError`` when it cannot be read."""
    try:
        with poll.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise _unreadable(poll, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be read: {error.strerror}")


def _listings(path: Path) -> dict[str, FeedListing]:
    """What ``feeds.toml`` says of the recorded feeds; addresses are given when they are served."""
    if not path.exists():
        return {}
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("feeds", [])
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no TOML: {error}") from error
    if not isinstance(rows, list):
        raise InputError(f"{path}: feeds must be written as [[feeds]]")
    return dict(_described(path, number, row) for number, row in enumerate(rows, start=1))


def _described(path: Path, number: int, row: object) -> tuple[str, FeedListing]:
    """The folder that a row of ``feeds.toml`` is about, and what it says."""
    stated: dict[str, Any] = row if isinstance(row, dict) else {}
    for key, usual in _ABOUT.items():
        if not isinstance(stated.get(key, usual), str):
            raise InputError(f'{path}: feeds[{number}]: "{key}" must be a text in quotes')
    lang, country, camp = map(stated.get, ("lang", "country", "camp"))
    return stated["folder"], FeedListing("", stated["outlet"], lang, country, camp)


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

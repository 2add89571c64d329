"""Reading an archive for promises: batch by batch, to be stopped and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import load
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome
from monitor.pipeline import commitments
from monitor.pipeline.assess import assess
from monitor.pipeline.commitments import is_read, read_evidence
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
PROMISE = """[[commitments]]
id = "canal"
actor = "Arland"
promise = "A canal is dug"
made = "2025-06-17"
document = "paper"
passage = "first page"
about = ["bergia"]
words = { en = "canal" }
acts = ["started"]
"""


def finding(number: int) -> Finding:
    """An article that tells of the canal."""
    link = f"https://post.example/{number}"
    entry = Entry(link, link, f"Arland and Bergia started canal {number}", published=NOW)
    keys = (f"link:post.example/{number}",)
    return Finding(FindingKind.NEW, entry, link, keys, f"hash-{number}", lang="en")


@pytest.fixture
def world(canal: Callable[..., Path], tmp_path: Path) -> tuple[Setup, Callable[[str], Store]]:
    """Settings with a beat, and a maker of archives with five judged articles."""
    canal(PROMISE)
    config = tmp_path / "config.toml"
    config.write_text('[monitor]\nbeat = "canal"\nbeat_feeds = false\n', encoding="utf-8")
    setup = prepare(load(config))

    def archive(name: str) -> Store:
        store = open_store(f"sqlite:///{tmp_path / name}")
        store.feeds.sync([FeedListing("https://post.example/rss", "Post", "en")], NOW)
        found = [finding(number) for number in range(5)]
        store.feeds.record(PollOutcome(1, NOW, FeedState.OK), found)
        assess(store, setup, NOW)
        return store

    return setup, archive


def test_a_stopped_reading_goes_on_later(
    world: tuple[Setup, Callable[[str], Store]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two articles at a time with a stop between them find what one go finds."""
    setup, archive = world
    with archive("whole.db") as whole:
        assert read_evidence(whole, setup) == 5
        found = whole.commitments.proofs()
    monkeypatch.setattr(commitments, "_BATCH", 2)
    batches: list[int] = []
    with archive("parts.db") as parts:
        read_evidence(parts, setup, on_batch=batches.append, stopping=lambda: bool(batches))
        assert batches == [2]
        assert not is_read(parts, setup)
        assert read_evidence(parts, setup) == 3
        assert is_read(parts, setup)

        assert parts.commitments.proofs() == found
    assert len(found["canal"]) == 5


def test_nothing_is_read_twice(world: tuple[Setup, Callable[[str], Store]]) -> None:
    """A second round has nothing to do."""
    setup, archive = world
    with archive("twice.db") as store:
        assert read_evidence(store, setup) == 5
        assert read_evidence(store, setup) == 0

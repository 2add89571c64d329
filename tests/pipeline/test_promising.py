"""What an edition tells of promises: what moved since the last one, and what went quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.model import (
    CommitmentStatus,
    Entry,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    FrozenEdition,
    PollOutcome,
    Promises,
    Window,
)
from monitor.pipeline.assess import assess
from monitor.pipeline.commitments import is_read, read_evidence
from monitor.pipeline.door import open_door
from monitor.pipeline.ledger import due
from monitor.pipeline.promising import promises
from monitor.pipeline.publish import preview, publish
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import Setup, prepare
from monitor.pipeline.variants import Variant
from monitor.store import Store, open_store

NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
DAY = timedelta(days=1)
PROMISES = """[[commitments]]
id = "canal"
actor = "Arland"
promise = "A canal is dug"
made = "2025-06-17"
document = "paper"
passage = "first page"
about = ["bergia"]
words = { en = "canal" }
acts = ["started", "signed"]
done = ["completed"]
silent_after = 30
[[commitments]]
id = "bridge"
actor = "Bergia"
promise = "A bridge is opened"
made = "2025-06-17"
deadline = "2026-06-20"
document = "paper"
passage = "second page"
about = ["arland"]
words = { en = "bridge" }
acts = ["started"]
done = ["opened"]
silent_after = 90
"""
CONFIG = """[monitor]
beat = "canal"
beat_feeds = false
[watchlist]
threshold = 30
[[digests]]
name = "daily"
schedule = "daily 18:00"
"""


class World:
    """An archive that a feed fills, and questions to it."""

    def __init__(self, setup: Setup, store: Store) -> None:
        self.setup, self.store = setup, store
        store.feeds.sync([FeedListing("https://post.example/rss", "Post", "en")], NOW)
        self._number = 0

    def told(
        self, title: str, at: datetime, published: datetime | None = None, *, read: bool = True
    ) -> None:
        """Let the feed tell something, and read it."""
        self._number += 1
        link = f"https://post.example/{self._number}"
        entry = Entry(link, link, title, published=published or at)
        key = f"link:post.example/{self._number}"
        found = Finding(
            FindingKind.NEW, entry, link, (key,), f"hash-{self._number}", lang="en",
            backlog=published is not None,
        )  # fmt: skip
        self.store.feeds.record(PollOutcome(1, at, FeedState.OK), [found])
        if read:
            assess(self.store, self.setup, at)
            read_evidence(self.store, self.setup)

    def edited(self, title: str, at: datetime) -> None:
        """Let the feed say otherwise what it told last, and read it."""
        link = f"https://post.example/{self._number}"
        found = Finding(
            FindingKind.CHANGED, Entry(link, link, title), link, (), title,
            article_id=self._number, revises=True, lang="en",
        )  # fmt: skip
        self.store.feeds.record(PollOutcome(1, at, FeedState.OK), [found])
        assess(self.store, self.setup, at)
        read_evidence(self.store, self.setup)

    def promises(
        self, since: datetime | None, until: datetime, **filters: frozenset[str]
    ) -> Promises:
        """What an edition of that window tells."""
        variant = replace(Variant("", "UTC"), **filters)
        return promises(self.store, self.setup, Window(until, since, until), variant)

    def moved(self, since: datetime | None, until: datetime) -> list[tuple[str, str]]:
        """The promises that moved, with how they stand."""
        found = self.promises(since, until).moved
        return [(each.commitment.id, each.status.value) for each in found]

    def edition(self, at: datetime) -> FrozenEdition:
        """The edition of the daily that is due at a time, frozen."""
        (published,) = publish(self.store, self.setup, at)
        frozen = self.store.editions.get(published.id)
        assert frozen is not None
        return frozen


@pytest.fixture
def world(canal: Callable[..., Path], tmp_path: Path) -> Iterator[World]:
    """An archive that has only heard of something else."""
    canal(PROMISES)
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    with open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store:
        made = World(prepare(load(config)), store)
        made.told("Arland and Bergia talk about herrings", NOW)
        yield made


def test_a_promise_moves_once(world: World) -> None:
    """In the window in which its evidence could be news, and in no other."""
    world.told("Arland and Bergia signed the canal treaty", NOW + 2 * DAY)

    assert world.moved(NOW, NOW + DAY) == []
    assert world.moved(NOW + DAY, NOW + 3 * DAY) == [("canal", "progress")]
    assert world.moved(NOW + 3 * DAY, NOW + 4 * DAY) == []
    assert world.moved(None, NOW + 4 * DAY) == [("canal", "progress")]


def test_the_same_act_in_the_same_story_moves_nothing_again(world: World) -> None:
    """Another outlet's words for it a day later are no news; another act is."""
    world.told("Arland and Bergia signed the canal treaty", NOW + DAY)
    world.told("Arland and Bergia signed the canal treaty at last", NOW + 2 * DAY)
    world.told("Arland and Bergia started digging the canal", NOW + 3 * DAY)

    assert world.moved(NOW + DAY, NOW + 2 * DAY) == []
    assert world.moved(NOW + 2 * DAY, NOW + 3 * DAY) == [("canal", "progress")]


@pytest.mark.parametrize("threshold", [30, 100])
def test_evidence_that_an_edit_brings_is_told(world: World, tmp_path: Path, threshold: int) -> None:
    """In the edition behind the edit, be the article one for digests or only near them."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.replace("= 30", f"= {threshold}"), encoding="utf-8")
    world.setup = prepare(load(config))
    world.told("Arland and Bergia talk of the canal", NOW + DAY)
    before = world.moved(NOW, NOW + DAY)
    world.edited("Arland and Bergia started digging the canal", NOW + 1.5 * DAY)

    assert before == []
    assert world.moved(NOW, NOW + DAY) == []
    assert world.moved(NOW + DAY, NOW + 2 * DAY) == [("canal", "progress")]
    assert world.moved(NOW + 2 * DAY, NOW + 3 * DAY) == []


def test_an_edit_that_leaves_the_evidence_tells_nothing_again(world: World) -> None:
    """Not even with other words around it; what it adds is told."""
    world.told("Arland and Bergia signed the canal treaty", NOW + DAY)
    world.edited("At last: Arland and Bergia signed the canal treaty", NOW + 1.5 * DAY)

    assert world.moved(NOW, NOW + DAY) == [("canal", "progress")]
    assert world.moved(NOW + DAY, NOW + 2 * DAY) == []

    world.edited("Arland and Bergia completed the canal", NOW + 2.5 * DAY)
    assert world.moved(NOW + 2 * DAY, NOW + 3 * DAY) == [("canal", "done as claimed")]


def test_what_was_old_when_it_was_found_moves_nothing(world: World) -> None:
    """An archive that a feed dumps is evidence, and no news."""
    world.told("Arland and Bergia signed the canal treaty", NOW + 2 * DAY, published=NOW - 40 * DAY)

    assert world.moved(NOW + DAY, NOW + 3 * DAY) == []
    assert len(world.store.commitments.proofs()["canal"]) == 1


def test_a_deadline_that_passes_is_told_once(world: World) -> None:
    """On the day after, with no evidence at all."""
    due = datetime(2026, 6, 20, 18, tzinfo=UTC)

    assert world.moved(due - DAY, due) == []
    assert world.moved(due, due + DAY) == [("bridge", "overdue")]
    assert world.moved(due + DAY, due + 2 * DAY) == []


def test_weekly_says_what_went_quiet_and_not_each_week(world: World) -> None:
    """In the week in which the bound is crossed, and when it is crossed once more."""
    weeks = [(NOW + 7 * n * DAY, NOW + 7 * (n + 1) * DAY) for n in range(12)]
    quiet = [[each.commitment.id for each in world.promises(*week).quiet] for week in weeks]

    assert [n for n, ids in enumerate(quiet) if "canal" in ids] == [4, 8]
    assert [n for n, ids in enumerate(quiet) if "bridge" in ids] == []
    assert world.promises(NOW + 30 * DAY, NOW + 32 * DAY).quiet == ()
    assert world.promises(*weeks[4]).quiet[0].status is CommitmentStatus.SILENT


def test_readers_of_one_country_hear_of_its_promises(world: World) -> None:
    """By what a promise is about."""
    world.told("Arland and Bergia signed the canal treaty", NOW + DAY)
    window = (NOW, NOW + 2 * DAY)

    assert world.promises(*window, countries=frozenset({"BB"})).moved
    assert not world.promises(*window, countries=frozenset({"AA"})).moved
    assert not world.promises(*window, topics=frozenset({"transport"})).moved


def test_an_edition_is_frozen_with_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The preview is what is frozen; later evidence changes nothing in it."""
    world.told("Arland and Bergia started digging the canal", NOW + DAY / 2)
    before = preview(world.store, world.setup, "daily", NOW + DAY)
    frozen = world.edition(NOW + DAY)
    world.told("Arland and Bergia completed the canal", NOW + 1.5 * DAY)
    again = world.store.editions.get(frozen.id)

    assert before.rendered == frozen.rendered
    assert before.outline == frozen.outline
    assert again == frozen
    assert "Progress: A canal is dug" in frozen.rendered.text
    assert frozen.outline.promises[0].promises[0].sentence.endswith("started digging the canal")
    later = world.edition(NOW + 2 * DAY)
    assert "Done as claimed: A canal is dug" in later.rendered.text


def test_a_round_reads_for_promises_and_figures(world: World) -> None:
    """Whatever it assessed: nobody has to ask first."""
    world.told("Arland and Bergia dig 12 km of the canal", NOW + DAY, read=False)
    with open_door(world.setup.settings) as door:
        once(world.store, door, world.setup, NOW + DAY)

    assert is_read(world.store, world.setup)
    assert due(world.store, world.setup) == []
    assert [each.statement.figure.unit for each in world.store.figures.about(["arland"])] == ["km"]

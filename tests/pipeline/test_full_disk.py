"""A full disk stops the writing with one sentence, keeps what was acknowledged, and is outlived."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer
from monitor.pipeline.rounds import Done, Rounds
from monitor.pipeline.setup import Setup, prepare
from monitor.query import parse
from monitor.store import Store, open_store
from monitor.store.backup import check

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
database = "sqlite:///disk/monitor.db"

[[feeds]]
url = "http://ADDRESS/grid"

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
poll_minutes = 0.001
"""


def feed(first: int, count: int, length: int) -> Document:
    """Entries that nobody saw before, each with a text of ``length`` characters.

    It fills the disk; of what it says only the first sentence is looked for.
    """
    text = "Swedish and Lithuanian cable. " + "The wind was calm. " * (length // 19)
    rows = "".join(
        f"<item><title>NordBalt notice {number}</title><link>https://press.example/{number}</link>"
        f"<description>{text}</description></item>"
        for number in range(first, first + count)
    )
    return Document(f"<rss version='2.0'><channel>{rows}</channel></rss>".encode(), ".xml")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; skips where it may not be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Take all space but ``leave`` bytes."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - leave)))
    return ballast


def found(store: Store, now: datetime) -> int:
    """How many notices can be searched for."""
    return len(store.search(parse("nordbalt"), 1_000, now))


@pytest.mark.parametrize("leave", [0, 600_000], ids=["no space at all", "breaks off in a poll"])
def test_a_full_disk_is_outlived(
    leave: int,
    configured: Callable[[str], Configuration],
    disk: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """S1: a sentence, nothing lost, reading goes on; within a minute after there is space, all."""
    caplog.set_level(logging.INFO)
    now = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
    done: list[Done] = []
    with FeedServer().serving() as feeds:
        setup: Setup = prepare(configured(CONFIG.replace("ADDRESS", feeds.address)))
        feeds.documents = {"grid": feed(0, 5, 300)}
        with (
            open_store(setup.configuration.database) as store,
            closing(Rounds(store, lambda: now, lambda: False, done.append)) as rounds,
        ):
            rounds.go(setup)
            assert found(store, now) == 5

            ballast = fill(disk, leave)
            feeds.documents = {"grid": feed(5, 40, 30_000)}
            for _ in range(3):
                now += timedelta(seconds=30)
                rounds.go(setup)
            errors = [each for each in caplog.records if each.levelno >= logging.ERROR]
            assert len(errors) == (2 if leave else 1), "the break, and why nothing is tried"
            assert all("there is no space left for" in each.message for each in errors)
            assert found(store, now) == 5
            with open_store(setup.configuration.database, read_only=True) as other:
                assert found(other, now) == 5

            ballast.unlink()
            now += timedelta(seconds=60)
            rounds.go(setup)
            assert found(store, now) == 45
        assert check(setup.configuration.database).damage == ()

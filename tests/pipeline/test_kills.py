"""A process may be killed at any instant: nothing is lost, and a repeat keeps its Message-ID."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import poll
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import prepare
from monitor.store import open_store

KILLS, POLL_KILLS = 20, 200
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"

[[digests]]
name = "minutely"
schedule = "* * * * *"
to = ["reader@example.org"]
limit = 500

[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
sender = "monitor@example.org"

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
poll_minutes = 0.001
"""


def feed(count: int) -> Document:
    """A feed of ``count`` relevant entries, each about something of its own."""
    rows = "".join(
        f"<item><title>Sweden and Lithuania: NordBalt notice {number * 1000 + 7}</title>"
        f"<link>https://press.example/{number}</link>"
        f"<description>Swedish and Lithuanian cable, case {number}.</description></item>"
        for number in range(count)
    )
    return Document(f"<rss version='2.0'><channel>{rows}</channel></rss>".encode(), ".xml")


def _round(folder: Path, command: str = "once") -> subprocess.Popen[bytes]:
    """`monitor once`, or another command, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", command],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _usual(folder: Path, command: str) -> float:
    """How long a round takes that is not the first one, on a machine that others use too."""
    _round(folder, command).wait()
    return min(_taken(folder, command) for _ in range(3))


def _taken(folder: Path, command: str) -> float:
    _end_leases(folder)
    started = time.monotonic()
    _round(folder, command).wait()
    return time.monotonic() - started


def _killed(folder: Path, command: str, after: float) -> None:
    """A round that is killed after so many seconds, and the time until its leases end."""
    process = _round(folder, command)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.kill()
    process.wait()
    _end_leases(folder)


def _end_leases(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "monitor.db")) as database, database:
        database.execute("UPDATE feeds SET leased_until = NULL, next_poll_at = first_polled_at")


def _polls(folder: Path) -> list[tuple[object, ...]]:
    """What each poll that was recorded said, to be shown where entries are missing."""
    told = "SELECT at, state, status, entries, new, error FROM polls ORDER BY id"
    with closing(sqlite3.connect(folder / "monitor.db")) as database:
        return database.execute(told).fetchall()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_at_random_moments_lose_nothing(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """After twenty kills every entry was carried and mailed, no edition under two Message-IDs."""
    chance = random.Random(20260612)
    with FeedServer().serving() as feeds, MailSink().serving() as mail:
        source = CONFIG.replace("ADDRESS", feeds.address).replace("PORT", str(mail.port))
        setup = prepare(configured(source))
        feeds.documents = {"grid": feed(1)}
        usual = _usual(tmp_path, "once")
        for number in range(2, KILLS + 2):
            feeds.documents = {"grid": feed(number)}
            _killed(tmp_path, "once", chance.uniform(0.3, 1.1) * usual)
        later = datetime.now(UTC) + timedelta(hours=1)
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            once(store, door, setup, later)
            left = store.editions.eligible("minutely", "", 50, later)
            articles, pending = store.counts().articles, store.editions.pending()

    assert (articles, left, pending) == (KILLS + 1, [], 0), _polls(tmp_path)
    told = defaultdict(set)
    for raw in mail.messages:
        message = message_from_bytes(raw, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        told[body.get_content()].add(message["Message-ID"])
    assert len(told) > 1
    assert all(len(names) == 1 for names in told.values())


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_kills_while_polling_lose_nothing(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """C1: every entry ever served is stored once, and the database is sound."""
    chance = random.Random(20261125)
    with FeedServer().serving() as feeds:
        source = CONFIG.replace("ADDRESS", feeds.address).replace("PORT", "25")
        setup = prepare(configured(source))
        feeds.documents = {"grid": feed(1)}
        usual = _usual(tmp_path, "poll")
        for number in range(2, POLL_KILLS + 2):
            feeds.documents = {"grid": feed(number)}
            _killed(tmp_path, "poll", chance.uniform(0.4, 1.05) * usual)
        later = datetime.now(UTC) + timedelta(hours=1)
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            poll(store, door, setup, later)
            articles = store.counts().articles
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as database:
        sound = database.execute("PRAGMA integrity_check").fetchall()
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        polls = database.execute("SELECT count(*) FROM polls").fetchone()

    assert articles == POLL_KILLS + 1, _polls(tmp_path)
    assert (sound, orphans) == ([("ok",)], [])
    assert 3 < polls[0] < POLL_KILLS, "some kills come before a poll is written, some after"

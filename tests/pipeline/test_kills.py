"""A process may be killed at any instant: nothing is lost, and a repeat keeps its Message-ID."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import open_door, prepare
from monitor.store import open_store

KILLS = 20
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


def _round(folder: Path) -> subprocess.Popen[bytes]:
    """`monitor once` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "once"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """After twenty kills every entry was carried and mailed, no edition under two Message-IDs."""
    chance = random.Random(20260612)
    with FeedServer().serving() as feeds, MailSink().serving() as mail:
        source = CONFIG.replace("ADDRESS", feeds.address).replace("PORT", str(mail.port))
        setup = prepare(configured(source))
        feeds.documents = {"grid": feed(1)}
        started = time.monotonic()
        _round(tmp_path).wait()
        usual = time.monotonic() - started
        for number in range(2, KILLS + 2):
            feeds.documents = {"grid": feed(number)}
            process = _round(tmp_path)
            time.sleep(chance.uniform(0.3, 1.1) * usual)
            process.kill()
            process.wait()
        later = datetime.now(UTC) + timedelta(hours=1)
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            once(store, door, setup, later)
            left = store.editions.eligible("minutely", "", 50, later)
            articles, pending = store.counts().articles, store.editions.pending()

    assert (articles, left, pending) == (KILLS + 1, [], 0)
    told = defaultdict(set)
    for raw in mail.messages:
        message = message_from_bytes(raw, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        told[body.get_content()].add(message["Message-ID"])
    assert len(told) > 1
    assert all(len(names) == 1 for names in told.values())

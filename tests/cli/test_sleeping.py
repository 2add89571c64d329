"""A computer sleeps under a running monitor: what was missed comes once, and says so."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli import steps
from monitor.cli.app import app
from monitor.config import Configuration
from monitor.demo.servers import MailSink
from monitor.model import Entry, FeedState, Finding, FindingKind, PollOutcome
from monitor.pipeline.assess import assess
from monitor.pipeline.publish import publish
from monitor.pipeline.setup import Setup, prepare
from monitor.store import open_store
from monitor.store.feeds import Recording

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
tick_seconds = 1

[[feeds]]
url = "https://grid.example/feed"
outlet = "Grid Post"

[[digests]]
name = "daily"
schedule = "daily 07:30"
to = ["reader@example.org"]

[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
sender = "monitor@example.org"
"""
EVENING = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
DUE = datetime(2026, 6, 14, 7, 30, tzinfo=UTC)


def told(setup: Setup) -> None:
    """An article, the edition that tells of it the next morning, and another article."""
    with open_store(setup.configuration.database) as store:
        store.feeds.sync(setup.listings, EVENING)
        for day, title in enumerate(("NordBalt cable repaired", "NordBalt cable tested")):
            at = EVENING + timedelta(days=day)
            link = f"https://press.example/{day}"
            summary = "Sweden and Lithuania work on the NordBalt power cable."
            entry = Entry(link, link, title, summary=summary, published=at)
            finding = Finding(FindingKind.NEW, entry, link, (link,), title, lang="en")
            later = at + timedelta(days=30)
            outcome = PollOutcome(1, at, FeedState.OK, entries=(entry,), next_poll_at=later)
            store.feeds.record_all([Recording(outcome, [finding])])
            assess(store, setup, at)
            publish(store, setup, at.replace(hour=7, minute=30) + timedelta(days=1 - day))


def test_eight_hours_of_sleep_bring_one_late_edition(
    configured: Callable[[str], Configuration], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T7: `run` and its scheduler as they are, and a clock that jumps over the due time.

    Its ticks before tell nothing, those after send one mail, which says how late it is.
    """
    clock = [DUE - timedelta(hours=1)]
    monkeypatch.setattr(steps, "_clock", lambda: clock[0])
    with MailSink().serving() as sink:
        setup = prepare(configured(CONFIG.replace("PORT", str(sink.port))))
        told(setup)
        seen: dict[str, Any] = {}
        watcher = threading.Thread(target=_sleep_over_it, args=(sink, clock, seen))
        watcher.start()
        done = CliRunner().invoke(app, ["--config", str(setup.configuration.path), "run"])
        watcher.join()
        mails = [message_from_bytes(raw, policy=policy.default) for raw in sink.messages]
    with open_store(setup.configuration.database) as store:
        editions = store.editions.recent(9)

    assert done.exit_code == 0, done.output
    assert (seen["before"], len(mails)) == (1, 2)  # that of the day before had waited
    assert len(editions) == 2
    text = mails[1].get_body(("plain",)).get_content()
    assert "This edition is 7 hours late" in " ".join(text.split())


def _sleep_over_it(sink: MailSink, clock: list[datetime], seen: dict[str, Any]) -> None:
    """Wait for two ticks, sleep eight hours, wait for the mail and two ticks more, and stop."""
    _wait_for(sink, 1)
    time.sleep(2.2)
    seen["before"] = len(sink.messages)
    clock[0] += timedelta(hours=8)
    _wait_for(sink, 2)
    time.sleep(2.2)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for(sink: MailSink, mails: int) -> None:
    until = time.monotonic() + 60
    while len(sink.messages) < mails and time.monotonic() < until:
        time.sleep(0.05)

"""Forgetting in the rounds: when it is due, and what comes after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.config import Configuration
from monitor.pipeline.assess import assess
from monitor.pipeline.forget import Forgetting, Forgotten
from monitor.pipeline.importing import ArchivedRow, import_archive
from monitor.pipeline.setup import prepare
from monitor.store import open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
keep_unmatched_days = 30
"""
HERRING = "Herring returns to the harbour of Karlskrona after the storm"


def row(number: int) -> ArchivedRow:
    """An article about what matters to nobody."""
    title = f"{HERRING}, day {number}"
    return ArchivedRow("a", f"https://press.example/{number}", title, published="2026-06-12")


def test_what_is_due_is_forgotten_and_what_is_like_it_still_finds_a_place(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """An article is forgotten after its days, once; another account of the same is a new story."""
    setup = prepare(configured(CONFIG))
    later = now + timedelta(days=31)
    with open_store(setup.configuration.database) as store:
        import_archive(store, [row(1)], "old", now)
        assess(store, setup, now)
        forgetting = Forgetting(store)

        assert forgetting.step(setup, now) == Forgotten(0)
        assert forgetting.step(setup, later) == Forgotten(1)
        assert forgetting.step(setup, later) == Forgotten(0)

        import_archive(store, [row(2)], "old", later)
        assert assess(store, setup, later).read == 1
        assert store.counts().articles == 1

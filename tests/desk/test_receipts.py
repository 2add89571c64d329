"""Receipts that were not kept are made again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.desk.receipts import with_receipt


def test_a_receipt_that_was_not_kept_is_remade(world: Any, now: datetime) -> None:
    """An article far below the threshold has a score only; its receipt comes back in full."""
    world.show(world.rss(("one", "Swedish harbour", "A quiet day.")))
    world.poll(now)
    world.assess(now)
    found = world.store.articles.by_url(world.link + "one")

    assert found.judgement.receipt == ()
    remade = with_receipt(world.store, found)
    assert sum(line.points for line in remade.judgement.receipt) == found.judgement.score > 0

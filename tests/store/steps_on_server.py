"""A worker for the tests: it polls, judges, publishes and sends until its time is over.

A feed has so many entries and shows the next one when asked with the number of those that were
served before, as a server with validators does. A sent mail is a line in a file.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import (
    Article,
    Assessment,
    Coverage,
    Delivery,
    DeliveryOutcome,
    DeliveryState,
    Edition,
    Entry,
    Feed,
    FeedState,
    Finding,
    FindingKind,
    Judgement,
    PollOutcome,
    Rendered,
    Section,
    Signature,
    Story,
    Validators,
    Window,
)
from monitor.store import Store, open_store

FINGERPRINT = "fp"
LEASE = timedelta(seconds=1)
PAUSE = 0.02  # seconds between two rounds, in which others get their turn
SUBSCRIBERS = ("one@example.org", "two@example.org")


def poll(store: Store, now: datetime, entries: int) -> None:
    """Claim what is due, and record the next entry of each with the validators that cover it."""
    tokens = store.feeds.claim_all([feed.id for feed in store.feeds.due(now)][:3], now, LEASE)
    for feed in store.feeds.enabled():
        if feed.id in tokens:
            served = int(feed.validators.etag or 0)
            outcome = PollOutcome(
                feed.id,
                now,
                FeedState.OK,
                validators=Validators(str(min(served + 1, entries))),
                next_poll_at=now if served < entries else now + timedelta(days=1),
            )
            store.feeds.record(
                outcome, _shown(feed, served) if served < entries else (), tokens[feed.id]
            )


def _shown(feed: Feed, served: int) -> list[Finding]:
    name = f"{feed.id}-{served}"
    entry = Entry(name, None, f"Khorgos {name}", text="Trains wait less.")
    return [Finding(FindingKind.NEW, entry, name, (name,), name, lang="en")]


def assess(store: Store, now: datetime) -> None:
    """Judge what waits: all of it matches."""
    waiting = store.articles.unassessed(5)
    if waiting:
        store.judgements.record([_assessment(each, now) for each in waiting], FINGERPRINT, now)


def _assessment(article: Article, now: datetime) -> Assessment:
    judgement = Judgement(70.0, (), ("KZ",), (), (), "en")
    signature = Signature(now, "en", frozenset({f"e{article.id}"}), frozenset())
    return Assessment(article, judgement, signature, None, now)


def publish(store: Store, now: datetime) -> None:
    """Freeze an edition of all that no edition carried."""
    with store.transaction():
        fresh = store.editions.eligible("daily", "", 50, now)
        stories = tuple(Story(each.story_id or 0, (each,)) for each in fresh)
        if stories:
            window = Window(now, now - timedelta(days=1), now)
            sections = (Section("all", "All", stories),)
            edition = Edition("daily", "Daily", window, "UTC", sections, Coverage((), 1, 1))
            addressed = [(each, "file", f"<{now.timestamp()}-{each}>") for each in SUBSCRIBERS]
            store.editions.freeze(edition, Rendered("Daily", "text", "html"), addressed, now)


def deliver(store: Store, now: datetime, outbox: Path) -> None:
    """Send what is due, each as a line."""
    for delivery in store.editions.claim(now, LEASE, 3):
        with outbox.open("a", encoding="utf-8") as lines:
            lines.write(_line(delivery))
        store.editions.settle(delivery, DeliveryOutcome(DeliveryState.SENT), now)


def _line(delivery: Delivery) -> str:
    return f"{delivery.edition.id} {delivery.subscriber} {delivery.message_id}\n"


def work(url: str, outbox: Path, entries: int, seconds: float) -> None:
    """Do all steps in turn for so long, a line having said that it begins.

    A feed has so many entries.
    """
    with open_store(url) as store:
        print("at work", flush=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = datetime.now(UTC)
            poll(store, now, entries)
            assess(store, now)
            publish(store, now)
            deliver(store, now, outbox)
            time.sleep(PAUSE)


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))

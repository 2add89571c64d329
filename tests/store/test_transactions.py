"""Transactions: whole or not at all, however many write."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import BusyError, StoreError
from monitor.model import FeedState, PollOutcome
from monitor.query import parse
from monitor.store import Store, open_store
from monitor.store.sqlite import explain

WRITER = """
import sys
from datetime import UTC, datetime
from monitor.model import Entry, FeedState, Finding, FindingKind, PollOutcome
from monitor.store import open_store

url, name = sys.argv[1:]
now = datetime(2026, 3, 1, tzinfo=UTC)
with open_store(url) as store:
    for number in range(40):
        key = f"{name}-{number}"
        entry = Entry(key, None, key)
        finding = Finding(FindingKind.NEW, entry, key, (key, f"shared-{number}"), key)
        store.articles.known([f"shared-{number}"])
        store.feeds.record(PollOutcome(1, now, FeedState.OK), [finding])
"""


def test_a_kill_between_two_steps_leaves_nothing_half_done(make: Any, store: Store) -> None:
    """What a transaction did before it broke off is gone, in tables and index alike."""
    with pytest.raises(KeyboardInterrupt), store.transaction():
        article = make.article("one", "Khorgos")
        make.judge(make.assessment(article))
        raise KeyboardInterrupt

    assert store.counts().articles == 0
    assert store.counts().stories == 0
    assert store.search(parse("khorgos"), 10, make.now) == []
    assert store.feeds.enabled()[0].polled_at is None


def test_a_poll_that_cannot_be_recorded_stores_no_entry(make: Any, store: Store) -> None:
    """When the second half of a record fails, the first half is undone."""
    broken = PollOutcome(1, make.now, FeedState.OK, next_poll_at=datetime(2026, 3, 1))

    with pytest.raises(Exception, match="without a zone"):
        store.feeds.record(broken, [make.finding("one")])

    assert store.counts().articles == 0


def test_inside_a_transaction_its_changes_are_seen(make: Any, store: Store) -> None:
    """Reads within a transaction join it."""
    with store.transaction():
        article = make.article("one", "Khorgos")
        with store.transaction():
            make.judge(make.assessment(article))

        assert store.articles.get(article.id).judgement.score == 70.0  # type: ignore[union-attr]

    assert store.counts().stories == 1


def test_another_thread_does_not_join(make: Any, store: Store) -> None:
    """What one thread has not committed, another does not see."""
    seen: list[int] = []
    with store.transaction():
        make.article("one", "Khorgos")
        reader = threading.Thread(target=lambda: seen.append(store.counts().articles))
        reader.start()
        reader.join()

    assert seen == [0]


def test_two_processes_write_at_once(make: Any, store: Store, url: str) -> None:
    """Writers wait for one another; none fails, and no article is stored twice."""
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, name], stderr=subprocess.PIPE)
        for name in ("left", "right")
    ]
    errors = [process.communicate()[1] for process in running]

    assert errors == [b"", b""]
    assert store.counts().articles == 40


def test_threads_that_read_and_then_write_never_collide(make: Any, store: Store) -> None:
    """Eight threads each read and write within a transaction, and nobody is refused."""
    errors: list[BaseException] = []

    def write(name: int) -> None:
        try:
            for number in range(15):
                with store.transaction():
                    store.articles.known([f"guid:{name}-{number}"])
                    make.poll(make.finding(f"{name}-{number}"))
        except BaseException as error:  # noqa: BLE001  whatever it is, the test must tell
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert store.counts().articles == 120


def test_a_held_lock_becomes_a_sentence(store: Store, path: Path) -> None:
    """The driver's "database is locked" says which file is held."""
    with (
        store.transaction(),
        closing(sqlite3.connect(path, timeout=0)) as impatient,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        impatient.execute("BEGIN IMMEDIATE")

    assert isinstance(explain(caught.value, path), BusyError)
    assert str(path) in str(explain(caught.value, path))


def test_a_full_disk_becomes_a_sentence(make: Any, url: str, path: Path) -> None:
    """When nothing more can be written, the reason is told and what was kept stays."""
    make.article("one", "Khorgos")
    make.store.close()
    with open_store(url) as store:
        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        make.store = store
        with pytest.raises(StoreError, match="no space left"):
            make.poll(*(make.finding(f"n{number}", text="слово " * 500) for number in range(50)))

        assert store.counts().articles == 1

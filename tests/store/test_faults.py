"""Storage faults: foreign locks, colliding threads, logs cut anywhere."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import FeedState, Validators
from monitor.query import parse
from monitor.store import Store, open_store
from monitor.store.backup import check

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Another program holds the database for itself for so long."""
    begun = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            begun.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    holding = threading.Thread(target=hold)
    holding.start()
    begun.wait()
    yield
    holding.join()


@pytest.mark.parametrize("seconds", [1.5, pytest.param(30, marks=pytest.mark.slow)])
def test_a_foreign_lock_is_waited_for_and_read_past(
    seconds: float, make: Any, store: Store, path: Path
) -> None:
    """S4: while another holds it, reads take at most 100 ms (p95), and a write waits its turn."""
    make.article("one", "Khorgos")
    waits = []
    with held(path, seconds):
        writing = threading.Thread(target=make.article, args=("two", "Khorgos"))
        writing.start()
        for _ in range(100):
            begun = time.perf_counter()
            assert len(store.search(parse("khorgos"), 10, NOW)) == 1
            waits.append(time.perf_counter() - begun)
        writing.join(seconds + 20)

    assert sorted(waits)[95] <= 0.1
    assert len(store.search(parse("khorgos"), 10, NOW)) == 2


@pytest.mark.parametrize("times", [60, pytest.param(1_000, marks=pytest.mark.slow)])
@pytest.mark.timeout(600)
def test_reading_and_writing_threads_never_collide(
    times: int, make: Any, url: str, store: Store
) -> None:
    """S5: eight threads, each with a connection, read, add one and write; none is refused."""
    errors: list[BaseException] = []

    def count() -> None:
        try:
            with open_store(url) as mine:
                for _ in range(times):
                    with mine.transaction():
                        seen = mine.feeds.enabled()[0].failures
                        mine.feeds.record(make.outcome(state=FeedState.UNREACHABLE), ())
                        assert mine.feeds.enabled()[0].failures == seen + 1
        except BaseException as error:  # noqa: BLE001  told below
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert store.feeds.enabled()[0].failures == 8 * times


@pytest.mark.parametrize("cuts", [40, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.timeout(600)
def test_a_log_cut_anywhere_is_a_beginning_of_what_was_written(
    cuts: int, make: Any, store: Store, path: Path, tmp_path: Path
) -> None:
    """C8: what was written in a row is there up to some point, whole, and nothing after it.

    What had been acknowledged when a copy was taken is all there.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = path.with_name("monitor.db-wal")
    lengths = []
    for number in range(40):
        make.poll(make.finding(f"n{number}", text=f"case {number} " * 50))
        lengths.append(log.stat().st_size)
    whole, base = log.read_bytes(), path.read_bytes()
    chance = random.Random(8)
    copy = tmp_path / "cut.db"
    for length in [*(chance.randrange(len(whole)) for _ in range(cuts)), len(whole)]:
        copy.write_bytes(base)
        copy.with_name("cut.db-wal").write_bytes(whole[:length])
        copy.with_name("cut.db-shm").unlink(missing_ok=True)
        acknowledged = sum(each <= length for each in lengths)
        with closing(sqlite3.connect(copy)) as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id")]
            sound = connection.execute("PRAGMA integrity_check").fetchall()
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        assert ids == list(range(1, acknowledged + 1))
        assert (sound, orphans) == ([("ok",)], [])
    report = check(f"sqlite:///{copy}")
    assert (report.damage, report.is_index_old, report.texts) == ((), False, 40)


def test_a_copy_without_its_log_is_still_a_database(make: Any, path: Path, tmp_path: Path) -> None:
    """A file copied alone, while its log held the newest, is as it was a little earlier."""
    make.article("one", "Khorgos")
    copy = Path(shutil.copyfile(path, tmp_path / "alone.db"))

    assert check(f"sqlite:///{copy}").damage == ()


def test_what_strangers_say_is_kept_without_what_no_database_takes(make: Any, store: Store) -> None:
    """NUL and lone surrogates in a robots.txt, a server's words and its headers stop nothing."""
    store.pages.keep_rules("https://a.example", "User-agent: *\0\ud800", NOW)
    failed = replace(make.outcome(state=FeedState.UNREACHABLE), error="said \0 and \udcff")
    store.feeds.record(failed, ())
    named = Validators('"e\0"', "Sun\ud800")
    store.feeds.record(replace(make.outcome(feed_id=2), validators=named), ())

    rules = store.pages.rules("https://a.example")
    assert rules is not None
    assert rules.text == "User-agent: *??"
    assert store.history.feeds()[0].error == "said ? and ?"
    assert store.feeds.enabled()[1].validators == Validators('"e?"', "Sun?")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """Whoever names one gets a sentence, and no file is made there."""
    for url in (f"sqlite:///{tmp_path}", f"sqlite:///{tmp_path}/"):
        with pytest.raises(StoreError, match="is a folder; the URL of a database names a file"):
            open_store(url)
    assert list(tmp_path.iterdir()) == []

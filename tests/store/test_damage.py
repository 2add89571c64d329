"""Damaged files: found, named in a sentence, and never changed or made anew."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import MonitorError, StoreError
from monitor.query import parse
from monitor.store import open_store
from monitor.store.backup import check, reindex

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PAGE = 4096


def sha256(path: Path) -> str:
    """What the file's bytes amount to."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def path(archived: Path, tmp_path: Path) -> Path:
    """A copy of a database with a few hundred articles."""
    return Path(shutil.copyfile(archived, tmp_path / "monitor.db"))


def use(url: str, *, read_only: bool) -> None:
    """Ask and tell a store a little of everything."""
    with open_store(url, read_only=read_only) as store:
        store.search(parse("khorgos"), 20, NOW)
        store.search(parse("country:KZ"), 20, NOW)
        store.articles.get(7)
        store.articles.by_url("https://a.example/n1")
        store.editions.eligible("daily", "", 50, NOW)
        store.history.feeds()
        store.feeds.due(NOW)
        if not read_only:
            store.judgements.keep_watchlist("fp-2", "{}", NOW)
            store.feeds.claim(1, NOW + timedelta(days=1), timedelta(minutes=5))


def _cut(raw: bytearray, chance: random.Random) -> None:
    del raw[chance.randrange(1, len(raw)) :]


def _page(raw: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(raw) // PAGE) * PAGE
    raw[start : start + PAGE] = chance.randbytes(PAGE)


def _head(raw: bytearray, chance: random.Random) -> None:
    raw[chance.randrange(100)] ^= 1 << chance.randrange(8)


def _schema(raw: bytearray, chance: random.Random) -> None:
    place = raw.index(b"CREATE TABLE", chance.randrange(PAGE))
    raw[place : place + 40] = chance.randbytes(40)


@pytest.mark.parametrize("spoil", [_cut, _page, _head, _schema])
def test_whatever_is_damaged_the_answer_is_a_sentence(
    spoil: Callable[[bytearray, random.Random], None], path: Path, url: str
) -> None:
    """Reading, writing and checking work, or raise an error with words for a user."""
    whole = path.read_bytes()
    chance = random.Random(20261125)
    refused = 0
    for _ in range(12):
        raw = bytearray(whole)
        spoil(raw, chance)
        for read_only in (True, False):
            path.write_bytes(raw)
            try:
                use(url, read_only=read_only)
            except MonitorError as error:
                refused += 1
                assert "\n" not in str(error)
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(raw)
        refused += not _is_sound(url)
        assert path.read_bytes() == raw
    assert refused > 0


@pytest.mark.parametrize("pages", [20, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.timeout(600)
def test_overwritten_pages_are_all_found(pages: int, path: Path, url: str) -> None:
    """S6: each of the random pages is noticed, and the file stays as it is."""
    whole = path.read_bytes()
    chance = random.Random(6)
    missed = 0
    for _ in range(pages):
        raw = bytearray(whole)
        _page(raw, chance)
        path.write_bytes(raw)
        missed += _is_sound(url)
        assert path.read_bytes() == raw
    assert missed == 0


def _is_sound(url: str) -> bool:
    try:
        report = check(url)
    except StoreError:
        return False
    return not report.damage and not report.is_index_old


def test_every_flipped_bit_of_a_text_is_found(path: Path, url: str) -> None:
    """S7: 300 single bits in titles and texts, spaces among them, are all found.

    SQLite's own check misses nearly all of them.
    """
    chance = random.Random(7)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT id, title, summary, text FROM revisions").fetchall()
        fields = [(row[0], name, text) for row in rows for name, text in zip(
            ("title", "summary", "text"), row[1:], strict=True) if text]  # fmt: skip
        for revision_id, name, text in chance.sample(fields, 300):
            raw = bytearray(text.encode())
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            connection.execute(
                f"UPDATE revisions SET {name} = CAST(? AS TEXT) WHERE id = ?",
                (bytes(raw), revision_id),
            )
        flipped = {row[0] for row in rows if row[1:] != _texts(connection, row[0])}
        connection.commit()

    changed = check(url).changed

    assert changed[:1] != ()
    told = len(changed) - 1 + int(changed[-1].split()[6])
    assert told == len(flipped)
    assert check(url).faults == ()


def _texts(connection: sqlite3.Connection, revision_id: int) -> tuple[object, ...]:
    connection.text_factory = bytes
    query = "SELECT title, summary, text FROM revisions WHERE id = ?"
    row: tuple[bytes, ...] = connection.execute(query, (revision_id,)).fetchone()
    connection.text_factory = str
    return tuple(field.decode("utf-8", "replace") for field in row)


def test_an_index_out_of_step_is_told_and_mended(path: Path, url: str) -> None:
    """An article missing from the full-text index is no damage: the index is made again."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")
    report = check(url)
    assert (report.damage, report.is_index_old) == ((), True)

    reindex(url)

    assert not check(url).is_index_old
    with open_store(url) as store:
        assert len(store.search(parse("khorgos"), 500, NOW)) == 300


def test_a_table_that_is_not_as_it_should_be_is_named(path: Path, url: str) -> None:
    """An index that was dropped behind the program's back stands in the report."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP INDEX ix_articles_url")

    assert check(url).faults == ("the schema: index ix_articles_url is missing",)


def test_an_empty_file_is_not_taken_for_a_new_database(path: Path, url: str) -> None:
    """A file of no bytes may be all that is left of an archive: it is refused and stays."""
    path.write_bytes(b"")

    for read_only in (True, False):
        with pytest.raises(StoreError, match="is empty, which no database is"):
            open_store(url, read_only=read_only)
    assert path.read_bytes() == b""


def test_the_sentence_names_the_newest_backup(path: Path, url: str) -> None:
    """Who reads it can copy the command that helps."""
    path.write_bytes(os.urandom(9000))
    with pytest.raises(StoreError, match="`monitor db restore FILE`"):
        open_store(url)
    (path.parent / "backups").mkdir()
    for day in ("20260301", "20260302"):
        (path.parent / "backups" / f"monitor-{day}-080000.db").touch()

    with pytest.raises(StoreError, match=r"`monitor db restore \S*/monitor-20260302-080000.db`"):
        open_store(url)


def test_a_lost_log_is_survived_or_named(make_log: Path, url: str) -> None:
    """Without its write-ahead log a file is as it was before, or called damaged."""
    make_log.with_name(make_log.name + "-wal").unlink()
    make_log.with_name(make_log.name + "-shm").unlink()
    try:
        use(url, read_only=False)
    except MonitorError as error:
        assert "monitor db" in str(error)
    else:
        assert check(url).damage == ()


@pytest.fixture
def make_log(path: Path, url: str) -> Iterator[Path]:
    """A database whose last changes stand in its log only, as after a kill."""
    kept = path.with_name("kept")
    kept.mkdir()
    with open_store(url) as store:
        for number in range(50):
            store.judgements.keep_watchlist(f"fp-{number}", "{}" * 2_000, NOW)
        for suffix in ("", "-wal", "-shm"):
            shutil.copyfile(f"{path}{suffix}", kept / f"monitor.db{suffix}")
    for suffix in ("", "-wal", "-shm"):
        shutil.copyfile(kept / f"monitor.db{suffix}", f"{path}{suffix}")
    yield path


@contextmanager
def mounted(folder: Path, size: str = "8m") -> Iterator[Path]:
    """A small disk of memory; skips where this may not be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_disk_can_be_searched(path: Path, tmp_path: Path) -> None:
    """S3: questions are answered, writing is refused in a sentence, and a backup can be made."""
    with mounted(tmp_path / "disk") as disk:
        shutil.copyfile(path, disk / "monitor.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        url = f"sqlite:///{disk}/monitor.db"
        with open_store(url, read_only=True) as store:
            assert len(store.search(parse("khorgos"), 500, NOW)) == 300
        assert check(url).damage == ()
        with open_store(url) as store, pytest.raises(StoreError, match="may not be written to"):
            store.judgements.keep_watchlist("fp", "{}", NOW)

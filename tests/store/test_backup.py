"""Backup and restore: whole or absent, made while others write, and only what is sound."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import BusyError, InputError, NewerDatabaseError, StoreError
from monitor.query import parse
from monitor.store import open_store, sqlite
from monitor.store.backup import back_up, check, default_backup, restore, vacuum

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LONG = "Trains from China wait less at Khorgos than they did. " * 20


def sha256(path: Path) -> str:
    """What the file's bytes amount to."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {each.name for each in folder.iterdir()}


@pytest.fixture
def filled(path: Path, make: Any) -> Any:
    """A store with a few articles in it, in a file: a server's own tools copy its databases."""
    make.poll(*(make.finding(f"n{number}", text=LONG) for number in range(300)))
    return make


@pytest.fixture
def copy(filled: Any, url: str, tmp_path: Path) -> Path:
    """A backup of the filled store."""
    target = tmp_path / "copy.db"
    back_up(url, target)
    return target


def test_a_backup_is_one_sound_file_with_all_that_was_there(copy: Path, tmp_path: Path) -> None:
    """A backup needs no file beside it, and holds the articles and their index."""
    assert names(tmp_path) - {"monitor.db", "monitor.db-wal", "monitor.db-shm"} == {"copy.db"}
    report = check(f"sqlite:///{copy}")
    assert (report.damage, report.is_index_old, report.texts) == ((), False, 300)
    with open_store(f"sqlite:///{copy}", read_only=True) as store:
        assert len(store.search(parse("khorgos"), 500, NOW)) == 300


def test_a_backup_overwrites_only_when_told_to(filled: Any, url: str, tmp_path: Path) -> None:
    """A file that is there stays as it is; --force replaces it; the database itself never is."""
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(InputError, match="--force"):
        back_up(url, target)
    assert target.read_text() == "precious"

    back_up(url, target, force=True)
    assert check(f"sqlite:///{target}").damage == ()
    with pytest.raises(InputError, match="the database itself"):
        back_up(url, tmp_path / "monitor.db", force=True)


def test_the_backup_that_nobody_named_is_dated(url: str, path: Path) -> None:
    """It goes into a folder beside the database, under a name that sorts by time."""
    assert default_backup(url, NOW) == path.parent / "backups" / "monitor-20260301-080000.db"


def test_a_backup_is_made_while_others_write(filled: Any, url: str, tmp_path: Path) -> None:
    """S10: at fifty writes a second the backup is whole, and no write fails or waits for long."""
    stop, waits = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            begun = time.monotonic()
            filled.poll(filled.finding(f"while-{number}", text=LONG))
            waits.append(time.monotonic() - begun)
            time.sleep(0.02)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            target = tmp_path / f"copy-{number}.db"
            back_up(url, target)
            assert check(f"sqlite:///{target}").damage == ()
    finally:
        stop.set()
        writing.join()
    assert len(waits) > 5
    assert max(waits) < 5

    restore(f"sqlite:///{tmp_path}/other.db", tmp_path / "copy-4.db", NOW)
    report = check(f"sqlite:///{tmp_path}/other.db")
    assert report.damage == ()
    assert report.texts >= 300


def test_what_was_there_is_kept_aside(copy: Path, filled: Any, url: str, path: Path) -> None:
    """A restore brings the backup's articles back and keeps the file with those since."""
    filled.poll(filled.finding("later", text=LONG))
    filled.store.close()

    done = restore(url, copy, NOW)

    assert done.aside == path.with_name("monitor.db.before-20260301-080000")
    assert check(url).texts == 300
    assert check(f"sqlite:///{done.aside}").texts == 301
    assert not path.with_name("monitor.db-wal").exists()


def test_a_restore_works_where_nothing_is(copy: Path, tmp_path: Path) -> None:
    """On a new machine there is nothing to keep aside."""
    assert restore(f"sqlite:///{tmp_path}/new.db", copy, NOW).aside is None
    assert check(f"sqlite:///{tmp_path}/new.db").texts == 300


def test_a_database_in_use_is_not_replaced(
    copy: Path, filled: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another has it open, a restore gives up and changes nothing."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    filled.store.counts()

    with pytest.raises(BusyError):
        restore(url, copy, NOW)

    filled.poll(filled.finding("later", text=LONG))
    assert filled.store.counts().articles == 301


def _zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.db", "x" * 10_000)


def _trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER evil AFTER INSERT ON polls BEGIN DELETE FROM articles; END"
        )


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _flipped(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"wait less")] ^= 1
    path.write_bytes(raw)


def _other(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")


@pytest.mark.parametrize(
    "spoil",
    [
        _zip_bomb,
        _trigger,
        _newer,
        _flipped,
        _other,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:60_000]),
        lambda path: path.write_bytes(os.urandom(50_000)),
        lambda path: path.unlink(),
    ],
    ids=["zip", "trigger", "newer", "bit flip", "other", "empty", "cut", "random", "missing"],
)
def test_what_is_no_sound_backup_is_refused(
    spoil: Callable[[Path], object], copy: Path, filled: Any, url: str, path: Path, tmp_path: Path
) -> None:
    """The database stays what it was to the byte, and no file appears or vanishes anywhere."""
    filled.store.close()
    spoil(copy)
    before, there = sha256(path), names(tmp_path)

    with pytest.raises((StoreError, InputError)):
        restore(url, copy, NOW)

    assert (sha256(path), names(tmp_path)) == (before, there)
    assert "evil.db" not in names(tmp_path.parent) | names(tmp_path.parent.parent)


def test_a_newer_backup_is_called_newer(copy: Path, url: str) -> None:
    """The sentence says what to do about it."""
    _newer(copy)

    with pytest.raises(NewerDatabaseError, match="update monitor"):
        restore(url, copy, NOW)


def test_a_damaged_database_makes_room_for_its_backup(
    copy: Path, filled: Any, url: str, path: Path
) -> None:
    """S6: random bytes in the file's place are kept aside, and the backup is there."""
    filled.store.close()
    path.write_bytes(os.urandom(100_000))
    spoiled = sha256(path)

    aside = restore(url, copy, NOW).aside

    assert aside is not None
    assert sha256(aside) == spoiled
    assert check(url).texts == 300


def test_vacuuming_gives_space_back(filled: Any, url: str, path: Path) -> None:
    """A table that was emptied takes no space afterwards, and all else is as before."""
    filled.store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE ballast AS SELECT randomblob(500000) AS weight")
        connection.execute("DROP TABLE ballast")

    before, after = vacuum(url)

    assert before - after > 450_000
    assert check(url).texts == 300


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_kill_leaves_a_whole_backup_or_none(
    filled: Any, url: str, path: Path, tmp_path: Path
) -> None:
    """C11: killed anywhere in a backup, a restore or a vacuum, the database is sound."""
    filled.store.close()
    back_up(url, tmp_path / "copy.db")
    kills = {"back_up": 0, "restore": 0, "vacuum": 0}
    for doing in kills:
        for number in range(12):
            target = tmp_path / f"{doing}-{number}.db"
            child = os.fork()
            if child == 0:
                if doing == "back_up":
                    back_up(url, target)
                elif doing == "restore":
                    at = NOW + timedelta(minutes=number)
                    restore(url, tmp_path / "copy.db", at)
                else:
                    vacuum(url)
                os._exit(0)
            time.sleep(0.004 * number)
            os.kill(child, signal.SIGKILL)
            kills[doing] += os.WIFSIGNALED(os.waitpid(child, 0)[1])
            assert check(url).damage == ()
            assert not target.exists() or check(f"sqlite:///{target}").damage == ()
    assert min(kills.values()) > 3
    back_up(url, tmp_path / "last.db")
    assert not [name for name in names(tmp_path) if name.startswith(".last")]


def test_what_a_killed_backup_left_is_swept_away(filled: Any, url: str, tmp_path: Path) -> None:
    """The next backup of that name removes the part that nobody writes any more."""
    left = tmp_path / ".copy.db-0123abcd.part"
    shutil.copyfile(tmp_path / "monitor.db", left)

    back_up(url, tmp_path / "copy.db")

    assert not left.exists()

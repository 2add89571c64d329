"""Backups: made while others write, put back only when they are sound; and vacuuming."""

from __future__ import annotations

import shlex
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.errors import InputError, StoreError
from monitor.store import sqlite
from monitor.store.checking import OnRead, Report, check_place
from monitor.store.database import Database, place_of
from monitor.store.full_text import full_text
from monitor.store.migrating import check_known, upgrade_place
from monitor.store.parts import part_of, placed
from monitor.store.places import BUSY_SECONDS, Place
from monitor.store.postgres import Server, vacuum_server
from monitor.store.sqlite import File

_PAGES = 2_000  # copied between two words about how far it is


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where the file that was there before is kept, if there was one."""

    report: Report
    aside: Path | None


def check(url: str, on_read: OnRead = lambda done, total: None) -> Report:
    """Look for damage in a database; nothing is changed.

    StoreError where there is no database of this program, or one that a newer version wrote.
    """
    return check_place(place_of(url), on_read)


def default_backup(url: str, now: datetime) -> Path:
    """Where a backup goes that nobody named: ``backups/monitor-20260301-080000.db`` beside it."""
    path = _file_of(url, "back up")
    return path.parent / sqlite.BACKUPS / f"{path.stem}-{now:%Y%m%d-%H%M%S}{path.suffix}"


def back_up(
    url: str,
    target: Path,
    *,
    force: bool = False,
    on_copied: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Copy a database as it is at this moment into one file, which appears whole or not at all.

    Others may write meanwhile. ``on_copied`` hears how many pages of how many were copied.
    InputError when there is a ``target`` and it is not to be overwritten, StoreError when the
    file is damaged; that texts have changed only stands in the report.
    """
    path = _file_of(url, "back up")
    _refuse_existing(path, target, force=force)
    check_exists(File(path))
    _make_folder(target.parent)
    with part_of(target) as part:
        with _explained(path):
            _copy(path, part, on_copied)
        report = check_place(File(part))
        if report.faults:
            raise StoreError(
                f"{path} is damaged ({report.faults[0]}); no backup was made of it: "
                f"{sqlite.how_to_restore(path)}"
            )
        if not placed(part, target, replace=force):
            raise InputError(f"{target} exists by now; name another file, or use --force")
    return report


def check_exists(place: Place) -> None:
    """StoreError where there is no database of this program."""
    if place.stamp().revision is None:
        raise StoreError(f"there is no database at {place}")


def _file_of(url: str, wish: str) -> Path:
    """The file of a database; StoreError for a server, whose own tools copy it."""
    place = place_of(url)
    if isinstance(place, Server):
        command = _TOOLS[wish].format(place=shlex.quote(str(place)))
        raise StoreError(f"a server's own tools {wish} its databases: `{command}`")
    return place.path


_TOOLS = {
    "back up": "pg_dump --format=custom --file=monitor.dump {place}",
    "restore": "pg_restore --clean --if-exists --dbname={place} monitor.dump",
}


def restore(
    url: str,
    source: Path,
    now: datetime,
    *,
    force: bool = False,
    on_read: OnRead = lambda done, total: None,
) -> Restored:
    """Put a backup in the place of a database, whose file is kept beside it under another name.

    StoreError for what is no sound backup of this program, or of a newer version, and when
    another process has the database open: then everything is as it was. ``force`` takes one in
    which only texts have changed.
    """
    path = _file_of(url, "restore")
    _refuse_unfit(source, path)
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%d-%H%M%S}")
    with part_of(path) as part:
        with _explained(source):
            _copy(source, part, lambda done, total: None)
        report = check_place(File(part), on_read)
        if damage := report.faults if force else report.damage:
            raise StoreError(f"{source} is damaged ({damage[0]}); nothing was restored")
        with closing(_writing(path)) if path.exists() else nullcontext() as connection:
            if not (connection and _has_written_back(connection, path)):
                _move_log(path, aside)
            kept = _kept_aside(path, aside)
            placed(part, path, replace=True)
    return Restored(report, kept)


def vacuum(url: str) -> tuple[int, int]:
    """Give the space of what was forgotten back to the disk: bytes before and after."""
    place = place_of(url)
    check_exists(place)
    upgrade_place(place)
    if isinstance(place, Server):
        return vacuum_server(place)
    path = place.path
    before = path.stat().st_size
    with _explained(path), closing(_writing(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, path.stat().st_size


def reindex(url: str) -> None:
    """Make the full-text index again from the stored texts."""
    place = place_of(url)
    check_exists(place)
    upgrade_place(place)
    with closing(Database(place)) as database, database.writing() as connection:
        full_text(connection).make_again()


# --- copying -------------------------------------------------------------------------------------


def _copy(path: Path, part: Path, on_copied: Callable[[int, int], None]) -> None:
    with closing(sqlite.connect(path)) as source, closing(sqlite3.connect(part)) as target:
        # What this transaction sees stays the same, so that writers need not wait for the copy,
        # nor the copy begin anew after each of them.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target,
            pages=_PAGES,
            progress=lambda _, left, total: on_copied(total - left, total),
            sleep=0,
        )
        target.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it


def _refuse_existing(path: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise InputError(f"{target} is a folder; name a file")
    if target.exists() and path.exists() and target.samefile(path):
        raise InputError(f"{target} is the database itself; name another file")
    if target.exists() and not force:
        raise InputError(f"{target} exists already; name another file, or use --force")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from error


# --- restoring -----------------------------------------------------------------------------------


def _refuse_unfit(source: Path, path: Path) -> None:
    if not source.is_file():
        raise InputError(f"{source} is no file")
    if path.exists() and source.samefile(path):
        raise InputError(f"{source} is the database itself")
    try:
        stored = sqlite.stamp(source)
    except StoreError as error:
        raise StoreError(f"{source} is no sound backup of monitor; nothing was restored") from error
    check_known(stored, File(source))
    if stored.revision is None:
        raise StoreError(f"{source} is no backup of monitor: there is nothing in it")
    if strange := _strangers(source):
        raise StoreError(
            f"{source} is no backup of monitor: it has a {strange}, which would work in secret"
        )


def _strangers(source: Path) -> str | None:
    """What a database of ours never has, and what would act by itself once it is in use."""
    with _explained(source), closing(sqlite.connect(source)) as connection:
        kinds = "SELECT type FROM sqlite_master WHERE type IN ('trigger', 'view')"
        row = connection.execute(kinds).fetchone()
    return row[0] if row else None


def _has_written_back(connection: sqlite3.Connection, path: Path) -> bool:
    """Lock all others out and write back what is in the log; False where the file is damaged.

    A log that outlived its file would be taken for one of the file that comes in its place.
    """
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            return False
        raise sqlite.explain(error, path) from error
    return True


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _move_log(path: Path, aside: Path) -> None:
    """Keep what could not be written back, with the file that it belongs to."""
    for suffix in ("-wal", "-shm"):
        if (log := path.with_name(path.name + suffix)).exists():
            log.rename(aside.with_name(aside.name + suffix))


def _kept_aside(path: Path, aside: Path) -> Path | None:
    """Another name for the file, which then loses its own; None where there is no file."""
    if not path.exists():
        return None
    try:
        aside.hardlink_to(path)
    except FileExistsError as error:
        raise StoreError(f"{aside} exists already; nothing was restored") from error
    except OSError:  # a file system without links
        shutil.copyfile(path, aside)
    return aside


def _writing(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite.explain(error, path) from error

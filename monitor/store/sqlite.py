"""All that is SQLite's own: files, pragmas, BEGIN IMMEDIATE, its errors in words.

Full text has ``sqlite_text``.
"""

from __future__ import annotations

import glob
import os
import shlex
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from monitor.errors import BusyError, StoreError
from monitor.store.places import BUSY_SECONDS, Access, Identity, Stamp
from monitor.text.plain import one_line

_TO_READ = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -16384",  # 16 MB for a connection
)
_TO_WRITE = (
    "PRAGMA cache_size = -8192",  # more spares a round of polls no time
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 16777216",  # of the log, once what is in it was written back
)
# A table can be made anew while others refer to it; the references are checked at the end.
_TO_MIGRATE = (*_TO_WRITE, "PRAGMA foreign_keys = OFF")
BACKUPS = "backups"  # the folder beside the database


# --- the file ------------------------------------------------------------------------------------


_PRAGMAS = {
    Access.READING: (*_TO_READ, "PRAGMA query_only = ON"),
    Access.WRITING: (*_TO_READ, *_TO_WRITE),
    Access.MIGRATING: (*_TO_READ, *_TO_MIGRATE),
}


@dataclass(frozen=True, slots=True)
class File:
    """A database file, as a ``Place``."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def stamp(self) -> Stamp:
        """Read the stamp without touching the file."""
        return stamp(self.path)

    def engine(self, access: Access) -> Engine:
        """Transactions that write, alone or beside others, hold the write lock from the start."""
        return open_engine(self.path, access)

    def explain(self, error: BaseException) -> StoreError:
        """A driver's error as a sentence."""
        return explain(error, self.path)

    def hint(self) -> str:
        """The command that puts the newest backup in its place."""
        return how_to_restore(self.path)

    def identity(self) -> Identity | None:
        """The file by its number on its disk."""
        return identity(self.path)

    def check_room(self, opened: Identity | None) -> None:
        """StoreError when the disk is nearly full, or another file stands here."""
        check_room(self.path, opened)

    def check_references(self, connection: Connection) -> None:
        """StoreError when a row refers to another that is not there."""
        check_references(connection, self.path)

    def log_size(self) -> int:
        """The size of the write-ahead log beside the file."""
        return log_size(self.path)

    def write_back(self, connection: Connection) -> bool:
        """Write what is in the log into the file."""
        return write_back(connection)


def open_engine(path: Path, access: Access) -> Engine:
    """An engine whose transactions begin as their connection asks: deferred, or to write."""
    if access is Access.READING and not _is_writable(path.parent):
        place, options = _read_only_uri(path), {"uri": "true"}
    else:
        place, options = str(path), {}
    engine = create_engine(URL.create("sqlite", database=place, query=options))

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in _PRAGMAS[access]:
            connection.execute(pragma)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def connect(path: Path) -> sqlite3.Connection:
    """A connection that only reads, for what SQLAlchemy has no words for."""
    return sqlite3.connect(
        _read_only_uri(path), uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )


def _read_only_uri(path: Path) -> str:
    """Where to read ``path``; in a folder that may not be written to no log can be made for it."""
    is_fixed = not _is_writable(path.parent) and not any(
        path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-shm")
    )
    return f"file:{quote(str(path.resolve()))}?mode=ro" + ("&immutable=1" if is_fixed else "")


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote in
    # between, whatever the timeout; so one that may write takes the lock when it begins.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


_ENOUGH, _SHARE = 16_000_000, 10  # bytes, or that part of a small disk


def identity(path: Path) -> Identity | None:
    """Device and number of a file, which another one in its place does not have."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def check_room(path: Path, opened: Identity | None) -> None:
    """StoreError when the disk of ``path`` is so full that writing could break off in the middle.

    Or when the file that was ``opened`` was taken away, since what is written then would be lost
    with it, though another may stand in its place. A round of polls takes a megabyte or two, and
    what it cannot write down it fetches in vain.
    """
    found = identity(path)
    if found is None:
        raise StoreError(
            f"{path} was deleted or moved while it was in use: nothing is written until it is back "
            f"and monitor was started again; {how_to_restore(path)}"
        )
    if opened not in (None, found):
        raise StoreError(
            f"{path} was replaced by another file while it was in use: nothing is written or sent "
            "until monitor was started again, which then works with the new one"
        )
    disk = shutil.disk_usage(path.parent)
    if disk.free < min(_ENOUGH, disk.total // _SHARE):
        raise StoreError(
            f"there is no space left for {path}: nothing is written until there is, "
            "and what is there can be read"
        )


def log_size(path: Path) -> int:
    """The size of the write-ahead log beside ``path``, which grows while somebody reads."""
    log = path.with_name(f"{path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def write_back(connection: Connection) -> bool:
    """Write what is in the log into the file and cut the log; False when a reader is in the way.

    Outside of a transaction, and without waiting for anybody.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout = 0")
    (is_busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    driver.execute(_TO_READ[0])
    return not is_busy


def stamp(path: Path) -> Stamp:
    """Read a file's stamp without touching the file; a new one has no revision."""
    if not path.exists():
        return Stamp(None, 0)
    if path.stat().st_size == 0:
        raise StoreError(
            f"{path} is empty, which no database is; it was left as it is: "
            f"{how_to_restore(path)}, or delete it if there was nothing in it"
        )
    try:
        with closing(connect(path)) as connection:
            connection.text_factory = _readable
            return _read_stamp(connection, path)
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _readable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _read_stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return Stamp(None, 0)
    if "alembic_version" not in tables:
        raise StoreError(
            f"{path} is a database of another program; it was left as it is: "
            "name another file as [monitor] database"
        )
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return Stamp(str(row[0]) if row else None, form)


def check_references(connection: Connection, path: Path) -> None:
    """StoreError when a row refers to another that is not there."""
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreError(
            f"{path} is damaged (rows refer to others that are missing); "
            f"it was left as it is: {how_to_restore(path)}"
        )


# --- errors --------------------------------------------------------------------------------------

_SENTENCES = {
    sqlite3.SQLITE_CORRUPT: "{path} is damaged ({error}); it was left as it is: {restore}",
    sqlite3.SQLITE_NOTADB: "{path} is damaged or no database ({error}); it was left as it is: "
    "{restore}, or name another file",
    sqlite3.SQLITE_FULL: "there is no space left for {path}; nothing was changed",
    sqlite3.SQLITE_READONLY: "{path} may not be written to ({error})",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; does its folder exist, and may it be used?",
    sqlite3.SQLITE_IOERR: "reading or writing {path} failed ({error})",
    sqlite3.SQLITE_PERM: "{path} may not be used ({error})",
}
# What SQLite says, without a code of its own, of a file whose parts do not fit together.
_OF_DAMAGE = ("no such table", "no such column", "vtable constructor failed", "Could not decode")


def explain(error: BaseException, path: Path) -> StoreError:
    """A driver's error as a sentence; errors that no user can cause are raised as they are."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"another process has held {path} for {BUSY_SECONDS} s; try again later")
    if str(cause).startswith(_OF_DAMAGE):
        code = sqlite3.SQLITE_CORRUPT
    if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not _is_writable(path.parent):
        code = sqlite3.SQLITE_READONLY
    if code not in _SENTENCES:
        raise error
    words = one_line(str(cause))[:_LONGEST_REASON]
    return StoreError(_SENTENCES[code].format(path=path, error=words, restore=how_to_restore(path)))


_LONGEST_REASON = 120


def how_to_restore(path: Path) -> str:
    """The command that puts the newest backup in the place of ``path``, to end a sentence with."""
    kept = sorted((path.parent / BACKUPS).glob(f"{glob.escape(path.stem)}-*{path.suffix}"))
    newest = shlex.quote(str(kept[-1])) if kept else "FILE"
    return f"`monitor db restore {newest}` puts a backup in its place"

"""All that is SQLite's own: files, pragmas, BEGIN IMMEDIATE, its errors in words, FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    column,
    create_engine,
    event,
    literal_column,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import ArgumentError, DBAPIError

from monitor.errors import BusyError, StoreError
from monitor.query import And, Node, Not, Or, Word
from monitor.store.schema import FULL_TEXT, revisions
from monitor.text.cutting import FORM, cut

__all__ = ["Insert", "insert"]

BUSY_SECONDS = 30
_TO_READ = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -16384",  # 16 MB for a connection
)
_TO_WRITE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut
    "PRAGMA foreign_keys = ON",
)


# --- the file ------------------------------------------------------------------------------------


def path_of(url: str) -> Path:
    """The file that ``sqlite:////absolute/path`` names; StoreError for any other URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f'"{url}" is no database URL; write sqlite:////path/monitor.db') from error
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(
            f"{parsed.get_backend_name()} databases are not supported; write sqlite:////path"
        )
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("the database must be a file; write sqlite:////path/monitor.db")
    return Path(str(parsed.database))


def open_engine(path: Path, *, read_only: bool) -> Engine:
    """An engine whose transactions begin as their connection asks: deferred, or to write."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _prepare_to_read if read_only else _prepare_to_write)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_to_read(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection, (*_TO_READ, "PRAGMA query_only = ON"))


def _prepare_to_write(connection: sqlite3.Connection, _record: object) -> None:
    _prepare(connection, (*_TO_READ, *_TO_WRITE))


def _prepare(connection: sqlite3.Connection, pragmas: Iterable[str]) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in pragmas:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote in
    # between, whatever the timeout; so one that may write takes the lock when it begins.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Stamp(NamedTuple):
    """What a file says of itself: its schema's revision, and the form of its full-text index."""

    revision: str | None
    form: int


def stamp(path: Path) -> Stamp:
    """Read a file's stamp without touching the file; a new one has no revision."""
    if not path.exists() or path.stat().st_size == 0:
        return Stamp(None, 0)
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            return _read_stamp(connection, path)
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _read_stamp(connection: sqlite3.Connection, path: Path) -> Stamp:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return Stamp(None, 0)
    if "alembic_version" not in tables:
        raise StoreError(f"{path} is a database of another program; it was left as it is")
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return Stamp(str(row[0]) if row else None, form)


def upsert(table: Table) -> Insert:
    """Insert rows, or overwrite those that have the same primary key."""
    fresh = insert(table)
    others = {each.name: fresh.excluded[each.name] for each in table.c if not each.primary_key}
    return fresh.on_conflict_do_update(list(table.primary_key), set_=others)


# --- errors --------------------------------------------------------------------------------------

_SENTENCES = {
    sqlite3.SQLITE_CORRUPT: "{path} is damaged ({error}); it was left as it is: restore a backup",
    sqlite3.SQLITE_NOTADB: "{path} is damaged or no database ({error}); it was left as it is: "
    "restore a backup or name another file",
    sqlite3.SQLITE_FULL: "there is no space left for {path}; nothing was changed",
    sqlite3.SQLITE_READONLY: "{path} may not be written to ({error})",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; does its folder exist, and may it be used?",
    sqlite3.SQLITE_IOERR: "reading or writing {path} failed ({error})",
    sqlite3.SQLITE_PERM: "{path} may not be used ({error})",
}


def explain(error: BaseException, path: Path) -> StoreError:
    """A driver's error as a sentence; errors that no user can cause are raised as they are."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"another process has held {path} for {BUSY_SECONDS} s; try again later")
    if code not in _SENTENCES:
        raise error
    return StoreError(_SENTENCES[code].format(path=path, error=cause))


# --- full text -----------------------------------------------------------------------------------

# The index stores no text of its own (its content is ''): forgetting a row needs the very text
# that was indexed, and `cut` must then answer what it answered before. So the file remembers the
# form of `cut` that it was indexed with, in user_version, and is indexed again when that changes.
_CREATE = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {FULL_TEXT} USING fts5(
    title, summary, text, content='', tokenize='unicode61 remove_diacritics 0')
"""
_ADD = text(
    f"INSERT INTO {FULL_TEXT} (rowid, title, summary, text)"
    " VALUES (:article_id, :title, :summary, :text)"
)
_FORGET = text(
    f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}, rowid, title, summary, text)"
    " VALUES ('delete', :article_id, :title, :summary, :text)"
)
_FIELDS = ("title", "summary", "text")
_BATCH = 1_000

found = table(FULL_TEXT, column("rowid"))


def prepare_index(connection: Connection) -> None:
    """Create the full-text index, or make it again when texts are cut in another form now."""
    connection.exec_driver_sql(_CREATE)
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != FORM:
        connection.exec_driver_sql(f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}) VALUES ('delete-all')")
        for batch in connection.execute(indexed()).mappings().partitions(_BATCH):
            index(connection, batch)
        connection.exec_driver_sql(f"PRAGMA user_version = {FORM}")


def indexed() -> Select[Any]:
    """The wordings that the index holds: those of the current revisions."""
    fields = (revisions.c[name] for name in _FIELDS)
    return select(revisions.c.article_id, *fields).where(revisions.c.current.is_(True))


def index(connection: Connection, wordings: Iterable[Mapping[Any, Any]]) -> None:
    """Make articles findable; a wording has ``article_id``, ``title``, ``summary``, ``text``."""
    if rows := [_cut(wording) for wording in wordings]:
        connection.execute(_ADD, rows)


def forget(connection: Connection, wordings: Iterable[Mapping[Any, Any]]) -> None:
    """Undo ``index`` for the very same wordings."""
    if rows := [_cut(wording) for wording in wordings]:
        connection.execute(_FORGET, rows)


def _cut(wording: Mapping[Any, Any]) -> dict[str, Any]:
    fields = {name: cut(wording[name]) for name in _FIELDS}
    return {"article_id": wording["article_id"], **fields}


def expression(node: Node) -> str | None:
    """``node`` in FTS5's language; None where it asks for more than words, or only for absence."""
    match node:
        case Word():
            return phrase(node)
        case And():
            return _conjunction(node)
        case Or():
            return _joined(" OR ", node.nodes)
        case _:
            return None


def phrase(word: Word) -> str:
    """One word or phrase in FTS5's language; what ``cut`` gives has no quotes in it."""
    return f'"{cut(word.text)}"' + (" *" if word.prefix else "")


def _conjunction(node: And) -> str | None:
    wanted = _joined(" AND ", [part for part in node.nodes if not isinstance(part, Not)])
    refused = [part.node for part in node.nodes if isinstance(part, Not)]
    if not refused or wanted is None:
        return wanted
    unwanted = _joined(" OR ", refused)
    return unwanted and f"({wanted} NOT {unwanted})"


def _joined(operator: str, nodes: Iterable[Node]) -> str | None:
    parts = [expression(node) for node in nodes]
    if not parts or None in parts:
        return None
    return f"({operator.join(part for part in parts if part)})"


def matching(expression: str) -> ColumnElement[bool]:
    """The condition on ``found`` that its row matches ``expression``."""
    return literal_column(FULL_TEXT).op("MATCH", is_comparison=True)(expression)

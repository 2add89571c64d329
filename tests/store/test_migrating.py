"""Migrations: from the first release upward with all its rows, killed anywhere or not."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, select

from monitor.query import parse
from monitor.store import open_store, upgrade
from monitor.store.backup import check
from monitor.store.database import Database, place_of
from monitor.store.migrating import configuration
from monitor.store.schema import metadata

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
FIRST = Path(__file__).parents[1] / "data" / "releases" / "0001.sql"


def make_first_release(path: Path) -> None:
    """A database as the first release left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text("utf-8"))


@pytest.fixture
def first(path: Path) -> Path:
    """The first release's database under the path of the tests."""
    make_first_release(path)
    return path


def rows(path: Path, like: Path) -> dict[str, list[Any]]:
    """What ``path`` has in the tables and columns that ``like`` has, but for the revision."""
    found = {}
    with closing(sqlite3.connect(like)) as old, closing(sqlite3.connect(path)) as new:
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if not name.startswith(("alembic", "sqlite", "article_search")):
                columns = [row[1] for row in old.execute(f"PRAGMA table_info({name})")]
                names = ", ".join(f'"{column}"' for column in columns)
                found[name] = sorted(map(repr, new.execute(f"SELECT {names} FROM {name}")))
    return found


def test_the_first_release_is_brought_up_with_all_its_rows(
    first: Path, url: str, tmp_path: Path
) -> None:
    """Every row of every table is as it was, the schema is today's, and searches find."""
    make_first_release(tmp_path / "kept.db")
    before = rows(tmp_path / "kept.db", tmp_path / "kept.db")
    assert min(map(len, before.values())) > 0, "the release's database has something everywhere"

    assert upgrade(url)

    assert rows(first, tmp_path / "kept.db") == before
    report = check(url)
    assert (report.damage, report.is_index_old, report.texts) == ((), False, 4)
    with open_store(url) as store:
        assert [each.article.id for each in store.search(parse("铁路"), 10, NOW)] == [3]
    with closing(sqlite3.connect(first)) as connection:
        hosts = connection.execute("SELECT host FROM feeds ORDER BY id").fetchall()
    assert hosts == [("a.example",), ("b.example",)]


def test_a_server_is_brought_up_with_all_its_rows(server: Any, tmp_path: Path) -> None:
    """The same on PostgreSQL, for a database that the first migration made and rows filled."""
    make_first_release(tmp_path / "kept.db")
    kept = create_engine(f"sqlite:///{tmp_path}/kept.db")
    url = server.url(server.new())
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        command.upgrade(configuration(connection), "0001")
        with kept.connect() as old:
            fill(connection, old)
    before = stored(url, kept)

    assert upgrade(url)

    assert stored(url, kept) == before
    report = check(url)
    assert (report.damage, report.is_index_old, report.texts) == ((), False, 4)
    with open_store(url) as store:
        assert [each.article.id for each in store.search(parse("铁路"), 10, NOW)] == [3]
    with closing(Database(place_of(url))) as database, database.reading() as connection:
        made = connection.exec_driver_sql(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_articles_url'"
        ).scalar_one()
    assert "USING hash" in made, "an index in order has no room for long links"


def fill(new: Connection, old: Connection) -> None:
    """Copy all rows of the first release's tables, as the types of the new ones are."""
    tables = MetaData()
    tables.reflect(new)
    new.execute(tables.tables["installation"].delete())
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        rows = [dict(row) for row in old.exec_driver_sql(f"SELECT * FROM {table.name}").mappings()]
        new.execute(table.insert(), [_typed(table, row) for row in rows])


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    readers: dict[str, Any] = {
        "TIMESTAMP": lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
        "JSON": json.loads,
        "BOOLEAN": bool,
    }
    kinds = {column.name: readers.get(str(column.type), lambda value: value) for column in table.c}
    return {name: None if value is None else kinds[name](value) for name, value in row.items()}


def stored(url: str, like: Engine) -> dict[str, list[str]]:
    """What the database has in the tables and columns of the first release."""
    old = MetaData()
    old.reflect(like)
    found = {}
    with closing(Database(place_of(url))) as database, database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in old.tables:
                columns = [table.c[column.name] for column in old.tables[table.name].c]
                found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    assert min(map(len, found.values())) > 0, "there is something everywhere"
    return found


def statements(url: str, *, killed_at: int | None = None) -> int:
    """How many statements an upgrade takes; at the one with that number the process is killed."""
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        if done == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        upgrade(url)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return done


def kill_upgrade(url: str, number: int) -> bool:
    """Upgrade in a child that is killed at a statement; whether it was."""
    child = os.fork()
    if child == 0:
        statements(url, killed_at=number)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def chosen(total: int, amount: int | None) -> Iterator[int]:
    """The numbers of the statements at which to kill: all, or some from first to last."""
    step = 1 if amount is None else max(1, total // amount)
    yield from range(0, total, step)


@pytest.mark.parametrize("amount", [4, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_a_kill_at_any_statement_loses_no_row(amount: int | None, tmp_path: Path) -> None:
    """S9: after kill -9 the file is the old one; the next start makes it today's, rows and all."""
    like = tmp_path / "kept.db"
    make_first_release(like)
    before = rows(like, like)
    make_first_release(tmp_path / "count.db")
    total = statements(f"sqlite:///{tmp_path}/count.db")
    assert total > 50
    for number in chosen(total, amount):
        path = tmp_path / f"killed-{number}.db"
        make_first_release(path)
        assert kill_upgrade(f"sqlite:///{path}", number)
        assert rows(path, like) == before
        assert upgrade(f"sqlite:///{path}")
        assert rows(path, like) == before
        assert check(f"sqlite:///{path}").damage == ()


@pytest.mark.parametrize("amount", [4, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
def test_a_kill_while_creating_leaves_no_file(amount: int | None, tmp_path: Path) -> None:
    """S9: a database that never was finished never appears, and the next start makes it whole."""
    total = statements(f"sqlite:///{tmp_path}/count.db")
    for number in chosen(total, amount):
        path = tmp_path / f"killed-{number}.db"
        assert kill_upgrade(f"sqlite:///{path}", number)
        assert not path.exists()
    assert upgrade(f"sqlite:///{path}")
    assert check(f"sqlite:///{path}").damage == ()

"""Opening: created, upgraded, or refused with the file as it was."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from monitor.errors import NewerDatabaseError, StoreError
from monitor.query import parse
from monitor.resources import migrations
from monitor.store import Store, open_store, upgrade
from monitor.store.backup import check
from monitor.store.database import Database, place_of
from monitor.store.migrating import configuration
from monitor.store.schema import HEAD, metadata

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def sha256(path: Path) -> str:
    """What the file's bytes amount to."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_sql(url: str, *statements: str) -> None:
    """Change a database behind the store's back, leaving no side files."""
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def tables(url: str) -> set[str]:
    """The names of the tables in a database."""
    with closing(Database(place_of(url))) as database, database.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_a_new_database_gets_every_table(url: str) -> None:
    """Opening one that is not there creates it with the whole schema."""
    open_store(url).close()

    assert set(metadata.tables) <= tables(url)


def test_nobody_else_may_read_a_new_database(url: str, path: Path) -> None:
    """Whoever reads it can make the links by which subscribers leave."""
    open_store(url).close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_upgrade_tells_whether_there_was_anything_to_do(url: str) -> None:
    """The first upgrade creates, the second finds nothing to do."""
    assert (upgrade(url), upgrade(url)) == (True, False)


def test_what_was_stored_is_there_after_reopening(make: Any, url: str) -> None:
    """Articles survive closing the store."""
    make.article("one", "Khorgos")
    make.store.close()

    with open_store(url) as again:
        assert again.counts().articles == 1


def test_the_pragmas_are_set(store: Store, url: str, path: Path) -> None:
    """Write-ahead logging, full synchronisation and foreign keys are on."""
    with closing(Database(place_of(url))) as database, database.reading() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert values == ["wal", 2, 1, 35_000]


def test_a_newer_database_is_refused(url: str) -> None:
    """A revision that this program does not know stops it before the first write."""
    open_store(url).close()
    run_sql(url, "UPDATE alembic_version SET version_num = '9999'")

    for opening in (open_store, upgrade, lambda url: open_store(url, read_only=True)):
        with pytest.raises(NewerDatabaseError, match="newer version of monitor"):
            opening(url)


def test_a_refused_file_is_untouched(url: str, path: Path) -> None:
    """S8: to the byte."""
    open_store(url).close()
    run_sql(url, "UPDATE alembic_version SET version_num = '9999'")
    before = sha256(path)

    with pytest.raises(NewerDatabaseError):
        open_store(url)

    assert before == sha256(path)


@pytest.mark.parametrize("content", [b"hello " * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_untouched(
    url: str, path: Path, content: bytes
) -> None:
    """Something else under that name is neither read as a database nor overwritten."""
    path.write_bytes(content)

    with pytest.raises(StoreError, match="left as it is"):
        open_store(url)

    assert content == path.read_bytes()


def test_a_damaged_page_is_named(make: Any, url: str, path: Path) -> None:
    """A database with a page overwritten says that it is damaged."""
    make.poll(*(make.finding(f"n{number}", text="word " * 200) for number in range(200)))
    make.store.close()
    page = 4096
    content = bytearray(path.read_bytes())
    content[5 * page :] = b"\xa5" * (len(content) - 5 * page)
    path.write_bytes(content)

    with pytest.raises(StoreError, match="damaged"), open_store(url) as store:
        store.articles.unassessed(1_000)


def test_a_database_of_another_program_is_refused(url: str) -> None:
    """One with tables but without a revision is not ours to change."""
    run_sql(url, "CREATE TABLE recipes (id INTEGER)")

    with pytest.raises(StoreError, match="another program"):
        open_store(url)

    assert {"recipes"} == tables(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://localhost/news", "mysql databases are not supported"),
        pytest.param(
            "postgresql://localhost:1/news",
            "localhost:1/news cannot be used",
            marks=pytest.mark.server,
        ),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("monitor.db", "no database URL"),
    ],
)
def test_other_urls_are_refused_with_the_reason(url: str, reason: str) -> None:
    """Only files of SQLite and servers that answer can be opened."""
    with pytest.raises(StoreError, match=reason):
        open_store(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The sentence holds the path that cannot be opened."""
    with pytest.raises(StoreError, match="nowhere"):
        open_store(f"sqlite:///{tmp_path}/nowhere/monitor.db")


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    """Question marks, percent signs and spaces are part of the name."""
    folder = tmp_path / "a b#c"
    folder.mkdir()
    open_store(f"sqlite:///{folder}/новости.db").close()

    assert upgrade(f"sqlite:///{folder}/новости.db") is False


def test_reading_only_needs_a_database(url: str, tmp_path: Path) -> None:
    """Looking at a database that is not there does not create it."""
    for _ in range(2):
        with pytest.raises(StoreError, match="no database at"):
            open_store(url, read_only=True)

    assert not (tmp_path / "monitor.db").exists()


def test_reading_only_never_writes(make: Any, url: str) -> None:
    """A store opened for reading answers and refuses to change anything."""
    make.article("one", "Khorgos")

    with open_store(url, read_only=True) as reading:
        assert len(reading.search(parse("khorgos"), 10, NOW)) == 1
        with pytest.raises(StoreError):
            reading.judgements.keep_watchlist("fp", "{}", NOW)


def test_schema_and_migrations_agree(store: Store, url: str) -> None:
    """Alembic finds nothing to add to the migrations."""
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        command.check(configuration(connection))


def test_the_head_in_the_schema_is_the_newest_migration() -> None:
    """The constant that saves a look into the folder says what the folder says."""
    assert ScriptDirectory(str(migrations())).get_current_head() == HEAD


def test_down_and_up_again_gives_the_same_schema(make: Any, url: str) -> None:
    """Downgrading removes every table, upgrading brings all of them back."""
    make.article("one", "Khorgos")
    make.store.close()
    full = tables(url)
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        command.downgrade(configuration(connection), "base")

    assert {"alembic_version"} == tables(url)
    assert upgrade(url)
    assert full == tables(url)


_OLDER = {
    "sqlite": (
        "INSERT INTO article_search (article_search) VALUES ('delete-all')",
        "PRAGMA user_version = 0",
    ),
    "postgresql": ("DELETE FROM article_search", "COMMENT ON TABLE article_search IS NULL"),
}


def test_an_index_of_another_form_is_made_again(make: Any, url: str, kind: str) -> None:
    """Texts indexed by an older way of cutting are indexed anew at the next start."""
    make.article("one", "中亚铁路")
    make.store.close()
    run_sql(url, *_OLDER[kind])
    assert check(url).is_index_old

    with open_store(url) as again:
        assert len(again.search(parse("铁路"), 10, NOW)) == 1
    assert not check(url).is_index_old


def test_a_failed_upgrade_leaves_nothing(url: str) -> None:
    """An upgrade that breaks off in the middle leaves the database as empty as before."""
    run_sql(
        url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "CREATE VIEW deliveries AS SELECT 1",
    )

    with pytest.raises(Exception, match="deliveries"):
        open_store(url)

    assert {"alembic_version"} == tables(url)


def test_many_processes_may_open_a_new_database_at_once(url: str) -> None:
    """Whoever comes first creates it, the others wait."""
    script = "import sys; from monitor.store import open_store; open_store(sys.argv[1]).close()"
    arguments = [sys.executable, "-c", script, url]
    running = [subprocess.Popen(arguments, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1] for process in running]

    assert errors == [b""] * 3


def test_a_store_that_must_exist_is_not_made(url: str) -> None:
    """A question about an archive that is gone is answered so, and leaves nothing behind."""
    with pytest.raises(StoreError, match="there is no database"):
        open_store(url, must_exist=True)

    assert tables(url) == set()


def test_a_driver_without_the_library_below_it() -> None:
    """Who installed psycopg alone, which cannot run, hears of the extra instead of a traceback."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    asking = (
        "from monitor.store.database import place_of; place_of('postgresql://h/x').check_driver()"
    )
    environment = os.environ | {"PSYCOPG_IMPL": "nothing"}  # any that is not installed

    done = subprocess.run(
        [sys.executable, "-P", "-c", asking],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("monitor.errors.MissingDriverError: ")
    assert "pip install 'monitor[postgres]'" in last


def test_what_cannot_even_be_looked_at_is_a_sentence(tmp_path: Path) -> None:
    """As a file in a folder that may not be entered, or one with a name that no disk has."""
    with pytest.raises(StoreError, match=r"x\.db cannot be reached: File name too long"):
        open_store(f"sqlite:///{tmp_path / ('x' * 300)}/x.db")

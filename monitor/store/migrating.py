"""From the schema that a file has to the one that this program knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from monitor.errors import NewerDatabaseError
from monitor.resources import migrations
from monitor.store import sqlite
from monitor.store.database import Database
from monitor.store.schema import HEAD
from monitor.text.cutting import FORM

if TYPE_CHECKING:
    from alembic.config import Config

CURRENT = sqlite.Stamp(HEAD, FORM)


def upgrade(url: str) -> bool:
    """Bring a database to this program's schema, or create it; tell whether anything was to do.

    NewerDatabaseError when a newer version wrote it, StoreError when it cannot be used: the file
    is then as it was.
    """
    return upgrade_file(sqlite.path_of(url))


def upgrade_file(path: Path) -> bool:
    """As ``upgrade``, for the file itself."""
    stored = sqlite.stamp(path)
    if stored == CURRENT:
        return False
    check_known(stored, path)
    database = Database(path)
    try:
        # All of it is one transaction: a kill in the middle leaves the schema as it was.
        with database.writing() as connection:
            _migrate(connection)
            sqlite.prepare_index(connection)
    finally:
        database.close()
    return True


def check_known(stored: sqlite.Stamp, path: Path) -> None:
    """Raise NewerDatabaseError unless ``stored`` has a revision that this program knows."""
    if stored.revision in (None, HEAD):
        return
    from alembic.script import ScriptDirectory  # slow to import, and seldom needed

    known = {script.revision for script in ScriptDirectory(str(migrations())).walk_revisions()}
    if stored.revision not in known:
        raise NewerDatabaseError(
            f"{path} was written by a newer version of monitor (schema {stored.revision}); "
            "it was left as it is: update monitor, or name another database"
        )


def configuration(connection: Connection) -> Config:
    """Alembic's settings for working on an open connection."""
    from alembic.config import Config  # as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    return config


def _migrate(connection: Connection) -> None:
    from alembic import command  # as above

    command.upgrade(configuration(connection), "head")

"""From the schema that a file has to the one that this program knows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from monitor.errors import NewerDatabaseError
from monitor.resources import migrations
from monitor.store.database import Database, place_of
from monitor.store.full_text import full_text
from monitor.store.parts import part_of, placed
from monitor.store.places import Access, Place, Stamp
from monitor.store.schema import FULL_TEXT, HEAD, metadata
from monitor.store.sqlite import File
from monitor.text.cutting import FORM

if TYPE_CHECKING:
    from alembic.config import Config

CURRENT = Stamp(HEAD, FORM)


def upgrade(url: str) -> bool:
    """Bring a database to this program's schema, or create it; tell whether anything was to do.

    NewerDatabaseError when a newer version wrote it, StoreError when it cannot be used: it is then
    as it was.
    """
    return upgrade_place(place_of(url))


def upgrade_place(place: Place) -> bool:
    """As ``upgrade``, for the place that a URL names."""
    stored = place.stamp()
    if stored == CURRENT:
        return False
    check_known(stored, place)
    if isinstance(place, File) and not place.path.exists():
        with part_of(place.path) as part:
            _migrate_place(File(part))
            part.chmod(0o600)  # what links for leaving are made with is in it
            return placed(part, place.path, replace=False) or upgrade_place(place)
    _migrate_place(place)
    return True


def _migrate_place(place: Place) -> None:
    database = Database(place, Access.MIGRATING)
    try:
        # All of it is one transaction: a kill in the middle leaves the schema as it was.
        with database.writing() as connection:
            _migrate(connection)
            full_text(connection).prepare()
            place.check_references(connection)
    finally:
        database.close()


def check_known(stored: Stamp, place: Place) -> None:
    """Raise NewerDatabaseError unless ``stored`` has a revision that this program knows."""
    if stored.revision in (None, HEAD):
        return
    from alembic.script import ScriptDirectory  # slow to import, and seldom needed

    known = {script.revision for script in ScriptDirectory(str(migrations())).walk_revisions()}
    if stored.revision not in known:
        raise NewerDatabaseError(
            f"{place} was written by a newer version of monitor (schema {stored.revision}); "
            f"it was left as it is: update monitor, or {place.hint()}"
        )


def configuration(connection: Connection) -> Config:
    """Alembic's settings for working on an open connection."""
    from alembic.config import Config  # as above

    # Its own default for the output is what that was when the library was loaded.
    config = Config(stdout=sys.stdout, attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    return config


def _migrate(connection: Connection) -> None:
    from alembic import command  # as above

    command.upgrade(configuration(connection), "head")


def differences(connection: Connection) -> list[str]:
    """In what the tables are not those of the schema, a sentence each."""
    from alembic.autogenerate import compare_metadata  # as above
    from alembic.runtime.migration import MigrationContext

    options = {"include_name": lambda name, kind, _: not _is_of_index(name, kind)}
    context = MigrationContext.configure(connection, opts=options)
    found = compare_metadata(context, metadata)
    return [_difference(each[0] if isinstance(each, list) else each) for each in found]


def _is_of_index(name: str | None, kind: str) -> bool:
    return kind == "table" and (name or "").startswith(FULL_TEXT)


def _difference(found: Sequence[Any]) -> str:
    """Alembic's words, such as ``("add_index", Index)``, as a sentence."""
    does, _, thing = str(found[0]).partition("_")
    names = [getattr(each, "name", each) for each in found[1:]]
    name = ".".join(str(each) for each in names if each is not None)[:100]
    sentences = {"add": "{} {} is missing", "remove": "{} {} should not be there"}
    return "the schema: " + sentences.get(does, "{} {} is not as it should be").format(thing, name)

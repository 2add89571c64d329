"""A quick look at a database: what schema it has, how large it is, whether its pages fit together.

``monitor db check`` reads every text; this reads what tells most in a second or two.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import func, select

from monitor.errors import StoreError
from monitor.model import DeliveryState
from monitor.store import sqlite
from monitor.store.database import Database, place_of
from monitor.store.migrating import CURRENT, check_known
from monitor.store.places import Access, Place
from monitor.store.schema import deliveries
from monitor.store.sqlite import File


@dataclass(frozen=True, slots=True)
class Glance:
    """What a database is at first sight; ``place`` is its name, without a password.

    ``revision`` is None where there is none yet, ``size`` (bytes) where a server keeps the files.
    """

    place: str
    revision: str | None
    is_current: bool
    size: int | None


def glance(url: str) -> Glance:
    """Look at the database at ``url``; nothing is changed.

    StoreError, with the command that helps, when it is damaged or cannot be used, and
    NewerDatabaseError when a newer version wrote it.
    """
    place = place_of(url)
    stored = place.stamp()
    check_known(stored, place)
    if isinstance(place, File) and stored.revision is not None:
        _check_pages(place)
    return Glance(str(place), stored.revision, stored == CURRENT, _size(place))


def _check_pages(place: File) -> None:
    try:
        with closing(sqlite.connect(place.path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise place.explain(error) from error
    if found != "ok":
        raise StoreError(f"{place} is damaged; {place.hint()}")


def _size(place: Place) -> int | None:
    is_there = isinstance(place, File) and place.path.exists()
    return place.path.stat().st_size if isinstance(place, File) and is_there else None


def outbox(url: str) -> dict[DeliveryState, int]:
    """How many deliveries there are in each state; a state without any is left out."""
    counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    with (
        closing(Database(place_of(url), Access.READING)) as database,
        database.reading() as connection,
    ):
        return {DeliveryState(state): number for state, number in connection.execute(counted)}

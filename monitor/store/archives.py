"""Archives of other programs: each is a feed that nobody polls, and all it brings is old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from monitor.model import Feed, Finding
from monitor.store.database import Database
from monitor.store.feeds import unpolled
from monitor.store.findings import Shown, keep
from monitor.store.schema import feeds
from monitor.store.statements import insert


class Archives:
    """What was brought in from files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def feed(self, name: str) -> Feed:
        """The feed that stands for the archive called ``name``; made if it is not there."""
        url = f"archive:{name}"
        adding = insert(feeds).values(unpolled(url, name)).on_conflict_do_nothing()
        with self._database.writing() as connection:
            connection.execute(adding)
            its_id = connection.scalars(select(feeds.c.id).where(feeds.c.url == url)).one()
        return Feed(its_id, url, name)

    def bring_in(self, feed: Feed, at: datetime, findings: Sequence[Finding]) -> int:
        """Store what of an archive is not there yet, in one transaction; how many articles."""
        with self._database.writing() as connection:
            ((new, _),) = keep(connection, [Shown(feed.id, at, findings)])
        return new

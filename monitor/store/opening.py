"""Opening a database: upgraded when that is needed, refused when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select

from monitor.errors import StoreError
from monitor.model import JudgedArticle
from monitor.query import Query
from monitor.store import search, sqlite
from monitor.store.articles import Articles
from monitor.store.database import Database
from monitor.store.editions import Editions
from monitor.store.feeds import Feeds, count_enabled
from monitor.store.history import History
from monitor.store.judgements import Judgements
from monitor.store.migrating import CURRENT, check_known, upgrade_file
from monitor.store.schema import articles, stories
from monitor.store.stories import Stories


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: articles kept, stories formed, feeds polled."""

    articles: int
    stories: int
    feeds: int


class Store:
    """What is remembered, by family. Every value that it gives out is one of ``monitor.model``.

    It may be used by several threads; each call is one transaction, or joins the thread's own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.feeds = Feeds(database)
        self.articles = Articles(database)
        self.judgements = Judgements(database)
        self.stories = Stories(database)
        self.editions = Editions(database)
        self.history = History(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything that this thread does inside one change: kept whole, or not at all."""
        with self._database.writing():
            yield

    def search(self, query: Query, limit: int, now: datetime) -> list[JudgedArticle]:
        """The newest ``limit`` articles that ``query`` finds; ``now`` is what it counts from."""
        with self._database.reading() as connection:
            return search.find(connection, query, limit, now)

    def counts(self) -> Counts:
        """How much there is."""
        with self._database.reading() as connection:
            return Counts(
                articles=connection.scalars(select(func.count()).select_from(articles)).one(),
                stories=connection.scalars(select(func.count()).select_from(stories)).one(),
                feeds=count_enabled(connection),
            )

    def close(self) -> None:
        """Give all connections back; the store cannot be used afterwards."""
        self._database.close()


def open_store(url: str, *, read_only: bool = False) -> Store:
    """Open ``sqlite:////path/monitor.db``, created or upgraded first unless ``read_only``.

    NewerDatabaseError when a newer version wrote it, BusyError when another process holds it for
    too long, StoreError when it is damaged, missing or no database of this program; the file is
    then as it was.
    """
    path = sqlite.path_of(url)
    if read_only:
        _check_readable(path)
    else:
        upgrade_file(path)
    return Store(Database(path, read_only=read_only))


def _check_readable(path: Path) -> None:
    stored = sqlite.stamp(path)
    check_known(stored, path)
    if stored.revision is None:
        raise StoreError(f"there is no database at {path} yet; run monitor once, or monitor demo")
    if stored != CURRENT:
        raise StoreError(f"{path} was written by an older version; run monitor db upgrade")

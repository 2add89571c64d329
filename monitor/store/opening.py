"""Opening a database: upgraded when that is needed, refused when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy import ColumnElement, func, select

from monitor.errors import StoreError
from monitor.model import JudgedArticle
from monitor.query import Query
from monitor.query.grouping import Grouping
from monitor.query.paging import Cursor, Sort
from monitor.store import counting, search
from monitor.store.archives import Archives
from monitor.store.articles import Articles
from monitor.store.commitments import Commitments
from monitor.store.counting import Group
from monitor.store.database import Database, place_of
from monitor.store.editions import Editions
from monitor.store.embeddings import Embeddings
from monitor.store.feeds import Feeds, count_enabled
from monitor.store.figures import Figures
from monitor.store.hands import Hands
from monitor.store.history import History
from monitor.store.judgements import Judgements
from monitor.store.migrating import CURRENT, check_known, upgrade_place
from monitor.store.pages import Pages
from monitor.store.places import Access, Place, Stamp
from monitor.store.ratings import Ratings
from monitor.store.replays import Replays
from monitor.store.retention import Retention
from monitor.store.schema import revisions, stories
from monitor.store.search import Page
from monitor.store.stories import Stories
from monitor.store.subscriptions import Subscriptions


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
        self.archives = Archives(database)
        self.pages = Pages(database)
        self.judgements = Judgements(database)
        self.commitments = Commitments(database)
        self.figures = Figures(database)
        self.stories = Stories(database)
        self.embeddings = Embeddings(database)
        self.hands = Hands(database)
        self.editions = Editions(database)
        self.subscriptions = Subscriptions(database)
        self.history = History(database)
        self.retention = Retention(database)
        self.ratings = Ratings(database)
        self.replays = Replays(database)

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

    def check_room(self) -> None:
        """StoreError when there is too little space to begin anything."""
        self._database.check_room()

    def search(self, query: Query, limit: int, now: datetime) -> list[JudgedArticle]:
        """The newest ``limit`` articles that ``query`` finds; ``now`` is what it counts from."""
        return list(self.page(query, limit, now).articles)

    def page(
        self,
        query: Query,
        limit: int,
        now: datetime,
        sort: Sort = Sort.NEWEST,
        after: Cursor | None = None,
    ) -> Page:
        """At most ``limit`` of what ``query`` finds in that order, from ``after`` on."""
        with self._database.reading() as connection:
            return search.page(connection, query, limit, now, sort, after)

    def stream(
        self, query: Query, now: datetime, sort: Sort = Sort.NEWEST
    ) -> Iterator[JudgedArticle]:
        """All that ``query`` finds, read as it is asked for; memory stays the same."""
        with self._database.reading() as connection:
            yield from search.stream(connection, query, now, sort)

    def count(self, query: Query, by: Grouping, now: datetime) -> list[Group]:
        """How many articles ``query`` finds, by what ``by`` names."""
        with self._database.reading() as connection:
            return counting.count(connection, query, by, now)

    def counts(self) -> Counts:
        """How much there is."""
        with self._database.reading() as connection:
            return Counts(
                articles=connection.scalars(select(func.count()).where(_is_kept())).one(),
                stories=connection.scalars(select(func.count()).select_from(stories)).one(),
                feeds=count_enabled(connection),
            )

    def close(self) -> None:
        """Give all connections back; the store cannot be used afterwards."""
        self._database.close()


def _is_kept() -> ColumnElement[bool]:
    """Whether a revision is the current one of an article; a forgotten article has none."""
    return revisions.c.current.is_(True)


def open_store(url: str, *, read_only: bool = False, must_exist: bool = False) -> Store:
    """Open ``sqlite:////path/monitor.db`` or ``postgresql://user@host/name``.

    It is upgraded first unless ``read_only``, and created unless it ``must_exist``.
    NewerDatabaseError when a newer version wrote it, BusyError when another process holds it for
    too long, StoreError when it is damaged, missing or no database of this program; it is then as
    it was.
    """
    place = place_of(url)
    if read_only:
        _check_readable(place)
    else:
        if must_exist:
            _check_there(place)
        upgrade_place(place)
    return Store(Database(place, Access.READING if read_only else Access.WRITING))


def _check_there(place: Place) -> Stamp:
    stored = place.stamp()
    check_known(stored, place)
    if stored.revision is None:
        raise StoreError(f"there is no database at {place} yet; run monitor once, or monitor demo")
    return stored


def _check_readable(place: Place) -> None:
    stored = _check_there(place)
    if stored != CURRENT:
        raise StoreError(f"{place} was written by an older version; run monitor db upgrade")

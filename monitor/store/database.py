"""Connections and transactions: the one place where a change begins and ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from monitor.errors import StoreError
from monitor.store.places import Access, Place
from monitor.store.postgres import Server
from monitor.store.sqlite import File
from monitor.text.addresses import database_problem
from monitor.text.plain import one_line

Value = TypeVar("Value")
Record = Row[*tuple[Any, ...]]
CHUNK = 500  # values in one IN list
_LONGEST_REASON = 120


def place_of(url: str) -> File | Server:
    """What ``sqlite:////path`` or ``postgresql://host/name`` names; StoreError for other URLs."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # it is not repeated: it may hold a password
        raise StoreError(f"that is no database URL; write {_LIKE}") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        if problem := database_problem(url):
            raise StoreError(f"the database {problem}")
        return Server(parsed)
    if backend != "sqlite":
        raise StoreError(f"{backend} databases are not supported; write {_LIKE}")
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("the database must be a file; write sqlite:////path/monitor.db")
    path = Path(str(parsed.database))
    try:
        is_folder = path.is_dir()
    except OSError as error:  # a folder on the way that may not be entered
        raise StoreError(f"{path} cannot be reached: {error.strerror}") from error
    if is_folder:
        raise StoreError(f"{path} is a folder; the URL of a database names a file")
    return File(path)


_LIKE = "sqlite:////path/monitor.db or postgresql://user@host/monitor"


class Database:
    """A place with its connections; each thread has at most one transaction at a time.

    Whatever is called inside ``writing()`` joins it, ``reading()`` and ``claiming()`` alike;
    outside, each is a transaction of its own.
    """

    def __init__(self, place: Place, access: Access = Access.WRITING) -> None:
        self.place = place
        self._engine = place.engine(access)
        self._opened = place.identity()
        self._thread = threading.local()
        # Threads of one process queue here, which is fair; SQLite lets the waiting ones poll.
        self._turn = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction during which nobody else writes; all of it is kept, or none."""
        with self._changing("alone") as connection:
            yield connection

    @contextmanager
    def claiming(self) -> Iterator[Connection]:
        """As ``writing``, for rows that are selected for update and skipped where locked.

        Where a database locks rows, claims need not wait for those who write others.
        """
        with self._changing("beside") as connection:
            yield connection

    @contextmanager
    def _changing(self, writing: str) -> Iterator[Connection]:
        if joined := self._joined():
            yield joined
            return
        with self._turn, self._explained(), self._engine.connect() as connection:
            connection = connection.execution_options(writing=writing)
            with connection.begin():
                self._thread.connection = connection
                try:
                    yield connection
                finally:
                    self._thread.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the database."""
        if joined := self._joined():
            yield joined
            return
        with self._explained(), self._engine.connect() as connection, connection.begin():
            try:
                yield connection
            except ValueError as error:  # of what a value is made of: it is none of ours
                raise self._unreadable(error) from error

    def check_room(self) -> None:
        """StoreError when writing could break off in the middle, or would be lost."""
        self.place.check_room(self._opened)

    def log_size(self) -> int:
        """How many bytes of changes wait to be written back from the log."""
        return self.place.log_size()

    def write_back(self) -> bool:
        """Empty the log; False when somebody still reads what was before."""
        with self._explained(), self._engine.connect() as connection:
            return self.place.write_back(connection)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def _joined(self) -> Connection | None:
        return getattr(self._thread, "connection", None)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self.place.explain(error) from error

    def _unreadable(self, error: ValueError) -> StoreError:
        """The sentence for a stored value that this program never wrote."""
        words = one_line(str(error))[:_LONGEST_REASON]
        return StoreError(f"{self.place} is damaged ({words}); `monitor db check` tells where")


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """``values`` in lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk

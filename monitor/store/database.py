"""Connections and transactions: the one place where a change begins and ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from monitor.store import sqlite

Value = TypeVar("Value")
Record = Row[*tuple[Any, ...]]
CHUNK = 500  # values in one IN list


class Database:
    """A file with its connections; each thread has at most one transaction at a time.

    Whatever is called inside ``writing()`` joins it, ``reading()`` and ``writing()`` alike;
    outside, each is a transaction of its own.
    """

    def __init__(self, path: Path, access: sqlite.Access = sqlite.Access.WRITING) -> None:
        self.path = path
        self._engine = sqlite.open_engine(path, access)
        self._thread = threading.local()
        # Threads of one process queue here, which is fair; SQLite lets the waiting ones poll.
        self._turn = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start; all of it is kept, or none."""
        if joined := self._joined():
            yield joined
            return
        with self._turn, self._explained(), self._engine.connect() as connection:
            connection = connection.execution_options(writing=True)
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
                raise sqlite.unreadable(error, self.path) from error

    def check_room(self) -> None:
        """StoreError when the disk is so full that writing could break off in the middle."""
        sqlite.check_room(self.path)

    def log_size(self) -> int:
        """How many bytes of changes wait to be written back from the log."""
        return sqlite.log_size(self.path)

    def write_back(self) -> bool:
        """Empty the log; False when somebody still reads what was before."""
        with self._explained(), self._engine.connect() as connection:
            return sqlite.write_back(connection)

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
            raise sqlite.explain(error, self.path) from error


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """``values`` in lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk

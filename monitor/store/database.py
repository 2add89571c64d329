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

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._engine = sqlite.open_engine(path, read_only=read_only)
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
            yield connection

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

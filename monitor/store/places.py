"""Where a database is: what a file and a server have in common."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, Engine

from monitor.errors import StoreError

BUSY_SECONDS = 35  # that a writer waits for another


Identity = tuple[int, int]


class Access(Enum):
    """What a database is opened for."""

    READING = auto()
    WRITING = auto()
    MIGRATING = auto()


class Stamp(NamedTuple):
    """What a database says of itself: its schema's revision, and the form of its full text."""

    revision: str | None
    form: int


class Place(Protocol):
    """A database that can be opened; ``str`` of it is its name in sentences, without a password."""

    def stamp(self) -> Stamp:
        """Read the stamp without changing anything; a new database has no revision.

        StoreError for what is no database of this program, or none that can be used.
        """

    def engine(self, access: Access) -> Engine:
        """An engine whose transactions begin as ``writing`` among their options says.

        None of them has a value when the connection only reads, ``"alone"`` when nobody else may
        write meanwhile, ``"beside"`` when the rows that it locks are all that it needs.
        """

    def explain(self, error: BaseException) -> StoreError:
        """A driver's error as a sentence; errors that no user can cause are raised as they are."""

    def hint(self) -> str:
        """How to put a backup in its place, to end a sentence with."""

    def identity(self) -> Identity | None:
        """What tells this database from another that was put in its place; None for none."""

    def check_room(self, opened: Identity | None) -> None:
        """StoreError when so little space is left that writing could break off in the middle.

        Or when what was ``opened`` is no longer what stands there.
        """

    def check_references(self, connection: Connection) -> None:
        """StoreError when a row refers to another that is not there."""

    def log_size(self) -> int:
        """The bytes of changes that wait to be written back until readers end."""

    def write_back(self, connection: Connection) -> bool:
        """Empty that log; False when somebody still reads what was before."""

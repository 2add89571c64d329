"""Full text, whichever database keeps it: what is stored can be found by words and phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Select

from monitor.query import Node, Word
from monitor.store.postgres_text import PostgresText
from monitor.store.sqlite_text import SqliteText


class FullText(Protocol):
    """The full-text index of a connection's database: one row for each article that has a text."""

    @property
    def ids(self) -> ColumnElement[int]:
        """The article of a row."""

    def prepare(self) -> None:
        """Create the index, or make it again when texts are cut in another form now."""

    def make_again(self) -> None:
        """Index all articles anew."""

    def is_in_step(self) -> bool:
        """Whether the index holds all articles, and nothing else."""

    def index(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Make articles findable; a wording is a row of ``indexed``."""

    def forget(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Undo ``index`` for the very same wordings."""

    def condition(self, node: Node) -> ColumnElement[bool] | None:
        """What a row must have; None where ``node`` asks for more than words, or only absence."""

    def word(self, word: Word) -> ColumnElement[bool]:
        """The condition on a row that it has ``word``."""

    def ranks(self, node: Node, first: int, last: int) -> Select[int, float]:
        """Articles between two ids that have ``node``, each with its rank: the better, the lower.

        ``node`` is one that has a condition.
        """


def full_text(connection: Connection) -> FullText:
    """The full-text index of the database that ``connection`` leads to."""
    is_server = connection.dialect.name == "postgresql"
    return PostgresText(connection) if is_server else SqliteText(connection)

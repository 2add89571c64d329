"""The full-text index in SQLite: one FTS5 table of words as ``text.cutting`` cuts them.

The index stores no text of its own (its content is ''): forgetting a row needs the very text that
was indexed, and ``cut`` must then answer what it answered before. So the file remembers the form
of ``cut`` that it was indexed with, in user_version, and is indexed again when that changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    literal_column,
    select,
    table,
    text,
)

from monitor.query import And, Node, Not, Or, Word
from monitor.store.indexing import BATCH, FIELDS, Forms, indexed
from monitor.store.schema import FULL_TEXT
from monitor.text.cutting import FORM, cut

_VOCABULARY = f"{FULL_TEXT}_words"
_CREATE = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {FULL_TEXT} USING fts5(
    title, summary, text, content='', tokenize='unicode61 remove_diacritics 0')
"""
_CREATE_VOCABULARY = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {_VOCABULARY} USING fts5vocab('{FULL_TEXT}', 'instance')
"""
_ADD = text(
    f"INSERT INTO {FULL_TEXT} (rowid, title, summary, text)"
    " VALUES (:article_id, :title, :summary, :text)"
)
_FORGET = text(
    f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}, rowid, title, summary, text)"
    " VALUES ('delete', :article_id, :title, :summary, :text)"
)
_OUT_OF_STEP = (
    "SELECT EXISTS (SELECT 1 FROM revisions WHERE current AND NOT EXISTS"
    f" (SELECT 1 FROM {FULL_TEXT}_docsize WHERE id = revisions.article_id))",
    f"SELECT EXISTS (SELECT 1 FROM {FULL_TEXT}_docsize WHERE NOT EXISTS"
    " (SELECT 1 FROM revisions WHERE current AND article_id = id))",
)
_NEXT_WORD = text(f"SELECT term FROM {_VOCABULARY} WHERE term >= :least LIMIT 1")
_FOUND = table(FULL_TEXT, column("rowid"))
# A word in the title says more of an article than one in its summary, and that than one in its
# text. The better, the lower.
_RANK: ColumnElement[float] = literal_column(f"bm25({FULL_TEXT}, 8.0, 3.0, 1.0)")


class SqliteText:
    """The index, as a ``FullText``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._forms = Forms(self._at_least)

    @property
    def ids(self) -> ColumnElement[int]:
        """The number of a row, which is its article's."""
        return _FOUND.c.rowid

    def prepare(self) -> None:
        """Create the index, or make it again when texts are cut in another form now."""
        self._connection.exec_driver_sql(_CREATE)
        self._connection.exec_driver_sql(_CREATE_VOCABULARY)
        if self._connection.exec_driver_sql("PRAGMA user_version").scalar_one() != FORM:
            self.make_again()

    def make_again(self) -> None:
        """Index all articles anew."""
        run = self._connection.exec_driver_sql
        run(f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}) VALUES ('delete-all')")
        for batch in self._connection.execute(indexed()).mappings().partitions(BATCH):
            self.index(batch)
        run(f"PRAGMA user_version = {FORM}")

    def is_in_step(self) -> bool:
        """Whether the index holds all articles, and nothing else."""
        run = self._connection.exec_driver_sql
        return not any(run(query).scalar_one() for query in _OUT_OF_STEP)

    def index(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Make articles findable."""
        if rows := [_cut(wording) for wording in wordings]:
            self._connection.execute(_ADD, rows)

    def forget(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Undo ``index`` for the very same wordings."""
        if rows := [_cut(wording) for wording in wordings]:
            self._connection.execute(_FORGET, rows)

    def condition(self, node: Node) -> ColumnElement[bool] | None:
        """What a row must have, if FTS5 can be asked for it."""
        expression = self._expression(node)
        return None if expression is None else _matching(expression)

    def word(self, word: Word) -> ColumnElement[bool]:
        """The condition on a row that it has ``word``."""
        return _matching(self._phrase(word))

    def ranks(self, node: Node, first: int, last: int) -> Select[int, float]:
        """Articles between two ids, each with its bm25."""
        words = _matching(self._expression(node) or "")
        return select(_FOUND.c.rowid, _RANK).where(words, _FOUND.c.rowid.between(first, last))

    # --- FTS5's language -------------------------------------------------------------------------

    def _expression(self, node: Node) -> str | None:
        match node:
            case Word():
                return self._phrase(node)
            case And():
                return self._conjunction(node)
            case Or():
                return self._joined(" OR ", node.nodes)
            case _:
                return None

    def _phrase(self, word: Word) -> str:
        """One word, in all its forms, or phrase; what ``cut`` gives has no quotes in it."""
        forms = self._forms.of(word)
        if forms is not None:
            return f"({' OR '.join(map(_quoted, forms))})"
        words = cut(word.text)
        return f"{_quoted(words.strip())} *" if word.prefix else _quoted(words)

    def _conjunction(self, node: And) -> str | None:
        wanted = [part for part in node.nodes if not isinstance(part, Not)]
        refused = [part.node for part in node.nodes if isinstance(part, Not)]
        either = self._joined(" AND ", wanted)
        if not refused or either is None:
            return either
        unwanted = self._joined(" OR ", refused)
        return unwanted and f"({either} NOT {unwanted})"

    def _joined(self, operator: str, nodes: Iterable[Node]) -> str | None:
        parts = [self._expression(node) for node in nodes]
        if not parts or None in parts:
            return None
        return f"({operator.join(part for part in parts if part)})"

    def _at_least(self, least: str) -> str:
        word = self._connection.scalars(_NEXT_WORD, {"least": least}).one_or_none()
        return str(word or "")


def _matching(expression: str) -> ColumnElement[bool]:
    return literal_column(FULL_TEXT).op("MATCH", is_comparison=True)(expression)


def _quoted(words: str) -> str:
    return f'"{words}"'


def _cut(wording: Mapping[Any, Any]) -> dict[str, Any]:
    fields = {name: cut(wording[name]) for name in FIELDS}
    return {"article_id": wording["article_id"], **fields}

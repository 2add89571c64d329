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
    func,
    literal_column,
    select,
    table,
    text,
)

from monitor.query import And, Node, Not, Or, Word
from monitor.store.schema import FULL_TEXT, articles, revisions
from monitor.text.cutting import FORM, cut
from monitor.text.inflecting import Inflected, inflected

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
_FIELDS = ("title", "summary", "text")
_BATCH = 1_000

found = table(FULL_TEXT, column("rowid"))
# A word in the title says more of an article than one in its summary, and that than one in its
# text. The better, the lower.
rank: ColumnElement[float] = literal_column(f"bm25({FULL_TEXT}, 8.0, 3.0, 1.0)")
# The day as it stands at the beginning of a stored time.
day: ColumnElement[str] = func.substr(articles.c.first_seen, 1, 10)


# --- keeping the index ---------------------------------------------------------------------------


def prepare_index(connection: Connection) -> None:
    """Create the full-text index, or make it again when texts are cut in another form now."""
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(_CREATE_VOCABULARY)
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != FORM:
        make_again(connection)


def make_again(connection: Connection) -> None:
    """Index all articles anew."""
    connection.exec_driver_sql(f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}) VALUES ('delete-all')")
    for batch in connection.execute(indexed()).mappings().partitions(_BATCH):
        index(connection, batch)
    connection.exec_driver_sql(f"PRAGMA user_version = {FORM}")


def is_in_step(connection: Connection) -> bool:
    """Whether the index holds all articles, and nothing else."""
    return not any(connection.exec_driver_sql(query).scalar_one() for query in _OUT_OF_STEP)


def indexed() -> Select[Any]:
    """The wordings that the index holds: those of the current revisions."""
    fields = (revisions.c[name] for name in _FIELDS)
    return select(revisions.c.article_id, *fields).where(revisions.c.current.is_(True))


def index(connection: Connection, wordings: Iterable[Mapping[Any, Any]]) -> None:
    """Make articles findable; a wording has ``article_id``, ``title``, ``summary``, ``text``."""
    if rows := [_cut(wording) for wording in wordings]:
        connection.execute(_ADD, rows)


def forget(connection: Connection, wordings: Iterable[Mapping[Any, Any]]) -> None:
    """Undo ``index`` for the very same wordings."""
    if rows := [_cut(wording) for wording in wordings]:
        connection.execute(_FORGET, rows)


def _cut(wording: Mapping[Any, Any]) -> dict[str, Any]:
    fields = {name: cut(wording[name]) for name in _FIELDS}
    return {"article_id": wording["article_id"], **fields}


# --- asking it -----------------------------------------------------------------------------------


def matching(expression: str) -> ColumnElement[bool]:
    """The condition on ``found`` that its row matches ``expression``."""
    return literal_column(FULL_TEXT).op("MATCH", is_comparison=True)(expression)


def expression(connection: Connection, node: Node) -> str | None:
    """``node`` in FTS5's language; None where it asks for more than words, or only for absence."""
    match node:
        case Word():
            return phrase(connection, node)
        case And():
            return _conjunction(connection, node)
        case Or():
            return _joined(connection, " OR ", node.nodes)
        case _:
            return None


def phrase(connection: Connection, word: Word) -> str:
    """One word, in all its forms, or phrase in FTS5's language.

    What ``cut`` gives has no quotes in it.
    """
    forms = None if word.exact or word.prefix else inflected(word.text)
    if forms is not None:
        written = sorted(forms.listed | _grown(connection, forms))
        return f"({' OR '.join(map(_quoted, written))})"
    if not word.prefix:
        return _quoted(cut(word.text))
    return _beginning(connection, cut(word.text).strip())


def _conjunction(connection: Connection, node: And) -> str | None:
    wanted = [part for part in node.nodes if not isinstance(part, Not)]
    refused = [part.node for part in node.nodes if isinstance(part, Not)]
    either = _joined(connection, " AND ", wanted)
    if not refused or either is None:
        return either
    unwanted = _joined(connection, " OR ", refused)
    return unwanted and f"({either} NOT {unwanted})"


def _joined(connection: Connection, operator: str, nodes: Iterable[Node]) -> str | None:
    parts = [expression(connection, node) for node in nodes]
    if not parts or None in parts:
        return None
    return f"({operator.join(part for part in parts if part)})"


def _quoted(words: str) -> str:
    return f'"{words}"'


# --- its vocabulary ------------------------------------------------------------------------------

_NEXT_WORD = text(f"SELECT term FROM {_VOCABULARY} WHERE term >= :least LIMIT 1")
# FTS5 reads all that a prefix finds before it gives the first; a few words are read by turns.
_FEW = 24


def _grown(connection: Connection, forms: Inflected) -> set[str]:
    """The forms in the index that suffixes make, however many of them."""
    grown: set[str] = set()
    for beginning in forms.beginnings():
        word = _at_least(connection, beginning)
        while word.startswith(beginning):
            if word in forms:
                grown.add(word)
            word = _at_least(connection, forms.after(word, beginning))
    return grown


def _beginning(connection: Connection, words: str) -> str:
    """A word or phrase whose last word may go on."""
    known: list[str] = []
    if " " not in words and "'" not in words:
        word = _at_least(connection, words)
        while word.startswith(words) and len(known) <= _FEW:
            known.append(word)
            word = _at_least(connection, f"{word}\1")
    if 0 < len(known) <= _FEW:
        return f"({' OR '.join(map(_quoted, known))})"
    return f"{_quoted(words)} *"


def _at_least(connection: Connection, least: str) -> str:
    """The first word of the index that does not come before ``least``; empty behind the last."""
    word: str | None = connection.scalars(_NEXT_WORD, {"least": least}).one_or_none()
    return word or ""

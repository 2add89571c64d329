"""The full-text index in PostgreSQL: for each article the words that ``text.cutting`` cuts.

``words`` is a tsvector of our own words, so that no dictionary of the server has a say. It tells
which articles may be meant, since it has a GIN index; of two characters that are words by
themselves and stand side by side it has the pair, too. ``cut`` is all words in their order, each
between spaces, the fields on lines of their own: a phrase is what stands there, as LIKE finds it.
Positions in the tsvector could not do that, for they end at 16,383, and 256 of one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from monitor.query import And, Node, Not, Or, Word
from monitor.store.indexing import BATCH, FIELDS, Forms, indexed
from monitor.store.schema import FULL_TEXT
from monitor.text.cutting import FORM, cut

_VOCABULARY = f"{FULL_TEXT}_words"
_CREATE = (
    f"CREATE TABLE IF NOT EXISTS {FULL_TEXT} ("
    " article_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL, cut TEXT NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS ix_{FULL_TEXT}_words ON {FULL_TEXT} USING GIN (words)",
    # In the order of code points, whatever the language of the server is. Words that are in no
    # article any more do no harm.
    f'CREATE TABLE IF NOT EXISTS {_VOCABULARY} (word TEXT COLLATE "C" PRIMARY KEY)',
)
_ADD = text(
    f"INSERT INTO {FULL_TEXT} (article_id, words, cut)"
    " VALUES (:article_id, CAST(:words AS tsvector), :cut)"
)
_LEARN = text(
    f"INSERT INTO {_VOCABULARY} SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING"
)
_FORGET = text(f"DELETE FROM {FULL_TEXT} WHERE article_id = ANY(CAST(:ids AS bigint[]))")
_EMPTY = f"TRUNCATE {FULL_TEXT}, {_VOCABULARY}"
_NEXT_WORD = text(f"SELECT word FROM {_VOCABULARY} WHERE word >= :least ORDER BY word LIMIT 1")
_OUT_OF_STEP = (
    "SELECT EXISTS (SELECT 1 FROM revisions WHERE current AND NOT EXISTS"
    f" (SELECT 1 FROM {FULL_TEXT} WHERE article_id = revisions.article_id))",
    f"SELECT EXISTS (SELECT 1 FROM {FULL_TEXT} WHERE NOT EXISTS (SELECT 1 FROM revisions"
    f" WHERE current AND revisions.article_id = {FULL_TEXT}.article_id))",
)
_READ_FORM = f"SELECT obj_description(to_regclass('{FULL_TEXT}'), 'pg_class')"
_FOUND = table(
    FULL_TEXT, column("article_id", BigInteger), column("words", TSVECTOR), column("cut", Text)
)
# A word in the title says more of an article than one in its summary, and that than one in its
# text: the weights of D, C, B and A.
_WEIGHTS: ColumnElement[Any] = literal_column("'{0, 0.1, 0.3, 0.8}'::real[]")
_FIELD_WEIGHTS = dict(zip(FIELDS, "ABC", strict=True))
# A tsvector holds 1 MB, with so many bytes for each word besides its letters; a word 2 kB.
_MOST, _OF_EACH = 900_000, 8
_LONGEST_WORD = 300  # characters; of a longer one that is what counts
# As the index of SQLite parts words; what ``cut`` writes between two characters is one, too.
_WORD = re.compile("(?:[^\\W_]|\ue000)+")


def read_form(connection: Connection) -> int:
    """The form of ``cut`` that the index was made with; 0 where there is none."""
    return int(connection.exec_driver_sql(_READ_FORM).scalar_one() or 0)


class PostgresText:
    """The index, as a ``FullText``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._forms = Forms(self._at_least)

    @property
    def ids(self) -> ColumnElement[int]:
        """The article of a row."""
        return _FOUND.c.article_id

    def prepare(self) -> None:
        """Create the index, or make it again when texts are cut in another form now."""
        for statement in _CREATE:
            self._connection.exec_driver_sql(statement)
        if read_form(self._connection) != FORM:
            self.make_again()

    def make_again(self) -> None:
        """Index all articles anew."""
        self._connection.exec_driver_sql(_EMPTY)
        streaming = {"stream_results": True, "max_row_buffer": BATCH}
        wordings = self._connection.execute(indexed(), execution_options=streaming)
        for batch in wordings.mappings().partitions(BATCH):
            self.index(batch)
        self._connection.exec_driver_sql(f"COMMENT ON TABLE {FULL_TEXT} IS '{FORM}'")

    def is_in_step(self) -> bool:
        """Whether the index holds all articles, and nothing else."""
        run = self._connection.exec_driver_sql
        return not any(run(query).scalar_one() for query in _OUT_OF_STEP)

    def index(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Make articles findable."""
        known: set[str] = set()
        rows = [_row(wording, known) for wording in wordings]
        if rows:
            self._connection.execute(_ADD, rows)
            self._connection.execute(_LEARN, {"words": sorted(known)})

    def forget(self, wordings: Iterable[Mapping[Any, Any]]) -> None:
        """Undo ``index`` for the same articles."""
        ids = [wording["article_id"] for wording in wordings]
        self._connection.execute(_FORGET, {"ids": ids})

    def condition(self, node: Node) -> ColumnElement[bool] | None:
        """What a row must have, if words tell it."""
        match node:
            case Word():
                return self.word(node)
            case And():
                return self._conjunction(node)
            case Or():
                parts = self._conditions(node.nodes)
                return None if parts is None else or_(*parts)
            case _:
                return None

    def word(self, word: Word) -> ColumnElement[bool]:
        """The condition on a row that it has ``word``: one of its forms, a prefix, or a phrase."""
        forms = self._forms.of(word)
        if forms is not None:
            return _holds(" | ".join(_quoted(form) for form in forms))
        words = _words(cut(word.text))
        needed = " & ".join(_needed(words, is_prefix=word.prefix))
        if _is_told_by_index(words, is_prefix=word.prefix):
            return _holds(needed)
        end = "" if word.prefix else " "
        return and_(_holds(needed), _FOUND.c.cut.contains(f" {' '.join(words)}{end}"))

    def ranks(self, node: Node, first: int, last: int) -> Select[int, float]:
        """Articles between two ids, ranked by where their words stand, and by how many they are."""
        asked = " | ".join(self._asked(node))
        rank = -func.ts_rank(_WEIGHTS, _FOUND.c.words, cast(asked, TSQUERY))
        condition = self.condition(node)
        assert condition is not None
        return select(_FOUND.c.article_id, rank).where(
            condition, _FOUND.c.article_id.between(first, last)
        )

    def _conjunction(self, node: And) -> ColumnElement[bool] | None:
        wanted = self._conditions([part for part in node.nodes if not isinstance(part, Not)])
        refused = self._conditions([part.node for part in node.nodes if isinstance(part, Not)])
        if not wanted or refused is None:
            return None
        return and_(*wanted, *map(not_, refused))

    def _conditions(self, nodes: Sequence[Node]) -> list[ColumnElement[bool]] | None:
        """What each of ``nodes`` demands; None where one demands more than words."""
        found = [self.condition(node) for node in nodes]
        known = [condition for condition in found if condition is not None]
        return known if len(known) == len(found) else None

    def _asked(self, node: Node) -> Iterator[str]:
        """The words that are wanted, as a tsquery's."""
        match node:
            case Word():
                forms = self._forms.of(node)
                if forms is not None:
                    yield from map(_quoted, forms)
                else:
                    yield from _needed(_words(cut(node.text)), is_prefix=node.prefix)
            case And() | Or():
                for part in node.nodes:
                    yield from self._asked(part)
            case _:
                return

    def _at_least(self, least: str) -> str:
        word = self._connection.scalars(_NEXT_WORD, {"least": least}).one_or_none()
        return str(word or "")


def _holds(query: str) -> ColumnElement[bool]:
    return _FOUND.c.words.op("@@", is_comparison=True)(cast(query, TSQUERY))


def _quoted(word: str) -> str:
    """A word of an index as tsvector and tsquery write it; there are no quotes in it."""
    return f"'{word[:_LONGEST_WORD]}'"


def _words(cut_text: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _WORD.findall(cut_text)]


def _pairs(words: Sequence[str]) -> list[str]:
    """Words of one character, each with the one that follows; no word of a text has a space."""
    return [f"{one} {after}" for one, after in pairwise(words) if len(one) == len(after) == 1]


def _needed(words: Sequence[str], *, is_prefix: bool) -> list[str]:
    """What of a phrase the index knows, as a tsquery's: its pairs, and the words in none."""
    whole, begun = (words[:-1], words[-1:]) if is_prefix else (words, ())
    pairs = _pairs(whole)
    paired = set(" ".join(pairs).split())
    needed = dict.fromkeys((*pairs, *(word for word in whole if word not in paired)))
    return [*map(_quoted, needed), *(f"{_quoted(word)}:*" for word in begun)]


def _is_told_by_index(words: Sequence[str], *, is_prefix: bool) -> bool:
    """Whether the index alone tells that a phrase is there: one word, or one pair."""
    return len(words) == 1 or (len(words) == 2 and not is_prefix and len(_pairs(words)) == 1)


def _row(wording: Mapping[Any, Any], known: set[str]) -> dict[str, Any]:
    """What is stored of a wording; its words are added to ``known``."""
    fields = {name: _words(cut(wording[name])) for name in FIELDS}
    known.update(*fields.values())
    lines = "\n".join(f" {' '.join(words)} " for words in fields.values())
    return {"article_id": wording["article_id"], "words": _vector(fields), "cut": lines}


def _vector(fields: Mapping[str, Sequence[str]]) -> str:
    """Each word once, with the weight of the first field that has it.

    A text of more words than a tsvector can hold is found by those that come first.
    """
    weights: dict[str, str] = {}
    room = _MOST
    for name, words in fields.items():
        for word in (*words, *_pairs(words)):
            if word not in weights and (room := room - len(word.encode()) - _OF_EACH) > 0:
                weights[word] = _FIELD_WEIGHTS[name]
    return " ".join(f"{_quoted(word)}:1{weight}" for word, weight in weights.items())

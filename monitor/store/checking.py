"""Looking for damage: whether a database is sound, and every stored text as it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.errors import StoreError
from monitor.store import sqlite
from monitor.store.database import Database
from monitor.store.full_text import full_text
from monitor.store.indexing import FIELDS
from monitor.store.migrating import check_known, differences
from monitor.store.places import Access, Place
from monitor.store.schema import HEAD, revisions
from monitor.store.sqlite import File
from monitor.text.cutting import FORM
from monitor.text.fingerprint import checksum

_MOST = 20  # faults of one kind that are told one by one
_TOLD = 1_000  # texts between two words about how far it is
OnRead = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: how many texts were read, and a sentence for each fault.

    ``faults`` are those of the file, ``changed`` those of texts that are not what was written.
    ``is_index_old`` tells that searches may miss something that is there, which can be mended.
    """

    revision: str
    texts: int
    faults: tuple[str, ...]
    changed: tuple[str, ...] = ()
    is_index_old: bool = False

    @property
    def damage(self) -> tuple[str, ...]:
        """All that only a backup can mend."""
        return self.faults + self.changed


def check_place(place: Place, on_read: OnRead = lambda done, total: None) -> Report:
    """Look for damage in all that a database holds; nothing is changed.

    ``on_read`` hears how many texts of how many were read. StoreError where there is no database
    of this program, or one that a newer version wrote. How a server keeps its files is its own
    business: of one, the schema, the texts and the index are looked at.
    """
    stored = place.stamp()
    check_known(stored, place)
    if stored.revision is None:
        raise StoreError(f"there is no database at {place}")
    faults = [*_of_structure(place.path)] if isinstance(place, File) else []
    if stored.revision != HEAD:
        return Report(stored.revision, 0, tuple(faults))
    faults += _told(lambda: _of_schema(place), "the schema cannot be read")
    texts = _Texts(place, on_read)
    changed = _told(lambda: list(texts.changed()), "the texts cannot be read")
    is_index_old = stored.form != FORM or not _is_in_step(place)
    return Report(stored.revision, texts.read, tuple(faults), tuple(changed), is_index_old)


def _told(look: Callable[[], list[str]], otherwise: str) -> list[str]:
    """What ``look`` found; that it could not look is a fault too."""
    try:
        return look()
    except (sqlite3.Error, StoreError, MemoryError) as error:
        return [f"{otherwise}: {error}"]


def _of_structure(path: Path) -> Iterator[str]:
    for pragma, words in (
        (f"PRAGMA integrity_check({_MOST})", "the file's structure: {}"),
        ("PRAGMA foreign_key_check", "rows of {} refer to what is missing"),
    ):
        yield from _told(lambda: _complaints(path, pragma, words), "the file cannot be read")  # noqa: B023


def _complaints(path: Path, pragma: str, words: str) -> list[str]:
    with closing(sqlite.connect(path)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        complaints = {str(row[0]) for row in connection.execute(pragma)} - {"ok"}
    return [words.format(" ".join(each.split())) for each in sorted(complaints)[:_MOST]]


@contextmanager
def _reading(place: Place) -> Iterator[Connection]:
    with (
        closing(Database(place, Access.READING)) as database,
        database.reading() as connection,
    ):
        yield connection


def _of_schema(place: Place) -> list[str]:
    with _reading(place) as connection:
        return differences(connection)


# Of a stored text: its revision and article, its checksum, and the fields that this is of.
_Stored = tuple[int, int, object, Sequence[object]]


class _Texts:
    """All stored texts, compared with their checksums."""

    def __init__(self, place: Place, on_read: OnRead) -> None:
        self._place = place
        self._on_read = on_read
        self.read = 0

    def changed(self) -> Iterator[str]:
        """A sentence for each text that is not what was written, and one for all after those."""
        damaged = 0
        for revision_id, article_id, stored, fields in self._rows():
            if _is_as_written(stored, fields):
                continue
            damaged += 1
            if damaged <= _MOST:
                yield f"the text of article {article_id} (revision {revision_id}) has changed"
        if damaged > _MOST:
            yield f"and so have the texts of {damaged - _MOST} more revisions"

    def _rows(self) -> Iterator[_Stored]:
        path = self._place.path if isinstance(self._place, File) else None
        with _of_server(self._place) if path is None else _of_file(path) as (total, rows):
            for revision_id, article_id, stored, *fields in rows:
                self.read += 1
                if self.read % _TOLD == 0:
                    self._on_read(self.read, total)
                yield revision_id, article_id, stored, fields


_ALL = "SELECT id, article_id, checksum, title, summary, text FROM revisions ORDER BY id"


@contextmanager
def _of_file(path: Path) -> Iterator[tuple[int, Iterator[Any]]]:
    """How many texts there are, and all of them as bytes: damaged ones may be no text any more."""
    with closing(sqlite.connect(path)) as connection:
        connection.text_factory = bytes
        (total,) = connection.execute("SELECT count(*) FROM revisions").fetchone()
        yield total, connection.execute(_ALL)


@contextmanager
def _of_server(place: Place) -> Iterator[tuple[int, Iterator[Any]]]:
    """The same, as a server gives them: what is no text, it refuses."""
    columns = (revisions.c.id, revisions.c.article_id, revisions.c.checksum)
    texts = select(*columns, *(revisions.c[name] for name in FIELDS)).order_by(revisions.c.id)
    streaming = {"stream_results": True, "max_row_buffer": _TOLD}
    with _reading(place) as connection:
        total = connection.scalars(select(func.count()).select_from(revisions)).one()
        rows = connection.execute(texts, execution_options=streaming)
        yield total, (tuple(map(_as_bytes, row)) for row in rows)


def _as_bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _is_as_written(stored: object, fields: Sequence[object]) -> bool:
    texts = [field for field in fields if isinstance(field, bytes)]
    return len(texts) == len(fields) and stored == checksum(texts).encode("ascii")


def _is_in_step(place: Place) -> bool:
    """Whether the full-text index holds each article once, and nothing else."""
    try:
        with _reading(place) as connection:
            return full_text(connection).is_in_step()
    except StoreError:
        return False

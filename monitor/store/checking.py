"""Looking for damage: whether a database is sound, and every stored text as it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import StoreError
from monitor.store import sqlite, sqlite_text
from monitor.store.database import Database
from monitor.store.migrating import check_known, differences
from monitor.store.schema import HEAD
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


def check_file(path: Path, on_read: OnRead = lambda done, total: None) -> Report:
    """Look for damage in all that ``path`` holds; nothing is changed.

    ``on_read`` hears how many texts of how many were read. StoreError where there is no database
    of this program, or one that a newer version wrote.
    """
    stored = sqlite.stamp(path)
    check_known(stored, path)
    if stored.revision is None:
        raise StoreError(f"there is no database at {path}")
    faults = [*_of_structure(path)]
    if stored.revision != HEAD:
        return Report(stored.revision, 0, tuple(faults))
    faults += _told(lambda: _of_schema(path), "the schema cannot be read")
    texts = _Texts(path, on_read)
    changed = _told(lambda: list(texts.changed()), "the texts cannot be read")
    is_index_old = stored.form != FORM or not _is_in_step(path)
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


def _of_schema(path: Path) -> list[str]:
    with (
        closing(Database(path, sqlite.Access.READING)) as database,
        database.reading() as connection,
    ):
        return differences(connection)


_ALL = "SELECT id, article_id, checksum, title, summary, text FROM revisions ORDER BY id"


class _Texts:
    """All stored texts, read as bytes, since damaged ones may be no text any more."""

    def __init__(self, path: Path, on_read: OnRead) -> None:
        self._path = path
        self._on_read = on_read
        self.read = 0

    def changed(self) -> Iterator[str]:
        """A sentence for each text that is not what was written, and one for all after those."""
        damaged = 0
        with closing(sqlite.connect(self._path)) as connection:
            connection.text_factory = bytes
            (total,) = connection.execute("SELECT count(*) FROM revisions").fetchone()
            for revision_id, article_id, stored, *fields in connection.execute(_ALL):
                self.read += 1
                if self.read % _TOLD == 0:
                    self._on_read(self.read, total)
                if _is_as_written(stored, fields):
                    continue
                damaged += 1
                if damaged <= _MOST:
                    yield f"the text of article {article_id} (revision {revision_id}) has changed"
        if damaged > _MOST:
            yield f"and so have the texts of {damaged - _MOST} more revisions"


def _is_as_written(stored: object, fields: list[object]) -> bool:
    texts = [field for field in fields if isinstance(field, bytes)]
    return len(texts) == len(fields) and stored == checksum(texts).encode("ascii")


def _is_in_step(path: Path) -> bool:
    """Whether the full-text index holds each article once, and nothing else."""
    try:
        with (
            closing(Database(path, sqlite.Access.READING)) as database,
            database.reading() as connection,
        ):
            return sqlite_text.is_in_step(connection)
    except StoreError:
        return False

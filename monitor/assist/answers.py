"""Answers that were paid for, in a file of JSON Lines: none is asked for twice.

A file and not the database: it only saves tokens, since words that are sent are frozen with their
edition; it may be deleted at any time, and goes into no backup. Several programs append to it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.errors import AssistError

# Longer than stories go on; what a model said is of no use afterwards.
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Paid:
    """An answer under the hash of what it depends on, what it cost, and when it came."""

    key: str
    content: str
    tokens: int
    at: str

    @property
    def moment(self) -> datetime:
        """When it came."""
        return datetime.fromisoformat(self.at)


class Answers:
    """The answers of the last thirty days; lines that cannot be read are left out."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        lines, self._known = 0, dict[str, Paid]()
        self._spent: dict[str, int] = {}
        for paid in _read(path):
            lines += 1
            if paid.moment > now - _KEPT:
                self._take(paid)
        if lines > 2 * len(self._known):
            self._write_anew()

    def content(self, key: str) -> str | None:
        """The answer that was kept under ``key``."""
        paid = self._known.get(key)
        return None if paid is None else paid.content

    def spent(self, now: datetime) -> int:
        """How many tokens were spent on the day of ``now`` in UTC."""
        return self._spent.get(_day(now), 0)

    def keep(self, key: str, content: str, tokens: int, now: datetime) -> None:
        """Keep an answer; raises ``AssistError`` where the file cannot be written."""
        paid = Paid(key, content, tokens, now.astimezone(UTC).isoformat())
        self._take(paid)
        line = f"{json.dumps(asdict(paid), ensure_ascii=True)}\n".encode()
        try:
            opened = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # One write of a line to its end: those of other programs stand before or behind it.
                os.write(opened, b"\n" + line if _is_torn(opened) else line)
            finally:
                os.close(opened)
        except OSError as error:
            raise AssistError(f"{self._path} cannot be written: {error}") from error

    def _take(self, paid: Paid) -> None:
        self._known[paid.key] = paid
        day = _day(paid.moment)
        self._spent[day] = self._spent.get(day, 0) + paid.tokens

    def _write_anew(self) -> None:
        """Leave out what is old; where that fails, the file stays as it is."""
        lines = (json.dumps(asdict(paid), ensure_ascii=True) for paid in self._known.values())
        with suppress(OSError):
            # Nobody else may read the new file either.
            number, draft = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
            try:
                with os.fdopen(number, "w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in lines)
                Path(draft).replace(self._path)
            finally:
                Path(draft).unlink(missing_ok=True)


def _is_torn(opened: int) -> bool:
    """Whether the last line of an open file was not written to its end."""
    size = os.fstat(opened).st_size
    return size > 0 and os.pread(opened, 1, size - 1) != b"\n"


def _read(path: Path) -> Iterator[Paid]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with suppress(ValueError, RecursionError, TypeError, OverflowError):
                    paid = Paid(**json.loads(line))
                    if _is_whole(paid):
                        yield paid
    except FileNotFoundError:
        return
    except OSError as error:
        raise AssistError(f"{path} cannot be read: {error}") from error


def _is_whole(paid: Paid) -> bool:
    """Whether all fields are what they should be.

    ValueError for a time that is none, OverflowError for one that has no day in UTC.
    """
    texts = all(isinstance(each, str) for each in (paid.key, paid.content, paid.at))
    is_counted = isinstance(paid.tokens, int) and paid.tokens >= 0
    return texts and is_counted and paid.moment.tzinfo is not None and bool(_day(paid.moment))


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()

"""Where in a TOML source a key stands, so that a mistake can be pointed at."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"""\"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[\w-]+""")
_STRING = re.compile(
    r""""{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'""", re.S
)
_BARE = re.compile(r"[^,\]}#\n]+")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line, and the columns at which its key and its value begin; all count from 1."""

    line: int
    key: int
    value: int


def places(source: str) -> dict[Path, Place]:
    """Every table, key and array element of a TOML document that tomllib can read, with its place.

    Arrays have the index in the path: ``("feeds", 0, "url")``, however they are written.
    """
    scanner = _Scanner(source)
    scanner.document()
    return scanner.found


def nearest(found: dict[Path, Place], path: Sequence[str | int]) -> Place | None:
    """The place of ``path``, or of the closest key or table around it."""
    for length in range(len(path), 0, -1):
        if place := found.get(tuple(path[:length])):
            return place
    return None


def dotted(path: Sequence[str | int]) -> str:
    """``("feeds", 1, "url")`` -> ``feeds[2].url``, counted as a person counts."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


class _Scanner:
    """Walks over a document that is known to be well-formed."""

    def __init__(self, source: str) -> None:
        self.found: dict[Path, Place] = {}
        self._source = source
        self._at = 0
        self._counts: dict[Path, int] = {}
        self._lines = [0, *(newline.end() for newline in re.finditer("\n", source))]

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BETWEEN):
            if self._source[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self._at
        brackets = 2 if self._source.startswith("[[", start) else 1
        self._at += brackets
        path = self._table(brackets == 2, self._dotted())
        self._at += brackets
        self._mark(path, start, start)
        return path

    def _table(self, is_array: bool, keys: Sequence[str]) -> Path:
        """The path of a header: inside an array of tables it means the latest one."""
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path])
        path = (*path, keys[-1])
        if not is_array:
            return path
        self._counts[path] = self._counts.get(path, -1) + 1
        return (*path, self._counts[path])

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._dotted())
        self._at += 1
        self._skip(_BLANK)
        self._mark(path, start, self._at)
        self._value(path)

    def _dotted(self) -> list[str]:
        """A key of one or more parts, and the blanks behind it."""
        keys: list[str] = []
        while not keys or self._source[self._at] == ".":
            self._at += bool(keys)
            self._skip(_BLANK)
            start = self._at
            self._skip(_KEY)
            keys.append(_unquoted(self._source[start : self._at]))
            self._skip(_BLANK)
        return keys

    def _value(self, path: Path) -> None:
        first = self._source[self._at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if first in "\"'" else _BARE)

    def _array(self, path: Path) -> None:
        index = 0
        while self._next_member("]"):
            self._mark((*path, index), self._at, self._at)
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        while self._next_member("}"):
            self._pair(path)

    def _next_member(self, closing: str) -> bool:
        """Step over the opening bracket or a comma; False behind the closing bracket."""
        if self._source[self._at] in "[{,":
            self._at += 1
        self._skip(_BETWEEN)
        if self._source[self._at] == ",":
            return self._next_member(closing)
        if self._source[self._at] == closing:
            self._at += 1
            return False
        return True

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Step over ``pattern``; whether anything is left."""
        if match := pattern.match(self._source, self._at):
            self._at = match.end()
        return self._at < len(self._source)

    def _mark(self, path: Path, key: int, value: int) -> None:
        line = bisect_right(self._lines, key)
        start = self._lines[line - 1]
        self.found.setdefault(path, Place(line, key - start + 1, value - start + 1))


def _unquoted(key: str) -> str:
    """A part of a key, its quotes and escapes read by the TOML reader itself."""
    return next(iter(tomllib.loads(f"{key} = 0"))) if key[:1] in ('"', "'") else key

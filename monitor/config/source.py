"""Where in a TOML source a key stands, so that a mistake can be pointed at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^(\s*)((?:"(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"(?:\\.|[^"\\])*"|'[^']*'|[\w-]+))*)\s*=\s*""")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line, and the columns at which its key and its value begin; all count from 1."""

    line: int
    key: int
    value: int


def places(source: str) -> dict[Path, Place]:
    """Every table and key of a TOML document with its place.

    Table arrays have their index in the path: ``("feeds", 0, "url")``. Keys inside inline tables
    are not listed: ``nearest`` falls back to the key that holds them.
    """
    found: dict[Path, Place] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in _logical_lines(source):
        if header := _HEADER.match(line):
            table = _table(header[1] == "[[", _keys(header[2]), counts)
            found.setdefault(table, Place(number, 1, 1))
        elif key := _KEY.match(line):
            place = Place(number, len(key[1]) + 1, key.end() + 1)
            found.setdefault((*table, *_keys(key[2])), place)
    return found


def nearest(found: dict[Path, Place], path: Sequence[str | int]) -> Place | None:
    """The place of ``path``, or of the closest key or table around it."""
    for length in range(len(path), 0, -1):
        if place := found.get(tuple(path[:length])):
            return place
    return None


def _table(is_array: bool, keys: Path, counts: dict[Path, int]) -> Path:
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, keys[-1])
    if not is_array:
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path])


def _keys(dotted: str) -> Path:
    """``a."b.c"`` -> ``("a", "b.c")``, read by the TOML reader itself."""
    try:
        table = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    keys: list[str] = []
    node: object = table
    while isinstance(node, dict) and node:
        key, node = next(iter(node.items()))
        keys.append(key)
    return tuple(keys)


def _logical_lines(source: str) -> list[tuple[int, str]]:
    """Numbered lines that begin a statement: those inside multi-line strings and arrays are not."""
    lines: list[tuple[int, str]] = []
    open_brackets, quotes = 0, ""
    for number, line in enumerate(source.splitlines(), start=1):
        if not open_brackets and not quotes:
            lines.append((number, line))
        if not (_HEADER.match(line) and not open_brackets and not quotes):
            open_brackets, quotes = _after(line, open_brackets, quotes)
    return lines


def _after(line: str, open_brackets: int, quotes: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quotes at the end of ``line``."""
    for token in re.finditer(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]', line):
        word = token[0]
        if quotes:
            quotes = "" if word == quotes else quotes
        elif word in ('"""', "'''"):
            quotes = word
        elif word.startswith("#"):
            break
        elif word in "[{":
            open_brackets += 1
        elif word in "]}":
            open_brackets = max(0, open_brackets - 1)
    return open_brackets, quotes

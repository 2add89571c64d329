"""Names in ``config.toml`` that must be unique and are not: one of them would have no effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.config.source import Path, Place, dotted, nearest, places
from monitor.errors import Mistake
from monitor.text.addresses import masked
from monitor.text.normalise import fold_key


@dataclass(frozen=True, slots=True)
class _Name:
    """Where a name stands, how it is written, and what it is compared by."""

    path: Path
    written: str
    compared: str


def repeated(document: dict[str, Any], source: str) -> list[Mistake]:
    """A mistake for each name that stood before, with the line where it did."""
    groups = (_named(document, "feeds", "url"), _named(document, "digests", "name"))
    pairs = [pair for group in (*groups, _keywords(document)) for pair in _pairs(group)]
    found = places(source) if pairs else {}
    return [_mistake(found, first, again) for first, again in pairs]


def _named(document: dict[str, Any], table: str, key: str) -> Iterator[_Name]:
    rows = document.get(table)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        name = row.get(key) if isinstance(row, dict) else None
        if isinstance(name, str):
            yield _Name((table, index, key), name, name)


def _keywords(document: dict[str, Any]) -> Iterator[_Name]:
    """Keywords find words in any case; with a star they are others."""
    watchlist = document.get("watchlist")
    keywords = watchlist.get("keywords") if isinstance(watchlist, dict) else None
    for word in keywords if isinstance(keywords, dict) else ():
        star = "*" if word.rstrip().endswith("*") else ""
        yield _Name(("watchlist", "keywords", word), word, fold_key(word) + star)


def _pairs(names: Iterator[_Name]) -> Iterator[tuple[_Name, _Name]]:
    first: dict[str, _Name] = {}
    for name in names:
        if first.setdefault(name.compared, name) is not name:
            yield first[name.compared], name


def _mistake(found: dict[Path, Place], first: _Name, again: _Name) -> Mistake:
    place, earlier = nearest(found, again.path), nearest(found, first.path)
    problem = f'"{masked(again.written)}" stands already in line {earlier.line if earlier else "?"}'
    if again.written != first.written:
        problem += f' as "{first.written}"'
    if place is None:
        return Mistake(None, None, dotted(again.path), problem)
    column = place.key if again.path[-1] == again.written else place.value
    return Mistake(place.line, column, dotted(again.path), problem)

"""Rows added to a beat's files, comments and order kept. The only importer of tomlkit."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from monitor.beat import load_beat
from monitor.beat.contents import read
from monitor.config.source import places
from monitor.errors import BeatError, InputError

_FILES = {"entities": "entities/accepted.toml", "terms": "terms-accepted.toml"}
_KEYWORDS = ("watchlist", "keywords")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # nothing else ends a line of TOML
_HEADER = "Accepted from documents by `monitor seed`. Edit these rows like any others."


def accept(folder: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[Path]:
    """Append ``rows`` (by table: ``entities``, ``terms``) to the beat in ``folder``.

    Answers the files written. Raises `InputError` where they cannot be written or where the beat
    would no longer load; then everything is as before.
    """
    before: dict[Path, str | None] = {}
    after: dict[Path, str] = {}
    for table, added in rows.items():
        path = folder / _FILES[table]
        before[path] = _text(path)
        after[path] = appended(before[path], table, added, path)
    try:
        for path, text in after.items():
            _replace(path, text)
        load_beat(folder)
    except OSError as error:
        _restore(before)
        raise InputError(f"{error.filename} cannot be written: {error.strerror}") from error
    except BeatError as error:
        _restore(before)
        raise InputError(f"nothing was written, since the beat would not load:\n{error}") from error
    return list(after)


def kinds_of(folder: Path) -> tuple[str, ...]:
    """The kinds that entities of the beat in ``folder`` may have; none where any will do."""
    return tuple(read(folder).top.get("kinds", ()))


def appended(text: str | None, table: str, rows: Iterable[Mapping[str, Any]], path: Path) -> str:
    """``text`` with ``rows`` at the end of its ``[[table]]``; None is a file that is not there."""
    document = _document(text, path)
    array = document.setdefault(table, tomlkit.aot())
    if not isinstance(array, AoT):
        raise InputError(f"{path}: write {table} as [[{table}]] tables, so that rows can be added")
    for fields in rows:
        row = _row(fields)
        if text is not None:
            row.trivia.indent = "\n"
        array.append(row)
    return tomlkit.dumps(document)


def appended_within(
    text: str, place: tuple[str, str], inner: str, added: Mapping[str, Any] | str, path: Path
) -> str:
    """``text`` with ``added`` in the list ``inner`` of one row of an array of tables.

    ``place`` are the array and the row's name. A text joins a list of texts, fields become a
    ``[[place.inner]]`` table. Raises `InputError` where there is no such row.
    """
    table, name = place
    document = _document(text, path)
    named = [row for row in document.get(table, []) if row.get("name") == name]
    if not named:
        raise InputError(f"{path}: there is no {table} row with the name {name}")
    (row, *_) = named
    if isinstance(added, str):
        row.setdefault(inner, tomlkit.array()).append(added)
        return tomlkit.dumps(document)
    if not row.get(inner):
        row.pop(inner, None)  # an empty list; tables stand behind the other keys of the row
        row[inner] = tomlkit.aot()
    array = row[inner]
    if not isinstance(array, AoT):
        raise InputError(f"{path}: write {inner} as [[{table}.{inner}]] tables")
    array.append(_row(added))
    return tomlkit.dumps(document)


def with_watchlist(
    text: str, threshold: float | None, keywords: Mapping[str, float | None], path: Path
) -> str:
    """``text`` with another threshold, where one is given, and with the keywords that are.

    A keyword of None is taken out. New ones stand below those that are there, or right below the
    heading of their table with what is said there.
    """
    document = _document(text, path)
    watchlist = document.setdefault("watchlist", tomlkit.table())
    if threshold is not None:
        watchlist["threshold"] = _number(threshold)
    table = watchlist.setdefault("keywords", tomlkit.table())
    has_heading = isinstance(table, Table) and _KEYWORDS in places(tomlkit.dumps(document))
    added = {word: points for word, points in keywords.items() if points is not None}
    for word in keywords:
        if word not in added:
            table.pop(word, None)
        elif word in table or not has_heading:
            table[word] = _number(added.pop(word))
    changed = tomlkit.dumps(document)
    return _with_keywords(changed, added) if added else changed


def _with_keywords(text: str, added: Mapping[str, float]) -> str:
    """``text`` with new lines in the table of keywords, which has a heading."""
    found = places(text)
    heading = found[_KEYWORDS].line
    last = max((it.line for path, it in found.items() if path[:2] == _KEYWORDS), default=heading)
    lines = _LINE.findall(text)
    while last == heading and lines[heading:] and lines[heading].startswith("#"):
        heading = last = heading + 1
    new = [f"{_quoted(word)} = {_number(points)}\n" for word, points in added.items()]
    if new and not lines[last - 1].endswith("\n"):
        lines[last - 1] += "\n"
    return "".join([*lines[:last], *new, *lines[last:]])


def _quoted(word: str) -> str:
    return tomlkit.string(word).as_string()


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _document(text: str | None, path: Path) -> tomlkit.TOMLDocument:
    if text is None:
        document = tomlkit.document()
        document.add(tomlkit.comment(_HEADER))
        document.add(tomlkit.nl())
        return document
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error


def _row(fields: Mapping[str, Any]) -> tomlkit.items.Table:
    """A table in which nested tables are dotted keys, as in the files written by hand."""
    row = tomlkit.table()
    for name, value in fields.items():
        if isinstance(value, Mapping):
            for key, nested in value.items():
                row.append(tomlkit.key([name, key]), nested)
        else:
            row.append(name, value)
    return row


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _replace(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".accepted-", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode("utf-8"))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _restore(before: Mapping[Path, str | None]) -> None:
    for path, text in before.items():
        if text is None:
            path.unlink(missing_ok=True)
        else:
            _replace(path, text)

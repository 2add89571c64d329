"""Rows added to a beat's files, comments and order kept. The only importer of tomlkit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from monitor.beat import load_beat
from monitor.beat.contents import read
from monitor.errors import BeatError, InputError

_FILES = {"entities": "entities/accepted.toml", "terms": "terms-accepted.toml"}
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
    array = row.setdefault(inner, tomlkit.aot())
    if not isinstance(array, AoT):
        raise InputError(f"{path}: write {inner} as [[{table}.{inner}]] tables")
    array.append(_row(added))
    return tomlkit.dumps(document)


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

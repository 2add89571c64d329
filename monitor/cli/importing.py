"""``monitor import``: an older archive, from JSON Lines or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import rows as objects
from monitor.cli.opening import archive, configuration, stop_event
from monitor.cli.screen import clean, program, progress
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.pipeline.importing import ArchivedRow

_STOPPED = 130
_LONGEST_CELL = 10_000_000
# The fields of an article, under the names that other programs give them.
_NAMES = {
    "url": ("url", "link"),
    "title": ("title",),
    "summary": ("summary", "description"),
    "text": ("text", "content", "body"),
    "published": ("published", "date"),
    "outlet": ("outlet", "publisher", "source"),
    "lang": ("lang", "language"),
}
_NEEDED = ("url", "title")
_READ = frozenset(chain(*_NAMES.values()))
_SEPARATORS = (",", ";", "\t")
_FORMULAS = ("'=", "'+", "'-", "'@")


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file; at least url and title.")],
    name: Annotated[
        str, typer.Option(help="What to call the archive; the file's name when left out.")
    ] = "",
) -> None:
    """Bring an older archive in: found by searches and judged, but never in an edition."""
    from monitor.pipeline.importing import import_archive

    settings = configuration(context)
    rows = archived_rows(file)
    with archive(settings) as store, progress("importing") as advance, stop_event() as stop:
        done = import_archive(
            store,
            rows,
            clean(name) or clean(file.stem),
            datetime.now(UTC),
            on_batch=lambda so_far: advance("rows", so_far.read, so_far.read),
            stopping=stop.is_set,
        )
    print(f"imported {plural(done.new, 'new article')} of {plural(done.read, 'row')}", end="")
    print(f"; `{program()} assess` judges them" if done.new else "")
    if stop.is_set():
        print("stopped; the same command brings the rest", file=sys.stderr)
        raise typer.Exit(_STOPPED)


def archived_rows(file: Path) -> Iterator[ArchivedRow]:
    """The rows of a file of either kind; InputError, when they are asked for, where it has none."""
    match file.suffix.lower():
        case ".jsonl" | ".ndjson":
            return _of_objects(file)
        case ".csv":
            return _of_cells(file)
        case ".opml":
            raise InputError(f"{file} lists feeds; `{program()} feeds import {file}` adds them")
    raise InputError(f"{file} is neither .jsonl nor .csv")


def _of_objects(file: Path) -> Iterator[ArchivedRow]:
    for row in objects(file):
        texts = {name: row.text(name) for names in _NAMES.values() for name in names}
        yield _archived(row.place, texts)


def _of_cells(file: Path) -> Iterator[ArchivedRow]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            separator, columns = _heading(file, stream.readline())
            for line, cells in _records(file, stream, separator):
                yield _archived(f"{file}:{line}", dict(zip(columns, cells, strict=False)))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} is no CSV file in UTF-8: {error}") from error


def _heading(file: Path, line: str) -> tuple[str, list[str]]:
    """What parts the cells, and the names of the columns; InputError without those needed.

    Spreadsheets write semicolons where a comma is the decimal mark.
    """
    for separator in _SEPARATORS:
        columns = [name.strip().casefold() for name in _cells(line, separator)]
        if all(any(name in columns for name in _NAMES[field]) for field in _NEEDED):
            twice = [name for name in columns if name in _READ and columns.count(name) > 1]
            if twice:
                raise InputError(f"{file}: there are two columns with the name {twice[0]}")
            return separator, columns
    found = clean(", ".join(_cells(line, ",")))
    raise InputError(
        f"{file}: its first line names the columns {found or 'none'}; url (or link) and title are "
        "needed, parted by commas, semicolons or tabs"
    )


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _records(file: Path, lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row of the ``lines`` behind the first, with the number of the line where it begins."""
    rest, line = csv.reader(lines, delimiter=separator, strict=True), 2
    while True:
        try:
            cells = next(rest, None)
        except csv.Error as error:
            raise InputError(
                f"{file}:{line}: the row that begins here cannot be read: a quotation mark in it "
                f"is not closed, or not doubled ({error})"
            ) from error
        if cells is None:
            return
        if cells:
            yield line, cells
        line = rest.line_num + 2


def _archived(place: str, texts: Mapping[str, str]) -> ArchivedRow:
    from monitor.pipeline.importing import ArchivedRow

    def text(*names: str) -> str:
        found = next((texts[name] for name in names if texts.get(name)), "")
        return found[1:] if found.startswith(_FORMULAS) else found

    return ArchivedRow(place, **{field: text(*names) for field, names in _NAMES.items()})

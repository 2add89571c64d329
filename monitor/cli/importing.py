"""``monitor import``: an older archive, from JSON Lines or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import rows as objects
from monitor.cli.opening import archive, configuration, stop_event
from monitor.cli.screen import clean, plural, program, progress
from monitor.errors import InputError

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
    rows = _rows(file)
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


def _rows(file: Path) -> Iterator[ArchivedRow]:
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
            reader = csv.DictReader(stream)
            for row in reader:
                texts = {name: value for name, value in row.items() if isinstance(value, str)}
                yield _archived(f"{file}:{reader.line_num}", texts)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file} is no CSV file in UTF-8: {error}") from error


def _archived(place: str, texts: Mapping[str, str]) -> ArchivedRow:
    from monitor.pipeline.importing import ArchivedRow

    def text(*names: str) -> str:
        found = next((texts[name] for name in names if texts.get(name)), "")
        return found[1:] if found.startswith(_FORMULAS) else found

    return ArchivedRow(place, **{field: text(*names) for field, names in _NAMES.items()})

"""The figures ledger: the series of a subject, its contradictions, and figures of any text.

``--from`` prints for each line ``{"id", "figures": [{"value", "unit", "text", "start", "end"}]}``;
``--format json`` prints ``{"subject", "name", "figures": [...], "contradictions": [...]}`` with the
fields of the table.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import Row, rows, written
from monitor.cli.opening import configuration, existing
from monitor.cli.screen import clean, progress, table
from monitor.errors import InputError
from monitor.text.amounts import amount, plural
from monitor.text.plain import one_line

if TYPE_CHECKING:
    from monitor.desk.figures import Ledger
    from monitor.model import Account, Contradiction

_LONGEST_QUOTE = 160
_COLUMNS = (
    "date", "first_seen", "value", "unit", "kind", "text", "sentence", "outlet", "lang", "article",
    "story", "url",
)  # fmt: skip


class Format(StrEnum):
    """How figures are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def figures(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(help="A project, person or place of the beat, by any of its names.")
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option("--from", help="JSON Lines with id, lang, text; - for standard input."),
    ] = None,
    format: Annotated[
        Format, typer.Option(help="table, json for scripts, or csv for a spreadsheet.")
    ] = Format.TABLE,
) -> None:
    """List what was said in numbers of a subject, with what contradicts it."""
    if file is not None:
        for row in rows(file):
            print(written(_read(row)))
        return
    if not subject.strip():
        raise InputError('name a subject, such as monitor figures "railway", or a file with --from')
    _print(_ledger(context, subject, quiet=format is not Format.TABLE), format)


def _read(row: Row) -> dict[str, Any]:
    from monitor.match.figures import figures as read
    from monitor.text.language import identify

    text = row.text("text")
    lang = row.text("lang") or identify("", text, "")
    quoted = [
        {"value": each.value, "unit": each.unit, "text": each.text, "start": each.start,
         "end": each.end}
        for each in read(text, lang)
    ]  # fmt: skip
    return {"id": row.fields.get("id"), "figures": quoted}


def _ledger(context: typer.Context, subject: str, *, quiet: bool) -> Ledger:
    from monitor.desk.figures import entity, ledger
    from monitor.pipeline.ledger import read_figures
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    entity(setup.beat, subject)
    with existing(setup.configuration) as store:
        with progress("reading", quiet=quiet) as advance:
            read_figures(store, setup, on_batch=lambda read: advance("", read, read))
        return ledger(store, setup.beat, subject)


def _print(found: Ledger, format: Format) -> None:
    if format is Format.JSON:
        print(written(_report(found), indent=2))
    elif format is Format.CSV:
        _print_csv(found.accounts)
    else:
        _print_table(found)


def _report(found: Ledger) -> dict[str, Any]:
    return {
        "subject": found.subject.id,
        "name": found.subject.name,
        "figures": [row(each) for each in found.accounts],
        "contradictions": [
            {"kind": each.kind, "unit": each.unit, "accounts": [row(one) for one in each.accounts]}
            for each in found.contradictions
        ],
    }


def row(each: Account) -> dict[str, Any]:
    """An account as a flat object; the names of its fields never change their meaning."""
    statement = each.statement
    values = (
        each.at.date().isoformat(), each.first_seen.isoformat(), statement.figure.value,
        statement.figure.unit, statement.kind, statement.figure.text, statement.sentence,
        each.outlet, each.lang, each.article_id, each.story_id, each.url,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _print_csv(accounts: Sequence[Account]) -> None:
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(_COLUMNS)
    for each in accounts:
        lines.writerow([_cell(value) for value in row(each).values()])


def _cell(value: object) -> object:
    """A text on one line; what a spreadsheet would take for a formula gets a quote before it."""
    if not isinstance(value, str):
        return value
    line = one_line(value)
    return f"'{line}" if line[:1] in {"=", "+", "-", "@"} else line


# --- for people ----------------------------------------------------------------------------------


def _print_table(found: Ledger) -> None:
    if not found.accounts:
        print(f"No figures of {clean(found.subject.name)} yet.")
        return
    table(("date", "figure", "of", "sentence", "outlet", "article"), _lines(found.accounts))
    for each in found.contradictions:
        print("\n".join(contradiction(each)))
    print(
        f"{plural(len(found.accounts), 'figure')} of {clean(found.subject.name)}, "
        f"{plural(len(found.contradictions), 'contradiction')}."
    )


def _lines(accounts: Sequence[Account]) -> list[tuple[str, ...]]:
    return [
        (
            f"{each.at:%Y-%m-%d}",
            shown(each),
            each.statement.kind or "—",
            _shortened(each.statement.sentence),
            f"{each.outlet} ({each.lang})",
            str(each.article_id),
        )
        for each in accounts
    ]


def contradiction(each: Contradiction) -> list[str]:
    """The lines that say who says what otherwise."""
    lines = [f"CONTRADICTION: {each.kind} is " + " or ".join(shown(one) for one in each.accounts)]
    for one in each.accounts:
        sentence = _shortened(one.statement.sentence)
        lines.append(f"  {shown(one)}: {clean(one.outlet)}, {one.at:%Y-%m-%d}: {clean(sentence)}")
    return lines


def shown(each: Account) -> str:
    """A figure as people read it: 94.8 billion USD, 2030, building."""
    figure = each.statement.figure
    if figure.unit == "stage":
        return figure.text
    if figure.unit == "year":
        return f"{figure.value:.0f}"
    return amount(figure.value, figure.unit)


def _shortened(sentence: str) -> str:
    line = one_line(sentence)
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1].rstrip()}…"

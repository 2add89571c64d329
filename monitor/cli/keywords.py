"""``monitor keywords``: which terms bring articles, which none, and what no term covers.

``--format json`` prints ``{"terms": [...], "idle": [...], "uncovered": [...]}``; csv is a row for
each of them, ``part`` telling which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.formats import as_csv
from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, reading
from monitor.cli.screen import clean, program, table
from monitor.errors import InputError
from monitor.text.amounts import plural
from monitor.text.times import NOT_IN_YEARS, YEARS

if TYPE_CHECKING:
    from monitor.desk.keywords import TermUse, Uncovered

_BARS = "▁▂▃▄▅▆▇█"
_COLUMN = 90
_WIDTH = 100
_COLUMNS = ("part", "name", "points", "articles", "last", "weeks", "kind", "stories", "example")


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def keywords(
    context: typer.Context,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000, help="Most terms, and most names, of each kind.")
    ] = 20,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Look back from the end of this day (now)."),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Show what each term found in 13 weeks, which found nothing, and names that none covers."""
    from monitor.desk.keywords import uncovered, used
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    wishes = setup.settings.watchlist
    now = _end_of(until) if until else datetime.now(UTC)
    with reading(setup.configuration) as store:
        found, idle = used(store, setup.beat, wishes.keywords, now)
        names = uncovered(store, setup.watchlist, wishes.threshold, now, limit)
    if format is Format.JSON:
        print(written(_report(found, idle, names), indent=2))
    elif format is Format.CSV:
        print("".join(as_csv(_rows(found, idle, names), _COLUMNS)), end="")
    else:
        _print_found(found, limit)
        _print_idle(idle, limit)
        _print_names(names)


def _end_of(day: datetime) -> datetime:
    if day.year not in YEARS:
        raise InputError(f'--until: "{day.date()}" {NOT_IN_YEARS}')
    return datetime.combine(day, time.max, UTC)


# --- for people ----------------------------------------------------------------------------------


def _print_found(found: Sequence[TermUse], limit: int) -> None:
    if not found:
        print("No term was found in 13 weeks.")
        return
    heads = ("term", "points", "articles", "13 weeks", "last")
    table(heads, [_line(use) for use in found[:limit]])
    if len(found) > limit:
        print(f"{plural(len(found) - limit, 'term')} more; --limit shows them.")


def _line(use: TermUse) -> tuple[str, ...]:
    return (
        use.name,
        "" if use.points is None else f"{use.points:g}",
        str(use.articles),
        bars([number for _, number in use.weeks]),
        _day(use.last) or "—",
    )


def bars(numbers: Sequence[int]) -> str:
    """A bar for each number, the highest for the largest; a dot where there is nothing."""
    most = max(numbers, default=0)
    steps = len(_BARS) - 1
    return "".join(_BARS[round(number / most * steps)] if number else "·" for number in numbers)


def _print_idle(idle: Sequence[TermUse], limit: int) -> None:
    from monitor.publish.typography import wrap

    print()
    if not idle:
        print("Every term was found in the last 13 weeks.")
        return
    told = [f"{use.name} (last {_day(use.last)})" if use.last else use.name for use in idle[:limit]]
    print(f"{plural(len(idle), 'term')} without an article in 13 weeks:")
    print(wrap(clean(", ".join(told)), _WIDTH, "  ", "  "))
    if len(idle) > limit:
        print(f"{plural(len(idle) - limit, 'term')} more; --limit shows them.")


def _print_names(names: Sequence[Uncovered]) -> None:
    print()
    if not names:
        print("Every name that several matching stories speak of is covered.")
        return
    print("Names in matching stories that no term covers:")
    heads = ("stories", "name", "kind", "example")
    table(heads, [(str(each.stories), each.name, each.kind, _cut(each.example)) for each in names])
    print(clean(f"`{program()} tune --keyword NAME=POINTS` tells what one would bring."))


def _cut(example: str) -> str:
    return example if len(example) <= _COLUMN else f"{example[:_COLUMN]}…"


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


# --- for programs --------------------------------------------------------------------------------


def _report(
    found: Sequence[TermUse], idle: Sequence[TermUse], names: Sequence[Uncovered]
) -> dict[str, Any]:
    return {
        "terms": [_use_row(use) for use in found],
        "idle": [_use_row(use) for use in idle],
        "uncovered": [
            {
                "name": each.name,
                "kind": each.kind,
                "stories": each.stories,
                "sentences": each.sentences,
                "example": each.example,
            }
            for each in names
        ],
    }


def _use_row(use: TermUse) -> dict[str, Any]:
    return {
        "name": use.name,
        "points": use.points,
        "articles": use.articles,
        "last": use.last.isoformat() if use.last else None,
        "weeks": dict(use.weeks),
    }


def _rows(
    found: Sequence[TermUse], idle: Sequence[TermUse], names: Sequence[Uncovered]
) -> Iterator[dict[str, Any]]:
    empty = dict.fromkeys(_COLUMNS)
    for part, uses in (("term", found), ("idle", idle)):
        for use in uses:
            weeks = [f"{week}:{number}" for week, number in use.weeks if number]
            yield {**empty, **_use_row(use), "part": part, "weeks": weeks}
    for each in names:
        yield {
            **empty,
            "part": "uncovered",
            "name": each.name,
            "kind": each.kind,
            "stories": each.stories,
            "example": each.example,
        }

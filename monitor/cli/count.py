"""``monitor count``: how many articles there are of something, as a chart or as numbers."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.formats import as_csv
from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, reading
from monitor.cli.screen import chart
from monitor.cli.search import NOTHING, QueryWords, asked, nothing
from monitor.query.grouping import TIMES, Grouping
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.store.counting import Group


class Format(StrEnum):
    """How numbers are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


_NOBODY = "(none)"


def count(
    context: typer.Context,
    query: QueryWords,
    by: Annotated[Grouping, typer.Option(help="What to count by.")] = Grouping.MONTH,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="Most rows, of other things than times.")
    ] = 20,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Count what a search finds, by month first seen or by something else.

    An article counts in each of its countries, topics and entities. The exit code is 0 where
    something was found, 1 where nothing was, 2 for a mistake.
    """
    from monitor.desk.counts import counted

    settings = configuration(context)
    wanted = asked(settings, query)
    now = datetime.now(UTC)
    with reading(settings) as store:
        groups = counted(store, wanted, by, now)
        why = [] if groups else nothing(store, wanted, now)
    shown = groups if by in TIMES else groups[:limit]
    if format is Format.TABLE:
        _print_chart(shown, len(groups) - len(shown), why)
    else:
        _write(shown, by, format)
        for line in why:
            print(line, file=sys.stderr)
    if not groups:
        raise typer.Exit(NOTHING)


def _write(groups: list[Group], by: Grouping, format: Format) -> None:
    rows = [{str(by): group.name, "articles": group.articles} for group in groups]
    if format is Format.JSON:
        print(written(rows, indent=2))
    else:
        print("".join(as_csv(rows, (str(by), "articles"))), end="")


def _print_chart(groups: list[Group], left_out: int, why: list[str]) -> None:
    if not groups:
        print("\n".join(["Nothing found.", *why]))
        return
    chart([(group.name or _NOBODY, group.articles) for group in groups])
    if left_out:
        print(f"{plural(left_out, 'row')} more; --limit shows them.")

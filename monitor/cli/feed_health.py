"""The configured feeds with what their polls have shown; pausing one, and going on.

``list --format json`` prints an array of feeds, ``csv`` a table. Their keys, which stay::

    url, outlet, lang, country, camp    as configured, secrets in the address masked
    enabled, paused    whether it is wished for; whether `feeds pause` stopped it
    state, evidence    what its polls have shown, and what that is told from
    newest             when its newest entry was published
    polled_at, next_poll_at, interval_minutes
    kept               how many articles it has shown
    failures           polls in a row that brought nothing
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.feed_checks import minutes, span, told_apart
from monitor.cli.feed_documents import timestamp
from monitor.cli.jsonlines import written
from monitor.cli.opening import (
    archive,
    configuration,
    configuration_or_default,
    is_missing,
    reading,
)
from monitor.cli.screen import clean, program, table
from monitor.errors import InputError
from monitor.text.addresses import masked
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.pipeline.feeds import Standing

_PAUSED = "paused"
_COLUMNS = ("url", "outlet", "lang", "country", "camp", "enabled", "paused", "state", "evidence",
            "newest", "polled_at", "next_poll_at", "interval_minutes", "kept",
            "failures")  # fmt: skip
_WIDE = 120


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Named = Annotated[list[str], typer.Argument(metavar="URL|OUTLET", help="A feed, or an outlet's.")]


def list_(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option(help='Only those in this state, e.g. "blocked", "paused".')
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all/--enabled", help="Also those that wait to be enabled.")
    ] = False,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """List the configured feeds with their state."""
    wanted = _states(state or [])
    found = _standings(configuration_or_default(context), everything)
    rows = [standing for standing in found if not wanted or wanted & {*_labels(standing)}]
    if format is Format.JSON:
        print(written([_row(standing) for standing in rows], indent=2))
    elif format is Format.CSV:
        _print_csv(rows)
    else:
        _print(rows, len(found), datetime.now(UTC))


def _states(names: Sequence[str]) -> set[str]:
    from monitor.model import FeedState

    known = [*map(str, FeedState), _PAUSED]
    for name in names:
        if name not in known:
            raise InputError(f'--state: there is no state "{name}"; there are {", ".join(known)}')
    return set(names)


def _labels(standing: Standing) -> tuple[str, ...]:
    is_paused = standing.feed is not None and standing.feed.paused
    return (standing.state, _PAUSED) if is_paused else (standing.state,)


def _standings(settings: Configuration, everything: bool) -> list[Standing]:
    from monitor.pipeline.feeds import Standing, disabled, standings

    file = settings.database_file
    with nullcontext() if file and is_missing(file) else reading(settings) as store:
        found = standings(settings, store, datetime.now(UTC))
    waiting = disabled(settings) if everything else []
    return found + [Standing(listing, enabled=False) for listing in waiting]


def _row(standing: Standing) -> dict[str, Any]:
    listing, feed = standing.listing, standing.feed
    return {
        "url": masked(listing.url),
        "outlet": listing.outlet,
        "lang": listing.lang,
        "country": listing.country,
        "camp": listing.camp,
        "enabled": standing.enabled,
        "paused": feed.paused if feed else False,
        "state": standing.state,
        "evidence": standing.evidence,
        "newest": timestamp(feed.habits.newest) if feed else None,
        "polled_at": timestamp(feed.polled_at) if feed else None,
        "next_poll_at": timestamp(feed.next_poll_at) if feed else None,
        "interval_minutes": minutes(feed.interval) if feed else None,
        "kept": standing.kept,
        "failures": feed.failures if feed else 0,
    }


def _print_csv(standings: Sequence[Standing]) -> None:
    """Cells that a spreadsheet would run as a formula are made plain by an apostrophe."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in map(_row, standings):
        cells = (clean("" if row[name] is None else str(row[name])) for name in _COLUMNS)
        writer.writerow(f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells)


_HEADS = ("state", "feed", "newest", "polled", "next", "kept", "failed")


def _print(rows: Sequence[Standing], whole: int, now: datetime) -> None:
    if rows:
        is_wide = not sys.stdout.isatty() or shutil.get_terminal_size().columns >= _WIDE
        lines = [_cells(standing, now) for standing in rows]
        addresses = [(masked(standing.listing.url),) if is_wide else () for standing in rows]
        heads = (*_HEADS, "address") if is_wide else _HEADS
        table(heads, [(*line, *more) for line, more in zip(lines, addresses, strict=True)])
    for name, standing in zip(told_apart([each.listing for each in rows]), rows, strict=True):
        if standing.state not in ("ok", "new"):
            print(clean(f"{name}: {standing.evidence}."))
    print(f"{plural(len(rows), 'feed')} of {whole}; `{program()} feeds check` looks at them now.")


def _cells(standing: Standing, now: datetime) -> tuple[str, ...]:
    feed = standing.feed
    newest = feed.habits.newest if feed else None
    polled = feed.polled_at if feed else None
    due = feed.next_poll_at if feed and not feed.paused else None
    return (
        ", ".join(_labels(standing)) if standing.enabled else "disabled",
        standing.listing.outlet,
        span(now - newest) if newest else "—",
        span(now - polled) if polled else "—",
        f"{span(due - now)}" if due else "—",
        str(standing.kept),
        str(feed.failures) if feed else "0",
    )


def pause(context: typer.Context, feeds: Named) -> None:
    """Stop polling feeds until they are resumed; all that was kept stays."""
    _pause(configuration(context), feeds, paused=True)


def resume(context: typer.Context, feeds: Named) -> None:
    """Poll paused feeds again."""
    _pause(configuration(context), feeds, paused=False)


def _pause(settings: Configuration, names: Sequence[str], *, paused: bool) -> None:
    from monitor.pipeline.feeds import pause

    with archive(settings) as store:
        for name in names:
            for listing in pause(store, settings, name, datetime.now(UTC), paused=paused):
                word = "paused" if paused else "polled again"
                print(clean(f"{listing.outlet} ({masked(listing.url)}) is {word}."))

"""What feeds show right now: fetched politely, one look each, nothing stored.

``check --format json`` prints an array, ``jsonl`` an object a line. Their keys, which stay::

    url, outlet  as configured; the host for an address that is not
    state        ok, empty, broken, not a feed, blocked, gone, unreachable, …
    evidence     what the state was seen from, in a sentence
    entries      how many the document has
    newest       when its newest entry was published, or null where no entry is dated
    oldest       the same of its oldest
    body_share   share of entries with their full text, 0 to 1
    lang         the language of most entries, und where there are none
    interval_minutes  how often it would be polled, judging by this one document
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.feed_documents import timestamp
from monitor.cli.jsonlines import written
from monitor.cli.opening import archive, configuration_or_default
from monitor.cli.screen import clean, progress, table
from monitor.text.addresses import masked

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.http import Door
    from monitor.model import FeedListing
    from monitor.pipeline.feeds import Report
    from monitor.pipeline.pages import Permissions
    from monitor.store import Store


class Format(StrEnum):
    """How reports are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def check(
    context: typer.Context,
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="URL", help="Feeds (all that are configured).")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Look at feeds as they are now, without polling them: state, age, window, text, language.

    Exit 0 when every one of them is a feed that can be read, else 1.
    """
    now = datetime.now(UTC)
    reports = _reports(configuration_or_default(context), urls or [], now)
    if format is Format.TABLE:
        _print(reports, now)
    elif format is Format.JSON:
        print(written([_row(report) for report in reports], indent=2))
    else:
        for report in reports:
            print(written(_row(report)))
    if any(report.state.failed for report in reports):
        raise typer.Exit(1)


def _reports(settings: Configuration, urls: list[str], now: datetime) -> list[Report]:
    from monitor.collect.worker import Parsers
    from monitor.pipeline.door import open_door
    from monitor.pipeline.feeds import check, chosen

    listings, network = chosen(settings, urls), settings.settings.network
    reports: list[Report] = []
    with ExitStack() as stack:
        door = stack.enter_context(open_door(settings.settings))
        parsers = stack.enter_context(Parsers())
        advance = stack.enter_context(progress("Looking"))
        permissions = None
        if any(listing.recipe for listing in listings):
            permissions = _permissions(stack.enter_context(archive(settings)), door)
        for report in check(door, parsers, listings, now, network, permissions):
            reports.append(report)
            advance(report.listing.outlet, len(reports), len(listings))
    return reports


def _permissions(store: Store, door: Door) -> Permissions:
    """What sites allow is remembered for a day, so that they are not asked at each look."""
    from monitor.pipeline.pages import Permissions

    return Permissions(store, door.get, lambda: datetime.now(UTC))


def _row(report: Report) -> dict[str, Any]:
    return {
        "url": report.listing.url,
        "outlet": report.listing.outlet,
        "state": report.state,
        "evidence": report.evidence,
        "entries": report.entries,
        "newest": timestamp(report.newest),
        "oldest": timestamp(report.oldest),
        "body_share": round(report.body_share, 2),
        "lang": report.lang,
        "interval_minutes": minutes(report.interval),
    }


_HEADS = ("state", "feed", "entries", "newest", "window", "text", "lang", "every")


def _print(reports: list[Report], now: datetime) -> None:
    if not reports:
        print("No feeds are configured.")
        return
    names = told_apart([report.listing for report in reports])
    named = list(zip(names, reports, strict=True))
    table(_HEADS, [_cells(name, report, now) for name, report in named])
    for name, report in named:
        print(clean(f"{name}: {report.evidence}."))
    if len(reports) > 1 and all(report.state == "unreachable" for report in reports):
        print("Nobody answered at all: this machine's own connection may be down.")


def told_apart(listings: Sequence[FeedListing]) -> list[str]:
    """What each feed is called: its outlet, and its address where others have that outlet too."""
    outlets = Counter(listing.outlet for listing in listings)
    return [
        f"{one.outlet} ({masked(one.url)})" if outlets[one.outlet] > 1 else one.outlet
        for one in listings
    ]


def _cells(name: str, report: Report, now: datetime) -> tuple[str, ...]:
    newest, oldest = report.newest, report.oldest
    return (
        report.state,
        name,
        str(report.entries),
        span(now - newest) if newest else "—",
        span(newest - oldest) if newest and oldest else "—",
        f"{report.body_share:.0%}" if report.entries else "—",
        report.lang,
        span(report.interval) if report.interval else "—",
    )


_UNITS = (("y", 525_600), ("d", 1_440), ("h", 60))


def span(time: timedelta) -> str:
    """A length of time in the largest unit that it has two of: ``45 min``, ``3 h``, ``12 d``."""
    minutes = time // timedelta(minutes=1)
    for unit, size in _UNITS:
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{max(minutes, 0)} min"


def minutes(time: timedelta | None) -> int | None:
    """Whole minutes, for programs."""
    return round(time / timedelta(minutes=1)) if time else None

"""Feeds: those that are polled, their health, and wishes for more."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import feed_checks, feed_documents, feed_health
from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration
from monitor.cli.screen import clean, program
from monitor.errors import InputError
from monitor.text.addresses import masked
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.model import FeedListing
    from monitor.pipeline.feeds import Discovery

app = typer.Typer(help="List, check, add and read feeds.", no_args_is_help=True)
app.command("list")(feed_health.list_)
app.command("check")(feed_checks.check)
app.command("parse")(feed_documents.parse)
app.command("pause")(feed_health.pause)
app.command("resume")(feed_health.resume)

_LONGEST_OUTLET = 80
# A list of a hundred thousand feeds has 30 MB.
_LARGEST_LIST = 100_000_000
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]


class ExportFormat(StrEnum):
    """How the configured feeds are written."""

    OPML = "opml"
    JSON = "json"


@app.command("add")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed's address, or a site's.")],
    outlet: Annotated[str, typer.Option(help="The publisher's name (the feed's title).")] = "",
    lang: Annotated[str, typer.Option(help="A code like ru (as measured).")] = "",
    country: Annotated[str, typer.Option(help="A code like KZ.")] = "",
    camp: Annotated[str, typer.Option(help="The interest it speaks for, e.g. independent.")] = "",
    yes: Yes = False,
) -> None:
    """Find the feed at an address, or behind a site's, and write it into config.toml."""
    settings = configuration(context)
    found = _discovered(settings, url if "://" in url else f"https://{url}")
    listing = _listing(found, outlet=outlet, lang=lang, country=country, camp=camp)
    _refuse_known(settings, listing.url)
    _introduce(settings, found, listing)
    if yes or _agreed(settings.path):
        from monitor.pipeline.configuring import add_feeds

        add_feeds(settings, [listing])
        print(f"Added to {clean(settings.path.name)}; `{program()} poll` polls it.")


def _discovered(settings: Configuration, url: str) -> Discovery:
    from monitor.collect.opml import web_address
    from monitor.collect.worker import Parsers
    from monitor.pipeline.door import open_door
    from monitor.pipeline.feeds import discover

    address = web_address(url)
    if address is None:
        raise InputError(f'"{url}" is no web address; write one like https://example.org')
    _refuse_known(settings, address)
    with open_door(settings.settings) as door, Parsers() as parsers:
        found = discover(door, parsers, address, datetime.now(UTC))
    if not found.look.is_feed:
        state, reason = found.look.parsed.state, found.look.parsed.error
        raise InputError(f"{masked(address)} was not added: {state} ({reason})")
    return found


def _listing(found: Discovery, *, outlet: str, lang: str, country: str, camp: str) -> FeedListing:
    """The row to write: what was typed, else what was found."""
    from monitor.pipeline.feeds import bare, language
    from monitor.text.language import UNDETERMINED

    parsed = found.look.parsed
    nameless = bare(found.look.url)
    measured = language(parsed.entries, parsed.lang)
    return replace(
        nameless,
        outlet=clean(outlet) or clean(parsed.title)[:_LONGEST_OUTLET].strip() or nameless.outlet,
        lang=lang or (measured if measured != UNDETERMINED else None),
        country=country or None,
        camp=clean(camp) or None,
    )


def _refuse_known(settings: Configuration, url: str) -> None:
    """Raise ``InputError`` when the address, however written, is configured already."""
    from monitor.pipeline.feeds import known_as

    if known := known_as(settings, url):
        raise InputError(
            f"{masked(url)} is configured already, as {known.outlet} ({masked(known.url)}); "
            f"`{program()} feeds list --all` tells whether it is polled"
        )


def _introduce(settings: Configuration, found: Discovery, listing: FeedListing) -> None:
    from monitor.pipeline.answers import pace
    from monitor.pipeline.feeds import report

    its_pace = pace(settings.settings.network)
    seen = report(listing, found.look.parsed, datetime.now(UTC), its_pace)
    print(f"{clean(listing.outlet)}\n{clean(listing.url)}")
    print(f"{seen.state}: {clean(seen.evidence)}")
    for other in found.others[:5]:
        print(f"The page names also {clean(other)}")


def _agreed(path: Path) -> bool:
    """Whether a person says yes; nobody there to ask is a mistake of the caller's."""
    if not sys.stdin.isatty():
        raise InputError("nothing was written, since there is nobody to ask; --yes writes it")
    print(f"Write it into {clean(path.name)}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="OPML", help="An OPML file; - for stdin.")],
) -> None:
    """Write the feeds of an OPML file that are not there yet into config.toml."""
    from monitor.collect.opml import read_opml
    from monitor.pipeline.configuring import add_feeds
    from monitor.pipeline.feeds import missing

    settings = configuration(context)
    outlines = read_opml(feed_documents.contents(file, _LARGEST_LIST))
    if outlines.error and not outlines.listings:
        raise InputError(f"{file} cannot be used: {outlines.error}")
    new = missing(settings, outlines.listings)
    if new:
        add_feeds(settings, new)
    there = len(outlines.listings) - len(new)
    print(
        f"{plural(len(new), 'feed')} added to {clean(settings.path.name)}; {there} there already."
    )
    if outlines.unusable:
        print(f"{plural(outlines.unusable, 'outline')} left out: no web address.")
    if outlines.error:
        print(clean(f"{file} was not read to its end: {outlines.error}."), file=sys.stderr)


@app.command("export")
def export(
    context: typer.Context,
    format: Annotated[ExportFormat, typer.Option(help="How to write them.")] = ExportFormat.OPML,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Keys and tokens in addresses as they are.")
    ] = False,
) -> None:
    """Print the configured feeds for other readers, keys and tokens in addresses masked."""
    from dataclasses import asdict

    from monitor.collect.opml import write_opml
    from monitor.pipeline.feeds import configured

    listings = configured(configuration(context))
    if not with_secrets:
        listings = _masked(listings)
    if format is ExportFormat.JSON:
        print(written([asdict(listing) for listing in listings], indent=2))
    else:
        print(write_opml(listings, "monitor"), end="")


def _masked(listings: list[FeedListing]) -> list[FeedListing]:
    """The feeds without what is secret in their addresses; how many have any is said."""
    shown = [replace(listing, url=masked(listing.url)) for listing in listings]
    hidden = sum(one.url != other.url for one, other in zip(shown, listings, strict=True))
    if hidden:
        words = f"{plural(hidden, 'address', 'addresses')} with a key or token masked"
        print(f"{words}; --with-secrets prints them as they are.", file=sys.stderr)
    return shown

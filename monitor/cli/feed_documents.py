"""Feeds as their publishers state them: `parse` reads documents, `check` looks at addresses.

``parse --format json`` prints an object a line, one for each source in order. Its keys, which
stay::

    source    the file or address as it was given
    state     ok, empty, broken, not a feed, blocked, …
    error     what is wrong, in a sentence, or null
    feed      {title, link, language}, null where the document is no feed
    entries   [{id, link, title, published, updated, summary, authors}] before identity is folded

A summary is HTML without what could run, and the text of an entry that has none. Times are UTC in
ISO 8601, ``2026-03-01T06:00:00Z``; an entry that states one of the two has it for both. The link
stands in for an id that is missing. What else is not stated is null.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration_or_default
from monitor.cli.screen import clean, moment, table
from monitor.errors import FetchError, InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.collect.worker import Parsers
    from monitor.http import Door
    from monitor.model import Entry, ParsedFeed

_PARSER = "monitor.collect.feeds:parse_with_markup"
_LARGEST = 10_000_000
_LONGEST_TITLE = 80


class Format(StrEnum):
    """How a document's content is written."""

    TABLE = "table"
    JSON = "json"


def parse(
    context: typer.Context,
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE|URL", help="Documents to read; - for stdin.")
    ],
    format: Annotated[
        Format, typer.Option(help="json prints one object a line, one for each document.")
    ] = Format.TABLE,
    url: Annotated[
        str, typer.Option(metavar="BASE", help="Where the files came from: base of their links.")
    ] = "",
    content_type: Annotated[
        str, typer.Option(metavar="TYPE", help="The Content-Type that the files were sent with.")
    ] = "",
) -> None:
    """Print the entries of feed documents as they are stated.

    Exit 0 when every document was read, also where it is no feed (the state says so), 1 when an
    address could not be fetched, 2 when a file could not be read.
    """
    code = 0
    with _reader(context, sources, url, content_type) as read:
        for source in sources:
            try:
                parsed, fetched = read(source)
            except InputError as error:
                print(f"monitor: {clean(str(error))}", file=sys.stderr)
                code = 2
                continue
            _show(source, parsed, format)
            code = code or (0 if fetched else 1)
    if code:
        raise typer.Exit(code)


_Read = Callable[[str], tuple["ParsedFeed", bool]]


@contextmanager
def _reader(
    context: typer.Context, sources: Sequence[str], base: str, content_type: str
) -> Iterator[_Read]:
    """Reads one source: what it says, and whether it was there to be read.

    Settings and network are touched only when one of ``sources`` is a web address.
    """
    from monitor.collect.worker import ParseRequest, Parsers
    from monitor.http.decoding import decode
    from monitor.model import FeedState, ParsedFeed

    with ExitStack() as stack:
        parsers = stack.enter_context(Parsers(parser=_PARSER))
        door = stack.enter_context(_door(context)) if any(map(is_address, sources)) else None

        def read(source: str) -> tuple[ParsedFeed, bool]:
            if door is not None and is_address(source):
                return _fetched(door, parsers, source)
            try:
                body = decode(contents(source), "", _LARGEST)
            except FetchError as error:
                return ParsedFeed(FeedState.BROKEN, error=str(error)), True
            return parsers.submit(ParseRequest(body, base, content_type)).result().feed, True

        yield read


def is_address(source: str) -> bool:
    """Whether a source names a web page and no file."""
    return source.lower().startswith(("https://", "http://"))


def _door(context: typer.Context) -> Door:
    from monitor.pipeline.door import open_door

    return open_door(configuration_or_default(context).settings)


def _fetched(door: Door, parsers: Parsers, url: str) -> tuple[ParsedFeed, bool]:
    from monitor.pipeline.feeds import bare, look

    found = look(door, parsers, bare(url), datetime.now(UTC))
    return found.parsed, found.is_read


def contents(source: str, largest: int = _LARGEST) -> bytes:
    """The bytes of a file, or of standard input for ``-``; ``InputError`` when it has too many."""
    body = sys.stdin.buffer.read(largest + 1) if source == "-" else _bytes(Path(source), largest)
    if len(body) > largest:
        raise InputError(f"{source} is larger than {largest // 1_000_000} MB")
    return body


def _bytes(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read: {reason}") from error


def _show(source: str, parsed: ParsedFeed, format: Format) -> None:
    if format is Format.JSON:
        print(written({"source": source, **stated(parsed)}))
        return
    title = f" · {clean(parsed.title)[:_LONGEST_TITLE]}" if parsed.title else ""
    number = plural(len(parsed.entries), "entry", "entries")
    print(f"{clean(source)}: {parsed.state}{title} · {number}")
    if parsed.error:
        print(clean(parsed.error))
    if parsed.entries:
        rows = [
            (moment(entry.published or entry.updated), entry.title, entry.link or "—")
            for entry in parsed.entries
        ]
        table(("date", "title", "link"), rows)


def stated(parsed: ParsedFeed) -> dict[str, Any]:
    """A document as ``--format json`` has it, without its source."""
    head = {
        "title": parsed.title or None,
        "link": parsed.link,
        "language": parsed.lang,
    }
    is_feed = not parsed.state.failed or parsed.entries or any(head.values())
    return {
        "state": parsed.state,
        "error": parsed.error,
        "feed": head if is_feed else None,
        "entries": [_entry(entry) for entry in parsed.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id or entry.link,
        "link": entry.link,
        "title": entry.title or None,
        "published": timestamp(entry.published or entry.updated),
        "updated": timestamp(entry.updated or entry.published),
        "summary": entry.summary or None,
        "authors": list(entry.authors),
    }


def timestamp(at: datetime | None) -> str | None:
    """A UTC time in ISO 8601, whole seconds: ``2026-03-01T06:00:00Z``."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None

"""JSON Feed 1.0 and 1.1 -> a feed and its entries, read leniently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from monitor.collect.entries import absolute, stated_entry
from monitor.model import Entry, FeedState, ParsedFeed
from monitor.text.plain import from_markup, one_line


def parse_json_feed(text: str, url: str) -> ParsedFeed:
    """Read a JSON document that was found at ``url``; what is no JSON Feed is a state."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return ParsedFeed(FeedState.BROKEN, error=f"the JSON cannot be read ({error})")
    rows = document.get("items") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return ParsedFeed(FeedState.NOT_A_FEED, error="JSON, but no JSON Feed")
    home = absolute(_text(document.get("home_page_url")), url)
    found = (_entry(row, home or url) for row in rows if isinstance(row, dict))
    entries = tuple(entry for entry in found if entry)
    return ParsedFeed(
        state=FeedState.OK if entries else FeedState.EMPTY,
        title=one_line(_text(document.get("title"))),
        link=home,
        lang=one_line(_text(document.get("language"))) or None,
        entries=entries,
    )


def _entry(row: dict[str, Any], base: str) -> Entry | None:
    text = one_line(_text(row.get("content_text"))) or from_markup(_text(row.get("content_html")))
    return stated_entry(
        id=_text(row.get("id")),
        link=absolute(_text(row.get("url")) or _text(row.get("external_url")), base),
        title=one_line(_text(row.get("title"))),
        summary=one_line(_text(row.get("summary"))),
        text=text,
        published=_moment(row.get("date_published")),
        updated=_moment(row.get("date_modified")),
        authors=_authors(row),
    )


def _authors(row: dict[str, Any]) -> Iterator[str]:
    """Version 1.1 has a list, 1.0 has one."""
    several = row.get("authors")
    for author in several if isinstance(several, list) else [row.get("author")]:
        if isinstance(author, dict):
            yield _text(author.get("name"))


def _text(value: object) -> str:
    """A JSON value as text; numbers are common as ids."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value).strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

"""JSON Feed 1.0 and 1.1 -> a feed and its entries, read leniently."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from typing import Any

from monitor.collect.entries import Construct, Statement, absolute, stated_entry
from monitor.model import Entry, FeedState, ParsedFeed
from monitor.text.plain import one_line


def parse_json_feed(
    text: str, url: str, seen: Container[str] = frozenset(), markup: bool = False
) -> ParsedFeed:
    """Read a JSON document that was found at ``url``; what is no JSON Feed is a state.

    The answers of GDELT's search are read too; one without results is ``{}``.
    """
    try:
        document = json.loads(text, strict=False, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        return ParsedFeed(FeedState.BROKEN, error=f"the JSON cannot be read ({error})")
    if document == {}:
        return ParsedFeed(FeedState.EMPTY)
    if isinstance(document, dict) and isinstance(document.get("articles"), list):
        return _search_results(document["articles"], url, seen)
    rows = document.get("items") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return ParsedFeed(FeedState.NOT_A_FEED, error="JSON, but no JSON Feed")
    home = absolute(_text(document.get("home_page_url")), url)
    authors = tuple(_authors(document))
    found = (
        _entry(row, home or url, seen, markup, authors) for row in rows if isinstance(row, dict)
    )
    entries = tuple(entry for entry in found if entry)
    return ParsedFeed(
        state=FeedState.OK if entries else FeedState.EMPTY,
        title=one_line(_text(document.get("title"))),
        link=home,
        lang=one_line(_text(document.get("language"))) or None,
        entries=entries,
    )


def _search_results(rows: list[Any], url: str, seen: Container[str]) -> ParsedFeed:
    """GDELT's articles: ``url, title, seendate, domain``."""
    found = (
        stated_entry(
            Statement(
                id=_text(row.get("url")),
                link=_text(row.get("url")),
                title=Construct(_text(row.get("title")), literal=True),
                published=_text(row.get("seendate")),
                outlet=_text(row.get("domain")),
            ),
            json.dumps(row, sort_keys=True).encode(),
            url,
            seen,
        )
        for row in rows
        if isinstance(row, dict)
    )
    entries = tuple(entry for entry in found if entry)
    return ParsedFeed(FeedState.OK if entries else FeedState.EMPTY, entries=entries)


def _entry(
    row: dict[str, Any], base: str, seen: Container[str], markup: bool, authors: tuple[str, ...]
) -> Entry | None:
    source = json.dumps(row, sort_keys=True).encode()
    return stated_entry(_statement(row, authors), source, base, seen, markup)


def _statement(row: dict[str, Any], authors: tuple[str, ...]) -> Statement:
    """``authors`` are the feed's, who wrote what names no others."""
    text = _text(row.get("content_text"))
    markup = _text(row.get("content_html"))
    return Statement(
        id=_id(row.get("id")),
        link=_text(row.get("url")) or _text(row.get("external_url")),
        guid=_text(row.get("id")),
        title=Construct(_text(row.get("title")), literal=True),
        summary=Construct(_text(row.get("summary")), literal=True),
        contents=(Construct(text, literal=True) if text.strip() else Construct(markup),),
        published=_text(row.get("date_published")),
        updated=_text(row.get("date_modified")),
        authors=tuple(_authors(row)) or authors,
    )


def _id(value: object) -> str:
    return str(value) if isinstance(value, float) else _text(value)


def _authors(row: dict[str, Any]) -> Iterator[str]:
    """Version 1.1 has a list, 1.0 has one."""
    several = row.get("authors")
    for author in several if isinstance(several, list) else [row.get("author")]:
        if name := _text(author.get("name") if isinstance(author, dict) else author):
            yield name


def _text(value: object) -> str:
    """A JSON value as text; numbers are common as ids."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

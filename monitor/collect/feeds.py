"""Bytes -> a feed and its entries, as stated. The only importer of feedparser."""

from __future__ import annotations

import calendar
import io
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from monitor.collect.charsets import as_text
from monitor.collect.entries import absolute, stated_entry
from monitor.collect.json_feed import parse_json_feed
from monitor.collect.pages import feed_links
from monitor.model import Entry, FeedState, ParsedFeed
from monitor.text.plain import from_markup, one_line

# The comments are possessive: many of them before the root must not be tried in every division.
_HTML = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*+-->\s*)*+"
    r"<(?:!doctype\s+html|html|head|body|meta|script)\b",
    re.I | re.S,
)
_CHALLENGE = re.compile(
    r"cf-chl|challenge-platform|just a moment|ddos-guard|checking your browser|captcha", re.I
)
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf)\b", re.I)
_ENTRY_BEGINS = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_ENTRY_ENDS = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.I)
_LINK_ENDS = re.compile(
    r"""</(?:\w+:)?link\s*>|<(?:\w+:)?link\s(?![^<>]*\brel\s*=\s*["'](?!alternate))[^<>]*>""", re.I
)
_TITLE_ENDS = re.compile(r"</(?:\w+:)?title\s*>", re.I)
# Left out by XML 1.0; they come from copy and paste, and stop every XML reader.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.I)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")
_PREFIX = re.compile(r"xmlns:([\w.-]+)\s*=")
_MOST_ATTRIBUTES, _MOST_PREFIXES = 500, 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """Read one document that was found at ``url``.

    Never raises on what a publisher may send: a document that is no feed comes back as a state
    with a sentence. Links are as stated, made absolute where a base is known.
    """
    text = as_text(body, content_type).lstrip()
    if not text:
        return ParsedFeed(FeedState.BROKEN, error="the answer is empty")
    if text[0] in "{[":
        return parse_json_feed(text, url)
    if _HTML.match(text):
        return _web_page(text, url)
    return _xml_feed(_readable(text), url)


def _web_page(text: str, url: str) -> ParsedFeed:
    if _CHALLENGE.search(text):
        return ParsedFeed(FeedState.BLOCKED, error="a bot protection answered instead of the feed")
    found = feed_links(text, url)
    hint = f"; it names a feed at {found[0]}" if found else ""
    return ParsedFeed(FeedState.NOT_A_FEED, error=f"a web page, not a feed{hint}")


def _readable(text: str) -> str:
    """``text`` without the characters and references that no XML may have."""
    return _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text))


def _legal_reference(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits.lstrip("0")) < 8 else 0
    is_legal = code in (9, 10, 13) or 31 < code < 0xD800 or 0xDFFF < code < 0x110000
    return reference[0] if is_legal and not _ILLEGAL.match(chr(code)) else "\ufffd"


def _xml_feed(text: str, url: str) -> ParsedFeed:
    if _is_exhausting(text):
        return ParsedFeed(FeedState.BROKEN, error="the document is made to take for ever to read")
    try:
        document = _document(text, url)
    except Exception as error:  # noqa: BLE001  feedparser lets errors of every kind through
        reason = one_line(f"{type(error).__name__}: {error}")
        return ParsedFeed(FeedState.BROKEN, error=f"the document cannot be read ({reason})")
    head = document.feed
    flaw = document.get("bozo_exception") if document.get("bozo") else None
    if not document.entries and not document.get("version"):
        return ParsedFeed(
            FeedState.NOT_A_FEED, error=f"neither a feed nor a web page{_because(flaw)}"
        )
    link = absolute(head.get("link") or "", url)
    truncated = flaw is not None and _is_truncated(text)
    whole = document.entries[: -1 if truncated and _loses_its_end(text) else None]
    is_atom = document.version.startswith("atom")
    found = (_entry(raw, url, is_atom) for raw in whole)
    entries = tuple(entry for entry in found if entry)
    return ParsedFeed(
        state=_state(entries, truncated),
        title=_plain(head.get("title_detail"), is_atom),
        link=link,
        lang=one_line(head.get("language") or "") or None,
        entries=entries,
        error=_flaw_sentence(flaw, truncated),
    )


def _document(text: str, url: str) -> Any:
    """What feedparser makes of ``text``; a stream, since it takes bytes for a file name."""
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={
            "content-location": url,
            "content-type": "application/xml; charset=utf-8",
        },
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _is_exhausting(text: str) -> bool:
    """Whether the XML readers would need time that grows with the square of the size."""
    if len(set(_PREFIX.findall(text))) > _MOST_PREFIXES:
        return True
    return any(tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text))


def _is_truncated(text: str) -> bool:
    root = _ROOT.search(text)
    if root is None:
        return False
    # Some generators forget the last line; everything is there when the channel is closed.
    endings = "rss|channel" if root[1].lower() == "rss" else root[1]
    return re.search(rf"</(?:\w+:)?(?:{endings})\s*>", text, re.I) is None


def _loses_its_end(text: str) -> bool:
    """Whether the last entry is cut off before its title and link are whole."""
    begins = [match.start() for match in _ENTRY_BEGINS.finditer(text)]
    if len(begins) <= len(_ENTRY_ENDS.findall(text)):
        return False
    return not (_LINK_ENDS.search(text, begins[-1]) and _TITLE_ENDS.search(text, begins[-1]))


def _state(entries: tuple[Entry, ...], truncated: bool) -> FeedState:
    if truncated:
        return FeedState.BROKEN
    return FeedState.OK if entries else FeedState.EMPTY


def _flaw_sentence(flaw: Exception | None, truncated: bool) -> str | None:
    if flaw is None:
        return None
    problem = "the document breaks off in the middle" if truncated else "the document is malformed"
    return problem + _because(flaw)


def _because(flaw: Exception | None) -> str:
    return f" ({one_line(str(flaw))})" if flaw else ""


def _entry(raw: dict[str, Any], base: str, is_atom: bool) -> Entry | None:
    texts = [_plain(content, is_atom) for content in raw.get("content", ()) if _is_words(content)]
    return stated_entry(
        id=raw.get("id") or "",
        link=absolute(raw.get("link") or "", base),
        title=_plain(raw.get("title_detail"), is_atom),
        summary=_plain(raw.get("summary_detail"), is_atom),
        text=max(texts, key=len, default=""),
        # FeedParserDict.get answers "updated" when asked for a missing "published".
        published=_moment(dict.get(raw, "published_parsed")),
        updated=_moment(dict.get(raw, "updated_parsed")),
        authors=[who.get("name") or "" for who in raw.get("authors", ())],
    )


def _is_words(content: Mapping[str, str]) -> bool:
    """Whether an Atom content is text and no picture or archive."""
    return content.get("type", "").startswith("text/") or content.get("type", "").endswith(
        "xhtml+xml"
    )


def _plain(detail: Mapping[str, str] | None, is_atom: bool) -> str:
    """The words of a text construct; Atom alone can say that ``<b>`` is meant as it stands.

    Many who say so do not mean it, which a closing tag gives away.
    """
    value = (detail or {}).get("value") or ""
    is_literal = is_atom and (detail or {}).get("type") == "text/plain" and "</" not in value
    return one_line(value) if is_literal else from_markup(value)


def _moment(stated: time.struct_time | None) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=calendar.timegm(stated)) if stated else None
    except (ValueError, OverflowError):
        return None

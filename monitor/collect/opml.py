"""OPML <-> feed listings. Pure; whatever a file says, reading it is bounded.

A row is ``<outline type="rss" text="…" xmlUrl="…" language="ru" category="/country/KZ"/>`` as
OPML 2.0 has it; a camp is a category too. Folders are not kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat

from monitor.collect.charsets import as_text
from monitor.model import FeedListing
from monitor.text.language import known_code
from monitor.text.plain import one_line, scalar

MOST_OUTLINES = 10_000
_DEEPEST = 100
_LONGEST_TITLE = 200
_LANGUAGE = re.compile("[a-z]{2,3}")
_COUNTRY = re.compile("[A-Z]{2}")
# Hand-written files have titles like "AT&T", which stop every XML reader.
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|(\d{1,8}));")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Outlines:
    """The feeds that a file lists, each address once; ``error`` is what kept it from being whole.

    ``unusable`` counts the outlines whose address is no web address.
    """

    listings: tuple[FeedListing, ...] = ()
    unusable: int = 0
    error: str | None = None


def read_opml(body: bytes) -> Outlines:
    """The feeds of an OPML document, with its folders flattened. Never raises.

    What stands before the first mistake is kept. At most 10,000 outlines are read, and none that
    is nested deeper than 100 elements.
    """
    text = _readable(as_text(body).strip())
    reading = _Reading()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.EntityDeclHandler = _refuse_entity
    error = None
    try:
        parser.Parse(scalar(text).encode(), True)
    except _StopError as stop:
        error = str(stop)
    except expat.ExpatError as flaw:
        words = expat.errors.messages.get(flaw.code, "malformed")
        error = f"line {flaw.lineno} is no XML ({words})"
    return Outlines(tuple(reading.found.values()), reading.unusable, error)


def write_opml(listings: Iterable[FeedListing], title: str) -> str:
    """An OPML 2.0 document with an outline per feed, in their order.

    List pages are left out, since no other reader knows how to read them.
    """
    feeds = (listing for listing in listings if listing.recipe is None)
    rows = "".join(f"    <outline{_attributes(listing)}/>\n" for listing in feeds)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head>\n    <title>{_escaped(title)}</title>\n  </head>\n"
        f"  <body>\n{rows}  </body>\n</opml>\n"
    )


def _readable(text: str) -> str:
    """``text`` without what no XML may have, and which would stop the reader."""
    legal = _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text))
    return _BARE_AMPERSAND.sub("&amp;", legal)


def _legal_reference(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_legal = code in (9, 10, 13) or 31 < code < 0xD800 or 0xDFFF < code < 0x110000
    return reference[0] if is_legal and not _ILLEGAL.match(chr(code)) else "\ufffd"


class _StopError(Exception):
    """Why the rest of a document is not read."""


@dataclass
class _Reading:
    """What has been read so far; expat calls it for each element."""

    found: dict[str, FeedListing] = field(default_factory=dict)
    unusable: int = 0
    outlines: int = 0
    depth: int = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.depth == 0 and name.lower() != "opml":
            raise _StopError(f"its outermost element is <{one_line(name)[:40]}>, not <opml>")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _StopError(f"it is nested deeper than {_DEEPEST} elements")
        if name.lower() == "outline":
            self._outline({key.lower(): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1

    def _outline(self, stated: Mapping[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MOST_OUTLINES:
            raise _StopError(f"only its first {MOST_OUTLINES:,} outlines were read")
        if not stated.get("xmlurl", "").strip():
            return
        listing = _listing(stated)
        if listing is None:
            self.unusable += 1
        else:
            self.found.setdefault(listing.url, listing)


def _refuse_entity(name: str, *rest: object) -> None:
    raise _StopError("it declares entities, which may stand for files or for ever more text")


def _listing(stated: Mapping[str, str]) -> FeedListing | None:
    url = web_address(stated["xmlurl"])
    if url is None:
        return None
    title = one_line(stated.get("title") or stated.get("text") or "")[:_LONGEST_TITLE].strip()
    categories = _categories(stated.get("category", ""))
    country = categories.get("country", "")
    return FeedListing(
        url=url,
        outlet=title or urlsplit(url).hostname or url,
        lang=_language(stated.get("language", "")),
        country=country if _COUNTRY.fullmatch(country) else None,
        camp=one_line(categories.get("camp", "")) or None,
    )


def _language(stated: str) -> str | None:
    """``ru-RU`` as ``ru``; other codes than ours stay as they are."""
    primary = stated.strip().partition("-")[0].lower()
    return known_code(stated) or (primary if _LANGUAGE.fullmatch(primary) else None)


def web_address(stated: str) -> str | None:
    """``stated`` as an address that can be fetched; ``feed:`` ones too, None for others."""
    url = re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", stated.strip(), flags=re.I)
    url = f"http:{url}" if url.startswith("//") else url
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    # An address with a login in it is not fetched by the door either.
    is_clean = url.isprintable() and " " not in url and "@" not in parts.netloc
    return url if is_web and is_clean else None


def _categories(stated: str) -> dict[str, str]:
    """``/country/KZ,/camp/think%20tank`` by name."""
    paths = (path.strip().strip("/").partition("/") for path in stated.split(","))
    return {name: unquote(value) for name, _, value in paths if value}


def _attributes(listing: FeedListing) -> str:
    places = (("country", listing.country), ("camp", listing.camp))
    stated = {
        "type": "rss",
        "text": listing.outlet,
        "title": listing.outlet,
        "xmlUrl": listing.url,
        "language": listing.lang,
        "category": ",".join(f"/{name}/{quote(value, safe='')}" for name, value in places if value),
    }
    return "".join(f' {name}="{_escaped(value)}"' for name, value in stated.items() if value)


def _escaped(text: str) -> str:
    return html.escape(_ILLEGAL.sub("", one_line(text)))

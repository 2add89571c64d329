"""Any document -> what feedparser makes of it. The only importer of feedparser.

It is slow and takes nearly everything. Its expensive options stay off: texts are made plain and
links absolute elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import unescape

import feedparser

from monitor.collect.entries import Construct, Statement, atom_text, person
from monitor.collect.mending import legible, with_plain_ampersands
from monitor.collect.reading import Reading
from monitor.text.plain import one_line

# Whole texts in elements that feedparser has no name for.
_WHOLE_TEXTS = ("yandex_full-text", "turbo_content")


def read(text: str) -> Reading:
    """The feed in ``text``; raises errors of any kind, as feedparser does.

    Links are left as they stand, or are relative to the document's own bases.
    """
    readable = legible(text)
    mended = with_plain_ampersands(readable)
    document = _document(mended)
    head = document.feed
    version = document.version
    is_atom = version.startswith("atom")
    is_loose = bool(document.get("bozo"))
    flaw = one_line(str(document.get("bozo_exception", ""))) if document.get("bozo") else ""
    if not flaw and mended != readable:
        flaw = "undefined entity or bare ampersand"
    return Reading(
        title=_construct(head.get("title_detail"), is_atom),
        link=_home(head),
        lang=head.get("language") or "",
        statements=tuple(_statement(entry, version, is_loose) for entry in document.entries),
        flaw=flaw,
        is_known=bool(document.entries or version),
    )


def _document(text: str) -> Any:
    """A stream, since feedparser takes bytes for a file name; no base, since guids are no links."""
    return feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _statement(entry: dict[str, Any], version: str, is_loose: bool) -> Statement:
    """In a malformed document feedparser leaves escapes in all that is no text."""
    read = unescape if is_loose else str
    is_atom = version.startswith("atom")
    contents = [_construct(text, is_atom) for text in entry.get("content", ()) if _is_words(text)]
    whole = (text for text in map(entry.get, _WHOLE_TEXTS) if isinstance(text, str))
    contents += [Construct(read(text)) for text in whole]
    # FeedParserDict.get answers "updated" when asked for a missing "published".
    published, updated, created = (
        dict.get(entry, name) or "" for name in ("published", "updated", "created")
    )
    link, guid = _addresses(entry)
    return Statement(
        id=read(entry.get("id") or ""),
        link=read(link),
        guid=read(guid or _about(entry, version)),
        title=_construct(entry.get("title_detail"), is_atom),
        summary=_construct(entry.get("summary_detail"), is_atom),
        contents=tuple(contents),
        published=published or created or ("" if is_atom else updated),
        updated=updated,
        authors=tuple(map(read, _names(entry, is_atom))),
        outlet=read(_origin(entry, "title")),
        site=read(_origin(entry, "href")),
    )


def _about(entry: dict[str, Any], version: str) -> str:
    """RSS 1.0 names its items by their addresses, where no guid stands in the way."""
    is_address = version == "rss10" and "guidislink" not in entry
    return str(entry.get("id") or "") if is_address else ""


def _addresses(entry: dict[str, Any]) -> tuple[str, str]:
    """The stated link, and the guid that may stand in for it: feedparser does not part them."""
    link = entry.get("link") or ""
    others = entry.get("links", ())
    if any(other.get("rel") == "alternate" and other.get("href") for other in others):
        return link, ""
    # RFC 4287, 4.2.7.2: a relation may be spelled as an address.
    spelled = (other for other in others if str(other.get("rel")).endswith("/alternate"))
    return next((other.get("href") or "" for other in spelled), ""), link


def _home(head: dict[str, Any]) -> str:
    """The page that the feed belongs to, or where the feed itself says that it is."""
    link, guid = _addresses(head)
    others = head.get("links", ())
    own = (other.get("href") for other in others if other.get("rel") == "self")
    return link or next(filter(None, own), "") or guid


def _names(entry: dict[str, Any], is_atom: bool) -> list[str]:
    """Outside Atom the last is there as stated too: of it feedparser knows short domains only."""
    names = [who.get("name") or who.get("email") or "" for who in entry.get("authors", ())]
    stated = str(entry.get("author") or "")
    if names and "@" in stated and not is_atom:
        names[-1] = person(stated)
    return names


def _origin(entry: dict[str, Any], name: str) -> str:
    """What the entry's ``source`` says of where it was published."""
    return str((entry.get("source") or {}).get(name) or "")


def _is_words(content: Mapping[str, str]) -> bool:
    """Whether an Atom content is text and no picture or archive."""
    kind = content.get("type", "")
    return kind.startswith("text/") or kind.endswith("xhtml+xml")


def _construct(detail: Mapping[str, str] | None, is_atom: bool) -> Construct:
    detail = detail or {}
    value, base = detail.get("value") or "", detail.get("base") or ""
    if is_atom and detail.get("type") == "text/plain":
        return atom_text(value)
    return Construct(value, base=base)

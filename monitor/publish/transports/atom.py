"""Editions as an Atom feed in a file, for any feed reader (RFC 4287).

The file is all there is: an edition is put in by its id, so a second time changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

from monitor.errors import TransportError
from monitor.model import Delivery
from monitor.publish.transports import ALONE, Hold, Transport, endpoint
from monitor.publish.transports.files import write_whole

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class AtomTransport(Transport):
    """Keeps the newest fifty editions of a subscriber's digest in a file."""

    def __init__(self, paths: Mapping[tuple[str, str], Path], author: str) -> None:
        """``paths`` are by digest and subscriber."""
        self._paths = paths
        self._author = author

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """Put the edition into the file, which is replaced as a whole."""
        path = endpoint(self._paths, delivery)
        hold.renew()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = path.read_bytes() if path.exists() else None
            write_whole(path, with_edition(kept, delivery, self._author))
        except ElementTree.ParseError as error:
            words = f"{path} is no Atom feed of editions; remove it or name another file"
            raise TransportError(words, retry=True) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise TransportError(f"cannot write {path}: {reason}", retry=True) from error


def with_edition(kept: bytes | None, delivery: Delivery, author: str) -> bytes:
    """The feed ``kept`` with the edition of ``delivery`` in it, newest first.

    Raises ``ParseError`` where ``kept`` is no feed.
    """
    ElementTree.register_namespace("", _ATOM)
    added = _entry(delivery)
    old = [] if kept is None else ElementTree.fromstring(kept).findall(f"{{{_ATOM}}}entry")
    others = [entry for entry in old if _said(entry, "id") != _said(added, "id")]
    entries = sorted([*others, added], key=lambda entry: _said(entry, "updated"), reverse=True)
    feed = _feed(delivery, author, _said(entries[0], "updated"))
    feed.extend(entries[:_ENTRIES])
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _feed(delivery: Delivery, author: str, updated: str) -> ElementTree.Element:
    edition = delivery.edition
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", _urn(f"feed\0{author}\0{edition.digest}\0{delivery.subscriber}"))
    _add(feed, "title", edition.outline.title or edition.digest)
    _add(feed, "updated", updated)
    _add(_add(feed, "author", None), "name", author)
    return feed


def _entry(delivery: Delivery) -> ElementTree.Element:
    edition = delivery.edition
    entry = ElementTree.Element(f"{{{_ATOM}}}entry")
    _add(entry, "id", _urn(delivery.message_id))
    _add(entry, "title", edition.rendered.subject)
    _add(entry, "updated", _rfc3339(edition.frozen_at))
    _add(entry, "published", _rfc3339(edition.slot))
    _add(entry, "summary", edition.rendered.text)
    _add(entry, "content", edition.rendered.html).set("type", "html")
    return entry


def _add(parent: ElementTree.Element, name: str, text: str | None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = text and _NO_XML.sub("", text)
    return child


def _said(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{{{_ATOM}}}{name}", "")


def _urn(words: str) -> str:
    """An id that stays the same wherever the feed is served."""
    number = UUID(bytes=sha256(words.encode("utf-8", "replace")).digest()[:16], version=5)
    return number.urn


def _rfc3339(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")

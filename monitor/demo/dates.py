"""The dates in a feed document, found and moved without touching anything else. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

_STATED = re.compile(
    rb"(<(?:\w+:)?(?:pubDate|lastBuildDate|date|published|updated|modified|issued|created)\b[^<>]{0,500}>"
    rb"\s*(?:<!\[CDATA\[)?\s*"
    rb'|"date_(?:published|modified)"\s*:\s*")'
    rb"([^<\]\"]{8,60}?)(?=\s*(?:\]\]>|</|\"))"
)


def moved(document: bytes, by: timedelta) -> bytes:
    """``document`` with every date it states moved by ``by``, each in its own format and zone."""
    if not by:
        return document
    return _STATED.sub(lambda found: found[1] + _moved(found[2], by), document)


def newest(document: bytes, *, not_after: datetime) -> datetime | None:
    """The newest date that ``document`` states, leaving out those after ``not_after``."""
    stated = [_read(found[2]) for found in _STATED.finditer(document)]
    return max((moment for moment in stated if moment and moment <= not_after), default=None)


def _moved(stated: bytes, by: timedelta) -> bytes:
    moment = _read(stated)
    if moment is None:
        return stated
    try:
        later = moment + by
    except OverflowError:
        return stated
    written = later.isoformat() if stated[:4].isdigit() else format_datetime(later)
    return written.encode("ascii")


def _read(stated: bytes) -> datetime | None:
    text = stated.decode("ascii", "replace").strip()
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""One entry from what its publisher states, whatever the format of the feed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.model import Entry
from monitor.text.plain import one_line, scalar

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_YEARS = range(1970, 2100)


def stated_entry(
    *,
    id: str,
    link: str | None,
    title: str,
    summary: str,
    text: str,
    published: datetime | None,
    updated: datetime | None,
    authors: Iterable[str],
) -> Entry | None:
    """An entry of plain one-line texts; None when there is nothing that could be shown.

    An entry without a title is called by its first words, or by its link.
    """
    title = title or _first_words(summary or text) or link or ""
    if not title:
        return None
    return Entry(
        id=one_line(id) or None,
        link=link,
        title=title,
        summary="" if summary == text else summary,
        text=text,
        published=_credible(published),
        updated=_credible(updated),
        authors=tuple(filter(None, map(one_line, authors))),
    )


def absolute(link: str, base: str) -> str | None:
    """``link`` as stated, made absolute; None unless it leads to a web page."""
    try:
        whole = urljoin(base, _CONTROL.sub("", scalar(link)).strip())
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if link.strip() and parts.scheme in ("http", "https") and parts.netloc else None


def _first_words(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + "…"


def _credible(moment: datetime | None) -> datetime | None:
    """A year 1 or 9999 is a slip, and no time zone can show it."""
    return moment if moment and moment.year in _YEARS else None

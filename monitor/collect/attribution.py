"""Whose an entry is that came through an aggregator, and by what it is known as theirs. Pure.

The publisher's own entry of the same article has another link; what both have is the publisher's
host, the title and the day. Two entries of one publisher are never joined by these: it may say
the same twice on one day.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from monitor.model import Entry
from monitor.text.fingerprint import short_hash
from monitor.text.urls import host

_BETWEEN = " - "


def attributed(entry: Entry) -> Entry:
    """``entry`` as its publisher states it: without the name that an aggregator adds to the title.

    An outlet that is named by anybody but an aggregator is no publisher of the entry, and is
    left out.
    """
    if entry.outlet is None and entry.site is None:
        return entry
    if host(entry.link or "") not in _aggregators():
        return replace(entry, outlet=None, site=None)
    title = entry.title.removesuffix(f"{_BETWEEN}{entry.outlet}")
    summary = "" if entry.summary.startswith(title) else entry.summary
    return replace(entry, title=title or entry.title, summary=summary)


def told(entry: Entry) -> tuple[str, ...]:
    """The key by which the other side may recognise the entry; none without a day."""
    return _named("via" if entry.site else "own", entry)


def sought(entry: Entry) -> tuple[str, ...]:
    """The keys of the other side: a publisher's entry seeks the aggregator's, which seeks both."""
    if entry.site is None:
        return _named("via", entry)
    return (*_named("own", entry), *_named("via", entry))


def _named(side: str, entry: Entry) -> tuple[str, ...]:
    address, at = entry.site or entry.link, entry.published
    if not address or not at:
        return ()
    return (f"{side}:{host(address)}:{_said(entry.title, at.date())}",)


# Each entry is asked for it by both sides.
@lru_cache(maxsize=2048)
def _said(title: str, day: date) -> str:
    words = " ".join(title.casefold().split())
    return short_hash(f"{words}|{day.isoformat()}")


@cache
def _aggregators() -> frozenset[str]:
    source = files("monitor.collect").joinpath("data", "pages.toml").read_text("utf-8")
    return frozenset(tomllib.loads(source)["aggregators"])

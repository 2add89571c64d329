"""Which links of a page lead to articles, by their addresses. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from monitor.collect.pages.days import day_of_address
from monitor.text.urls import host

# As many links of one shape are a list and no accident.
_FEWEST = 3
_ID = re.compile(r"[0-9a-f]{12,}|\d+", re.I)
_LONGEST_WORD = 25


def same_site(url: str, page: str) -> bool:
    """Whether ``url`` is at the host of ``page``, at one below it or above it."""
    ours, theirs = host(page), host(url)
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")


def repeated(urls: Iterable[str]) -> frozenset[str]:
    """The addresses that are made after a pattern that several of them share, as articles' are.

    Where some patterns have a day in them, the others lead to sections and galleries.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        if shape := _shape(url):
            groups[shape].append(url)
    lists = [group for group in groups.values() if len(group) >= _FEWEST]
    dated = [group for group in lists if day_of_address(group[0])]
    return frozenset(url for group in dated or lists for url in group)


def _shape(url: str) -> str | None:
    """``/world/2026-11/25/c_12.htm`` -> ``/world/0-0/0/c_0.htm``; None where nothing varies."""
    parts = urlsplit(url)
    *folders, last = parts.path.rstrip("/").split("/")
    kinds = [*map(_kind, folders), "-" if "-" in last and not _ID.search(last) else _kind(last)]
    query = "&".join(f"{key}={_kind(value)}" for key, value in parse_qsl(parts.query))
    shape = "/".join(kinds) + (f"?{query}" if query else "")
    return shape if "0" in shape or "-" in kinds else None


def _kind(segment: str) -> str:
    """A part of a path with its numbers as ``0``; one that is made of a title is ``-``."""
    if (segment.count("-") > 1 and not segment[0].isdigit()) or len(segment) > _LONGEST_WORD:
        return "-"
    return _ID.sub("0", segment)

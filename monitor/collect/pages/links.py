"""The feeds that a page names."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from monitor.collect.pages.soup import base_of, joined

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
}
# The links stand in the head. Readers of HTML need for ever for some pages, so only the tags that
# matter are given to one.
_READ = 200_000
_TAG = re.compile(r"<(?:link|base)\s[^<>]{1,2000}>", re.I)


def feed_links(page: str, url: str) -> list[str]:
    """Addresses that the page at ``url`` names as its feeds, in its own order, each once."""
    head = BeautifulSoup("".join(_TAG.findall(page[:_READ])), "html.parser")
    links = [link for link in head.find_all("link", href=True) if _names_a_feed(link)]
    return list(dict.fromkeys(joined(links, base_of(head, url))))


def _names_a_feed(link: Tag) -> bool:
    relations = " ".join(link.get_attribute_list("rel")).lower().split()
    kind = str(link.get("type", "")).partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES

"""News sitemaps -> entries. Pure.

A sitemap lists the pages of a site; with Google's news extension it names and dates its articles.
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from monitor.collect.entries import Construct, Statement, stated_entry
from monitor.collect.mending import legible, with_plain_ampersands
from monitor.model import FeedState, ParsedFeed

_ROOT = re.compile(
    r"(?:<\?.*?\?>\s*|<!--(?:(?!-->).)*+-->\s*)*+<(?:\w+:)?(urlset|sitemapindex)\b", re.S
)
_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")
_NEWS = "/schemas/sitemap-news/"
_LOCATION = re.compile(r"<(?:\w+:)?loc>\s*([^<]{1,2000}?)\s*<")


def root(text: str) -> str | None:
    """``urlset`` or ``sitemapindex`` if ``text`` is one, and no feed."""
    found = _ROOT.match(text)
    return found[1] if found else None


def read_sitemap(text: str, url: str, seen: Container[str]) -> ParsedFeed:
    """The articles of a news sitemap; what names no articles is a state with a sentence."""
    if root(text) == "sitemapindex":
        first = _LOCATION.search(text)
        hint = f"; its first one is {first[1]}" if first else ""
        return ParsedFeed(FeedState.NOT_A_FEED, error=f"an index of sitemaps, not a feed{hint}")
    pages, flaw = _pages(with_plain_ampersands(legible(text)))
    articles = [page for page in pages if "title" in page]
    if not pages and not flaw and _NEWS in text:
        return ParsedFeed(FeedState.EMPTY)
    if not articles and not flaw:
        sentence = "a sitemap without news: it says where pages are, and not what they are called"
        return ParsedFeed(FeedState.NOT_A_FEED, error=sentence)
    found = (stated_entry(_statement(page), _source(page), url, seen) for page in articles)
    return ParsedFeed(
        state=FeedState.BROKEN if flaw else FeedState.OK,
        lang=next((page["language"] for page in articles if page.get("language")), None),
        entries=tuple(entry for entry in found if entry),
        error=flaw,
    )


def _pages(text: str) -> tuple[list[dict[str, str]], str | None]:
    """The pages before the first flaw, as texts by the names of their elements; and the flaw."""
    pages: list[dict[str, str]] = []
    if "<!DOCTYPE" in text:
        return pages, "the sitemap has a document type, which is not read"
    stream = io.BytesIO(_DECLARATION.sub("", text).encode("utf-8", "replace"))
    try:
        for _, element in ElementTree.iterparse(stream, ["end"]):
            if _name(element) == "url":
                pages.append(dict(_fields(element)))
    except ElementTree.ParseError as error:
        return pages, f"the sitemap is malformed or breaks off ({error})"
    return pages, None


def _fields(page: Element) -> Iterator[tuple[str, str]]:
    for element in page.iter():
        space = element.tag.partition("}")[0]
        if "image" not in space and "video" not in space and (element.text or "").strip():
            yield _name(element), (element.text or "").strip()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _statement(page: dict[str, str]) -> Statement:
    return Statement(
        id=page.get("loc", ""),
        link=page.get("loc", ""),
        title=Construct(page["title"], literal=True),
        published=page.get("publication_date", ""),
        updated=page.get("lastmod", ""),
    )


def _source(page: dict[str, str]) -> bytes:
    return "\0".join(f"{name}={value}" for name, value in sorted(page.items())).encode()

"""What a web page says: its feeds, its title, its text. The only importer of beautifulsoup4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

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
_UNREAD = r"(?:script|style|template|noscript|svg|textarea)"
_UNREAD_BEGINS = re.compile(rf"<{_UNREAD}\b", re.I)
_UNREAD_ENDS = re.compile(rf"</{_UNREAD}\s*>", re.I)
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]{0,2000}>)")
_ASIDES = ("nav", "footer", "aside", "form", "button", "figcaption", "iframe", "select")
_BLOCKS = (
    *("p", "div", "br", "hr", "li", "ul", "ol", "dd", "dt", "blockquote", "section", "article"),
    *("header", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th"),
)
_LONGEST_PAGE = 1_000_000


def feed_links(page: str, url: str) -> list[str]:
    """Addresses that the page at ``url`` names as its feeds, in its own order, each once."""
    head = BeautifulSoup("".join(_TAG.findall(page[:_READ])), "html.parser")
    base = next(_joined(head.find_all("base", href=True), url), url)
    links = [link for link in head.find_all("link", href=True) if _names_a_feed(link)]
    return list(dict.fromkeys(_joined(links, base)))


def _names_a_feed(link: Tag) -> bool:
    relations = " ".join(link.get_attribute_list("rel")).lower().split()
    kind = str(link.get("type", "")).partition(";")[0].strip().lower()
    return "alternate" in relations and kind in _FEED_TYPES


def _joined(tags: Iterable[Tag], base: str) -> Iterator[str]:
    for tag in tags:
        try:
            yield urljoin(base, str(tag["href"]).strip())
        except ValueError:
            continue


def page_text(page: str) -> str:
    """The text of an HTML page, a line a paragraph, without menus, forms and scripts.

    What stands in its longest ``article`` or in ``main`` is the text, if there is such an element.
    """
    soup = _soup(page)
    candidates = soup.find_all("article") or soup.find_all("main") or [soup.body or soup]
    body = max(candidates, key=lambda tag: len(tag.get_text()))
    for aside in body.find_all(_ASIDES):
        aside.extract()
    for block in body.find_all(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    lines = (" ".join(line.split()) for line in body.get_text().split("\n"))
    return "\n".join(line for line in lines if line)


def page_title(page: str) -> str:
    """What a page calls itself, or its first heading; empty where it has neither."""
    soup = _soup(page)
    named = soup.find("title") or soup.find("h1")
    return " ".join(named.get_text().split()) if named else ""


def _soup(page: str) -> BeautifulSoup:
    """The page read, without what costs a reader of HTML more time than it is worth."""
    visible, *comments = page[:_LONGEST_PAGE].split("<!--")
    visible += "".join(comment.partition("-->")[2] for comment in comments)
    first, *unread = _UNREAD_BEGINS.split(visible)
    ends = ((part, _UNREAD_ENDS.search(part)) for part in unread)
    read = first + "".join(part[end.end() :] for part, end in ends if end)
    return BeautifulSoup(_NO_TAG.sub("&lt;", read), "html.parser")

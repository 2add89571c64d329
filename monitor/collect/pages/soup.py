"""Bytes -> HTML -> a tree, without what costs more time than it is worth."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from monitor.collect.charsets import as_text

_CHARSET = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?([\w-]+)""", re.I)
_HEAD = 4096
_HAN = re.compile("[\u3400-\u9fff]")
_WORTH_OF_HAN = 3
_UNREAD = r"(?:script|style|template|noscript|svg|textarea)"
_UNREAD_BEGINS = re.compile(rf"<{_UNREAD}\b", re.I)
_UNREAD_ENDS = re.compile(rf"</{_UNREAD}\s*>", re.I)
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]{0,2000}>)")
_LONGEST_PAGE = 1_000_000
# Tags that are never closed hold all that follows; to look into each of them takes for ever.
_DEEPEST, _MOST_NODES = 40, 500
BLOCKS = (
    *("p", "div", "br", "hr", "li", "ul", "ol", "dd", "dt", "blockquote", "section", "article"),
    *("header", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th"),
)


def decoded(body: bytes, content_type: str = "") -> str:
    """A page as text; its own charset counts where the header ``content_type`` has none."""
    stated = None if "charset" in content_type.lower() else _CHARSET.search(body[:_HEAD])
    declared = f"; charset={stated[1].decode()}" if stated else ""
    return as_text(body, content_type + declared)


def read(page: str) -> BeautifulSoup:
    """The tree of a page, of its first million characters where there are more."""
    visible, *comments = page[:_LONGEST_PAGE].split("<!--")
    visible += "".join(comment.partition("-->")[2] for comment in comments)
    first, *unread = _UNREAD_BEGINS.split(visible)
    ends = ((part, _UNREAD_ENDS.search(part)) for part in unread)
    kept = first + "".join(part[end.end() :] for part, end in ends if end)
    return BeautifulSoup(_NO_TAG.sub("&lt;", kept), "html.parser")


def joined(tags: Iterable[Tag], base: str) -> Iterator[str]:
    """Where the tags lead; one that leads nowhere is left out."""
    for tag in tags:
        try:
            yield urljoin(base, str(tag["href"]).strip())
        except ValueError:
            continue


def base_of(soup: BeautifulSoup, url: str) -> str:
    """What relative addresses of the page at ``url`` are relative to."""
    return next(joined(soup.find_all("base", href=True), url), url)


def inside(tag: Tag, names: Container[str]) -> Iterator[Tag]:
    """The tags of these names in ``tag``, among its first five hundred nodes."""
    near = islice(tag.descendants, _MOST_NODES)
    return (node for node in near if isinstance(node, Tag) and node.name in names)


def around(tag: Tag) -> Iterator[Tag]:
    """The tags around ``tag``, the nearest first, as far as a well-made page is nested."""
    return islice(tag.parents, _DEEPEST)


def words(tag: Tag) -> str:
    """The text of a tag on one line, its inline tags joined."""
    return " ".join(paragraphs(tag))


def paragraphs(tag: Tag) -> list[str]:
    """The text of a tag, parted where a block or a line begins."""
    parts: list[str] = []
    for node in islice(tag.descendants, _MOST_NODES):
        if isinstance(node, NavigableString):
            parts.append(str(node))
        elif isinstance(node, Tag) and node.name in BLOCKS:
            parts.append("\0")
    lines = (" ".join(part.split()) for part in "".join(parts).split("\0"))
    return [line for line in lines if line]


def letters(text: str) -> int:
    """How many letters a text has; a Han character says as much as three."""
    return sum(map(str.isalpha, text)) + (_WORTH_OF_HAN - 1) * len(_HAN.findall(text))

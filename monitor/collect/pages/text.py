"""What one article's page says: its title, its text."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from monitor.collect.pages.soup import BLOCKS, read

_ASIDES = ("nav", "footer", "aside", "form", "button", "figcaption", "iframe", "select")


def page_text(page: str, selector: str = "") -> str:
    """The text of an HTML page, a line a paragraph, without menus, forms and scripts.

    What the CSS ``selector`` finds is the text; without one, or where it finds nothing, what
    stands in the page's longest ``article`` or in ``main``, if there is such an element. Raises
    ``SelectorSyntaxError`` on a selector that is none.
    """
    soup = read(page)
    chosen = soup.select(selector) if selector else []
    return "\n".join(map(_lines, chosen or [_body(soup)])).strip()


def _body(soup: BeautifulSoup) -> Tag:
    candidates = soup.find_all("article") or soup.find_all("main") or [soup.body or soup]
    return max(candidates, key=lambda tag: len(tag.get_text()))


def _lines(body: Tag) -> str:
    for aside in body.find_all(_ASIDES):
        aside.extract()
    for block in body.find_all(BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    lines = (" ".join(line.split()) for line in body.get_text().split("\n"))
    return "\n".join(line for line in lines if line)


def page_title(page: str) -> str:
    """What a page calls itself, or its first heading; empty where it has neither."""
    soup = read(page)
    named = soup.find("title") or soup.find("h1")
    return " ".join(named.get_text().split()) if named else ""

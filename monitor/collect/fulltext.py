"""A page -> the text of the article on it. The only importer of trafilatura, which is an extra."""

from __future__ import annotations

from typing import Any

from monitor.collect.pages import decoded, letters, page_text

# Below this a page is a notice, a teaser before a wall, or a video.
_FEWEST_LETTERS = 200
_LONGEST_TEXT, _LONGEST_PAGE = 50_000, 1_000_000


def article_text(body: bytes, *, content_type: str = "", selector: str = "") -> str:
    """The text of the article on a page, a line a paragraph; empty where there is hardly any.

    What the CSS ``selector`` finds is the text. Without one it is what trafilatura takes for the
    article; where that is not installed, or finds less than a notice, what ``page_text`` does.
    Raises ``SelectorSyntaxError`` on a selector that is none.
    """
    page = decoded(body, content_type)[:_LONGEST_PAGE]
    found = "" if selector else _extracted(page)
    if letters(found) < _FEWEST_LETTERS:
        found = page_text(page, selector)
    return found[:_LONGEST_TEXT] if letters(found) >= _FEWEST_LETTERS else ""


def _extracted(page: str) -> str:
    reader = _reader()
    found = reader.extract(page, include_comments=False, include_tables=False) if reader else None
    return found or ""


def _reader() -> Any:
    """The module trafilatura; None where the extra ``fulltext`` is not installed."""
    try:
        import trafilatura
    except ImportError:
        return None
    return trafilatura

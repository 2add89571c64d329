"""An edition as its readers get it: subject, text and HTML.

The only importer of jinja2 and css_inline. The HTML is set in tables of 600 px with its styles
inlined, loads nothing from anywhere, and stays under the size at which mailboxes clip a message.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.model import Edition, Rendered, Section
from monitor.publish.plain import set_text
from monitor.publish.presentation import Page, present

# Gmail clips near 102 kB; the rest is room for what forwarding adds.
HTML_LIMIT = 90_000


def fitted(
    edition: Edition,
    *,
    unsubscribe: str | None,
    archive_hint: str,
    notices: Sequence[str] = (),
) -> tuple[Edition, Rendered]:
    """Set ``edition``; ``notices`` are sentences printed above the stories.

    ``archive_hint`` is what to type for the stories that are left out. Where the HTML would reach
    90,000 bytes, whole stories are left out from the end and counted as omitted, in both parts:
    the edition that comes back has only those that are printed.
    """

    def page_of(count: int) -> Page:
        return present(
            _first_stories(edition, count),
            unsubscribe=unsubscribe,
            archive_hint=archive_hint,
            notices=notices,
        )

    count = _how_many_fit(len(edition.stories), lambda count: set_html(page_of(count)))
    page = page_of(count)
    rendered = Rendered(page.subject, set_text(page), set_html(page))
    return _first_stories(edition, count), rendered


def set_html(page: Page) -> str:
    """The page as HTML with inlined styles; the rules for dark mode and telephones stay."""
    return _inliner().inline(_environment().get_template("edition.html").render(page=page))


def _how_many_fit(count: int, html_of: Callable[[int], str]) -> int:
    """How many of ``count`` stories stay under the limit."""
    if len(html_of(count).encode()) < HTML_LIMIT:
        return count
    return max(
        0, bisect_left(range(count), True, key=lambda n: len(html_of(n).encode()) >= HTML_LIMIT) - 1
    )


def _first_stories(edition: Edition, count: int) -> Edition:
    """The edition with its first ``count`` stories, the others counted as omitted."""
    sections = tuple(_first_sections(edition.sections, count))
    dropped = len(edition.stories) - sum(len(section.stories) for section in sections)
    return replace(edition, sections=sections, omitted=edition.omitted + dropped)


def _first_sections(sections: Sequence[Section], count: int) -> Iterator[Section]:
    for section in sections:
        kept = section.stories[:count]
        count -= len(kept)
        if kept:
            yield replace(section, stories=kept)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(
        keep_style_tags=False, keep_at_rules=True, minify_css=True, load_remote_stylesheets=False
    )

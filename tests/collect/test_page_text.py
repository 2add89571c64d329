"""A page's own words: paragraphs without menus, scripts and comments; hostile pages end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.pages import page_text, page_title

PAGE = """<!doctype html><html><head><title> Ports
 of the North </title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a></nav><!-- <p>hidden</p> -->
<article><p>Short teaser.</p></article>
<article><h1>Ports &amp; cables</h1><p>Oslo and <b>Riga</b> agree,<br>at last.</p>
<script>document.write("<p>scripted</p>")</script>
<ul><li>One</li><li>Two 1 < 2</li></ul><form>Subscribe <button>now</button></form>
<p>The end.</p></article><footer>Imprint</footer></body></html>"""


def test_the_longest_article_is_the_text_a_line_a_paragraph() -> None:
    """Inline tags join, block tags part; menus, scripts, forms and comments are left out."""
    assert page_text(PAGE).split("\n") == [
        "Ports & cables",
        "Oslo and Riga agree,",
        "at last.",
        "One",
        "Two 1 < 2",
        "The end.",
    ]


def test_a_page_without_an_article_is_read_whole() -> None:
    """Main comes before the body, the body before nothing at all."""
    assert page_text("<body>a<main><p>b</main></body>") == "b"
    assert page_text("<p>a<p>b") == "a\nb"
    assert page_text("plain words") == "plain words"
    assert page_text("") == ""


def test_a_page_has_a_title_or_a_first_heading() -> None:
    """On one line, entities resolved; empty where there is neither."""
    assert page_title(PAGE) == "Ports of the North"
    assert page_title("<h1>A &lt; B</h1>") == "A < B"
    assert page_title("<p>a") == ""


@pytest.mark.parametrize(
    "page", ["<!--" * 50_000, "<" * 200_000, "<a " * 60_000, "<!a" * 60_000, "<?" * 100_000,
             "<script>" * 30_000, '<p title="' * 30_000, "<![CDATA[" * 20_000]
)  # fmt: skip
@pytest.mark.timeout(10)
def test_a_page_made_to_take_for_ever_does_not(page: str) -> None:
    """Constructs that are never closed cost no more than their length."""
    assert len(page_text(page)) <= len(page) * 5


@given(st.text(alphabet="<>!-/ap\"='& \n", max_size=200))
def test_any_page_has_a_text(page: str) -> None:
    """Nothing that stands in angle brackets makes it fail."""
    assert "\n\n" not in page_text(page)
    assert "\n" not in page_title(page)

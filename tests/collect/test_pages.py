"""What a web page says of its feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.pages import feed_links

URL = "https://news.example/kz/index.html"


def test_feeds_are_named_in_the_order_of_the_page_each_once() -> None:
    """RSS, Atom and JSON feeds, absolute, without the links that lead elsewhere."""
    page = """<html><head>
    <link rel="stylesheet" href="/a.css">
    <LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF=" /rss.xml ">
    <link rel="alternate nofollow" type='application/atom+xml' href='atom.xml?a=1&amp;b=2'/>
    <link type=application/feed+json rel=alternate href=//cdn.example/feed.json>
    <link rel="alternate" type="application/rss+xml" href="https://news.example/rss.xml">
    <link rel="alternate" hreflang="ru" href="/ru/">
    <link rel="alternate" type="application/rss+xml">
    <link rel="alternate" type="application/rss+xml" href="http://[bad/">
    </head></html>"""
    assert feed_links(page, URL) == [
        "https://news.example/rss.xml",
        "https://news.example/kz/atom.xml?a=1&b=2",
        "https://cdn.example/feed.json",
    ]


def test_the_base_of_the_page_counts() -> None:
    """A base element changes what relative addresses mean."""
    page = """<base href="/en/"><link rel=alternate type=application/rss+xml href=feed>"""
    assert feed_links(page, URL) == ["https://news.example/en/feed"]


@pytest.mark.parametrize("page", ["", "<html>", "<link", "<link rel=alternate", "<a <" * 100_000])
def test_a_page_without_feeds_names_none(page: str) -> None:
    """Pages that are empty, cut, or made to be slow name no feed, at once."""
    assert feed_links(page, URL) == []


@given(st.text(alphabet="<>/=\"' linkbasehrefx[]!-&#;0", max_size=80))
def test_no_page_makes_the_reader_fail(page: str) -> None:
    """Any tangle of tags gives a list."""
    tangled = f"<link {page}><base {page}>{page}"
    assert isinstance(feed_links(tangled, URL), list)

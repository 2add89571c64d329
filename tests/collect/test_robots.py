"""What a robots.txt allows, by RFC 9309."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.robots import allows

SITE = "https://press.example"
AGENT = "monitor/1.0 (+https://x.example)"


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("Disallow: /", "/a", False),
        ("Disallow:", "/a", True),
        ("Disallow: /\nAllow: /news", "/news/1", True),
        ("Allow: /news\nDisallow: /news/private", "/news/private/1", False),
        ("Allow: /page\nDisallow: /page", "/page", True),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("Disallow: /*?session=", "/a?session=1", False),
        ("Disallow: /*/print/", "/ru/print/7", False),
        ("Disallow: /a%3cd.html", "/a%3Cd.html", False),
        ("Disallow: /новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False),
        ("Disallow: /fish", "/Fish.asp", True),
        ("Disallow: /fish", "/salmon-fish", True),
        ("Disallow: /a # not this", "/a", False),
        ("Disalow: /a\n: :\nnonsense\nDisallow: /b", "/b", False),
        ("Crawl-delay: 10\nSitemap: /x.xml\nDisallow: /b", "/a", True),
    ],
)
def test_the_longest_match_decides(rules: str, path: str, allowed: bool) -> None:
    """Allow wins a tie; ``*`` is anything, ``$`` the end; what makes no sense is passed over."""
    assert allows(f"User-agent: *\n{rules}\n", AGENT, SITE + path) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: Googlebot\nDisallow: /", True),
        ("User-agent: Monitor\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: monitor\nAllow: /", True),
        ("User-agent: a\nUser-agent: monitor\nUser-agent: b\nDisallow: /", False),
        ("User-agent: monitor\nDisallow: /x\n\nUser-agent: monitor\nDisallow: /a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("Disallow: /", True),
        ("<html><body>Not found</body></html>", True),
    ],
)
def test_the_group_that_names_us_goes_before_that_for_all(text: str, allowed: bool) -> None:
    """Product tokens are compared without case and version; groups of one name are one group."""
    assert allows(text, AGENT, SITE + "/a/b") is allowed


def test_a_hostile_file_is_read_in_time() -> None:
    """Megabytes of rules and patterns made of stars cost no more than a moment."""
    stars = "Disallow: /" + "*a" * 40 + "*b$\n"
    text = "User-agent: *\n" + stars * 20 + "Disallow: /x\n" * 200_000
    began = time.monotonic()
    assert allows(text, AGENT, SITE + "/" + "a" * 2000)
    assert time.monotonic() - began < 5


@given(st.text(), st.text())
def test_any_text_gives_an_answer(text: str, path: str) -> None:
    """No file and no address makes the reader fail."""
    assert allows(text, AGENT, f"{SITE}/{path}") in (True, False)

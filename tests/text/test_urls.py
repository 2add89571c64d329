"""Web addresses as the names of articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.urls import canonical, guid_key, host, link_key


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.News.example:443/amp/kz?x=1", "news.example"),
        ("http://m.news.example", "news.example"),
        ("https://news.example:8080/a", "news.example:8080"),
        ("https://news.example?x=1", "news.example"),
        ("https://новости.example/a", "xn--b1amnebsh.example"),
    ],
)
def test_the_host_of_an_address(url: str, site: str) -> None:
    """Without the labels that name a rendering, in ASCII."""
    assert host(url) == site


def test_all_writings_of_a_link_make_one_key() -> None:
    """Scheme, www, tracking and a trailing slash name no other article."""
    written = ("https://www.news.example/a/?utm_source=x", "http://news.example/a#part")

    assert {link_key(canonical(url)) for url in written} == {"link:news.example/a"}


@pytest.mark.parametrize(
    "ending", ["?from=rss", "?output=amp", "?m=1", "?view=mobile", "?CMP=x", ".amp", "?a=rss&b=amp"]
)
def test_a_rendering_is_no_other_article(ending: str) -> None:
    """By the value of a parameter too, and by the end of the path."""
    assert canonical(f"https://news.example/a{ending}") == "news.example/a"


@pytest.mark.parametrize("ending", ["?m=202611", "?view=full", "?id=amp5", "/b.amp/c", "?p=rss2"])
def test_what_only_looks_like_a_rendering_stays(ending: str) -> None:
    """It may be another article."""
    assert canonical(f"https://news.example/a{ending}") == f"news.example/a{ending}"


@given(st.text("abc/", max_size=2000))
def test_no_key_grows_without_bounds(path: str) -> None:
    """Long links become hashes, different ones different hashes."""
    link = f"news.example/{path}"

    assert len(link_key(link)) <= 505
    assert link_key(link) != link_key(f"{link}a")


def test_a_guid_is_known_within_its_feed_only() -> None:
    """Two feeds may both count from 1; a guid that is an address may flip its scheme."""
    assert guid_key(1, "1") != guid_key(2, "1")
    assert guid_key(1, "http://www.a.example/x") == guid_key(1, "https://a.example/x?fbclid=y")


_HOSTS = st.sampled_from(["news.example", "www.news.example", "m.a-b.example", "127.0.0.1"])
_PORTS = st.sampled_from(["", ":80", ":443", ":8080", ":65535", ":59999"])


@given(
    _HOSTS,
    _PORTS,
    st.text("ab/.~_-A0", max_size=12),
    st.text("ab=&.~_-;A0", max_size=16) | st.sampled_from(["utm_source=x&b=2&a=1", "a=2&a=1&amp="]),
)
def test_addresses_that_need_no_parser_are_named_as_by_one(
    site: str, port: str, path: str, query: str
) -> None:
    """An escaped letter, which a parser must see, makes no difference to the name."""
    plain = f"http://{site}{port}/{path}?{query}"
    parsed = f"HTTP://{site}{port}/{path}?{query}"

    assert canonical(plain) == canonical(parsed)

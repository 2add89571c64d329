"""OPML as other readers write it, as people mend it by hand, and as an attacker would."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.opml import MOST_OUTLINES, Outlines, read_opml, web_address, write_opml
from monitor.model import FeedListing
from monitor.text.plain import one_line

_LINES = st.text(min_size=1, max_size=40).map(one_line).filter(bool)
_LISTINGS = st.builds(
    FeedListing,
    url=st.integers(0, 9999).map(
        lambda number: f"https://host{number}.example/feed?a=1&b={number}"
    ),
    outlet=_LINES.filter(lambda line: "\ufffe" not in line and "\uffff" not in line),
    lang=st.sampled_from([None, "ru", "zh", "sv"]),
    country=st.sampled_from([None, "KZ", "CN"]),
    camp=st.sampled_from([None, "think tank", "state, or near it", "a/b"]),
)


def opml(body: str) -> bytes:
    """An OPML document with this body."""
    return f'<?xml version="1.0"?><opml version="2.0"><body>{body}</body></opml>'.encode()


def urls(outlines: Outlines) -> list[str]:
    """The addresses found."""
    return [listing.url for listing in outlines.listings]


@given(st.lists(_LISTINGS, unique_by=lambda listing: listing.url, max_size=8))
def test_what_is_exported_can_be_imported(listings: list[FeedListing]) -> None:
    """Address, name, language, country and camp come back as they were, in their order."""
    assert read_opml(write_opml(listings, "mine").encode()) == Outlines(tuple(listings))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise(body: bytes) -> None:
    """Whatever a file has in it, the answer is a value; without feeds it says why."""
    found = read_opml(body)

    assert found.listings or found.error


def test_folders_are_flattened() -> None:
    """Feeds are found at every depth, in order; folders and other kinds of rows are passed over."""
    found = read_opml(opml(
        '<outline text="News"><outline text="A" type="rss" xmlUrl="https://a.example/feed"/>'
        '<outline text="Asia"><outline title="B" text="b" xmlurl="https://b.example/rss"/></outline>'
        '<outline text="a page" type="link" url="https://c.example/"/></outline>'
    ))  # fmt: skip

    assert [(one.outlet, one.url) for one in found.listings] == [
        ("A", "https://a.example/feed"),
        ("B", "https://b.example/rss"),
    ]
    assert found.error is None


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", "https://a.example/rss"),
        ("  https://a.example/rss\n", "https://a.example/rss"),
        ("//a.example/rss", "http://a.example/rss"),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("../../etc/passwd", None),
        ("https://user:secret@a.example/", None),
        ("https://a.example/\x1b[31m", None),
        ("https://[::1/", None),
        ("https://a.example:0/", None),
    ],
)
def test_only_web_addresses_are_taken(stated: str, address: str | None) -> None:
    """Schemes of files and scripts, logins and control characters are none."""
    assert web_address(stated) == address


def test_a_title_is_only_a_title() -> None:
    """H17: control characters are taken out, paths lead nowhere, and a long one is cut."""
    hostile = "&#27;[31m&#x202E;../../etc/passwd&#0;" + "x" * 900
    (found,) = read_opml(opml(f'<outline text="{hostile}" xmlUrl="https://a.example/"/>')).listings

    assert one_line(found.outlet) == found.outlet
    assert "../../etc/passwd" in found.outlet
    assert len(found.outlet) <= 200


def test_bare_ampersands_are_mended() -> None:
    """People write AT&T and ?a=1&b=2 into files that no XML reader would take."""
    found = read_opml(opml('<outline text="AT&T" xmlUrl="https://a.example/?a=1&b=2&amp;c=3"/>'))

    assert found.listings[0].outlet == "AT&T"
    assert urls(found) == ["https://a.example/?a=1&b=2&c=3"]


def test_what_stands_before_the_mistake_is_kept() -> None:
    """A file that breaks off gives its first feeds, and the line where it ended."""
    found = read_opml(opml('\n<outline xmlUrl="https://a.example/"/>\n<outline')[:-14])

    assert urls(found) == ["https://a.example/"]
    assert found.error is not None
    assert found.error.startswith("line 3 is no XML")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no XML"),
        (b"<html><body>x</body></html>", "<html>, not <opml>"),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>', "entities"),
        (b"<opml>" + b"<outline>" * 101, "deeper than 100"),
    ],
)
def test_other_documents_say_what_they_are(body: bytes, reason: str) -> None:
    """An empty file, a page, declared entities and endless nesting end in a sentence."""
    found = read_opml(body)

    assert found.listings == ()
    assert reason in str(found.error)


def test_a_hundred_thousand_outlines_end_soon() -> None:
    """H17: ten thousand are read, in less than five seconds, and the rest is told of."""
    rows = "".join(
        f'<outline text="../../{number}" xmlUrl="https://h{number}.example/feed"/>'
        for number in range(100_000)
    )
    begun = time.perf_counter()
    found = read_opml(opml(f"<outline>{rows}</outline>"))

    assert time.perf_counter() - begun < 5
    assert len(found.listings) == MOST_OUTLINES - 1
    assert found.error == "only its first 10,000 outlines were read"

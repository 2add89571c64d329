"""Stamps tell an entry that was seen from one that is new or edited, whoever reads it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor.collect import lenient, strict
from monitor.collect.feeds import parse
from monitor.collect.stamps import elements
from monitor.model import Entry, FeedState, ParsedFeed

URL = "https://news.example/rss/all.xml"
FIRST = (
    "<item><title>One</title><link>/1</link><description>&lt;b&gt;a&lt;/b&gt;</description></item>"
)
SECOND = "<item><title>Two</title><link>/2</link><author>A. B.</author></item>"


def _rss(*items: str, head: str = "<title>T</title>", root: str = "") -> bytes:
    inner = head + "".join(items)
    return f'<rss version="2.0"{root}><channel>{inner}</channel></rss>'.encode()


def _stamps(body: bytes, url: str = URL) -> list[str]:
    return [entry.stamp for entry in parse(body, url=url).entries]


def test_a_seen_entry_is_named_and_not_read() -> None:
    """What names it and its dates are there; texts and authors are not."""
    first, second = parse(_rss(FIRST, SECOND), url=URL).entries
    again = parse(_rss(FIRST, SECOND), url=URL, seen={first.stamp}).entries
    assert again[0] == Entry(
        id=None, link="https://news.example/1", title="One", stamp=first.stamp, seen=True
    )
    assert again[1] == second
    assert first.summary == "a"


def test_nothing_is_read_where_all_was_seen() -> None:
    """The same entries in any order are unchanged, whatever the head says; one less is not."""
    first, second = (item.replace("<link>", "<link>https://a.example") for item in (FIRST, SECOND))
    body = _rss(first, second)
    seen = set(_stamps(body))
    turned = _rss(second, first, head="<title>N</title><ttl>90</ttl>")
    found = parse(turned, url="https://mirror.example/", seen=seen)
    assert found == ParsedFeed(FeedState.UNCHANGED, ttl=timedelta(minutes=90))
    assert [entry.seen for entry in parse(_rss(first), url=URL, seen=seen).entries] == [True]


def test_where_a_relative_link_leads_is_always_read() -> None:
    """All was seen, but the document moved: its entries are others now."""
    seen = set(_stamps(_rss(FIRST, SECOND)))
    moved = parse(_rss(FIRST, SECOND), url="https://mirror.example/", seen=seen)
    assert [entry.seen for entry in moved.entries] == [False, False]


def test_a_seen_entry_without_a_title_is_read() -> None:
    """Its title is made of its text, so that it would be another without it."""
    body = _rss("<item><link>/1</link><description>Words</description></item>")
    entry = parse(body, url=URL).entries[0]
    assert parse(body, url=URL, seen={entry.stamp}).entries == (entry,)


def test_place_and_head_do_not_count() -> None:
    """A stamp is the same wherever the entry stands, and whatever the feed says of itself."""
    first, second = _stamps(_rss(FIRST, SECOND))
    moved = _rss(SECOND, FIRST, head="<lastBuildDate>now</lastBuildDate>")
    assert _stamps(moved) == [second, first]
    assert first != second


def test_an_edit_and_another_base_count() -> None:
    """Any character of the entry, and where its link leads, make another stamp."""
    (stamp,) = _stamps(_rss(FIRST))
    assert _stamps(_rss(FIRST.replace("One", "One!"))) != [stamp]
    assert _stamps(_rss(FIRST, root=' xml:base="https://other.example/"')) != [stamp]
    assert _stamps(_rss(FIRST), url="https://mirror.example/") != [stamp]


def test_both_readers_give_the_same_stamps() -> None:
    """A flaw elsewhere sends the document to the other reader, and makes nothing new."""
    whole, flawed = _rss(FIRST, SECOND), _rss(FIRST, SECOND, head="<title>A & B</title>")
    assert strict.read(whole)
    assert strict.read(flawed) is None
    assert lenient.read(flawed.decode()).statements
    assert _stamps(whole) == _stamps(flawed)


def test_a_cut_document_keeps_the_stamps_of_whole_entries() -> None:
    """What stands before the cut is known again."""
    whole = _rss(FIRST, SECOND)
    cut = whole[: whole.index(b"<author>") + 5]
    first, second = _stamps(cut)
    assert first == _stamps(whole)[0]
    assert second == ""


def test_entries_of_json_have_stamps() -> None:
    """The order of a row's keys does not count, its values do."""
    row = {"id": "1", "title": "T", "url": "/1", "content_text": "x"}
    rows = [row, dict(reversed(row.items())), row | {"content_text": "y"}]
    bodies = [json.dumps({"items": [one]}).encode() for one in rows]
    (first,), (turned,), (edited,) = map(_stamps, bodies)
    assert first == turned != edited
    assert parse(bodies[0], url=URL, seen={first}).entries[0].text == ""


@pytest.mark.parametrize(
    "document", [b"<item><item></item>", b"</item>", b"<item>a<![CDATA[<item>]]></item>"]
)
def test_quoted_entries_have_no_stamps(document: bytes) -> None:
    """Where it is not certain what stands where, nothing is taken for seen."""
    assert elements(document) == []


def test_elements_are_found_in_any_namespace() -> None:
    """Prefixes, attributes and capitals; ``items`` and ``entryPoint`` are other words."""
    document = b"<items/><rss:item a='1'>x</rss:item ><ENTRY>y</ENTRY><entryPoint/><item>cut"
    assert elements(document) == [
        b"<rss:item a='1'>x</rss:item >",
        b"<ENTRY>y</ENTRY>",
        b"",
    ]

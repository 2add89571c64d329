"""Feeds of other people: real polls of real outlets, and documents made to do harm.

They lie in a folder beside the repository; where it is missing, these tests skip.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.feed_documents import stated
from monitor.collect.feeds import parse, parse_with_markup
from monitor.errors import FetchError
from monitor.http.decoding import decode
from monitor.model import FeedState, ParsedFeed

Links = Callable[[list[Any]], list[str | None]]


def _expectations(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (folder / "expect.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def test_captured_polls_report_each_new_link_once(
    shared_feeds: Path, archive: Any, new_links: Links
) -> None:
    """At every poll of every captured outlet exactly the links that were new, once each."""
    sequences = sorted((shared_feeds / "captured").glob("*/polls/*/SEQUENCE.json"))
    assert sequences
    for path in sequences:
        outlet = type(archive)(f"https://{path.parent.name}.example/rss")
        for step in json.loads(path.read_text("utf-8"))["sequence"]:
            _, findings = outlet.poll((path.parent / step["file"]).read_bytes())
            where = f"{path.parent.name}, poll {step['poll']}"
            assert sorted(map(str, new_links(findings))) == sorted(step["new"]), where


def test_captured_documents_are_read_without_a_flaw(shared_feeds: Path) -> None:
    """What real outlets send is a feed, well-formed or not, with titles and links."""
    documents = sorted((shared_feeds / "captured").rglob("*.xml"))
    assert documents
    for path in documents:
        parsed = parse(path.read_bytes(), url="https://outlet.example/rss")
        assert parsed.state in (FeedState.OK, FeedState.EMPTY), path
        assert all(entry.title and entry.link for entry in parsed.entries), path


def test_hostile_sequences_bring_what_is_new(
    shared_feeds: Path, archive: Any, new_links: Links, changed_links: Links
) -> None:
    """Re-dating, flapping, reappearing and edits over several polls."""
    hostile = shared_feeds / "hostile"
    rows = [row for row in _expectations(hostile) if row["cls"] == "sequence"]
    assert rows
    for row in rows:
        outlet, new, changed = type(archive)(), [], []
        for poll in range(row["expect"]["polls"]):
            _, findings = outlet.poll((hostile / row["file"] / f"poll_{poll}.xml").read_bytes())
            new.append(len(new_links(findings)))
            changed.append(len(changed_links(findings)))
        assert new == row["expect"]["new_per_poll"], row["file"]
        assert changed == row["expect"].get("updates_per_poll", changed), row["file"]


def _unpacked(hostile: Path, row: dict[str, Any]) -> bytes:
    body = (hostile / row["file"]).read_bytes()
    return decode(body, row["expect"].get("content_encoding", ""), 10_000_000)


def _single_documents(hostile: Path) -> list[dict[str, Any]]:
    rows = [row | {"expect": row.get("expect", {})} for row in _expectations(hostile)]
    return [
        row for row in rows if row["cls"] not in ("sequence", "http") and "bomb" not in row["file"]
    ]


def _faults(row: dict[str, Any], parsed: ParsedFeed) -> Iterator[str]:
    """What differs from the expectations of one document."""
    expect, entries = row["expect"], parsed.entries
    first = entries[0] if entries else None
    found = {
        "entries_count": len(entries),
        "first_title": first and first.title,
        "first_title_best": first and first.title,
        "first_link": first and first.link,
        "first_id": first and first.id,
        "links": [entry.link for entry in entries],
        "first_published": first and first.published,
        "first_updated": first and first.updated,
    }
    for name in found.keys() & expect.keys():
        wanted = expect[name]
        if name in ("first_published", "first_updated"):
            wanted = datetime.fromisoformat(wanted)
        if found[name] != wanted:
            yield f"{row['file']}: {name} is {found[name]!r} and not {wanted!r}"
    if not expect.get("entries_min", 0) <= len(entries) <= expect.get("entries_max", 10**6):
        yield f"{row['file']}: {len(entries)} entries"
    if "first_title_contains" in expect and expect["first_title_contains"] not in entries[0].title:
        yield f"{row['file']}: {entries[0].title}"
    if "source_state" in expect and not parsed.state.failed:
        yield f"{row['file']}: {parsed.state}"
    if expect.get("source_state") == "blocked" and parsed.state is not FeedState.BLOCKED:
        yield f"{row['file']}: {parsed.state}"
    shown = repr(parsed).lower()
    for name in ("forbidden_substrings", "forbidden_substrings_in_html"):
        for word in expect.get(name, ()):
            if word in shown:
                yield f"{row['file']}: {word}"


def test_hostile_documents_are_read_as_expected(shared_feeds: Path) -> None:
    """Attacks, broken XML, charsets, dates, links, pages in place of feeds: one table."""
    hostile = shared_feeds / "hostile"
    rows = _single_documents(hostile)
    assert len(rows) > 60
    faults = []
    for row in rows:
        url = row["expect"].get("base", "https://news.example/rss/all.xml")
        faults += _faults(row, parse(_unpacked(hostile, row), url=url))
    assert faults == []


def test_hostile_documents_make_as_many_articles_as_there_are(
    shared_feeds: Path, archive: Any, new_links: Links
) -> None:
    """Twins, renderings and spellings are one article; a second poll brings nothing."""
    hostile = shared_feeds / "hostile"
    for row in _single_documents(hostile):
        outlet, body = type(archive)(), _unpacked(hostile, row)
        _, findings = outlet.poll(body)
        stories = row["expect"].get("distinct_stories")
        if stories is not None:
            assert sum(finding.kind == "new" for finding in findings) == stories, row["file"]
        _, again = outlet.poll(body)
        assert {finding.kind for finding in again} <= {"same"}, row["file"]


def test_hostile_bombs_are_refused(shared_feeds: Path) -> None:
    """A kilobyte that stands for a gigabyte is not unpacked."""
    bombs = sorted((shared_feeds / "hostile" / "gz").glob("*bomb*"))
    assert bombs
    for path in bombs:
        with pytest.raises(FetchError, match="larger than"):
            decode(path.read_bytes(), path.suffix.lstrip("."), 10_000_000)


# Why a document is printed in another way than its suite has it, by a pattern on file and field.
_REASONS = {
    r"feed-rs.*first_id$": "feed-rs makes ids up where there is neither a guid nor a link",
    r"feed-rs.*feed_(language|link)$": "feed-rs lowers languages and ends addresses with a slash",
    "feed_title_inline_markup_2.xml": "titles are words here, and markup there",
    "bozo_linenoise.xml": "bytes that are UTF-8 in the main are read as UTF-8",
    "entry_author_map_author.xml": "authors are named without their address",
}


def _printed(parsed: ParsedFeed) -> dict[str, Any]:
    """What the suites ask for, by the names they have for it."""
    printed = stated(parsed)
    feed = printed["feed"] or {}
    first = {"authors": [], **(printed["entries"] or [{}])[0]}
    return {
        "entries_count": len(printed["entries"]),
        **{f"feed_{name}": feed.get(name) for name in ("title", "link", "language")},
        **{f"first_{name}": first.get(name) for name in _FIELDS},
        "first_author": "".join(first["authors"][:1]),
    }


_FIELDS = ("title", "link", "id", "summary", "published", "updated")


def _differences(shared_feeds: Path, row: dict[str, Any]) -> list[str]:
    """Where a document is printed in another way than its suite has it."""
    headers = row.get("http_headers", {})
    printed = _printed(
        parse_with_markup(
            (shared_feeds / row["file"]).read_bytes(),
            url=headers.get("content-location", ""),
            content_type=headers.get("content-type", ""),
        )
    )
    return [
        f"{row['file']} {name}: {printed[name]!r}, not {row['expect'][name]!r}"
        for name in printed.keys() & row["expect"].keys()
        if printed[name] != row["expect"][name]
    ]


def test_other_parsers_documents_are_read(shared_feeds: Path) -> None:
    """Documents of other parsers' suites are printed as those expect, or else for a reason."""
    lines = (shared_feeds / "expectations.jsonl").read_text("utf-8").splitlines()
    found = [_differences(shared_feeds, json.loads(line)) for line in lines]
    unexplained = [
        difference
        for differences in found
        for difference in differences
        if not any(re.search(pattern, difference.partition(":")[0]) for pattern in _REASONS)
    ]
    assert len(found) > 60
    assert unexplained == []
    assert sum(map(bool, found)) <= 0.12 * len(found)


def test_no_document_of_another_parser_is_lost(shared_feeds: Path) -> None:
    """Whatever has entries, by the count of their elements, has as many here."""
    fewer = []
    for path in sorted((shared_feeds / "peer_suites").rglob("*")):
        if path.suffix in (".xml", ".rss", ".atom", ".rdf"):
            body = path.read_bytes()
            elements = re.findall(rb"<(?:\w+:)?(?:item|entry)[\s>]", body.replace(b"\0", b""))
            if len(parse(body, url="https://outlet.example/rss").entries) != len(elements):
                fewer.append(path.name)
    # One is empty, and one is cut off before it says anything.
    assert fewer == ["georss_point_no_coords.xml", "rss_incomplete_cdata.xml"]

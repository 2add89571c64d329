"""The feed of editions is one that feed readers read, with ids that stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from monitor.errors import TransportError
from monitor.model import Rendered
from monitor.publish.transports.atom import AtomTransport


def transport(path: Path) -> AtomTransport:
    """A transport into ``path``."""
    return AtomTransport({("daily", "desk"): path}, "monitor@news.example")


def numbered(delivery: Any, number: int) -> Any:
    """The delivery of another day's edition."""
    edition = replace(
        delivery.edition,
        frozen_at=delivery.edition.frozen_at + timedelta(days=number),
        rendered=Rendered(f"Day {number} & <more>", "text", "<p>Қытай</p>"),
    )
    return replace(delivery, edition=edition, message_id=f"<{number}@news.example>")


def test_a_feed_reader_reads_it(tmp_path: Path, many: Any, delivery: Any) -> None:
    """Newest first; title, time, text and HTML as they were."""
    path, sent = tmp_path / "deep" / "daily.atom", delivery(many(1), "atom")
    for number in (1, 0, 2):
        transport(path).send(numbered(sent, number))
    read = feedparser.parse(path.read_bytes())

    assert not read.bozo
    assert [entry.title for entry in read.entries] == [
        f"Day {number} & <more>" for number in (2, 1, 0)
    ]
    assert read.entries[0].content[0].value == "<p>Қытай</p>"
    assert read.entries[0].updated == "2026-11-26T02:30:00Z" == read.feed.updated
    assert read.feed.title == "Daily" and read.feed.id.startswith("urn:uuid:")
    assert len({entry.id for entry in read.entries} | {read.feed.id}) == 4


def test_twice_is_like_once(tmp_path: Path, many: Any, delivery: Any) -> None:
    """A delivery that is repeated changes no byte: the id is that of the edition."""
    path, sent = tmp_path / "daily.atom", delivery(many(1), "atom")
    transport(path).send(sent)
    once = path.read_bytes()
    transport(path).send(sent)

    assert path.read_bytes() == once


def test_fifty_editions_are_kept(tmp_path: Path, many: Any, delivery: Any) -> None:
    """The oldest leave."""
    path, sent = tmp_path / "daily.atom", delivery(many(1), "atom")
    for number in range(53):
        transport(path).send(numbered(sent, number))
    titles = [entry.title for entry in feedparser.parse(path.read_bytes()).entries]

    assert len(titles) == 50
    assert titles[0].startswith("Day 52") and titles[-1].startswith("Day 3 ")


def test_what_xml_cannot_say_is_left_out(tmp_path: Path, many: Any, delivery: Any) -> None:
    """Controls and halves of characters harm nobody."""
    path, sent = tmp_path / "daily.atom", delivery(many(1), "atom")
    rendered = Rendered("a\x00b\x1b\ud800\uffff", "t\x0b", "<p>\x01</p>")
    transport(path).send(replace(sent, edition=replace(sent.edition, rendered=rendered)))

    assert feedparser.parse(path.read_bytes()).entries[0].title == "ab"


def test_a_file_that_is_no_feed_is_left_alone(tmp_path: Path, many: Any, delivery: Any) -> None:
    """Whatever stands at the path is not lost, and the sentence says what to do."""
    path = tmp_path / "notes.txt"
    path.write_text("my notes")
    with pytest.raises(TransportError, match="is no Atom feed of editions") as caught:
        transport(path).send(delivery(many(1), "atom"))

    assert caught.value.retry and path.read_text() == "my notes"
    with pytest.raises(TransportError, match="cannot write"):
        transport(path / "below").send(delivery(many(1), "atom"))

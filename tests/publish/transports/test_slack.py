"""Slack gets messages within its limits, each once, however often an edition is tried."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from monitor.errors import TransportError
from monitor.http import Door
from monitor.publish.transports import GoneError, LaterError
from monitor.publish.transports.slack import BLOCKS, SECTION_UNITS, SlackTransport, messages_of


def transport(door: Door, receiver: Any, spacing: float = 0.0) -> SlackTransport:
    """A transport to the receiver."""
    return SlackTransport(door, {("daily", "desk"): receiver.url}, spacing=spacing)


def texts(messages: Any) -> list[str]:
    """The words of all blocks, in their order."""
    return [block["text"]["text"] for message in messages for block in message["blocks"]]


def test_a_message(door: Door, receiver: Any, many: Any, delivery: Any, keeper: Any) -> None:
    """Blocks of Slack's marks, with its three characters escaped, and words to notify with."""
    transport(door, receiver).send(delivery(many(1), "slack"), keeper)
    (message,) = receiver.bodies()

    assert message["text"] == "Kulma opens · 1 story"
    assert message["blocks"][0]["text"]["text"].split("\n\n")[:2] == [
        "*Kulma opens · 1 story*",
        "*Top stories*",
    ]
    assert (
        "<https://press.example/0?a=1&amp;b=2|Қытай &amp; Қазақстан: поезд &lt;№0&gt;>"
        in texts([message])[0]
    )
    assert (keeper.renewed, keeper.parts) == (1, [1])


def test_three_hundred_stories(many: Any) -> None:
    """No section over 3,000 characters, no message over 50 blocks or 13,200; all are told."""
    messages = messages_of(many(300))

    assert max(len(text) for text in texts(messages)) <= SECTION_UNITS
    assert max(len(message["blocks"]) for message in messages) <= BLOCKS
    assert max(sum(map(len, texts([message]))) + len(message["text"]) for message in messages) < (
        13_200
    )
    told = "\n".join(texts(messages))
    assert all(f"press.example/{number}?" in told for number in range(300))


def test_messages_that_were_taken_are_not_sent_again(
    door: Door, receiver: Any, many: Any, delivery: Any, keeper: Any
) -> None:
    """The second of three is put off; the next try begins with it."""
    edition = many(100)
    receiver.answers = [(200, {}, b"ok"), (429, {"Retry-After": "30"}, b""), (200, {}, b"ok")]
    with pytest.raises(LaterError) as caught:
        transport(door, receiver).send(delivery(edition, "slack"), keeper)
    assert (keeper.parts, caught.value.after.total_seconds()) == ([1], 30)

    transport(door, receiver).send(delivery(edition, "slack", parts=1), keeper)

    count = len(messages_of(edition))
    assert count > 2
    assert keeper.parts == list(range(1, count + 1))
    bodies = receiver.bodies()
    assert bodies[1] == bodies[2], "the same message again"
    assert [bodies[0], *bodies[2:]] == messages_of(edition)


def test_one_message_a_second(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """Slack asks for a pause between two messages."""
    count = len(messages_of(many(60)))
    began = time.monotonic()
    transport(door, receiver, spacing=0.1).send(delivery(many(60), "slack"))

    assert time.monotonic() - began >= (count - 1) * 0.1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b"no_service", GoneError),
        (410, b"channel_is_archived", GoneError),
        (400, b"invalid_payload", TransportError),
    ],
)
def test_answers(
    door: Door, receiver: Any, many: Any, delivery: Any, status: int, body: bytes, kind: type
) -> None:
    """A channel that is no more, and a message that Slack does not take."""
    receiver.answers = [(status, {}, body)]
    with pytest.raises(kind) as caught:
        transport(door, receiver).send(delivery(many(1), "slack"))

    assert not caught.value.retry and "s3cret" not in str(caught.value)


def test_a_line_in_a_headline_breaks_no_link(many: Any, delivery: Any) -> None:
    """What parts address and words in Slack's marks cannot come from outside."""
    from dataclasses import replace

    edition = many(1)
    (section,) = edition.outline.sections
    story = replace(section.stories[0], headline="a|b>c", url="https://x.example/a|b>c")
    outline = replace(edition.outline, sections=(replace(section, stories=(story,)),))
    (message,) = messages_of(replace(edition, outline=outline))

    assert "<https://x.example/a%7Cb&gt;c|a¦b&gt;c>" in json.dumps(message, ensure_ascii=False)

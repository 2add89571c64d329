"""Telegram gets messages within its limits, and is understood when it refuses one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import TransportError
from monitor.http import Door
from monitor.publish.transports import GoneError, LaterError
from monitor.publish.transports.telegram import Chat, TelegramTransport, messages_of
from monitor.text.graphemes import units

TOKEN = "123456:CANARY-TOKEN"


def transport(door: Door, receiver: Any) -> TelegramTransport:
    """A transport to the receiver, without pauses."""
    return TelegramTransport(
        door,
        {("daily", "desk"): Chat("-100200", TOKEN)},
        api=f"http://{receiver.pair}",
        spacing=(0.0, 0.0),
    )


def failure(door: Door, receiver: Any, delivery: Any, status: int, **body: Any) -> TransportError:
    """The error after Telegram answered so."""
    receiver.answers = [(status, {}, json.dumps({"ok": False, **body}).encode())]
    with pytest.raises(TransportError) as caught:
        transport(door, receiver).send(delivery)
    assert "CANARY" not in f"{caught.value!r}{caught.value.__cause__!r}"
    return caught.value


def test_a_message(door: Door, receiver: Any, many: Any, delivery: Any, keeper: Any) -> None:
    """HTML of Telegram's few tags to the chat, without a preview of the first link."""
    transport(door, receiver).send(delivery(many(1), "telegram"), keeper)
    (message,) = receiver.bodies()

    assert receiver.requests[0][0] == f"/bot{TOKEN}/sendMessage"
    assert (message["chat_id"], message["parse_mode"]) == ("-100200", "HTML")
    assert message["link_preview_options"] == {"is_disabled": True}
    assert (
        '<a href="https://press.example/0?a=1&amp;b=2">Қытай &amp; Қазақстан: поезд &lt;№0&gt;</a>'
        in message["text"]
    )
    assert keeper.parts == [1]


def test_three_hundred_stories(many: Any) -> None:
    """No message over 4,096 characters, and all stories are told."""
    messages = messages_of(many(300))

    assert max(map(units, messages)) <= 4096
    assert all(f"press.example/{number}?" in "\n".join(messages) for number in range(300))


def test_a_pause_stands_in_the_body(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """D13 in Telegram's dialect."""
    sent = delivery(many(1), "telegram")
    error = failure(door, receiver, sent, 429, parameters={"retry_after": 35})

    assert isinstance(error, LaterError) and error.after == timedelta(seconds=35)


@pytest.mark.parametrize("parameters", [None, {}, {"retry_after": "x"}, {"retry_after": -1}, []])
def test_a_pause_that_nobody_understands(
    door: Door, receiver: Any, many: Any, delivery: Any, parameters: Any
) -> None:
    """It is still too much at a time."""
    sent = delivery(many(1), "telegram")
    error = failure(door, receiver, sent, 429, parameters=parameters)

    assert isinstance(error, LaterError) and error.after is None


@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        (403, GoneError, False),
        (404, GoneError, False),
        (400, TransportError, False),
        (401, TransportError, True),
        (502, TransportError, True),
    ],
)
def test_refusals(
    door: Door, receiver: Any, many: Any, delivery: Any, status: int, kind: type, retry: bool
) -> None:
    """A chat that threw the bot out, a bot that is none, a message that is wrong, a fault."""
    error = failure(door, receiver, delivery(many(1), "telegram"), status, description="why not")

    assert isinstance(error, kind) and error.retry is retry


def test_silence_is_unknown(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """Telegram has no key to tell a repeat by; it is sent again, ten minutes later."""
    receiver.answers = [None]
    with pytest.raises(TransportError) as caught:
        transport(door, receiver).send(delivery(many(1), "telegram"))

    assert caught.value.unknown

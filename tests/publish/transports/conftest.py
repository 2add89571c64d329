"""A receiver on a loopback port that answers as told, and editions to send to it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from monitor.http import Door, Limits
from monitor.model import (
    Delivery,
    FrozenEdition,
    Outline,
    OutlinedSection,
    OutlinedStory,
    Rendered,
)
from monitor.publish.outbox import message_id
from monitor.publish.transports import Hold

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


class Receiver:
    """Takes POSTs; ``answers`` are given one after the other, the last one for ever.

    An answer is a status, its headers and its body, or None for silence.
    """

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = [(200, {}, b"ok")]
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.pair = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.pair}/hook/s3cret-path"
        threading.Thread(target=self._accept, daemon=True).start()

    def bodies(self) -> list[Any]:
        """What was posted, read as JSON."""
        return [json.loads(body) for _, _, body in self.requests]

    def close(self) -> None:
        """Stop listening, and let go of whoever waits."""
        self._done.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            line = stream.readline().decode("latin-1")
            headers = {}
            while (row := stream.readline().decode("latin-1").strip()) != "":
                name, _, value = row.partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", "0")))
            self.requests.append((line.split(" ")[1], headers, body))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                self._done.wait(10)
                return
            status, more, content = answer
            rows = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            head = f"HTTP/1.1 {status} X\r\n{rows}Content-Length: {len(content)}\r\n\r\n"
            connection.sendall(head.encode("latin-1") + content)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="session")
def trust() -> Any:
    """The certificate authorities, read once."""
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def door(receiver: Receiver, trust: Any) -> Iterator[Door]:
    """A door that may go to the receiver, impatient."""
    with Door(
        user_agent="monitor/0",
        allow_private=[receiver.pair],
        limits=Limits(seconds=0.5),
        ssl_context=trust,
    ) as made:
        yield made


class Keeper(Hold):
    """Remembers what was asked and kept."""

    def __init__(self) -> None:
        self.renewed = 0
        self.parts: list[int] = []

    def renew(self) -> None:
        """Still ours."""
        self.renewed += 1

    def took(self, parts: int) -> None:
        """Keep it."""
        self.parts.append(parts)


@pytest.fixture
def keeper() -> Keeper:
    """A claim that nobody contests."""
    return Keeper()


def edition_of(*stories: OutlinedStory, subject: str = "Kulma opens · 1 story") -> FrozenEdition:
    """A frozen edition that tells ``stories`` in one section."""
    outline = Outline("Daily", (OutlinedSection("Top stories", stories),))
    return FrozenEdition(
        1,
        "daily",
        NOW,
        NOW,
        Rendered(subject, "text", "<p>html</p>"),
        len(stories),
        outline=outline,
    )


@pytest.fixture
def many() -> Callable[[int], FrozenEdition]:
    """Makes an edition of so many stories, each with a lead of two lines."""

    def make(count: int) -> FrozenEdition:
        return edition_of(
            *(
                OutlinedStory(
                    f"Қытай & Қазақстан: поезд <№{number}>",
                    f"https://press.example/{number}?a=1&b=2",
                    "The first trains left Khorgos on Monday, the operator said. " * 4,
                    ("Kursiv", "Times of Central Asia"),
                    "kk",
                    70.0,
                    ("KZ",),
                    ("transport",),
                )
                for number in range(count)
            )
        )

    return make


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    """Makes the delivery of an edition to the news desk over a transport."""

    def make(edition: FrozenEdition, transport: str, parts: int = 0) -> Delivery:
        name = message_id("key", "desk", "news.example")
        return Delivery(1, edition, "desk", transport, name, 1, 1, parts, NOW)

    return make

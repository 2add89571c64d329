"""Loopback servers that misbehave on purpose, and doors that may knock at them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from monitor.http import Door, Limits

Answer = Callable[[socket.socket, bytes], None]


class Site:
    """A server on a loopback port that answers every request with one function."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.pair = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.pair}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while request := _head(connection):
                self.requests.append(request)
                self._answer(connection, request)


def _head(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        some = connection.recv(65536)
        if not some:
            return b""
        received += some
    return received


@pytest.fixture
def site() -> Iterator[Callable[[Answer], Site]]:
    """Starts sites, and closes them after the test."""
    sites: list[Site] = []

    def start(answer: Answer) -> Site:
        sites.append(Site(answer))
        return sites[-1]

    yield start
    for each in sites:
        each.close()


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """The certificate authorities of the door, read once for all tests."""
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
def door_to(trust: ssl.SSLContext) -> Iterator[Callable[..., Door]]:
    """Opens doors that may reach exactly the given sites."""
    doors: list[Door] = []

    def to(*sites: Site, limits: Limits | None = None, **options: object) -> Door:
        pairs = [site.pair for site in sites]
        options = {"allow_private": pairs, "ssl_context": trust} | options
        doors.append(
            Door(
                user_agent="monitor/0 (+https://x.example)",
                limits=limits or Limits(seconds=5),
                **options,
            )
        )
        return doors[-1]

    yield to
    for door in doors:
        door.close()


@pytest.fixture
def reply() -> Callable[..., Answer]:
    """Makes well-behaved answers: a body, a status line's end, header lines."""

    def make(body: bytes = b"", *headers: str, status: str = "200 OK") -> Answer:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        return lambda connection, request: connection.sendall(head + body)

    return make

"""A POST through the door: guarded as a GET is, sent once, and told apart when it fails."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from monitor.errors import BlockedAddressError, FetchError, UnansweredError
from monitor.http import Limits


class Taker:
    """Takes whole requests on a loopback port, and does with each connection as told."""

    def __init__(self, answer: Callable[[socket.socket], object]) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.pair = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.pair}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            while line := stream.readline():
                head = line
                while (row := stream.readline()) not in (b"\r\n", b""):
                    head += row
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = stream.read(int(length[1])) if length else b""
                self.requests.append((head.decode(), body))
                self._answer(connection)


@pytest.fixture
def taker() -> Iterator[Callable[[Callable[[socket.socket], object]], Taker]]:
    """Starts takers, and closes them after the test."""
    made: list[Taker] = []

    def start(answer: Callable[[socket.socket], object]) -> Taker:
        made.append(Taker(answer))
        return made[-1]

    yield start
    for each in made:
        each.close()


def _saying(head: bytes) -> Callable[[socket.socket], object]:
    return lambda connection: connection.sendall(head)


def test_a_body_arrives(taker: Any, door_to: Any) -> None:
    """The method, the body and the headers are those that were asked for."""
    server = taker(_saying(b"HTTP/1.1 400 No\r\nContent-Length: 3\r\n\r\nwhy"))
    reply = door_to(server).post(server.url + "hook?a=1", b"{}", {"X-Key": "1"})
    ((head, body),) = server.requests

    assert (reply.status, reply.body, body) == (400, b"why", b"{}")
    assert head.startswith("POST /hook?a=1 HTTP/1.1\r\n")
    assert "X-Key: 1" in head and "Content-Length: 2" in head and "Connection: close" in head


def test_a_redirect_is_a_reply(taker: Any, door_to: Any) -> None:
    """Nobody but the address that was set gets the body."""
    server = taker(_saying(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"))

    assert door_to(server).post(server.url, b"x").status == 302
    assert len(server.requests) == 1


def test_it_is_sent_once(taker: Any, door_to: Any) -> None:
    """A connection that was kept and breaks off is no reason to send it again."""

    def answer(connection: socket.socket) -> None:
        if len(server.requests) == 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.shutdown(socket.SHUT_RDWR)

    server = taker(answer)
    door = door_to(server)
    door.get(server.url)
    with pytest.raises(UnansweredError):
        door.post(server.url, b"x")

    assert [head.split(" ")[0] for head, _ in server.requests] == ["GET", "POST"]


def test_silence_is_told_from_nobody(taker: Any, door_to: Any) -> None:
    """After the body was sent nobody knows; where nobody listens, nothing was sent."""
    silent = taker(lambda connection: connection.recv(1))
    door = door_to(silent, limits=Limits(seconds=0.3))
    with pytest.raises(UnansweredError):
        door.post(silent.url, b"x")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        silent.pair = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(FetchError) as caught:
        door_to(silent).post(f"http://{silent.pair}/", b"x")

    assert not isinstance(caught.value, UnansweredError) and caught.value.retry


def test_private_addresses_are_refused(site: Any, door_to: Any, reply: Any) -> None:
    """X1: a webhook leads nowhere where a feed may not."""
    server, allowed = site(reply(b"")), site(reply(b""))
    with pytest.raises(BlockedAddressError):
        door_to(allowed).post(server.url, b"x")

    assert server.requests == []


def test_an_endless_answer_is_cut(taker: Any, door_to: Any) -> None:
    """The beginning of an answer is enough."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
        for _ in range(137):
            connection.sendall(b"x" * 65_536)

    server = taker(answer)
    reply = door_to(server).post(server.url, b"x")

    assert reply.status == 200 and 65_536 <= len(reply.body) < 200_000

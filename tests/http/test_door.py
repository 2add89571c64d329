"""The door: what it sends, what it accepts, how long it waits, where it does not go."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from monitor.errors import BlockedAddressError, FetchError
from monitor.http import Limits


def _redirect(location: str, status: str = "302 Found") -> Callable[[socket.socket, bytes], None]:
    head = f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    return lambda connection, request: connection.sendall(head.encode("latin-1"))


def _path(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


# --- what is sent and brought back ---


def test_a_document_comes_back_as_it_was(site: Any, door_to: Any, reply: Any) -> None:
    """Status, address, headers and body are the server's."""
    server = site(reply(b"<rss/>", "Content-Type: text/xml", 'ETag: W/"a-gzip"'))
    answer = door_to(server).get(server.url + "feed.xml?a=1")
    assert (answer.status, answer.body, answer.moved_to) == (200, b"<rss/>", None)
    assert answer.url == server.url + "feed.xml?a=1"
    assert answer.headers["etag"] == 'W/"a-gzip"'
    assert answer.headers["CONTENT-TYPE"] == "text/xml"


def test_the_request_is_honest_and_tells_nothing_else(site: Any, door_to: Any, reply: Any) -> None:
    """An honest user agent; no cookie, no referer, no login, and nothing that nobody set."""
    server = site(reply(b"x"))
    door_to(server).get(server.url)
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    assert "User-Agent: monitor/0 (+https://x.example)" in lines
    names = {line.partition(":")[0].lower() for line in lines[1:] if line}
    assert names == {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_cookies_are_never_sent_back(site: Any, door_to: Any, reply: Any) -> None:
    """N16: a hundred Set-Cookie headers leave no trace in the next request, from any thread."""
    cookies = [f"Set-Cookie: c{number}=1; Path=/" for number in range(100)]
    server = site(reply(b"x", *cookies))
    door = door_to(server)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(door.get, [server.url] * 12))
    assert len(server.requests) == 12
    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_validators_travel_byte_for_byte(site: Any, door_to: Any, reply: Any) -> None:
    """An ETag that is neither ASCII nor UTF-8 comes back to the server as it was."""
    odd = b'"\xc3\xa9 \xe9"'

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: " + odd + b"\r\n\r\n")

    server = site(answer)
    door = door_to(server)
    etag = door.get(server.url).headers["etag"]
    door.get(server.url, {"If-None-Match": etag})
    assert b"\r\nIf-None-Match: " + odd + b"\r\n" in server.requests[1]


def test_a_header_that_cannot_be_sent_is_an_error_and_no_crash(
    site: Any, door_to: Any, reply: Any
) -> None:
    """A stored value with a line break cannot split a request."""
    server = site(reply(b"x"))
    with pytest.raises(FetchError):
        door_to(server).get(server.url, {"If-None-Match": '"a"\r\nX-Evil: 1'})
    assert not any(b"Evil" in request for request in server.requests)


@pytest.mark.parametrize("status", ["304 Not Modified", "404 Not Found", "410 Gone", "503 Later"])
def test_any_final_status_is_a_reply(site: Any, door_to: Any, status: str) -> None:
    """What a status means is the caller's to say; the headers are there, the body is not."""

    def answer(connection: socket.socket, request: bytes) -> None:
        head = f"HTTP/1.1 {status}\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    server = site(answer)
    got = door_to(server).get(server.url)
    assert (got.status, got.body, got.headers["retry-after"]) == (int(status[:3]), b"", "7")


def test_the_body_of_an_error_page_is_not_read(site: Any, door_to: Any, reply: Any) -> None:
    """A 404 whose page is packed wrongly, or endless, is still a 404."""
    server = site(reply(b"garbage", "Content-Encoding: br", status="404 Not Found"))
    assert door_to(server).get(server.url).status == 404


def test_an_answer_without_content_is_empty(site: Any, door_to: Any) -> None:
    """A 204 is a reply with nothing in it, whatever coding it claims."""

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")

    server = site(answer)
    assert door_to(server).get(server.url).body == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_needs_no_packing(site: Any, door_to: Any, reply: Any, coding: str) -> None:
    """A 200 without content is empty, whatever coding it claims."""
    server = site(reply(b"", f"Content-Encoding: {coding}"))
    assert door_to(server).get(server.url).body == b""


@pytest.mark.parametrize("missing", [1, 100, 4000])
def test_a_packed_body_that_is_short_is_an_error(site: Any, door_to: Any, missing: int) -> None:
    """A whole gzip stream under a Content-Length that promises more was cut off all the same."""
    packed = gzip.compress(b"<rss/>")
    head = f"Content-Encoding: gzip\r\nContent-Length: {len(packed) + missing}\r\n\r\n".encode()
    server = site(_raw(b"HTTP/1.1 200 OK\r\n" + head + packed))
    with pytest.raises(FetchError, match="broke off"):
        door_to(server).get(server.url)


def test_a_packed_body_is_unpacked(site: Any, door_to: Any, reply: Any) -> None:
    """The content coding is undone before anyone sees the body."""
    server = site(reply(gzip.compress(b"<rss/>"), "Content-Encoding: gzip"))
    assert door_to(server).get(server.url).body == b"<rss/>"


def test_a_connection_is_used_again(site: Any, door_to: Any, reply: Any) -> None:
    """Polls of one host share a connection, from different threads too."""
    server = site(reply(b"x"))
    door = door_to(server)
    door.get(server.url)
    other = threading.Thread(target=door.get, args=(server.url,))
    other.start()
    other.join()
    assert (len(server.requests), server.connections) == (2, 1)


# --- caps and deadlines ---


def _timed(get: Callable[[], object]) -> tuple[str, float]:
    began = time.monotonic()
    with pytest.raises(FetchError) as failure:
        get()
    return str(failure.value), time.monotonic() - began


def _drip(head: bytes, piece: bytes, pause: float) -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return answer


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["body", "header", "continue", "chunks"],
)
def test_a_drip_ends_at_the_deadline(site: Any, door_to: Any, head: bytes, piece: bytes) -> None:
    """N1: however slowly bytes come, the request is over in time."""
    server = site(_drip(head, piece, 0.05))
    door = door_to(server, limits=Limits(seconds=0.4))
    text, took = _timed(lambda: door.get(server.url))
    assert text == "no answer within 0.4 s"
    assert 0.3 < took < 0.9


def test_the_deadline_covers_all_hops(site: Any, door_to: Any) -> None:
    """Five slow redirects share the seconds of one request."""

    def answer(connection: socket.socket, request: bytes) -> None:
        time.sleep(0.2)
        _redirect("/again")(connection, request)

    server = site(answer)
    door = door_to(server, limits=Limits(seconds=0.5))
    text, took = _timed(lambda: door.get(server.url))
    assert text == "no answer within 0.5 s"
    assert took < 2


def test_threads_have_deadlines_of_their_own(site: Any, door_to: Any, reply: Any) -> None:
    """A request that began later on a shared connection has its full time."""

    def answer(connection: socket.socket, request: bytes) -> None:
        time.sleep(0.4)
        reply(b"x")(connection, request)

    server = site(answer)
    door = door_to(server, limits=Limits(seconds=1))
    for _ in range(2):
        assert door.get(server.url).body == b"x"
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(door.get, server.url).result().body == b"x"
    assert server.connections == 1


def test_an_endless_body_is_cut_at_the_cap(site: Any, door_to: Any) -> None:
    """H4: a body without an end stops at the cap, for good."""
    server = site(_drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, 0))
    door = door_to(server, limits=Limits(raw_bytes=1_000_000, seconds=5))
    with pytest.raises(FetchError, match="larger than 1 MB") as refusal:
        door.get(server.url)
    assert refusal.value.retry is False


def test_endless_headers_are_cut(site: Any, door_to: Any) -> None:
    """Headers without an end stop early and are the server's fault."""
    server = site(_drip(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 1000 + b"\r\n", 0))
    text, took = _timed(lambda: door_to(server).get(server.url))
    assert "spoke no HTTP" in text
    assert took < 2


def test_ninety_huge_headers_are_refused(site: Any, door_to: Any, reply: Any) -> None:
    """N16: megabytes of finished headers are refused too."""
    server = site(reply(b"x", *[f"X{number}: {'y' * 60_000}" for number in range(90)]))
    text, took = _timed(lambda: door_to(server).get(server.url))
    assert "spoke no HTTP" in text
    assert took < 2


def _raw(answer: bytes) -> Callable[[socket.socket, bytes], None]:
    def send(connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)

    return send


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nnot hex",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"hello\r\n\r\n",
        b"<rss/>",
        b"",
    ],
    ids=["short", "half chunks", "no chunks", "two lengths", "no status", "no head", "nothing"],
)
def test_a_broken_answer_is_an_error(site: Any, door_to: Any, answer: bytes) -> None:
    """What breaks off or contradicts itself is never taken for a document."""
    server = site(_raw(answer))
    with pytest.raises(FetchError, match="broke off or spoke no HTTP"):
        door_to(server).get(server.url)


def test_a_reset_connection_is_an_error(site: Any, door_to: Any) -> None:
    """A connection reset in the middle of a body may be tried again."""

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>")
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()

    server = site(answer)
    with pytest.raises(FetchError) as failure:
        door_to(server).get(server.url)
    assert failure.value.retry is True


def test_a_connection_that_was_given_up_meanwhile_is_made_anew(site: Any, door_to: Any) -> None:
    """A server that hangs up just as we ask again is asked once more, on a new connection."""

    def answer(connection: socket.socket, request: bytes) -> None:
        if _path(request) == "/hang-up":
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")

    server = site(answer)
    door = door_to(server)
    door.get(server.url)
    with pytest.raises(FetchError, match="broke off"):
        door.get(server.url + "hang-up")
    assert server.connections == 2
    assert door.get(server.url).body == b"x"


def test_a_look_up_ends_at_the_deadline(door_to: Any) -> None:
    """A name server that keeps silent costs no more than any other silence."""
    asked = threading.Event()
    door = door_to(limits=Limits(seconds=0.3), resolver=lambda host, port: asked.wait(5) and [])
    text, took = _timed(lambda: door.get("http://silent.example/"))
    asked.set()
    assert text == "no answer within 0.3 s"
    assert took < 2


def test_a_closed_port_is_an_error(site: Any, door_to: Any, reply: Any) -> None:
    """Nobody at home: the sentence says that there is no connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    door = door_to(allow_private=[f"127.0.0.1:{port}"])
    with pytest.raises(FetchError, match=r"^no connection \(Connection refused\)$"):
        door.get(f"http://127.0.0.1:{port}/")


def test_a_bomb_on_the_wire_is_refused(site: Any, door_to: Any, reply: Any) -> None:
    """Ten kilobytes that stand for ten megabytes and one byte are refused."""
    server = site(reply(gzip.compress(bytes(10_000_001)), "Content-Encoding: gzip"))
    with pytest.raises(FetchError, match="larger than 10 MB"):
        door_to(server).get(server.url)


def test_failures_do_not_use_up_the_pool(site: Any, door_to: Any, reply: Any) -> None:
    """After refusals, deadlines and broken answers the only connection still serves."""

    def answer(connection: socket.socket, request: bytes) -> None:
        if _path(request) == "/good":
            reply(b"good")(connection, request)
        elif _path(request) == "/slow":
            time.sleep(0.5)
        else:
            connection.sendall(b"hello\r\n\r\n")

    server = site(answer)
    door = door_to(server, limits=Limits(seconds=0.2))
    for path in ("bad", "slow", "bad"):
        with pytest.raises(FetchError):
            door.get(server.url + path)
    with pytest.raises(BlockedAddressError):
        door.get("http://127.0.0.1:9/")
    assert door.get(server.url + "good").body == b"good"


# --- redirects ---


def test_redirects_are_followed_and_permanent_ones_remembered(
    site: Any, door_to: Any, reply: Any
) -> None:
    """``moved_to`` is as far as permanent redirects lead without a break."""
    hops = {
        "/a": _redirect("/b", "301 Moved"),
        "/b": _redirect("/c", "308 Moved"),
        "/c": _redirect("d?x=1", "302 Found"),
        "/d?x=1": _redirect("/e", "301 Moved"),
        "/e": reply(b"here"),
    }
    server = site(lambda connection, request: hops[_path(request)](connection, request))
    answer = door_to(server).get(server.url + "a")
    assert (answer.body, answer.url) == (b"here", server.url + "e")
    assert answer.moved_to == server.url + "c"


def test_a_temporary_redirect_moves_nothing(site: Any, door_to: Any, reply: Any) -> None:
    """A feed that answers elsewhere for a while keeps its address."""
    hops = {"/a": _redirect("/b", "307 Temporary"), "/b": reply(b"here")}
    server = site(lambda connection, request: hops[_path(request)](connection, request))
    assert door_to(server).get(server.url + "a").moved_to is None


def test_a_loop_of_redirects_ends(site: Any, door_to: Any) -> None:
    """N3: five redirects are followed, the sixth is an error."""
    server = site(_redirect("/loop"))
    with pytest.raises(FetchError, match="more than 5 redirects"):
        door_to(server).get(server.url)
    assert len(server.requests) == 6


def test_a_redirect_without_a_location_is_a_reply(site: Any, door_to: Any, reply: Any) -> None:
    """A 302 that leads nowhere is handed on as it is."""
    server = site(reply(b"", status="302 Found"))
    assert door_to(server).get(server.url).status == 302


def test_a_redirect_in_bare_utf8_is_understood(site: Any, door_to: Any, reply: Any) -> None:
    """Servers write Cyrillic paths into Location without quoting them."""

    def answer(connection: socket.socket, request: bytes) -> None:
        if _path(request) == "/":
            location = "/новости".encode()
            head = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + location
            connection.sendall(head + b"\r\n\r\n")
        else:
            reply(b"here")(connection, request)

    server = site(answer)
    door_to(server).get(server.url)
    assert _path(server.requests[1]) == "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://x/1", "data:text/xml,<rss/>", "http://u:p@x.example/"],
)
def test_a_redirect_to_another_scheme_is_refused(site: Any, door_to: Any, location: str) -> None:
    """X5: only http and https without a login are followed."""
    server = site(_redirect(location))
    with pytest.raises(FetchError):
        door_to(server).get(server.url)
    assert len(server.requests) == 1

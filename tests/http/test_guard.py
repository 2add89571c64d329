"""Where the door does not go: this machine and its neighbours, however they are written."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import BlockedAddressError, FetchError
from monitor.http.client import strict

LOOPBACK_FORMS = """
    127.0.0.1 127.1 127.0.1 127.0.0.2 127.255.255.254
    2130706433 0x7f000001 0x7f.1 0x7F.0.0.0x1 0177.0.0.1 0177.1 017700000001 00000177.0.0.1
    127.0.0.1. localhost LOCALHOST localhost. 0.0.0.0 0 0x0
    [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1]
    [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
    [2001:0:7f00:1::] [fe80::1%25lo] [fec0::1] [fd00::1]
    %31%32%37.0.0.1 127.0.0.%31 ①②⑦.⓪.⓪.① １２７.0.0.1 127。0。0。1 127．0．0．1 ⓛocalhost
    127.0.0.1%2f@1.1.1.1 1.1.1.1@127.0.0.1 1.1.1.1%09@127.0.0.1 127.0.0.1%00.example
    10.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 192.168.0.1 198.18.0.1 192.88.99.1 240.0.0.1
    255.255.255.255 224.0.0.1
"""


@pytest.mark.parametrize("hop", range(6))
def test_no_spelling_of_a_private_address_is_connected_to(
    site: Any, door_to: Any, reply: Any, monkeypatch: pytest.MonkeyPatch, hop: int
) -> None:
    """X1, X3: sixty ways to write an address, at every hop: nobody but the server hears us."""
    canary, forms = site(reply(b"secret")), LOOPBACK_FORMS.split()
    called: list[str] = []
    connect = socket.create_connection

    def spy(address: tuple[str, int], *options: Any, **named: Any) -> socket.socket:
        called.append(f"{address[0]}:{address[1]}")
        return connect(address, *options, **named)

    monkeypatch.setattr(socket, "create_connection", spy)

    def answer(connection: socket.socket, request: bytes) -> None:
        at = int(request.split(b" ", 2)[1].strip(b"/"))
        target = f"/{at + 1}" if at + 1 < hop else f"http://{form}:{canary.port}/"
        head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    server = site(answer)
    door = door_to(server)
    for form in forms:
        with pytest.raises(FetchError) as refusal:
            door.get(f"{server.url}0" if hop else f"http://{form}:{canary.port}/")
        assert not hop or "redirects" not in str(refusal.value)
    assert canary.connections == 0
    assert set(called) <= {server.pair}
    assert len(server.requests) == hop * len(forms)
    assert len(forms) >= 40


def test_a_resolver_that_changes_its_mind_opens_nothing(
    site: Any, door_to: Any, reply: Any
) -> None:
    """X2: an answer that was public and is private now is refused; one look-up a connection."""
    canary = site(reply(b"secret"))
    answers = iter([["127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"]])
    hosts: list[object] = []

    def resolver(host: str, port: int) -> list[str]:
        hosts.append(host)
        return next(answers)

    door = door_to(resolver=resolver)
    for asked in range(3):
        with pytest.raises(BlockedAddressError):
            door.get(f"http://news.example:{canary.port}/")
        assert len(hosts) == asked + 1
    assert canary.connections == 0
    assert all(host == "news.example" for host in hosts)


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("feeds.example", "feeds.example"),
        ("FEEDS.example", "feeds.example"),
        ("feeds.example.", "feeds.example."),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_guard_and_server_are_told_the_same_host(
    site: Any, door_to: Any, reply: Any, written: str, host: str
) -> None:
    """X4: what is looked up, what is checked and what stands in Host is one name."""
    server = site(reply(b"x"))
    asked: list[str] = []

    def resolver(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    pair = f"{host}:{server.port}"
    door = door_to(allow_private=[pair], resolver=resolver)
    assert door.get(f"http://{written}:{server.port}/a#@evil.example").body == b"x"
    assert asked == [host]
    assert server.requests[0].startswith(b"GET /a HTTP/1.1\r\n")
    assert f"Host: {pair}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize(
    "template",
    [
        "http://127.0.0.1:{port}\\@one.example/",
        "http://one.example\\@127.0.0.1:{port}/",
        "http://one.example@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}\t/",
        "http://127.0.0.1:{port}\r\n/",
        " http://127.0.0.1:{port}/",
        "source:file:///etc/passwd",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:-1/",
        "http://user:pass@127.0.0.1:{port}/",
        "http:///127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/",
        "http://127.0.0.1\x00.one.example:{port}/",
        "gopher://127.0.0.1:{port}/",
        "data:text/xml,<rss/>",
        "http://xn--/",
        "http://①.example:{port}/",
        "http://\ud800/",
        "",
    ],
)
def test_an_ambiguous_address_is_refused_before_any_look_up(
    site: Any, door_to: Any, reply: Any, template: str
) -> None:
    """What two readers may read differently is not read at all, and not retried."""
    canary = site(reply(b"secret"))
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    door = door_to(canary, resolver=resolver)
    with pytest.raises(FetchError) as refusal:
        door.get(template.replace("{port}", str(canary.port)))
    assert refusal.value.retry is False
    assert (asked, canary.connections) == ([], 0)


def test_a_name_that_leads_to_a_private_address_is_refused(
    site: Any, door_to: Any, reply: Any
) -> None:
    """A public-looking name is judged by its addresses."""
    canary = site(reply(b"secret"))
    door = door_to(resolver=lambda host, port: ["93.184.215.14", "127.0.0.1"])
    with pytest.raises(BlockedAddressError, match=r"news\.example is 127\.0\.0\.1.*to ask it all"):
        door.get(f"http://news.example:{canary.port}/")
    assert canary.connections == 0


def test_the_address_that_was_checked_is_connected_to(site: Any, door_to: Any, reply: Any) -> None:
    """One look-up per connection: a resolver that changes its mind is not asked again."""
    server = site(reply(b"x"))
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.3"]])
    pair = f"feeds.example:{server.port}"
    door = door_to(allow_private=[pair], resolver=lambda host, port: next(answers))
    assert door.get(f"http://{pair}/").body == b"x"
    assert next(answers) == ["127.0.0.2"]
    assert f"Host: {pair}\r\n".encode() in server.requests[0]


def test_the_next_address_is_tried_when_one_does_not_answer(
    site: Any, door_to: Any, reply: Any
) -> None:
    """A host with several addresses is reached by the first that answers."""
    server = site(reply(b"x"))
    pair = f"feeds.example:{server.port}"
    door = door_to(allow_private=[pair], resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    assert door.get(f"http://{pair}/").body == b"x"


def test_exactly_the_allowed_pair_is_reached(site: Any, door_to: Any, reply: Any) -> None:
    """X6: allowing one host and port opens neither its neighbour nor another name for it."""
    allowed, other = site(reply(b"allowed")), site(reply(b"other"))
    door = door_to(allow_private=[f"127.0.0.1:{allowed.port}"])
    assert door.get(allowed.url).body == b"allowed"
    for url in (other.url, f"http://localhost:{allowed.port}/", f"http://127.1:{allowed.port}/"):
        with pytest.raises(BlockedAddressError):
            door.get(url)
    assert (allowed.connections, other.connections) == (1, 0)


def test_proxies_of_the_environment_are_ignored(
    site: Any, door_to: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would make the check of addresses worthless."""
    proxy, server = site(reply(b"proxy")), site(reply(b"server"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    assert door_to(server).get(server.url).body == b"server"
    assert proxy.connections == 0


@given(
    st.text() | st.from_regex(re.compile(r"https?://[^/]{0,12}(:\d{0,6})?/?.{0,5}"), fullmatch=True)
)
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    """No text makes the reader of addresses fail in another way."""
    try:
        url = strict(text)
    except FetchError as refusal:
        assert refusal.retry is False
    else:
        assert url.scheme in ("http", "https")
        assert url.host

"""The recorded misbehaviours of servers, as far as they concern the door."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import BlockedAddressError, FetchError

# What comes of a scenario whose last step is not simply its reply.
ERRORS: dict[str, tuple[type[FetchError], str]] = {
    "redirect_loop": (FetchError, "more than 5 redirects"),
    "redirect_chain_30": (FetchError, "more than 5 redirects"),
    "redirect_to_private": (BlockedAddressError, "not a public address"),
    "endless_headers": (FetchError, "spoke no HTTP"),
    "chunked_broken": (FetchError, "spoke no HTTP"),
    "connection_reset_mid_body": (FetchError, "failed|broke off"),
    "brotli_bomb": (FetchError, "larger than"),
    "double_encoding": (FetchError, "more than once"),
}


def _named(shared: Path) -> dict[str, Any]:
    stated = json.loads((shared / "feeds/hostile/http_scenarios.json").read_bytes())
    return {scenario["name"]: scenario for scenario in stated}


def _play(connection: socket.socket, step: Mapping[str, Any], folder: Path) -> None:
    """Answer one request as a step of a scenario says."""
    body = (folder / step["body"]).read_bytes() if "body" in step else b""
    lines = [f"HTTP/1.1 {step['status']} Said"]
    lines += [f"{name}: {value}" for name, value in step.get("headers", {}).items()]
    if step.get("endless_headers"):
        connection.sendall(f"{lines[0]}\r\n".encode())
        while True:
            connection.sendall(b"X: " + b"y" * 1000 + b"\r\n")
    if "raw_chunked" in step:
        lines.append("Transfer-Encoding: chunked")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + step["raw_chunked"]).encode())
        connection.shutdown(socket.SHUT_RDWR)
        return
    if step["status"] not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    connection.sendall((head + body)[: len(head) + step.get("reset_after", len(body))])
    if "reset_after" in step:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def test_each_scenario_ends_as_it_must(site: Any, door_to: Any, shared: Path) -> None:
    """Errors where nothing usable came, the server's own status everywhere else, and soon."""
    folder = shared / "feeds/hostile"
    for name, scenario in _named(shared).items():
        steps = scenario["steps"]
        heard: list[bytes] = []

        def answer(
            connection: socket.socket, request: bytes, steps: Any = steps, heard: Any = heard
        ) -> None:
            step = steps[min(len(heard), len(steps) - 1)]
            heard.append(request)
            _play(connection, step, folder)

        server = site(answer)
        door, began = door_to(server), time.monotonic()
        if name in ERRORS:
            kind, words = ERRORS[name]
            with pytest.raises(kind, match=words):
                door.get(server.url)
            assert len(heard) <= 6, name
        else:
            _goes_through(door, server, steps, heard)
        assert time.monotonic() - began < 5, name


def _goes_through(door: Any, server: Any, steps: list[dict[str, Any]], heard: list[bytes]) -> None:
    """Every step is a reply, asked for with the conditions that it wants."""
    etag = ""
    while len(heard) < len(steps):
        at = len(heard)
        reply = door.get(server.url, {"If-None-Match": etag} if etag else {})
        last = steps[len(heard) - 1]
        assert reply.status == last["status"]
        if wanted := steps[at].get("if_header"):
            assert f"{wanted[0]}: {wanted[1]}\r\n".encode() in heard[at]
        assert bool(reply.body) == ("body" in last and reply.status in (200, 403))
        assert reply.moved_to == (server.url + "b" if steps[at]["status"] == 301 else None)
        etag = reply.headers.get("etag", "")

"""Thousands of polls of servers that break off leave nothing open."""

from __future__ import annotations

import itertools
import os
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import FetchError

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>"


def _open() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  a Path would be slower


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system has no /proc")
@pytest.mark.parametrize("polls", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_resets_in_the_middle_of_a_body_leave_nothing_open(
    site: Any, door_to: Any, polls: int
) -> None:
    """N15: every second answer is reset half-way; at the end at most five more are open."""
    answers = itertools.count()

    def answer(connection: socket.socket, request: bytes) -> None:
        if next(answers) % 2:
            connection.sendall(WHOLE)
            return
        connection.sendall(WHOLE[:-3])
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    server = site(answer)
    door = door_to(server)

    def poll(number: int) -> bool:
        try:
            return bool(door.get(f"{server.url}{number}").body == b"<rss/>")
        except FetchError as error:
            return not error.retry

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(poll, range(8)))
        before = _open()
        whole = sum(pool.map(poll, range(polls)))
        after = _open()
    assert polls * 0.4 < whole < polls * 0.6
    assert after <= before + 5

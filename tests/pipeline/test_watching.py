"""The dead man's watch hears of complete rounds, and of nothing else; no round waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.config import Configuration
from monitor.http import Door
from monitor.pipeline.rounds import Rounds
from monitor.pipeline.setup import prepare
from monitor.pipeline.watching import Watch, tell_once
from monitor.store import Store, open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
ping_url = "http://127.0.0.1:PORT/CANARY-PING?key=CANARY-KEY"

[network]
allow_private = ["127.0.0.1:PORT"]
"""


class Service(ThreadingHTTPServer):
    """Keeps what it was asked for; ``status`` and ``pause`` say how it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[str] = []
        self.status = 200
        self.pause = threading.Event()
        self.pause.set()


class _Answering(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        """Answer as the test wants it."""
        self.server.asked.append(self.path)
        self.server.pause.wait(5)
        self.send_response(self.server.status)
        self.send_header("Location", "https://other.example/CANARY-PING")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Service]:
    """A service at a port of its own."""
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield service
        service.pause.set()
        service.shutdown()


def settings(configured: Callable[[str], Configuration], service: Service) -> Configuration:
    """Settings that name the service."""
    return configured(CONFIG.replace("PORT", str(service.server_address[1])))


def rounds(store: Store) -> Rounds:
    """The rounds of a program that stays."""
    return Rounds(store, lambda: datetime.now(UTC), lambda: False, lambda done: None)


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether it came true within five seconds."""
    until = time.monotonic() + 5
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def test_a_complete_round_is_told(configured: Callable[[str], Configuration]) -> None:
    """The address is asked for as it stands; a second round at once is not told as well."""
    with serving() as service:
        setup = prepare(settings(configured, service))
        with open_store(setup.configuration.database) as store:
            running = rounds(store)
            running.go(setup)
            running.go(setup)
            assert wait_for(lambda: bool(service.asked))
            running.close()
    assert service.asked == ["/CANARY-PING?key=CANARY-KEY"]


def test_a_round_that_failed_is_not_told(
    configured: Callable[[str], Configuration], caplog: pytest.LogCaptureFixture
) -> None:
    """A database that was taken away fails the round, in one sentence; the watch hears nothing."""
    with serving() as service:
        setup = prepare(settings(configured, service))
        with open_store(setup.configuration.database) as store:
            file = setup.configuration.database_file
            assert file is not None
            file.unlink()
            running = rounds(store)
            running.go(setup)
            running.go(setup)
            running.close()
    assert service.asked == []
    assert len(caplog.records) == 1
    assert "was deleted or moved while it was in use" in caplog.records[0].message


def test_no_round_waits_for_the_watch(configured: Callable[[str], Configuration]) -> None:
    """A service that hangs keeps neither the round nor the end of the program."""
    with serving() as service:
        service.pause.clear()
        setup = prepare(settings(configured, service))
        with open_store(setup.configuration.database) as store:
            running = rounds(store)
            began = time.monotonic()
            running.go(setup)
            assert wait_for(lambda: bool(service.asked))
            running.close()
            assert time.monotonic() - began < 4


@pytest.mark.parametrize("status", [500, 404, 302, 0])
def test_a_failure_is_one_line_without_the_address(
    caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """It is said once until it works again, and tells the host alone."""
    times = iter(range(0, 1000, 100))
    with serving() as service:
        address = f"127.0.0.1:{service.server_address[1]}"
        service.status = status or 200
        door = Door(user_agent="test", allow_private=[address] if status else [])
        watch = Watch(f"http://{address}/CANARY-PING", door, lambda: next(times))
        for _ in range(3):
            watch.tell()
            assert wait_for(lambda: not any(t.name == "watch" for t in threading.enumerate()))
        watch.close()
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.message.startswith("telling the watch failed: 127.0.0.1")
    assert "CANARY" not in caplog.text


def test_one_round_is_told_before_the_program_ends(
    configured: Callable[[str], Configuration],
) -> None:
    """`monitor once` waits for the answer, since nobody else would ask."""
    with serving() as service:
        tell_once(settings(configured, service).settings)
    assert len(service.asked) == 1

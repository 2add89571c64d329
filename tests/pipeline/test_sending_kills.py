"""A sender may be killed or put to sleep at any instant: every mail arrives, under one name."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.config import Configuration
from monitor.demo.servers import MailSink
from monitor.model import Coverage, Edition, Rendered, Window
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.setup import Setup, prepare
from monitor.publish.outbox import message_id
from monitor.store import open_store

KILLS, MAILS = 200, 1_500
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
sender = "monitor@example.org"
"""


class SlowSink(MailSink):
    """Takes its time over each mail, on both sides of keeping it."""

    def __init__(self) -> None:
        super().__init__()
        self.pause = 0.005
        self.at_data = threading.Event()

    async def handle_MAIL(  # noqa: N802  the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender."""
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, slowly."""
        envelope.rcpt_tos.append(address)
        self.at_data.set()
        await asyncio.sleep(self.pause)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, slowly."""
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.pause)
        return answer


@pytest.fixture
def sink() -> Iterator[SlowSink]:
    """A mail server that takes its time."""
    with SlowSink().serving() as serving:
        assert isinstance(serving, SlowSink)
        yield serving


def outbox(configured: Callable[[str], Configuration], sink: SlowSink, count: int) -> Setup:
    """An edition for ``count`` recipients waits in the outbox."""
    setup = prepare(configured(CONFIG.replace("PORT", str(sink.port))))
    now = datetime.now(UTC)
    edition = Edition("daily", "Daily", Window(now, None, now), "UTC", (), Coverage((), 0, 0))
    addresses = [f"r{number}@example.org" for number in range(count)]
    addressed = [(each, "email", message_id("key", each, "example.org")) for each in addresses]
    with open_store(setup.configuration.database) as store:
        store.editions.freeze(edition, Rendered("s", "t", "<p>h</p>"), addressed, now)
    return setup


def sender(folder: Path) -> subprocess.Popen[bytes]:
    """`monitor deliver` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "deliver"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def drain(setup: Setup) -> int:
    """Deliver what is left an hour later, when every lease has run out; what is left then."""
    later = datetime.now(UTC) + timedelta(hours=1)
    with open_store(setup.configuration.database) as store:
        deliver(store, transports(setup), later)
        return store.editions.pending()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until something happened, or the process ended."""
    while not condition() and process.poll() is None:
        time.sleep(0.002)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_two_hundred_kills_of_a_sender(
    configured: Callable[[str], Configuration], sink: SlowSink, tmp_path: Path
) -> None:
    """C2: of 1,500 mails none is lost, and none comes under another Message-ID."""
    chance = random.Random(20261125)
    setup = outbox(configured, sink, MAILS)
    in_doubt = 0
    for _ in range(KILLS):
        wanted = len(sink.messages) + chance.randint(1, 12)
        process = sender(tmp_path)
        wait_for(lambda wanted=wanted: len(sink.messages) >= wanted, process)
        time.sleep(chance.uniform(0, 0.03))
        in_doubt += process.poll() is None
        process.kill()
        process.wait()
    left = drain(setup)

    names: dict[str, set[str]] = {}
    arrived: Counter[str] = Counter()
    for raw in sink.messages:
        message = message_from_bytes(raw, policy=policy.default)
        names.setdefault(message["To"], set()).add(message["Message-ID"])
        arrived[message["To"]] += 1
    print(f"kills {in_doubt}, mails {len(names)}, repeats {arrived.total() - len(arrived)}")
    assert (left, len(names)) == (0, MAILS)
    assert all(len(each) == 1 for each in names.values())
    assert in_doubt > KILLS / 2


@pytest.mark.slow
def test_a_sender_that_slept_past_its_lease_sends_nothing(
    configured: Callable[[str], Configuration], sink: SlowSink, tmp_path: Path
) -> None:
    """C7: stopped before the dot, overtaken by another, woken again: one mail, settled once."""
    setup = outbox(configured, sink, 1)
    sink.pause = 0.5
    process = sender(tmp_path)
    sink.at_data.wait(30)
    os.kill(process.pid, signal.SIGSTOP)
    left = drain(setup)
    arrived = len(sink.messages)
    os.kill(process.pid, signal.SIGCONT)
    process.wait(30)

    assert (left, arrived, len(sink.messages)) == (0, 1, 1)


@pytest.mark.slow
def test_a_sender_that_is_asked_to_stop(
    configured: Callable[[str], Configuration], sink: SlowSink, tmp_path: Path
) -> None:
    """C5: SIGTERM ends it within ten seconds, and no delivery is left in doubt."""
    setup = outbox(configured, sink, 200)
    process = sender(tmp_path)
    wait_for(lambda: len(sink.messages) > 3, process)
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    process.wait(30)
    took = time.monotonic() - began
    sent = len(sink.messages)
    with open_store(setup.configuration.database) as store:
        deliver(store, transports(setup), datetime.now(UTC))

    assert took < 10
    assert 3 < sent < 200
    assert len(sink.messages) == 200, "all the others were due at once: none was in doubt"

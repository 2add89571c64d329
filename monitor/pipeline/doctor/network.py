"""The network: whether the clock agrees with servers, and whether mail could be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median

from monitor.config import Settings
from monitor.errors import FetchError, MonitorError
from monitor.http import Door
from monitor.http.addresses import resolve
from monitor.pipeline.doctor.findings import Finding, Verdict
from monitor.pipeline.doctor.reach import as_written, refusal
from monitor.pipeline.door import open_door
from monitor.pipeline.receivers import transports
from monitor.pipeline.setup import Setup
from monitor.publish.transports.email import SmtpTransport
from monitor.text.urls import host

_SECONDS = 10.0
_ASKED = 5  # feeds whose servers are asked for the time
_AGREE = timedelta(minutes=2)


def of_network(setup: Setup, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """The clock beside that of some feeds' servers, the mail server, and who may not be asked."""
    with open_door(setup.settings, _SECONDS) as door:
        yield _clock(door, _addresses(setup), clock)
    if setup.settings.smtp.host:
        yield _mail(setup)
    yield from _refused(setup.settings)


def _addresses(setup: Setup) -> list[str]:
    """Feeds of different servers."""
    by_host = {host(listing.url): listing.url for listing in reversed(setup.listings)}
    return list(by_host.values())[-_ASKED:]


def _clock(door: Door, urls: Sequence[str], clock: Callable[[], datetime]) -> Finding:
    ahead = [each for url in urls if (each := _ahead(door, url, clock)) is not None]
    if not ahead:
        return Finding(
            "clock",
            Verdict.WARNING,
            f"None of {len(urls)} servers of feeds told the time: is there a network?",
            "monitor feeds check",
        )
    seconds = median(ahead)
    told = f"The clock differs by {abs(seconds):.0f} s from that of {len(ahead)} servers of feeds."
    if abs(seconds) > _AGREE.total_seconds():
        return Finding("clock", Verdict.WRONG, told, "timedatectl set-ntp true")
    return Finding("clock", Verdict.OK, told)


def _ahead(door: Door, url: str, clock: Callable[[], datetime]) -> float | None:
    """By how many seconds our clock is ahead of a server's; None when it does not tell."""
    try:
        stated = parsedate_to_datetime(door.get(url).headers.get("date", ""))
    except (FetchError, ValueError):
        return None
    return (clock() - (stated if stated.tzinfo else stated.replace(tzinfo=UTC))).total_seconds()


def _refused(settings: Settings) -> Iterator[Finding]:
    """The watch and the models, where their names stand for addresses that the door refuses."""
    named = (
        ("watch", "watch", settings.monitor.ping_url),
        ("model", "model", settings.assist.address if settings.assist else None),
        ("embeddings", "model for embeddings", settings.stories.embeddings_address),
    )
    for subject, name, url in named:
        if url and not refusal(url, settings, as_written):
            problem = refusal(url, settings, resolve)
            if problem:
                yield Finding(subject, Verdict.WARNING, f"The {name} is not asked: {problem}.")


def _mail(setup: Setup) -> Finding:
    smtp = setup.settings.smtp
    try:
        transport = transports(setup)["email"]
        assert isinstance(transport, SmtpTransport)
        transport.greet()
    except MonitorError as error:
        return Finding("mail", Verdict.WRONG, f"{error}.", "monitor config check")
    told = f"{smtp.host}:{smtp.port} takes mail" + (" with this login." if smtp.username else ".")
    return Finding("mail", Verdict.OK, told)

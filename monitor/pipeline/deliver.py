"""Deliver: the outbox -> receivers, each delivery claimed, sent and settled by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import TransportError
from monitor.model import Delivery, DeliveryOutcome, DeliveryState
from monitor.pipeline.setup import Setup
from monitor.publish.outbox import after_failure
from monitor.publish.transports import Transport
from monitor.publish.transports.email import SmtpTransport
from monitor.publish.transports.files import FilesTransport
from monitor.store import Store

_LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt and how it ended."""

    delivery: Delivery
    outcome: DeliveryOutcome


def transports(setup: Setup) -> dict[str, Transport]:
    """The transports by name; a password that cannot be read raises ``InputError`` at once."""
    smtp = setup.settings.smtp
    named: dict[str, Transport] = {"files": FilesTransport(setup.configuration.editions)}
    if smtp.host:
        named["email"] = SmtpTransport(
            smtp.host,
            smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=smtp.password(setup.configuration.folder),
            sender=smtp.sender,
        )
    return named


def deliver(
    store: Store,
    named: Mapping[str, Transport],
    now: datetime,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> list[Delivered]:
    """Send what is due, one claim at a time, so that a kill leaves one delivery in doubt."""
    done = []
    while not stopping() and (claimed := store.editions.claim(now, _LEASE, 1)):
        for delivery in claimed:
            outcome = _attempt(named, delivery, now)
            store.editions.settle(delivery, outcome, now)
            done.append(Delivered(delivery, outcome))
    return done


def _attempt(named: Mapping[str, Transport], delivery: Delivery, now: datetime) -> DeliveryOutcome:
    try:
        _transport(named, delivery.transport).send(delivery)
    except TransportError as error:
        return after_failure(delivery.attempts, error, now)
    return DeliveryOutcome(DeliveryState.SENT)


def _transport(named: Mapping[str, Transport], name: str) -> Transport:
    if name not in named:
        raise TransportError(
            f'there is no transport "{name}" now; is [smtp] host empty?', retry=True
        )
    return named[name]

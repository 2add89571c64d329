"""Deliver: the outbox -> receivers, each delivery claimed, sent and settled by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import InputError, TransportError
from monitor.model import Delivery, DeliveryOutcome, DeliveryState
from monitor.pipeline.setup import Setup
from monitor.publish.outbox import after_failure
from monitor.publish.transports import Transport
from monitor.publish.transports.email import SmtpTransport
from monitor.publish.transports.files import FilesTransport
from monitor.store import Store

_log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt and how it ended."""

    delivery: Delivery
    outcome: DeliveryOutcome


def transports(setup: Setup) -> dict[str, Transport]:
    """The transports by name; raises ``InputError`` for settings with which no mail can be sent."""
    smtp = setup.settings.smtp
    named: dict[str, Transport] = {"files": FilesTransport(setup.configuration.editions)}
    if smtp.host:
        named["email"] = SmtpTransport(
            smtp.host,
            smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=_password(setup),
            sender=smtp.sender,
        )
    return named


def _password(setup: Setup) -> str:
    try:
        return setup.settings.smtp.password(setup.configuration.folder)
    except UnicodeDecodeError as error:
        raise InputError(f"smtp.password_file cannot be read: {error}") from error


def deliver(
    store: Store,
    named: Mapping[str, Transport],
    now: datetime,
    *,
    clock: Callable[[], datetime] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> list[Delivered]:
    """Send what is due at ``now``, one claim at a time, so that a kill leaves one in doubt.

    ``clock`` is what leases and pauses count from, since a slow server may hold each delivery up
    for minutes; without it time stands still at ``now``.
    """
    current = clock or (lambda: now)
    done = []
    while not stopping() and (claimed := store.editions.claim(current(), _LEASE, 1, due_by=now)):
        for delivery in claimed:
            error = _failure(named, delivery)
            at = current()
            outcome = _outcome(delivery, error, at)
            store.editions.settle(delivery, outcome, at)
            done.append(Delivered(delivery, outcome))
    return done


def _outcome(delivery: Delivery, error: TransportError | None, at: datetime) -> DeliveryOutcome:
    if error is None:
        return DeliveryOutcome(DeliveryState.SENT)
    return after_failure(delivery.attempts, error, at)


def _failure(named: Mapping[str, Transport], delivery: Delivery) -> TransportError | None:
    """Send, and answer what went wrong: one delivery must never stop those behind it."""
    try:
        _transport(named, delivery.transport).send(delivery)
    except TransportError as error:
        return error
    except Exception as error:  # noqa: BLE001  it is logged, and tried again
        _log.exception("a delivery to %s failed unexpectedly", delivery.subscriber)
        words = f"sending failed unexpectedly ({type(error).__name__}: {error})"
        return TransportError(words, retry=True)
    return None


def _transport(named: Mapping[str, Transport], name: str) -> Transport:
    if name not in named:
        raise TransportError(
            f'there is no transport "{name}" now; is [smtp] host empty?', retry=True
        )
    return named[name]

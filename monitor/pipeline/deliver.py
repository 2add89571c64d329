"""Deliver: the outbox -> receivers, each delivery claimed, sent and settled by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import TransportError
from monitor.model import Delivery, DeliveryOutcome, DeliveryState, Standing
from monitor.pipeline.receivers import transports
from monitor.publish.notices import notice
from monitor.publish.outbox import after_failure
from monitor.publish.transports import (
    GoneError,
    Hold,
    LaterError,
    LoginRefusedError,
    LostClaimError,
    RefusedError,
    Transport,
)
from monitor.store import Store

__all__ = ["BOUNCES", "Delivered", "deliver", "stop_sending", "transports"]

_log = logging.getLogger(__name__)
# A server may take ten minutes over the final dot (RFC 5321, 4.5.3.2.6).
_LEASE = timedelta(minutes=10)
BOUNCES = 3  # editions in a row

Key = tuple[str, str, str]  # digest, subscriber, transport


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt and how it ended."""

    delivery: Delivery
    outcome: DeliveryOutcome


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
    try:
        while not stopping() and (
            claimed := store.editions.claim(current(), _LEASE, 1, due_by=now)
        ):
            done += [_delivered(store, named, delivery, current) for delivery in claimed]
    finally:
        for transport in named.values():
            transport.close()
    return done


class _Claim(Hold):
    """The claim of this process on a delivery, as it stands in the database."""

    def __init__(self, store: Store, delivery: Delivery, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._delivery = delivery
        self._clock = clock

    def renew(self) -> None:
        if not self._store.editions.renew(self._delivery, self._clock() + _LEASE):
            raise LostClaimError

    def took(self, parts: int) -> None:
        if not self._store.editions.take_part(self._delivery, parts):
            raise LostClaimError


def _delivered(
    store: Store,
    named: Mapping[str, Transport],
    delivery: Delivery,
    clock: Callable[[], datetime],
) -> Delivered:
    """One attempt, settled; what it tells of the receiver and the transport is kept as well."""
    error = _stopped(store, delivery) or _failure(named, delivery, _Claim(store, delivery, clock))
    at = clock()
    outcome = _outcome(delivery, error, at)
    if store.editions.settle(delivery, outcome, at):
        _follow_up(store, delivery, error, outcome, at)
    return Delivered(delivery, outcome)


def _stopped(store: Store, delivery: Delivery) -> TransportError | None:
    """Why nothing may go to this subscriber any more, though it was addressed before."""
    subscription = store.subscriptions.of(
        delivery.edition.digest, delivery.subscriber, delivery.transport
    )
    if subscription.standing is Standing.ACTIVE:
        return None
    return TransportError(f"not sent: the subscriber is {subscription.standing}", retry=False)


def _outcome(delivery: Delivery, error: TransportError | None, at: datetime) -> DeliveryOutcome:
    if error is None:
        return DeliveryOutcome(DeliveryState.SENT)
    return after_failure(delivery.attempts, error, at, delivery.queued_at or at)


def _failure(
    named: Mapping[str, Transport], delivery: Delivery, hold: Hold
) -> TransportError | None:
    """Send, and answer what went wrong: one delivery must never stop those behind it."""
    try:
        _transport(named, delivery.transport).send(delivery, hold)
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


def _follow_up(
    store: Store,
    delivery: Delivery,
    error: TransportError | None,
    outcome: DeliveryOutcome,
    at: datetime,
) -> None:
    """What an attempt tells beyond its own delivery."""
    match error:
        case None:
            store.subscriptions.arrived(delivery)
        case RefusedError():
            _count_bounce(store, delivery, at)
        case GoneError():
            stop_sending(store, _key(delivery), Standing.GONE, str(error), at)
        case LaterError(whole=True) if outcome.retry_at is not None:
            store.editions.postpone(delivery.transport, outcome.retry_at, str(error))
            if isinstance(error, LoginRefusedError):
                _alert(store, notice("no_login"), at)
        case _ if outcome.state is DeliveryState.DEAD and (error.retry or error.unknown):
            _alert(store, _about("given_up", _key(delivery)), at)


def _count_bounce(store: Store, delivery: Delivery, at: datetime) -> None:
    if store.subscriptions.bounced(delivery, at) >= BOUNCES:
        reason = f"{BOUNCES} editions were refused"
        stop_sending(store, _key(delivery), Standing.BOUNCED, reason, at)


def _key(delivery: Delivery) -> Key:
    return delivery.edition.digest, delivery.subscriber, delivery.transport


def stop_sending(store: Store, key: Key, standing: Standing, reason: str, at: datetime) -> None:
    """Send a subscriber nothing more, and tell the owner once, without an address."""
    if store.subscriptions.stop(key, standing, reason, at):
        _log.warning("%s gets no more editions: %s", key[1], reason)
        _alert(store, _about("unreachable", key), at)


def _about(sentence: str, key: Key) -> str:
    return notice(sentence, digest=key[0], transport=key[2])


def _alert(store: Store, sentence: str, at: datetime) -> None:
    """Say it in the log, and in the next editions."""
    if store.subscriptions.alert(sentence, at):
        _log.error("%s", sentence)

"""What becomes of a delivery: its name for ever, and when to try again or give up."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from monitor.errors import TransportError
from monitor.model import DeliveryOutcome, DeliveryState
from monitor.publish.transports import LaterError, LoginRefusedError

_DELAYS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
_DAILY = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=5)
# RFC 5321, 4.5.3.2.6: a server may take ten minutes over the final dot.
_DOUBT = timedelta(minutes=10)
# A wrong password does not heal by itself, and hurried logins get accounts locked.
_LOGIN_PAUSE = timedelta(hours=1)
_LEAST_PAUSE = timedelta(seconds=1)


def message_id(edition_key: str, subscriber: str, domain: str) -> str:
    """The Message-ID of one edition to one subscriber, the same at every attempt.

    A receiver that gets the message twice can tell; the subscriber cannot be read from it.
    """
    digest = sha256("\0".join((edition_key, subscriber)).encode("utf-8", "replace")).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def part_key(message_id: str, part: int = 0) -> str:
    """What tells one part of one delivery from all others, the same at every attempt."""
    return sha256(f"{message_id}\0{part}".encode()).hexdigest()[:40]


def after_failure(
    attempts: int, error: TransportError, now: datetime, queued_at: datetime
) -> DeliveryOutcome:
    """What becomes of a delivery after its ``attempts``-th attempt (1 is the first) failed.

    Tried again after 5 and 15 minutes, 1, 4 and 12 hours, then daily, until it has been queued for
    five days. A permanent error ends it at once. Where the receiver may have the message, the same
    Message-ID goes out again after ten minutes at the earliest. A receiver that says when to come
    again is obeyed.
    """
    retry_at = now + _delay(attempts, error)
    if not (error.retry or error.unknown) or retry_at > queued_at + GIVE_UP_AFTER:
        return DeliveryOutcome(DeliveryState.DEAD, str(error))
    state = DeliveryState.UNKNOWN if error.unknown else DeliveryState.RETRY
    return DeliveryOutcome(state, str(error), retry_at)


def _delay(attempt: int, error: TransportError) -> timedelta:
    """How long to wait after the ``attempt``-th attempt."""
    usual = _DELAYS[max(attempt, 1) - 1] if attempt <= len(_DELAYS) else _DAILY
    if error.unknown:
        return max(usual, _DOUBT)
    if isinstance(error, LoginRefusedError):
        return max(usual, _LOGIN_PAUSE)
    if isinstance(error, LaterError) and error.after is not None:
        return max(error.after, _LEAST_PAUSE)
    return usual

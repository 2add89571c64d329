"""POSTs to a receiver, and what its answer means; no secret gets into any sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.errors import FetchError, TransportError, UnansweredError
from monitor.http import Door, Reply
from monitor.publish.transports import GoneError, LaterError

_GONE = (404, 410)
_BUSY = (429, 503)
# Redirects and refusals that the next try may well not meet: a login that is put right, a fault.
_PASSING = (401, 403, 407, 408, 423, 425)
_LONGEST_PAUSE = timedelta(days=1)


def posted(
    door: Door, url: str, body: bytes, headers: Mapping[str, str], name: str, now: datetime
) -> Reply:
    """POST to ``url`` and return the reply to what was taken; raises ``TransportError``."""
    reply = sent(door, url, body, headers, name)
    if not 200 <= reply.status < 300:
        raise refusal(reply, name, now)
    return reply


def sent(door: Door, url: str, body: bytes, headers: Mapping[str, str], name: str) -> Reply:
    """POST to ``url`` and return the reply, whatever it is.

    ``name`` stands for the address in sentences, which may be a secret. Raises ``TransportError``
    when there is no reply.
    """
    try:
        return door.post(url, body, headers)
    except UnansweredError as error:
        words = f"{name} took the request and did not answer: {_without(str(error), url)}"
        raise TransportError(words, retry=True, unknown=True) from None
    except FetchError as error:
        words = f"{name} cannot be reached: {_without(str(error), url)}"
        raise TransportError(words, retry=error.retry) from None


def refusal(reply: Reply, name: str, now: datetime) -> TransportError:
    """What an answer other than a success means."""
    words = f"{name} answered {reply.status}"
    if reply.status in _GONE:
        return GoneError(f"{words}: there is no such receiver any more")
    if reply.status in _BUSY:
        return LaterError(f"{words}: too much at a time", after=pause(reply, now))
    if 300 <= reply.status < 400:
        return TransportError(f"{words}, a redirect; set its new address", retry=False)
    passing = reply.status in _PASSING or reply.status >= 500
    return TransportError(words, retry=passing)


def pause(reply: Reply, now: datetime) -> timedelta | None:
    """What ``Retry-After`` asks for, seconds or a date, a day at most; None where it does not."""
    stated = reply.headers.get("retry-after", "").strip()
    try:
        seconds = float(stated)
    except ValueError:
        seconds = _until(stated, now)
    if not 0 < seconds < float("inf"):
        return None
    return min(timedelta(seconds=min(seconds, 1e9)), _LONGEST_PAUSE)


def _until(stated: str, now: datetime) -> float:
    try:
        at = parsedate_to_datetime(stated)
    except ValueError:
        return 0.0
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()


def said(reply: Reply) -> dict[str, Any]:
    """The object in an answer's body; empty where there is none."""
    try:
        read = json.loads(reply.body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _without(words: str, secret: str) -> str:
    """``words`` without the address, however it was quoted."""
    return words.replace(repr(secret), "its address").replace(secret, "its address")


Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, for signatures and for pauses that are dates."""
    return datetime.now(UTC)

"""Editions as signed JSON, after https://www.standardwebhooks.com.

``webhook-id`` is the same at every attempt, so that the receiver can tell a repeat; the signature
covers id, time and body: base64(HMAC-SHA256(key, "id.timestamp.body")) after ``v1,``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.http import Door
from monitor.model import Delivery
from monitor.publish.formats import as_object
from monitor.publish.outbox import part_key
from monitor.publish.transports import ALONE, Hold, Transport, endpoint
from monitor.publish.transports.posting import Clock, posted, utc_now

_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a subscriber's webhook is, and the key that signs what goes there."""

    url: str
    secret: str


class WebhookTransport(Transport):
    """Posts an edition as one object to its subscriber's address."""

    def __init__(
        self, door: Door, hooks: Mapping[tuple[str, str], Hook], clock: Clock = utc_now
    ) -> None:
        """``hooks`` are by digest and subscriber."""
        self._door = door
        self._hooks = hooks
        self._clock = clock

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """See ``Transport.send``."""
        hook = endpoint(self._hooks, delivery)
        body = body_of(delivery)
        now = self._clock()
        headers = signed(body, part_key(delivery.message_id), int(now.timestamp()), hook.secret)
        hold.renew()
        posted(self._door, hook.url, body, headers, f"the webhook of {delivery.subscriber}", now)


def body_of(delivery: Delivery) -> bytes:
    """The same bytes at every attempt."""
    told = {"type": "edition", "id": part_key(delivery.message_id)}
    return json.dumps({**told, "data": as_object(delivery.edition)}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )


def signed(body: bytes, key: str, timestamp: int, secret: str) -> dict[str, str]:
    """The headers of a webhook: what it is, its key, and a signature over id, time and body."""
    content = f"{key}.{timestamp}.".encode() + body
    signature = hmac.new(_key_of(secret), content, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _key_of(secret: str) -> bytes:
    """The bytes that sign: those behind ``whsec_`` in base64, else the text itself."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()

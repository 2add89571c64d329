"""Webhooks are signed, keyed and judged by their answers; no address gets into a sentence."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.errors import TransportError
from monitor.http import Door
from monitor.publish.transports import GoneError, LaterError, LostClaimError
from monitor.publish.transports.webhook import Hook, WebhookTransport

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of the receiver").decode()


def transport(door: Door, receiver: Any, secret: str = SECRET) -> WebhookTransport:
    """A transport to the receiver, at a fixed time."""
    return WebhookTransport(door, {("daily", "desk"): Hook(receiver.url, secret)}, lambda: NOW)


def failure(door: Door, receiver: Any, delivery: Any) -> TransportError:
    """The error with which sending ends."""
    with pytest.raises(TransportError) as caught:
        transport(door, receiver).send(delivery)
    return caught.value


def test_what_is_posted(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """One object with every story, under a key of its own."""
    transport(door, receiver).send(delivery(many(3), "webhook"))
    ((path, headers, _),) = receiver.requests
    (body,) = receiver.bodies()

    assert path == "/hook/s3cret-path"
    assert headers["content-type"] == "application/json"
    assert (body["type"], body["id"]) == ("edition", headers["webhook-id"])
    assert headers["idempotency-key"] == headers["webhook-id"]
    (section,) = body["data"]["sections"]
    assert [story["url"] for story in section["stories"]] == [
        f"https://press.example/{number}?a=1&b=2" for number in range(3)
    ]
    assert "desk" not in receiver.requests[0][2].decode()


@pytest.mark.parametrize(
    ("secret", "key"),
    [(SECRET, b"a key of the receiver"), ("plain-words", b"plain-words"), ("whsec_?", b"whsec_?")],
)
def test_the_signature_can_be_checked(
    door: Door, receiver: Any, many: Any, delivery: Any, secret: str, key: bytes
) -> None:
    """As standardwebhooks.com has it: id, time and body under the receiver's key."""
    transport(door, receiver, secret).send(delivery(many(1), "webhook"))
    ((_, headers, body),) = receiver.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_silence_after_the_request_is_unknown_and_keeps_its_key(
    door: Door, receiver: Any, many: Any, delivery: Any
) -> None:
    """D15: the receiver took the request and hangs; the repeat can be told by its key."""
    receiver.answers = [None, (200, {}, b"")]
    sent = delivery(many(1), "webhook")
    error = failure(door, receiver, sent)
    transport(door, receiver).send(sent)
    (_, first, one), (_, second, other) = receiver.requests

    assert (error.retry, error.unknown) == (True, True)
    assert first["idempotency-key"] == second["idempotency-key"]
    assert one == other


@pytest.mark.parametrize("status", [404, 410])
def test_a_webhook_that_is_gone(
    door: Door, receiver: Any, many: Any, delivery: Any, status: int
) -> None:
    """D16: it is said at the first time, and not tried again."""
    receiver.answers = [(status, {}, b"")]
    error = failure(door, receiver, delivery(many(1), "webhook"))

    assert isinstance(error, GoneError) and not error.retry


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("7", 7),
        ("Tue, 24 Nov 2026 02:31:30 GMT", 90),
        ("99999999999", 86_400),
        ("Tue, 24 Nov 2020 02:31:30 GMT", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for(
    door: Door, receiver: Any, many: Any, delivery: Any, status: int, stated: str, seconds: Any
) -> None:
    """D13: seconds or a date, a day at most; nonsense is no pause."""
    receiver.answers = [(status, {"Retry-After": stated}, b"")]
    error = failure(door, receiver, delivery(many(1), "webhook"))

    assert isinstance(error, LaterError) and error.retry and not error.whole
    assert error.after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "retry"), [(500, True), (502, True), (401, True), (400, False), (413, False)]
)
def test_other_answers(
    door: Door, receiver: Any, many: Any, delivery: Any, status: int, retry: bool
) -> None:
    """Faults and logins may be put right; a request that is refused will be refused again."""
    receiver.answers = [(status, {}, b"")]
    error = failure(door, receiver, delivery(many(1), "webhook"))

    assert (error.retry, error.unknown, str(status) in str(error)) == (retry, False, True)


def test_a_redirect_is_not_followed(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """The edition goes to the address that was set, and nowhere else."""
    receiver.answers = [(307, {"Location": f"http://{receiver.pair}/elsewhere"}, b"")]
    error = failure(door, receiver, delivery(many(1), "webhook"))

    assert len(receiver.requests) == 1
    assert "new address" in str(error) and not error.retry


def test_no_secret_in_any_sentence(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """X14: neither path nor key is told, whatever goes wrong."""
    sent, errors = delivery(many(1), "webhook"), []
    for answer in [(500, {}, b""), (404, {}, b""), (302, {"Location": "/x"}, b""), None]:
        receiver.answers = [answer]
        errors.append(failure(door, receiver, sent))
    receiver.close()
    errors.append(failure(door, receiver, sent))
    for url in ("http://10.0.0.1/s3cret-path", "http://bad host/s3cret-path", "s3cret-path"):
        receiver.url = url
        errors.append(failure(door, receiver, sent))
    told = "".join(f"{error!r}{error.__cause__!r}{vars(error)}" for error in errors)

    assert len(errors) == 8
    assert "s3cret" not in told and SECRET not in told


def test_whoever_lost_the_claim_sends_nothing(
    door: Door, receiver: Any, many: Any, delivery: Any, keeper: Any
) -> None:
    """C7: the claim is asked for right before the request."""

    def lost() -> None:
        raise LostClaimError

    keeper.renew = lost
    with pytest.raises(LostClaimError):
        transport(door, receiver).send(delivery(many(1), "webhook"), keeper)

    assert receiver.requests == []


def test_a_subscriber_who_is_no_more(door: Door, receiver: Any, many: Any, delivery: Any) -> None:
    """A delivery that waits for somebody whom the settings know no longer ends."""
    with pytest.raises(TransportError, match="no subscriber of daily over webhook") as caught:
        WebhookTransport(door, {}).send(delivery(many(1), "webhook"))

    assert not caught.value.retry

"""Deliveries keep their name, are tried again, and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import TransportError
from monitor.model import DeliveryState
from monitor.publish.outbox import after_failure, message_id, part_key
from monitor.publish.transports import LaterError, LoginRefusedError

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
BUSY = TransportError("busy", retry=True)
UNKNOWN = TransportError("silent", retry=True, unknown=True)


def waits(error: TransportError) -> list[timedelta]:
    """The pauses after each failure until the delivery is dead."""
    found = []
    attempt, at = 1, NOW
    while (outcome := after_failure(attempt, error, at, NOW)).retry_at is not None:
        found.append(outcome.retry_at - at)
        attempt, at = attempt + 1, outcome.retry_at
    assert outcome.state is DeliveryState.DEAD
    return found


def test_message_id_is_stable_and_tells_nothing() -> None:
    """The same edition and subscriber give the same id, others another; no address shows."""
    first = message_id("daily/2026-11-24", "aigul@example.org", "example.org")

    assert first == message_id("daily/2026-11-24", "aigul@example.org", "example.org")
    assert first != message_id("daily/2026-11-24", "bolat@example.org", "example.org")
    assert first != message_id("daily/2026-11-25", "aigul@example.org", "example.org")
    assert first.startswith("<") and first.endswith("@example.org>") and "aigul" not in first


@given(st.text(), st.text(), st.text(), st.text())
def test_message_ids_do_not_collide(a: str, b: str, c: str, d: str) -> None:
    """Only equal pairs share an id, even where their texts run together."""
    same = (a.replace("\0", ""), b.replace("\0", "")) == (c.replace("\0", ""), d.replace("\0", ""))
    first = message_id(a.replace("\0", ""), b.replace("\0", ""), "example.org")
    second = message_id(c.replace("\0", ""), d.replace("\0", ""), "example.org")

    assert (first == second) is same


def test_retries_slow_down_and_end_after_five_days() -> None:
    """5 and 15 minutes, 1, 4 and 12 hours, then daily, and never past the fifth day."""
    found = waits(BUSY)

    assert [wait.total_seconds() / 60 for wait in found[:6]] == [5, 15, 60, 240, 720, 1440]
    assert timedelta(days=4) < sum(found, timedelta()) <= timedelta(days=5)


def test_permanent_error_ends_it() -> None:
    """A refused address is not tried again, and the reason is kept."""
    outcome = after_failure(1, TransportError("no such user", retry=False), NOW, NOW)

    assert outcome.state is DeliveryState.DEAD
    assert (outcome.error, outcome.retry_at) == ("no such user", None)


def test_unknown_waits_ten_minutes() -> None:
    """Where the server may have the message, it gets the time that the standard gives it."""
    outcome = after_failure(1, UNKNOWN, NOW, NOW)

    assert outcome.state is DeliveryState.UNKNOWN
    assert outcome.retry_at == NOW + timedelta(minutes=10)
    assert min(waits(UNKNOWN)) == timedelta(minutes=10)


def test_wrong_password_is_tried_slowly() -> None:
    """At most one login an hour, so that no account is locked."""
    assert min(waits(LoginRefusedError("refused"))) >= timedelta(hours=1)


@given(seconds=st.floats(0, 400_000), attempt=st.integers(1, 12))
def test_a_receiver_that_says_when_is_obeyed(seconds: float, attempt: int) -> None:
    """Never earlier than it asks for, and never in the same moment."""
    after = timedelta(seconds=seconds)
    outcome = after_failure(attempt, LaterError("slow down", after=after), NOW, NOW)

    assert outcome.retry_at == NOW + max(after, timedelta(seconds=1))


def test_what_waited_five_days_is_given_up_whatever_the_number_of_attempts() -> None:
    """A delivery that was postponed with the others has had its days, too."""
    late = NOW + timedelta(days=5)

    assert after_failure(1, BUSY, late, NOW).state is DeliveryState.DEAD
    assert after_failure(9, BUSY, NOW, NOW).state is DeliveryState.RETRY


def test_parts_have_keys_of_their_own() -> None:
    """The same part has the same key at every attempt; two parts or two deliveries never."""
    keys = {part_key(name, part) for name in ("<a@x>", "<b@x>") for part in range(3)}

    assert len(keys) == 6
    assert part_key("<a@x>", 1) in keys

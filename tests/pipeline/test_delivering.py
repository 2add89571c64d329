"""The outbox on a real database: who is tried when, who is stopped, and what an owner hears."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import TransportError
from monitor.model import (
    Coverage,
    Delivery,
    DeliveryState,
    Edition,
    Rendered,
    Standing,
    Window,
)
from monitor.pipeline.deliver import Delivered, deliver
from monitor.publish.outbox import message_id
from monitor.publish.transports import (
    GoneError,
    Hold,
    LaterError,
    LoginRefusedError,
    RefusedError,
)
from monitor.store import Store, open_store

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
NO_LOGIN = "Mail cannot be sent: the mail server refuses the login. The log says more."


@dataclass
class Told:
    """A transport that does as it is told, and remembers what it was given."""

    then: Callable[[Delivery, Hold], object] = lambda delivery, hold: None
    tried: list[str] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)
    closed: int = 0

    def send(self, delivery: Delivery, hold: Hold) -> None:
        """Do as told."""
        self.tried.append(delivery.subscriber)
        self.then(delivery, hold)
        self.sent.append(delivery)

    def close(self) -> None:
        """Count it."""
        self.closed += 1


def raising(*errors: TransportError | None) -> Callable[[Delivery, Hold], None]:
    """Raise one error after the other; None is a success, and so is everything after them."""
    waiting = list(errors)

    def then(delivery: Delivery, hold: Hold) -> None:
        if waiting and (error := waiting.pop(0)):
            raise error

    return then


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty archive."""
    with open_store(f"sqlite:///{tmp_path}/monitor.db") as opened:
        yield opened


def freeze(
    store: Store,
    subscribers: Sequence[str],
    at: datetime = NOW,
    transport: str = "email",
    digest: str = "daily",
) -> None:
    """An edition without stories, for ``subscribers``."""
    edition = Edition(digest, "Daily", Window(at, None, at), "UTC", (), Coverage((), 0, 0))
    key = f"{digest}/{at.isoformat()}"
    addressed = [(each, transport, message_id(key, each, "x.example")) for each in subscribers]
    assert store.editions.freeze(edition, Rendered("s", "t", "h"), addressed, at) is not None


def states(done: Sequence[Delivered]) -> list[DeliveryState]:
    """How attempts ended."""
    return [one.outcome.state for one in done]


FIVE = [f"r{number}@example.org" for number in range(5)]


def test_one_of_five_is_put_off(store: Store) -> None:
    """D1: four are sent now, one five minutes later, with the Message-ID of the first attempt."""
    freeze(store, FIVE)
    told = Told(raising(None, TransportError("450 later", retry=True)))
    first = deliver(store, {"email": told}, NOW)
    early = deliver(store, {"email": told}, NOW + timedelta(minutes=4, seconds=59))
    second = deliver(store, {"email": told}, NOW + timedelta(minutes=5))

    assert states(first).count(DeliveryState.SENT) == 4
    assert (early, states(second)) == ([], [DeliveryState.SENT])
    assert second[0].delivery.message_id == first[1].delivery.message_id
    assert told.closed == 3


def test_who_bounces_is_paused_after_three_editions(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """D2: no retry, a pause after the third, one notice without an address, none for the others."""
    bouncing = "gone@example.org"
    for day in range(4):
        at = NOW + timedelta(days=day)
        freeze(store, [bouncing, "here@example.org"], at)

        def refuse(delivery: Delivery, hold: Hold) -> None:
            if delivery.subscriber == bouncing:
                raise RefusedError("550 no such user")

        done = deliver(store, {"email": Told(refuse)}, at)
        assert states(done) == [DeliveryState.DEAD, DeliveryState.SENT]
    known = store.subscriptions.of("daily", bouncing, "email")
    (alert,) = store.subscriptions.alerts(None, NOW + timedelta(days=9))

    assert (known.standing, known.bounces) == (Standing.BOUNCED, 3)
    assert "cannot be reached" in alert and "@" not in alert
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        alert
    ]
    assert store.subscriptions.of("daily", "here@example.org", "email").bounces == 0


def test_bounces_are_counted_in_a_row(store: Store) -> None:
    """Whoever is reached in between begins anew."""
    told = Told(raising(*[RefusedError("550 x")] * 2, None, *[RefusedError("550 x")] * 2))
    for day in range(5):
        freeze(store, ["a@example.org"], NOW + timedelta(days=day))
        deliver(store, {"email": told}, NOW + timedelta(days=day))

    assert store.subscriptions.of("daily", "a@example.org", "email").standing is Standing.ACTIVE


def test_a_webhook_that_is_gone_is_left_after_one(store: Store) -> None:
    """D16: disabled, one alert, and what waits for it is given up."""
    freeze(store, ["desk"], transport="webhook")
    freeze(store, ["desk"], NOW + timedelta(hours=1), transport="webhook")
    told = Told(raising(GoneError("the webhook answered 410")))
    done = deliver(store, {"webhook": told}, NOW + timedelta(hours=1))

    assert (states(done), told.tried) == ([DeliveryState.DEAD], ["desk"])
    assert store.editions.pending() == 0
    assert len(store.subscriptions.alerts(None, NOW + timedelta(days=1))) == 1
    assert store.subscriptions.of("daily", "desk", "webhook").standing is Standing.GONE


@pytest.mark.parametrize("standing", [Standing.UNSUBSCRIBED, Standing.PAUSED])
def test_who_left_while_mail_waited_gets_none(store: Store, standing: Standing) -> None:
    """D19: what waits is given up at once; twice is like once."""
    freeze(store, FIVE)
    key = ("daily", FIVE[2], "email")
    assert store.subscriptions.stop(key, standing, "by hand", NOW)
    assert not store.subscriptions.stop(key, standing, "by hand", NOW)
    told = Told()
    deliver(store, {"email": told}, NOW)

    assert told.tried == [each for each in FIVE if each != FIVE[2]]
    assert store.editions.pending() == 0


def test_who_leaves_while_a_mail_is_being_sent_gets_no_second_try(store: Store) -> None:
    """D19: the attempt under way fails, and is the last."""
    freeze(store, ["a@example.org"])

    def leave(delivery: Delivery, hold: Hold) -> None:
        key = ("daily", "a@example.org", "email")
        store.subscriptions.stop(key, Standing.UNSUBSCRIBED, "by a link", NOW)
        raise TransportError("450 later", retry=True)

    told = Told(leave)
    deliver(store, {"email": told}, NOW)
    done = deliver(store, {"email": told}, NOW + timedelta(hours=1))

    assert (states(done), told.tried) == ([DeliveryState.DEAD], ["a@example.org"])


def test_a_refused_login_is_tried_once_an_hour(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """D7: nobody else is tried, by no new process either; log and next edition say it."""
    freeze(store, FIVE)
    tried = []
    for minute in range(0, 121, 10):  # a process of its own every ten minutes
        told = Told(raising(*[LoginRefusedError("mail.example refused CANARY")] * 9))
        deliver(store, {"email": told}, NOW + timedelta(minutes=minute))
        tried += [minute] * len(told.tried)
    told = Told()
    deliver(store, {"email": told}, NOW + timedelta(hours=3))

    assert tried == [0, 60, 120]
    assert sorted(told.tried) == FIVE
    assert store.subscriptions.alerts(NOW, NOW + timedelta(days=1)) == [NO_LOGIN]
    assert [record.message for record in caplog.records] == [NO_LOGIN]


def test_a_dead_server_is_tried_with_one_delivery(store: Store) -> None:
    """What goes for all is not tried with all; the others have no attempt counted."""
    freeze(store, FIVE)
    freeze(store, ["desk"], transport="slack", digest="weekly")
    told = Told(raising(LaterError("no connection", whole=True)))
    slack = Told()
    first = deliver(store, {"email": told, "slack": slack}, NOW)
    second = deliver(store, {"email": told}, NOW + timedelta(minutes=5))

    assert states(first) == [DeliveryState.RETRY, DeliveryState.SENT], "other ways are open"
    assert [one.delivery.attempts for one in second] == [2, 1, 1, 1, 1]
    assert set(states(second)) == {DeliveryState.SENT}


def test_ten_messages_a_minute(store: Store) -> None:
    """D8: a backlog of 100 behind a strict server: all sent, none early, nobody given up."""
    freeze(store, [f"r{number}@example.org" for number in range(100)])
    clock, window = [NOW], [NOW, 0]
    early = []

    def limited(delivery: Delivery, hold: Hold) -> None:
        if clock[0] >= window[0] + timedelta(minutes=1):
            window[:] = [clock[0], 0]
        if window[1] >= 10:
            early.append(clock[0] - window[0])
            raise LaterError("450 too many", after=timedelta(minutes=1), whole=True)
        window[1] += 1

    told = Told(limited)
    for _ in range(30):
        deliver(store, {"email": told}, clock[0])
        clock[0] += timedelta(seconds=30)

    assert len(told.sent) == len({each.subscriber for each in told.sent}) == 100
    assert len(early) <= 10, "one probe for each pause"


def test_five_days_and_no_longer(store: Store) -> None:
    """What nobody could send is given up, each after five days of its own, and it is said."""
    freeze(store, FIVE)
    told = Told(raising(*[LaterError("no connection", whole=True)] * 99))
    for hour in range(24 * 8):
        deliver(store, {"email": told}, NOW + timedelta(hours=hour))

    assert store.editions.pending() == 0
    assert len(told.tried) < 25
    (alert,) = store.subscriptions.alerts(None, NOW + timedelta(days=9))
    assert "for five days" in alert


def test_the_claim_is_asked_for_before_the_last_step(store: Store, tmp_path: Path) -> None:
    """C7: a sender that slept past its lease is told so, sends nothing and settles nothing."""
    freeze(store, ["a@example.org"])
    with open_store(f"sqlite:///{tmp_path}/monitor.db") as other:
        awake = Told()

        def sleep(delivery: Delivery, hold: Hold) -> None:
            deliver(other, {"email": awake}, NOW + timedelta(minutes=11))
            hold.renew()

        asleep = Told(sleep)
        deliver(store, {"email": asleep}, NOW)

    assert (len(awake.sent), len(asleep.sent)) == (1, 0)
    assert store.editions.pending() == 0


def test_parts_that_were_taken_are_kept(store: Store) -> None:
    """A kill or a refusal between two parts begins again with the part that is missing."""
    freeze(store, ["desk"], transport="slack")

    def two_of_three(delivery: Delivery, hold: Hold) -> None:
        if delivery.parts == 0:
            hold.took(1)
            hold.took(2)
            raise LaterError("429", after=timedelta(seconds=30))

    told = Told(two_of_three)
    deliver(store, {"slack": told}, NOW)
    deliver(store, {"slack": told}, NOW + timedelta(seconds=29))
    deliver(store, {"slack": told}, NOW + timedelta(seconds=30))

    assert [each.parts for each in told.sent] == [2]
    assert len(told.tried) == 2


def test_a_stop_leaves_nothing_in_doubt(store: Store) -> None:
    """C5: who is asked to stop sends what is begun, claims nothing more, and lets go."""
    freeze(store, FIVE)
    told = Told()
    done = deliver(store, {"email": told}, NOW, stopping=lambda: len(told.sent) == 2)

    assert (len(done), told.closed) == (2, 1)
    assert len(store.editions.claim(NOW, timedelta(minutes=1), 9)) == 3


def test_an_alert_is_heard_once_a_day(store: Store) -> None:
    """The same sentence is kept once in 24 hours; each edition hears what came since the last."""
    hours: list[Any] = [NOW + timedelta(hours=number) for number in (0, 1, 25)]

    assert [store.subscriptions.alert("x", at) for at in hours] == [True, False, True]
    assert store.subscriptions.alerts(hours[0], hours[1]) == ["x"]
    assert store.subscriptions.alerts(hours[1], hours[2]) == []
    assert store.subscriptions.alerts(None, hours[2] + timedelta(hours=1)) == ["x"]

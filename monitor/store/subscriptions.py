"""Subscriptions: who is paused, who left, who cannot be reached; and what an owner has to hear."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, update

from monitor.model import Delivery, DeliveryState, Standing, Subscription
from monitor.store.database import Database, Record
from monitor.store.schema import alerts, deliveries, editions, subscriptions
from monitor.store.statements import insert

Key = tuple[str, str, str]  # digest, subscriber, transport

_STOPPABLE = (DeliveryState.NEW, DeliveryState.RETRY, DeliveryState.UNKNOWN)
_SAME_ALERT = timedelta(hours=24)


class Subscriptions:
    """Facts about subscribers; their wishes stand in the settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[Key, Subscription]:
        """All of whom anything is known."""
        with self._database.reading() as connection:
            found = list(map(_value, connection.execute(_ALL)))
        return {subscription.key: subscription for subscription in found}

    def of(self, digest: str, subscriber: str, transport: str) -> Subscription:
        """What is known of one subscriber; whoever is not known is active."""
        with self._database.reading() as connection:
            row = connection.execute(_ALL.where(_is((digest, subscriber, transport)))).one_or_none()
        return Subscription(digest, subscriber, transport) if row is None else _value(row)

    def stop(self, key: Key, standing: Standing, reason: str, now: datetime) -> bool:
        """Send nothing more, not even what waits; False when that was so already.

        Nobody who left becomes merely paused.
        """
        with self._database.writing() as connection:
            before = self.of(*key)
            if before.standing in (standing, Standing.UNSUBSCRIBED):
                return False
            _keep(connection, before, standing=standing, since=now, reason=reason)
            given_up = {"state": DeliveryState.DEAD, "error": reason, "settled_at": now}
            connection.execute(update(deliveries).where(_waiting(key)).values(given_up))
        return True

    def resume(self, key: Key) -> bool:
        """Send again from the next edition on; False when nothing was stopped."""
        with self._database.writing() as connection:
            return connection.execute(delete(subscriptions).where(_is(key))).rowcount == 1

    def bounced(self, delivery: Delivery, now: datetime) -> int:
        """Count an edition that the receiver refused for good; how many there were in a row.

        Those that were taken and came back before the first one count, too.
        """
        key = (delivery.edition.digest, delivery.subscriber, delivery.transport)
        with self._database.writing() as connection:
            before = self.of(*key)
            earlier = editions.c.frozen_at < delivery.edition.frozen_at
            bounces = 1 + (before.bounces or _returned_last(connection, key, earlier, _LOOKED_BACK))
            since = before.since or now
            _keep(connection, before, since=since, bounces=bounces)
        return bounces

    def returned(
        self, message_id: str, reason: str, most: int, now: datetime
    ) -> tuple[Key, int] | None:
        """Keep that a mail which was taken came back; whose it is, and how many did in a row.

        At most ``most`` are counted. None for a mail that nobody sent, or that came back before.
        """
        taken = (DeliveryState.SENT, DeliveryState.UNKNOWN)
        its = and_(deliveries.c.message_id == message_id, deliveries.c.state.in_(taken))
        with self._database.writing() as connection:
            row = connection.execute(_ADDRESSED.where(its)).first()
            if row is None:
                return None
            came_back = {
                "state": DeliveryState.DEAD,
                "error": f"{_RETURNED}{reason}",
                "retry_at": None,
                "settled_at": now,
            }
            connection.execute(
                update(deliveries).where(deliveries.c.id == row.id).values(came_back)
            )
            key = (row.digest, row.subscriber, row.transport)
            so_far = editions.c.frozen_at <= row.frozen_at
            return key, _returned_last(connection, key, so_far, most)

    def arrived(self, delivery: Delivery) -> None:
        """Forget the bounces of a subscriber who could be reached."""
        key = (delivery.edition.digest, delivery.subscriber, delivery.transport)
        bouncing = and_(_is(key), subscriptions.c.standing == Standing.ACTIVE)
        with self._database.reading() as connection:
            if connection.execute(select(subscriptions.c.bounces).where(bouncing)).first() is None:
                return
        with self._database.writing() as connection:
            connection.execute(delete(subscriptions).where(bouncing))

    def alert(self, sentence: str, now: datetime) -> bool:
        """Keep what an owner has to hear; False when it was said in the last 24 hours."""
        said = select(alerts.c.id).where(
            alerts.c.sentence == sentence, alerts.c.at > now - _SAME_ALERT
        )
        with self._database.writing() as connection:
            if connection.execute(said).first() is not None:
                return False
            connection.execute(insert(alerts).values(at=now, sentence=sentence))
        return True

    def alerts(self, since: datetime | None, until: datetime) -> list[str]:
        """What was to be heard in ``[since, until)``, each sentence once."""
        heard = select(alerts.c.sentence).where(alerts.c.at < until).order_by(alerts.c.id)
        if since is not None:
            heard = heard.where(alerts.c.at >= since)
        with self._database.reading() as connection:
            return list(dict.fromkeys(connection.scalars(heard)))

    def addressed(self) -> list[Key]:
        """Everybody to whom an edition was ever addressed."""
        columns = (editions.c.digest, deliveries.c.subscriber, deliveries.c.transport)
        ever = select(*columns).join(editions, editions.c.id == deliveries.c.edition_id).distinct()
        with self._database.reading() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(ever)]


_ALL = select(
    subscriptions.c.digest,
    subscriptions.c.subscriber,
    subscriptions.c.transport,
    subscriptions.c.standing,
    subscriptions.c.since,
    subscriptions.c.reason,
    subscriptions.c.bounces,
)


# How the error of a delivery begins that came back after it had been taken.
_RETURNED = "returned: "
_LOOKED_BACK = 10  # editions
_ADDRESSED = select(
    deliveries.c.id,
    deliveries.c.subscriber,
    deliveries.c.transport,
    deliveries.c.error,
    editions.c.digest,
    editions.c.frozen_at,
).join(editions, editions.c.id == deliveries.c.edition_id)


def _returned_last(connection: Connection, key: Key, within: ColumnElement[bool], most: int) -> int:
    """How many of the last ``most`` editions of a subscriber came back in a row."""
    those = _ADDRESSED.where(_belongs(key), within)
    latest = those.order_by(editions.c.frozen_at.desc()).limit(most)
    errors = [each.error or "" for each in connection.execute(latest)]
    return len(list(takewhile(lambda error: error.startswith(_RETURNED), errors)))


def _value(row: Record) -> Subscription:
    return Subscription(**{**row._mapping, "standing": Standing(row.standing)})


def _is(key: Key) -> ColumnElement[bool]:
    digest, *to = key
    return and_(subscriptions.c.digest == digest, _goes_to(subscriptions, *to))


def _belongs(key: Key) -> ColumnElement[bool]:
    digest, *to = key
    return and_(editions.c.digest == digest, _goes_to(deliveries, *to))


def _goes_to(table: Table, subscriber: str, transport: str) -> ColumnElement[bool]:
    return and_(table.c.subscriber == subscriber, table.c.transport == transport)


def _waiting(key: Key) -> ColumnElement[bool]:
    digest, *to = key
    of_digest = select(editions.c.id).where(
        editions.c.id == deliveries.c.edition_id, editions.c.digest == digest
    )
    return and_(
        _goes_to(deliveries, *to),
        deliveries.c.state.in_(_STOPPABLE),
        of_digest.exists(),
    )


def _keep(connection: Connection, before: Subscription, **changes: Any) -> None:
    """Write what is known of a subscriber, with ``changes``."""
    row = {
        "digest": before.digest,
        "subscriber": before.subscriber,
        "transport": before.transport,
        "standing": before.standing,
        "reason": before.reason,
        "bounces": before.bounces,
        **changes,
    }
    writing = insert(subscriptions).values(row)
    anew = {name: row[name] for name in ("standing", "since", "reason", "bounces")}
    connection.execute(
        writing.on_conflict_do_update(
            index_elements=["digest", "subscriber", "transport"], set_=anew
        )
    )

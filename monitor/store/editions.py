"""Editions: what may enter one, freezing it, and the outbox of its deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, func, or_, select, update

from monitor.model import (
    Delivery,
    DeliveryOutcome,
    DeliveryState,
    Edition,
    FrozenEdition,
    JudgedArticle,
    Rendered,
)
from monitor.store.articles import load
from monitor.store.database import Database, Record, chunks
from monitor.store.schema import articles, carried, deliveries, editions, installation
from monitor.store.sqlite import insert

Addressed = tuple[str, str, str]  # subscriber, transport, Message-ID


class Editions:
    """Frozen issues of the digests, and who still has to get them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def installation(self) -> str:
        """What tells this installation's editions from those of every other."""
        with self._database.reading() as connection:
            name: str = connection.scalars(select(installation.c.name)).one()
        return name

    def latest(
        self, digest: str, variant: str = "", *, until: datetime | None = None
    ) -> FrozenEdition | None:
        """The edition of the last slot that was frozen, of those up to ``until``."""
        ours = [editions.c.digest == digest, editions.c.variant == variant]
        if until is not None:
            ours.append(editions.c.slot <= until)
        last = select(*_EDITION).where(*ours).order_by(editions.c.slot.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(last).one_or_none()
        return None if row is None else _edition(row)

    def recent(self, limit: int) -> list[FrozenEdition]:
        """The editions of all digests, the last frozen first."""
        newest = select(*_EDITION).order_by(editions.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [_edition(row) for row in connection.execute(newest)]

    def eligible(
        self,
        digest: str,
        variant: str,
        threshold: float,
        until: datetime,
        since: datetime | None = None,
    ) -> list[JudgedArticle]:
        """Articles that this digest has not carried and that became eligible by ``until``.

        They are assessed, at or over ``threshold``, and come in the order of their eligibility;
        ``since`` leaves out what became eligible before it, for a digest that is new.
        """
        with self._database.reading() as connection:
            ids = connection.scalars(_eligible(digest, variant, threshold, until, since)).all()
            return load(connection, ids)

    def freeze(
        self,
        edition: Edition,
        rendered: Rendered,
        addressed: Sequence[Addressed],
        now: datetime,
        variant: str = "",
    ) -> int | None:
        """Keep an edition, what it carries and its deliveries, all in one transaction.

        ``addressed`` are subscriber, transport and Message-ID of each delivery. The answer is the
        edition's id, or None when the slot was frozen before: then nothing changes.
        """
        row = _frozen(edition, rendered, now, variant)
        with self._database.writing() as connection:
            freezing = insert(editions).values(row).on_conflict_do_nothing()
            edition_id = connection.scalars(freezing.returning(editions.c.id)).one_or_none()
            if edition_id is not None:
                _carry(connection, edition_id, edition, variant)
                _address(connection, edition_id, addressed)
        return edition_id

    def claim(
        self, now: datetime, lease: timedelta, limit: int, due_by: datetime | None = None
    ) -> list[Delivery]:
        """Take up to ``limit`` deliveries that are due, each with a new token, leased from ``now``.

        Due are new ones, those whose time to be tried again has come, and those whose sender let
        its lease run out: they may have arrived, so they go out under the same Message-ID.
        ``due_by`` leaves out what has become due since.
        """
        waiting = select(deliveries.c.id).where(_due(due_by or now))
        due = waiting.order_by(deliveries.c.id).limit(limit)
        with self._database.reading() as connection:  # most of the time there is nothing to take
            if connection.execute(due).first() is None:
                return []
        with self._database.writing() as connection:
            ids = connection.scalars(due).all()
            for chunk in chunks(ids):
                connection.execute(_sending(now + lease).where(deliveries.c.id.in_(chunk)))
            return _claimed(connection, ids)

    def settle(self, delivery: Delivery, outcome: DeliveryOutcome, now: datetime) -> bool:
        """Keep how an attempt ended; False when the delivery was claimed by another meanwhile."""
        mine = (
            deliveries.c.id == delivery.id,
            deliveries.c.token == delivery.token,
            deliveries.c.state == DeliveryState.SENDING,
        )
        values: dict[str, Any] = {
            "state": outcome.state,
            "error": outcome.error,
            "retry_at": outcome.retry_at,
            "settled_at": now,
        }
        with self._database.writing() as connection:
            return connection.execute(update(deliveries).where(*mine).values(values)).rowcount == 1

    def pending(self) -> int:
        """How many deliveries are neither sent nor given up."""
        waiting = select(func.count()).where(deliveries.c.state.in_(_OPEN))
        with self._database.reading() as connection:
            return connection.scalars(waiting).one()


# --- statements and values -----------------------------------------------------------------------

_OPEN = tuple(
    state for state in DeliveryState if state not in (DeliveryState.SENT, DeliveryState.DEAD)
)
_EDITION = (
    editions.c.id,
    editions.c.digest,
    editions.c.slot,
    editions.c.frozen_at,
    editions.c.subject,
    editions.c.text,
    editions.c.html,
    editions.c.story_count,
)


def _eligible(
    digest: str, variant: str, threshold: float, until: datetime, since: datetime | None
) -> Select[Any]:
    told = select(carried.c.article_id).where(
        carried.c.digest == digest,
        carried.c.variant == variant,
        carried.c.article_id == articles.c.id,
    )
    conditions = [
        articles.c.eligible_at <= until,
        articles.c.score >= threshold,
        articles.c.pending.is_(False),
        ~told.exists(),
    ]
    if since is not None:
        conditions.append(articles.c.eligible_at >= since)
    return select(articles.c.id).where(*conditions).order_by(articles.c.eligible_at, articles.c.id)


def _frozen(edition: Edition, rendered: Rendered, now: datetime, variant: str) -> dict[str, Any]:
    return {
        "digest": edition.digest,
        "slot": edition.window.slot,
        "variant": variant,
        "since": edition.window.since,
        "until": edition.window.until,
        "frozen_at": now,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "story_count": len(edition.stories),
    }


def _carry(connection: Connection, edition_id: int, edition: Edition, variant: str) -> None:
    rows = [
        {
            "digest": edition.digest,
            "variant": variant,
            "article_id": member.article.id,
            "story_id": story.id,
            "edition_id": edition_id,
        }
        for story in edition.stories
        for member in story.articles
    ]
    if rows:  # a story that goes on shows articles which an earlier edition carried
        connection.execute(insert(carried).on_conflict_do_nothing(), rows)


def _address(connection: Connection, edition_id: int, addressed: Sequence[Addressed]) -> None:
    rows = [
        {
            "edition_id": edition_id,
            "subscriber": subscriber,
            "transport": transport,
            "message_id": message_id,
            "state": DeliveryState.NEW,
            "attempts": 0,
            "token": 0,
        }
        for subscriber, transport, message_id in addressed
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def _due(now: datetime) -> ColumnElement[bool]:
    state = deliveries.c.state
    waiting = state.in_((DeliveryState.RETRY, DeliveryState.UNKNOWN))
    return or_(
        state == DeliveryState.NEW,
        and_(waiting, deliveries.c.retry_at <= now),
        and_(state == DeliveryState.SENDING, deliveries.c.leased_until <= now),
    )


def _sending(until: datetime) -> Update:
    return update(deliveries).values(
        state=DeliveryState.SENDING,
        token=deliveries.c.token + 1,
        attempts=deliveries.c.attempts + 1,
        leased_until=until,
    )


def _claimed(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    columns = (
        deliveries.c.id.label("delivery_id"),
        deliveries.c.subscriber,
        deliveries.c.transport,
        deliveries.c.message_id,
        deliveries.c.attempts,
        deliveries.c.token,
    )
    found: list[Record] = []
    for chunk in chunks(ids):
        rows = select(*_EDITION, *columns).join(editions, editions.c.id == deliveries.c.edition_id)
        found += connection.execute(
            rows.where(deliveries.c.id.in_(chunk)).order_by(deliveries.c.id)
        ).all()
    return [_delivery(row) for row in found]


def _edition(row: Record) -> FrozenEdition:
    return FrozenEdition(
        id=row.id,
        digest=row.digest,
        slot=row.slot,
        frozen_at=row.frozen_at,
        rendered=Rendered(row.subject, row.text, row.html),
        story_count=row.story_count,
    )


def _delivery(row: Record) -> Delivery:
    return Delivery(
        id=row.delivery_id,
        edition=_edition(row),
        subscriber=row.subscriber,
        transport=row.transport,
        message_id=row.message_id,
        attempts=row.attempts,
        token=row.token,
    )

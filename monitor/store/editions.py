"""Editions: what may enter one, freezing it, and the outbox of its deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    case,
    func,
    or_,
    select,
    update,
)

from monitor.model import (
    Delivery,
    DeliveryOutcome,
    DeliveryState,
    Edition,
    FrozenEdition,
    JudgedArticle,
    Outline,
    OutlinedPromise,
    OutlinedPromises,
    OutlinedSection,
    OutlinedStory,
    Rendered,
)
from monitor.store.articles import load
from monitor.store.database import Database, Record, chunks
from monitor.store.rhythm import Spoken, anything_read, relevant
from monitor.store.schema import articles, carried, deliveries, editions, installation
from monitor.store.statements import insert

Addressed = tuple[str, str, str]  # subscriber, transport, Message-ID
# Between a variant and the edition that those who move into it had last.
MOVED = " moved after "


class Editions:
    """Frozen issues of the digests, and who still has to get them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Frozen editions never change, and hundreds of deliveries in a row are of the same one.
        self._latest_claimed: FrozenEdition | None = None

    def installation(self) -> str:
        """What tells this installation's editions from those of every other."""
        with self._database.reading() as connection:
            return str(connection.scalars(select(installation.c.name)).one())

    def latest(
        self, digest: str, variant: str = "", *, until: datetime | None = None
    ) -> FrozenEdition | None:
        """The edition of the last slot that was frozen, of those up to ``until``.

        Editions for those who moved into the variant count as its own.
        """
        ours = [editions.c.digest == digest, lineage(editions.c.variant, variant)]
        if until is not None:
            ours.append(editions.c.slot <= until)
        last = select(*_EDITION).where(*ours).order_by(editions.c.slot.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(last).one_or_none()
        return None if row is None else _edition(row)

    def newest(self, digest: str, variant: str) -> int:
        """The id of the edition frozen last, whatever its slot; 0 before the first."""
        ours = editions.c.digest == digest, lineage(editions.c.variant, variant)
        with self._database.reading() as it:
            return it.scalar(select(func.max(editions.c.id)).where(*ours)) or 0

    def last_addressed(self, digest: str, until: datetime) -> dict[tuple[str, str], FrozenEdition]:
        """The last edition up to the slot ``until`` of each subscriber over each transport."""
        newest = (
            select(
                deliveries.c.subscriber, deliveries.c.transport, func.max(editions.c.id).label("id")
            )
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(editions.c.digest == digest, editions.c.slot <= until)
            .group_by(deliveries.c.subscriber, deliveries.c.transport)
        )
        with self._database.reading() as connection:
            last = {(row.subscriber, row.transport): row.id for row in connection.execute(newest)}
            found = {}
            for chunk in chunks(set(last.values())):
                rows = connection.execute(select(*_EDITION).where(editions.c.id.in_(chunk)))
                found.update({row.id: _edition(row) for row in rows})
        return {key: found[edition_id] for key, edition_id in last.items()}

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
        *,
        moved_from: FrozenEdition | None = None,
    ) -> list[JudgedArticle]:
        """Articles that this digest has not carried and that became eligible by ``until``.

        They are assessed, at or over ``threshold``, and come in the order of their eligibility;
        ``since`` leaves out what became eligible before it, for a digest that is new. What
        editions up to ``moved_from`` carried, in its variant, is left out as well.
        """
        told = told_to(variant, moved_from)
        with self._database.reading() as connection:
            ids = connection.scalars(_eligible(digest, told, threshold, until, since)).all()
            return load(connection, ids)

    def get(self, edition_id: int) -> FrozenEdition | None:
        """The edition with that id, as it was sent."""
        with self._database.reading() as connection:
            kept = select(*_EDITION).where(editions.c.id == edition_id)
            row = connection.execute(kept).one_or_none()
        return None if row is None else _edition(row)

    def between(self, digest: str, since: datetime, until: datetime) -> list[FrozenEdition]:
        """The digest's own editions with a slot in ``[since, until)``, the newest first."""
        within = (editions.c.variant == "", editions.c.slot >= since, editions.c.slot < until)
        ours = select(*_EDITION).where(editions.c.digest == digest, *within)
        with self._database.reading() as connection:
            return [
                _edition(row) for row in connection.execute(ours.order_by(editions.c.id.desc()))
            ]

    def sent_to(self, edition_id: int) -> list[tuple[str, str, DeliveryState]]:
        """Subscriber, transport and state of each delivery of an edition."""
        ours = select(deliveries).where(deliveries.c.edition_id == edition_id)
        with self._database.reading() as connection:
            rows = connection.execute(ours.order_by(deliveries.c.id)).all()
        return [(row.subscriber, row.transport, DeliveryState(row.state)) for row in rows]

    def readdress(self, edition_id: int, addressed: Addressed, now: datetime) -> None:
        """Send an edition to someone once more, or for the first time, under this Message-ID."""
        subscriber, transport, _ = addressed
        anew = {
            "state": DeliveryState.NEW,
            "attempts": 0,
            "parts": 0,
            "queued_at": now,
            "token": deliveries.c.token + 1,
        }
        again = update(deliveries).where(
            deliveries.c.edition_id == edition_id,
            deliveries.c.subscriber == subscriber,
            deliveries.c.transport == transport,
        )
        with self._database.writing() as connection:
            if connection.execute(again.values(anew)).rowcount == 0:
                _address(connection, edition_id, [addressed], now)

    def relevant(self, threshold: float, since: datetime, until: datetime) -> list[Spoken]:
        """When articles at ``threshold`` became eligible in ``(since, until]``, and their labels.

        The labels are topics and countries.
        """
        with self._database.reading() as connection:
            return relevant(connection, threshold, since, until)

    def anything_read(self, windows: Sequence[tuple[datetime, datetime]]) -> list[bool]:
        """For each of ``windows``, open at its begin, whether any article was first seen in it."""
        with self._database.reading() as connection:
            return anything_read(connection, windows)

    def freeze(
        self,
        edition: Edition,
        rendered: Rendered,
        addressed: Sequence[Addressed],
        now: datetime,
        variant: str = "",
        outline: Outline | None = None,
        after: int | None = None,
    ) -> int | None:
        """Keep an edition, what it carries and its deliveries, in one transaction; its id.

        ``addressed`` are subscriber, transport and Message-ID of each delivery. None, and nothing
        changes, when the slot was frozen before, or any edition since that with the id ``after``.
        """
        row = {**_frozen(edition, rendered, now, variant), "outline": asdict(outline or Outline())}
        with self._database.writing() as connection:
            if after not in (None, self.newest(edition.digest, variant)):
                return None
            freezing = insert(editions).values(row).on_conflict_do_nothing()
            edition_id = connection.scalars(freezing.returning(editions.c.id)).one_or_none()
            if edition_id:
                _carry(connection, edition_id, edition, variant)
                _address(connection, edition_id, addressed, now)
        return edition_id

    def address(self, edition_id: int, addressed: Sequence[Addressed], now: datetime) -> None:
        """Put further deliveries of a frozen edition into the outbox; those it has stay as is."""
        with self._database.writing() as connection:
            _address(connection, edition_id, addressed, now)

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
        with self._database.claiming() as connection:
            ids = connection.scalars(due.with_for_update(skip_locked=True)).all()
            for chunk in chunks(ids):
                connection.execute(_sending(now + lease).where(deliveries.c.id.in_(chunk)))
            return self._claimed(connection, ids)

    def _claimed(self, connection: Connection, ids: Sequence[int]) -> list[Delivery]:
        found: list[Delivery] = []
        for chunk in chunks(ids):
            rows = select(deliveries).where(deliveries.c.id.in_(chunk)).order_by(deliveries.c.id)
            claimed = connection.execute(rows).all()
            found += [_delivery(row, self._of(connection, row.edition_id)) for row in claimed]
        return found

    def _of(self, connection: Connection, edition_id: int) -> FrozenEdition:
        kept = self._latest_claimed
        if kept is None or kept.id != edition_id:
            row = connection.execute(select(*_EDITION).where(editions.c.id == edition_id)).one()
            self._latest_claimed = kept = _edition(row)
        return kept

    def renew(self, delivery: Delivery, until: datetime) -> bool:
        """Lease ``delivery`` until then; False when it was claimed by another meanwhile."""
        return self._changed(delivery, {"leased_until": until})

    def take_part(self, delivery: Delivery, parts: int) -> bool:
        """Keep that the receiver has ``parts`` of it; False when it was claimed by another."""
        return self._changed(delivery, {"parts": parts})

    def postpone(self, transport: str, until: datetime, error: str) -> int:
        """Let everything that waits for ``transport`` wait until then; how many there are.

        None of them counts as tried.
        """
        state, retry_at = deliveries.c.state, deliveries.c.retry_at
        sooner = and_(
            deliveries.c.transport == transport,
            or_(
                state == DeliveryState.NEW,
                and_(state.in_(_WAITING), retry_at < until),
            ),
        )
        later = {
            "retry_at": until,
            "error": error,
            "state": case((state == DeliveryState.NEW, DeliveryState.RETRY), else_=state),
        }
        with self._database.writing() as connection:
            return connection.execute(update(deliveries).where(sooner).values(later)).rowcount

    def settle(self, delivery: Delivery, outcome: DeliveryOutcome, now: datetime) -> bool:
        """Keep how an attempt ended; False when the delivery was claimed by another meanwhile."""
        values: dict[str, Any] = {
            "state": outcome.state,
            "error": outcome.error,
            "retry_at": outcome.retry_at,
            "settled_at": now,
        }
        return self._changed(delivery, values)

    def _changed(self, delivery: Delivery, values: Mapping[str, Any]) -> bool:
        mine = (
            deliveries.c.id == delivery.id,
            deliveries.c.token == delivery.token,
            deliveries.c.state == DeliveryState.SENDING,
        )
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
_WAITING = (DeliveryState.RETRY, DeliveryState.UNKNOWN)
_EDITION = (
    editions.c.id,
    editions.c.digest,
    editions.c.slot,
    editions.c.frozen_at,
    editions.c.subject,
    editions.c.text,
    editions.c.html,
    editions.c.story_count,
    editions.c.variant,
    editions.c.zone,
    editions.c.outline,
)


def lineage(column: ColumnElement[str], variant: str) -> ColumnElement[bool]:
    """Whether ``column`` is the variant, or what those who moved into it got on that day."""
    moved = column.startswith(f"{variant}{MOVED}", autoescape=True)
    return or_(column == variant, moved)


def told_to(variant: str, moved_from: FrozenEdition | None) -> ColumnElement[bool]:
    """Whether a row of ``carried`` was told to a variant, or before it began to its members."""
    told = lineage(carried.c.variant, variant)
    if moved_from is None:
        return told
    before = carried.c.edition_id <= moved_from.id
    return or_(told, and_(lineage(carried.c.variant, base_of(moved_from.variant)), before))


def base_of(variant: str) -> str:
    """The variant that those who moved into it belong to from then on."""
    return variant.partition(MOVED)[0]


def _eligible(
    digest: str,
    is_told: ColumnElement[bool],
    threshold: float,
    until: datetime,
    since: datetime | None,
) -> Select[Any]:
    told = select(carried.c.article_id).where(
        carried.c.digest == digest,
        is_told,
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
        "zone": edition.zone,
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
        for story in (*edition.stories, *edition.held)
        for member in story.articles
    ]
    if rows:  # a story that goes on shows articles which an earlier edition carried
        connection.execute(insert(carried).on_conflict_do_nothing(), rows)


def _address(
    connection: Connection, edition_id: int, addressed: Sequence[Addressed], now: datetime
) -> None:
    rows = [
        {
            "edition_id": edition_id,
            "subscriber": subscriber,
            "transport": transport,
            "message_id": message_id,
            "state": DeliveryState.NEW,
            "attempts": 0,
            "token": 0,
            "parts": 0,
            "queued_at": now,
        }
        for subscriber, transport, message_id in addressed
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


def _due(now: datetime) -> ColumnElement[bool]:
    state = deliveries.c.state
    return or_(
        state == DeliveryState.NEW,
        and_(state.in_(_WAITING), deliveries.c.retry_at <= now),
        and_(state == DeliveryState.SENDING, deliveries.c.leased_until <= now),
    )


def _sending(until: datetime) -> Update:
    return update(deliveries).values(
        state=DeliveryState.SENDING,
        token=deliveries.c.token + 1,
        attempts=deliveries.c.attempts + 1,
        leased_until=until,
    )


def _edition(row: Record) -> FrozenEdition:
    return FrozenEdition(
        id=row.id,
        digest=row.digest,
        slot=row.slot,
        frozen_at=row.frozen_at,
        rendered=Rendered(row.subject, row.text, row.html),
        story_count=row.story_count,
        variant=row.variant,
        zone=row.zone,
        outline=_outline(row.outline),
    )


def _outline(kept: Mapping[str, Any]) -> Outline:
    """What ``asdict`` made of an outline, as the value that it was."""
    sections = [
        OutlinedSection(section["name"], tuple(map(_story, section["stories"])))
        for section in kept.get("sections", ())
    ]
    promises = [
        OutlinedPromises(group["name"], tuple(OutlinedPromise(**one) for one in group["promises"]))
        for group in kept.get("promises", ())
    ]
    lists = {"sections": tuple(sections), "promises": tuple(promises)}
    return Outline(**{**kept, **lists, "notices": tuple(kept.get("notices", ()))})


def _story(kept: Mapping[str, Any]) -> OutlinedStory:
    lists = {key: tuple(value) for key, value in kept.items() if isinstance(value, list)}
    fields: dict[str, Any] = {**kept, **lists}
    return OutlinedStory(**fields)


def _delivery(row: Record, edition: FrozenEdition) -> Delivery:
    return Delivery(
        id=row.id,
        edition=edition,
        subscriber=row.subscriber,
        transport=row.transport,
        message_id=row.message_id,
        attempts=row.attempts,
        token=row.token,
        parts=row.parts,
        queued_at=row.queued_at,
    )

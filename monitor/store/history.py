"""What happened: polls, judgements, editions and deliveries, for whoever asks why. Read-only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from monitor.model import DeliveryState, FeedState
from monitor.store.database import Database, Record, chunks
from monitor.store.schema import (
    articles,
    carried,
    deliveries,
    editions,
    entries,
    feeds,
    identities,
    judgements,
    polls,
    revisions,
    watchlists,
)

_FAILED = tuple(state for state in FeedState if state.failed)


@dataclass(frozen=True, slots=True)
class PolledFeed:
    """A feed as it stands; ``enabled`` is False once nobody lists it any more."""

    id: int
    url: str
    outlet: str
    enabled: bool
    state: FeedState
    error: str | None
    first_polled_at: datetime | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: how many entries the document had, and how many of them the feed had not shown."""

    at: datetime
    state: FeedState
    entries: int
    new: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far judging an article came.

    ``worded_at`` is when its current wording was first seen; ``pending`` says that this wording
    awaits its judgement, ``at`` and ``fingerprint`` are those of the last judgement of any.
    """

    worded_at: datetime
    pending: bool
    at: datetime | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A frozen edition without its body; it covers ``[since, until)``."""

    id: int
    digest: str
    slot: datetime
    since: datetime | None
    until: datetime
    frozen_at: datetime
    subject: str
    story_count: int
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Carriage:
    """An article in an edition, within the story that it belonged to then."""

    article_id: int
    story_id: int
    issue: Issue


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One edition to one subscriber, and how that stands."""

    subscriber: str
    transport: str
    state: DeliveryState
    attempts: int
    retry_at: datetime | None
    settled_at: datetime | None
    error: str | None


class History:
    """What the steps left behind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def feeds(self) -> list[PolledFeed]:
        """Every feed that was ever listed, in the order in which they were added."""
        with self._database.reading() as connection:
            rows = connection.execute(select(*_FEED).order_by(feeds.c.id)).all()
        return [_feed(row) for row in rows]

    def feeds_of_host(self, host: str) -> frozenset[int]:
        """Ids of the feeds that showed articles at ``host``, written as in canonical URLs."""
        # "0" is the character after "/": all keys that begin with the host and a slash.
        there = (identities.c.key >= f"link:{host}/", identities.c.key < f"link:{host}0")
        showing = select(entries.c.feed_id).join(
            identities, identities.c.article_id == entries.c.article_id
        )
        with self._database.reading() as connection:
            return frozenset(connection.scalars(showing.where(*there).distinct()))

    def outlets_showing(self, article_id: int) -> list[str]:
        """The outlets whose feeds showed the article, in the order in which they did."""
        showing = (
            select(feeds.c.outlet)
            .join(entries, entries.c.feed_id == feeds.c.id)
            .where(entries.c.article_id == article_id)
            .order_by(entries.c.seen_at, feeds.c.id)
        )
        with self._database.reading() as connection:
            return list(dict.fromkeys(connection.scalars(showing)))

    def polls(self, feed_id: int, limit: int) -> list[Poll]:
        """The last ``limit`` polls of a feed, the newest first."""
        newest = (
            select(polls.c.at, polls.c.state, polls.c.entries, polls.c.error)
            .where(polls.c.feed_id == feed_id)
            .order_by(polls.c.at.desc(), polls.c.id.desc())
            .limit(limit)
        )
        fresh = (
            select(entries.c.seen_at, func.count().label("amount"))
            .where(entries.c.feed_id == feed_id)
            .group_by(entries.c.seen_at)
        )
        with self._database.reading() as connection:
            rows = connection.execute(newest).all()
            new = {row.seen_at: row.amount for row in connection.execute(fresh)}
        return [
            Poll(row.at, FeedState(row.state), row.entries, new.get(row.at, 0), row.error)
            for row in rows
        ]

    def failing_since(self, feed_id: int) -> datetime | None:
        """When the polls of a feed began to fail; None when the last one worked."""
        ours = polls.c.feed_id == feed_id
        worked = select(func.max(polls.c.id)).where(ours, polls.c.state.not_in(_FAILED))
        since = select(func.min(polls.c.at)).where(
            ours, polls.c.id > func.coalesce(worked.scalar_subquery(), 0)
        )
        with self._database.reading() as connection:
            began: datetime | None = connection.scalars(since).one()
        return began

    def last_good_poll(self, feed_id: int, before: datetime) -> datetime | None:
        """When a feed was last polled with success before that time."""
        good = (
            polls.c.feed_id == feed_id,
            polls.c.at < before,
            polls.c.state.not_in(_FAILED),
        )
        with self._database.reading() as connection:
            last: datetime | None = connection.scalars(
                select(func.max(polls.c.at)).where(*good)
            ).one()
        return last

    def reading(self, article_id: int) -> Reading | None:
        """How far judging an article came; None for an article that is not there."""
        with self._database.reading() as connection:
            row = connection.execute(_READING.where(articles.c.id == article_id)).one_or_none()
        if row is None:
            return None
        return Reading(row.seen_at, row.pending, row.judged_at, row.fingerprint)

    def carriages(self, article_id: int, story_ids: Iterable[int]) -> list[Carriage]:
        """Editions that carried the article, or any article of the stories; the oldest first."""
        ours = or_(carried.c.article_id == article_id, carried.c.story_id.in_(list(story_ids)))
        rows = (
            select(carried.c.article_id, carried.c.story_id, *_ISSUE)
            .join(editions, editions.c.id == carried.c.edition_id)
            .where(ours)
            .order_by(editions.c.id, carried.c.article_id)
        )
        with self._database.reading() as connection:
            found = connection.execute(rows).all()
        return [Carriage(row.article_id, row.story_id, _issue(row)) for row in found]

    def first_issue(self, digest: str, at: datetime, variant: str = "") -> Issue | None:
        """The first edition of a digest's variant whose window had not ended before ``at``."""
        following = (
            select(*_ISSUE)
            .where(
                editions.c.digest == digest, editions.c.variant == variant, editions.c.until >= at
            )
            .order_by(editions.c.until, editions.c.id)
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(following).one_or_none()
        return None if row is None else _issue(row)

    def dispatches(self, edition_ids: Iterable[int]) -> dict[int, list[Dispatch]]:
        """The deliveries of each edition, in the order in which they were addressed."""
        found: dict[int, list[Dispatch]] = {}
        with self._database.reading() as connection:
            for chunk in chunks(edition_ids):
                rows = select(deliveries).where(deliveries.c.edition_id.in_(chunk))
                for row in connection.execute(rows.order_by(deliveries.c.id)):
                    found.setdefault(row.edition_id, []).append(_dispatch(row))
        return found


# --- statements and values -----------------------------------------------------------------------

_FEED = (
    feeds.c.id,
    feeds.c.url,
    feeds.c.outlet,
    feeds.c.enabled,
    feeds.c.state,
    feeds.c.error,
    feeds.c.first_polled_at,
    feeds.c.polled_at,
    feeds.c.succeeded_at,
    feeds.c.next_poll_at,
)
_ISSUE = (
    editions.c.id.label("edition_id"),
    editions.c.digest,
    editions.c.slot,
    editions.c.since,
    editions.c.until,
    editions.c.frozen_at,
    editions.c.subject,
    editions.c.story_count,
    editions.c.variant,
)
# The last judgement of any of an article's wordings by the watchlist that counts.
_JUDGED_AT = (
    select(func.max(judgements.c.at))
    .join(revisions, revisions.c.id == judgements.c.revision_id)
    .where(
        revisions.c.article_id == articles.c.id,
        judgements.c.watchlist_id == articles.c.watchlist_id,
    )
    .correlate(articles)
    .scalar_subquery()
)
_READING = (
    select(
        revisions.c.seen_at,
        articles.c.pending,
        _JUDGED_AT.label("judged_at"),
        watchlists.c.fingerprint,
    )
    .select_from(articles)
    .join(revisions, (revisions.c.article_id == articles.c.id) & revisions.c.current.is_(True))
    .outerjoin(watchlists, watchlists.c.id == articles.c.watchlist_id)
)


def _feed(row: Record) -> PolledFeed:
    return PolledFeed(
        id=row.id,
        url=row.url,
        outlet=row.outlet,
        enabled=row.enabled,
        state=FeedState(row.state),
        error=row.error,
        first_polled_at=row.first_polled_at,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        next_poll_at=row.next_poll_at,
    )


def _issue(row: Record) -> Issue:
    return Issue(
        id=row.edition_id,
        digest=row.digest,
        slot=row.slot,
        since=row.since,
        until=row.until,
        frozen_at=row.frozen_at,
        subject=row.subject,
        story_count=row.story_count,
        variant=row.variant,
    )


def _dispatch(row: Record) -> Dispatch:
    return Dispatch(
        subscriber=row.subscriber,
        transport=row.transport,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        retry_at=row.retry_at,
        settled_at=row.settled_at,
        error=row.error,
    )

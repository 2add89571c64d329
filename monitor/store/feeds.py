"""Feeds: which are due, who polls them, what a poll brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, func, or_, select, update

from monitor.errors import StoreError
from monitor.model import (
    Feed,
    FeedHealth,
    FeedListing,
    FeedState,
    Finding,
    PollOutcome,
    Validators,
)
from monitor.store.database import Database, Record, chunks
from monitor.store.findings import keep
from monitor.store.schema import feeds, polls
from monitor.store.sqlite import insert


class Feeds:
    """The polled documents and what is remembered of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, listings: Sequence[FeedListing], now: datetime) -> None:
        """Make the enabled feeds those of ``listings``; new ones are due at once.

        Feeds that are listed no longer stay, disabled, with all their articles.
        """
        with self._database.writing() as connection:
            connection.execute(update(feeds).values(enabled=False).where(feeds.c.enabled))
            if rows := [_listed(listing, now) for listing in listings]:
                fresh = insert(feeds)
                names = ("outlet", "lang", "country", "camp", "enabled")
                wishes = {name: fresh.excluded[name] for name in names}
                connection.execute(fresh.on_conflict_do_update([feeds.c.url], set_=wishes), rows)

    def enabled(self) -> list[Feed]:
        """All feeds that are polled, in the order in which they were added."""
        return self._select(feeds.c.enabled)

    def due(self, now: datetime) -> list[Feed]:
        """Feeds to poll now that nobody is polling, the longest overdue first."""
        return sorted(self._select(_due(now)), key=lambda feed: (feed.next_poll_at or now, feed.id))

    def next_due(self) -> datetime | None:
        """When the next feed is to be polled; in the past where one waits, None without feeds."""
        soonest = select(func.min(feeds.c.next_poll_at)).where(feeds.c.enabled)
        with self._database.reading() as connection:
            at: datetime | None = connection.scalars(soonest).one()
        return at

    def claim(self, feed_id: int, now: datetime, lease: timedelta) -> int | None:
        """Take a due feed for as long as ``lease``; None when another poller was faster.

        The answer is a new token, which shows at ``record`` that nobody took the feed meanwhile.
        """
        values = {"leased_until": now + lease, "token": feeds.c.token + 1}
        taking = update(feeds).values(values).where(feeds.c.id == feed_id, _due(now))
        with self._database.writing() as connection:
            return connection.scalars(taking.returning(feeds.c.token)).one_or_none()

    def release(self, feed_id: int, token: int) -> None:
        """Give a claimed feed back unpolled: it is due again at once."""
        mine = (feeds.c.id == feed_id, feeds.c.token == token)
        with self._database.writing() as connection:
            connection.execute(update(feeds).values(leased_until=None).where(*mine))

    def excuse(self, feed_ids: Sequence[int], due: datetime) -> None:
        """Take back the failure of feeds that were not to blame: due at ``due``, as if unasked."""
        with self._database.writing() as connection:
            for chunk in chunks(feed_ids):
                excused = update(feeds).where(feeds.c.id.in_(chunk), feeds.c.failures > 0)
                connection.execute(excused.values(failures=feeds.c.failures - 1, next_poll_at=due))

    def record(
        self, outcome: PollOutcome, findings: Sequence[Finding], token: int | None = None
    ) -> bool:
        """Keep what a poll brought and release the feed, all in one transaction.

        Entries come first and validators with them, so that no entry can be missed: a poll that
        was not recorded is simply repeated, and findings recorded again add no article.
        False, and nothing kept, when the claim that gave ``token`` is no longer the last one.
        StoreError when the feed does not exist.
        """
        this = select(feeds).where(feeds.c.id == outcome.feed_id)
        with self._database.writing() as connection:
            feed = connection.execute(this).one_or_none()
            if feed is None:
                raise StoreError(f"there is no feed {outcome.feed_id} to record a poll of")
            if token not in (None, feed.token):
                return False
            new, changed = keep(connection, outcome.feed_id, outcome.at, findings)
            connection.execute(_remember(outcome, feed))
            connection.execute(insert(polls).values(_poll(outcome, new, changed)))
        return True

    def health(self, since: datetime | None, until: datetime) -> tuple[FeedHealth, ...]:
        """Each enabled feed's last poll in ``[since, until)``; feeds without one are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(_last_polls(since, until)).all()
        return tuple(
            FeedHealth(row.outlet, row.url, FeedState(row.state), row.error) for row in rows
        )

    def _select(self, condition: ColumnElement[bool]) -> list[Feed]:
        with self._database.reading() as connection:
            rows = connection.execute(select(feeds).where(condition).order_by(feeds.c.id)).all()
        return [_feed(row) for row in rows]


def count_enabled(connection: Connection) -> int:
    """How many feeds are polled."""
    return connection.scalars(select(func.count()).where(feeds.c.enabled)).one()


# Longer than any wait: a time further ahead was written while the clock was wrong.
_NEVER_AHEAD = timedelta(days=8)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        feeds.c.enabled,
        _has_come(feeds.c.next_poll_at, now),
        _has_come(feeds.c.leased_until, now),
    )


def _has_come(time: ColumnElement[datetime | None], now: datetime) -> ColumnElement[bool]:
    return or_(time.is_(None), time <= now, time > now + _NEVER_AHEAD)


def _listed(listing: FeedListing, now: datetime) -> dict[str, Any]:
    return {
        "url": listing.url,
        "outlet": listing.outlet,
        "lang": listing.lang,
        "country": listing.country,
        "camp": listing.camp,
        "enabled": True,
        "state": FeedState.NEW,
        "failures": 0,
        "token": 0,
        "next_poll_at": now,
    }


def _remember(outcome: PollOutcome, before: Record) -> Update:
    """The update of the feed's row; a failed poll keeps what the last good one left."""
    failed = outcome.state.failed
    values: dict[str, Any] = {
        "state": outcome.state,
        "error": outcome.error,
        "failures": before.failures + 1 if failed else 0,
        "first_polled_at": before.first_polled_at or outcome.at,
        "polled_at": outcome.at,
        "next_poll_at": outcome.next_poll_at,
        "leased_until": None,
    }
    if not failed:
        values |= {"succeeded_at": outcome.at, **_validators(outcome, before)}
    return update(feeds).values(values).where(feeds.c.id == outcome.feed_id)


def _validators(outcome: PollOutcome, before: Record) -> dict[str, Any]:
    """What to ask with next time: as the server said, verbatim.

    A server that says "unchanged" without repeating its validators has not withdrawn them.
    """
    given = outcome.validators
    silent = outcome.state is FeedState.UNCHANGED and given == Validators()
    return {
        "etag": before.etag if silent else given.etag,
        "last_modified": before.last_modified if silent else given.last_modified,
        "body_hash": outcome.body_hash or before.body_hash,
    }


def _poll(outcome: PollOutcome, new: int, changed: int) -> dict[str, Any]:
    return {
        "feed_id": outcome.feed_id,
        "at": outcome.at,
        "state": outcome.state,
        "status": outcome.status,
        "entries": len(outcome.entries),
        "new": new,
        "changed": changed,
        "error": outcome.error,
    }


def _last_polls(since: datetime | None, until: datetime) -> Select[*tuple[Any, ...]]:
    window = [polls.c.at < until] + ([polls.c.at >= since] if since else [])
    last = (
        select(func.max(polls.c.id).label("id"))
        .join(feeds, feeds.c.id == polls.c.feed_id)
        .where(feeds.c.enabled, *window)
        .group_by(polls.c.feed_id)
        .subquery()
    )
    return (
        select(feeds.c.outlet, feeds.c.url, polls.c.state, polls.c.error)
        .join(last, last.c.id == polls.c.id)
        .join(feeds, feeds.c.id == polls.c.feed_id)
        .order_by(feeds.c.id)
    )


def _feed(row: Record) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        outlet=row.outlet,
        lang=row.lang,
        country=row.country,
        camp=row.camp,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        state=FeedState(row.state),
        error=row.error,
        failures=row.failures,
        first_polled_at=row.first_polled_at,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        next_poll_at=row.next_poll_at,
    )

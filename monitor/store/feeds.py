"""Feeds: which are due, who polls them, what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from monitor.model import (
    Feed,
    FeedHealth,
    FeedListing,
    FeedState,
    Finding,
    Gap,
    Notice,
    PollOutcome,
    Recipe,
    Validators,
)
from monitor.store import outcomes
from monitor.store.columns import Utc
from monitor.store.database import Database, Record, chunks
from monitor.store.findings import Shown, keep
from monitor.store.outcomes import read_habits
from monitor.store.schema import entries, feeds, gaps, notices, polls
from monitor.store.statements import insert
from monitor.text.urls import host


@dataclass(frozen=True, slots=True)
class Recording:
    """One poll to be written down, and the token of the claim that it was made with."""

    outcome: PollOutcome
    findings: Sequence[Finding] = ()
    token: int | None = None


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
                names = ("outlet", "lang", "country", "camp", "recipe", "enabled")
                wishes = {name: fresh.excluded[name] for name in names}
                listing = fresh.on_conflict_do_update(index_elements=["url"], set_=wishes)
                connection.execute(listing, rows)

    def enabled(self) -> list[Feed]:
        """All feeds that are listed, paused ones too, in the order in which they were added."""
        return self._select(feeds.c.enabled)

    def kept(self) -> dict[int, int]:
        """How many articles each feed has shown, by its id; feeds without any are left out."""
        number = func.count().label("number")
        counted = select(entries.c.feed_id, number).group_by(entries.c.feed_id)
        with self._database.reading() as connection:
            return {row.feed_id: row.number for row in connection.execute(counted)}

    def due(self, now: datetime) -> list[Feed]:
        """Feeds to poll now that nobody is polling, the longest overdue first."""
        return sorted(self._select(_due(now)), key=lambda feed: (feed.next_poll_at or now, feed.id))

    def next_due(self) -> datetime | None:
        """When the next feed is to be polled; in the past where one waits, None without feeds."""
        soonest = select(func.min(feeds.c.next_poll_at)).where(_polled())
        with self._database.reading() as connection:
            at: datetime | None = connection.scalars(soonest).one()
        return at

    def pause(self, url: str, *, paused: bool = True) -> bool:
        """Stop polling a feed, or go on; False when no such feed is listed."""
        pausing = update(feeds).values(paused=paused).where(feeds.c.url == url, feeds.c.enabled)
        with self._database.writing() as connection:
            return connection.execute(pausing).rowcount > 0

    def claim(self, feed_id: int, now: datetime, lease: timedelta) -> int | None:
        """Take a due feed for as long as ``lease``; None when another poller was faster.

        The answer is a new token, which shows at ``record`` that nobody took the feed meanwhile.
        """
        return self.claim_all([feed_id], now, lease).get(feed_id)

    def claim_all(self, feed_ids: Iterable[int], now: datetime, lease: timedelta) -> dict[int, int]:
        """``claim`` for many feeds in one transaction: tokens by the ids of those taken."""
        tokens: dict[int, int] = {}
        times = {"now": now, "far": now + _NEVER_AHEAD, "lease_ends": now + lease}
        with self._database.claiming() as connection:
            for chunk in chunks(feed_ids):
                taken = connection.execute(_CLAIM, {"ids": chunk, **times})
                tokens.update((feed_id, token) for feed_id, token in taken)
        return tokens

    def release_all(self, tokens: Mapping[int, int]) -> None:
        """Give claimed feeds back unpolled, by id with their tokens: they are due again at once."""
        rows = [{"this": feed_id, "its": token} for feed_id, token in tokens.items()]
        if rows:
            with self._database.writing() as connection:
                connection.execute(_RELEASE, rows)

    def strike(self, bodies: Mapping[int, str]) -> None:
        """Count, before it begins, that each feed's document with that hash is parsed.

        A poll that is recorded takes that back; what remains are the documents over which nobody
        lived to record anything.
        """
        rows = [{"this": feed_id, "body": digest} for feed_id, digest in bodies.items()]
        if rows:
            with self._database.writing() as connection:
                connection.execute(_STRIKE, rows)

    def rest(self, host: str, until: datetime) -> None:
        """Ask none of a host's feeds before ``until``, because it wants fewer requests."""
        sooner = or_(feeds.c.next_poll_at.is_(None), feeds.c.next_poll_at < until)
        with self._database.writing() as connection:
            resting = update(feeds).values(next_poll_at=until)
            connection.execute(resting.where(feeds.c.host == host, sooner))

    def silence(self) -> tuple[int, int]:
        """How many hosts that answered before have all been silent since anybody was reached.

        And how many hosts are polled in all.
        """
        blamed = _blamed().subquery()
        # A feed whose every failure is part of the silence had answered before, or is new.
        suddenly = and_(blamed.c.feed_id == feeds.c.id, blamed.c.polls >= feeds.c.failures)
        hosts = func.count(feeds.c.host.distinct())
        with self._database.reading() as connection:
            silent = connection.scalars(select(hosts).join(blamed, suddenly)).one()
            return silent, connection.scalars(select(hosts).where(_polled())).one()

    def excuse(self, due: datetime) -> int:
        """Take back the failures since anybody was reached: those feeds are due at ``due``."""
        with self._database.writing() as connection:
            rows = connection.execute(_blamed()).all()
            silent = [{"this": row.feed_id, "polls": row.polls, "due": due} for row in rows]
            if silent:
                connection.execute(_EXCUSE, silent)
                connection.execute(update(polls).values(status=_EXCUSED).where(_since_reached()))
        return len(silent)

    def record(
        self, outcome: PollOutcome, findings: Sequence[Finding], token: int | None = None
    ) -> bool:
        """Keep what one poll brought, as ``record_all`` does."""
        return self.record_all([Recording(outcome, findings, token)])[0]

    def record_all(self, recordings: Sequence[Recording]) -> list[bool]:
        """Keep what polls of different feeds brought and release the feeds, in one transaction.

        Entries come first and validators with them, so that no entry can be missed: a poll that
        was not recorded is simply repeated, and findings recorded again add no article.
        False, and nothing kept, for a poll whose ``token`` is not that of the last claim.
        StoreError when a feed does not exist.
        """
        with self._database.writing() as connection:
            ids = [recording.outcome.feed_id for recording in recordings]
            earlier = outcomes.before(connection, ids)
            valid = [
                each.token in (None, earlier[each.outcome.feed_id].token) for each in recordings
            ]
            kept = [each for each, is_valid in zip(recordings, valid, strict=True) if is_valid]
            shown = [Shown(each.outcome.feed_id, each.outcome.at, each.findings) for each in kept]
            counts = keep(connection, shown)
            told = [(each.outcome, count) for each, count in zip(kept, counts, strict=True)]
            outcomes.write(connection, told, earlier)
        return valid

    def forget_polls(self, before: datetime, limit: int = 5_000) -> int:
        """Forget polls made before a time, of the ``limit`` oldest; how many were forgotten.

        What a feed does and did stands in its own row, and times unseen in the ledger of gaps.
        """
        oldest = select(polls.c.id).order_by(polls.c.id).limit(limit)
        old = delete(polls).where(polls.c.id.in_(oldest), polls.c.at < before)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount

    def health(self, since: datetime | None, until: datetime) -> tuple[FeedHealth, ...]:
        """Each enabled feed's last poll in ``[since, until)``; feeds without one are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(_last_polls(since, until)).all()
        return tuple(
            FeedHealth(row.outlet, row.url, FeedState(row.state), row.error) for row in rows
        )

    def gaps(self, since: datetime | None, until: datetime) -> tuple[Gap, ...]:
        """The times unseen that were found in ``[since, until)``, in the order of finding."""
        found = (
            select(feeds.c.outlet, gaps.c.since, gaps.c.until)
            .join(feeds, feeds.c.id == gaps.c.feed_id)
            .where(*_between(gaps.c.at, since, until))
            .order_by(gaps.c.id)
        )
        with self._database.reading() as connection:
            return tuple(Gap(*row) for row in connection.execute(found))

    def notices(self, since: datetime | None, until: datetime) -> tuple[Notice, ...]:
        """The notices of long failures made in ``[since, until)``, the oldest first."""
        stated = (notices.c.days, notices.c.failing_since, notices.c.sentence)
        made = (
            select(feeds.c.outlet, feeds.c.url, *stated)
            .join(feeds, feeds.c.id == notices.c.feed_id)
            .where(*_between(notices.c.at, since, until))
            .order_by(notices.c.at, feeds.c.id)
        )
        with self._database.reading() as connection:
            return tuple(Notice(*row) for row in connection.execute(made))

    def _select(self, condition: ColumnElement[bool]) -> list[Feed]:
        with self._database.reading() as connection:
            rows = connection.execute(select(feeds).where(condition).order_by(feeds.c.id)).all()
        return [_feed(row) for row in rows]


def count_enabled(connection: Connection) -> int:
    """How many feeds are polled."""
    return connection.scalars(select(func.count()).where(feeds.c.enabled)).one()


_RELEASE = (
    update(feeds)
    .where(feeds.c.id == bindparam("this"), feeds.c.token == bindparam("its"))
    .values(leased_until=None)
)
_STRIKE = (
    update(feeds)
    .where(feeds.c.id == bindparam("this"))
    .values(
        strikes=case((feeds.c.struck == bindparam("body"), feeds.c.strikes), else_=0),
        begun=case((feeds.c.struck == bindparam("body"), feeds.c.begun + 1), else_=1),
        struck=bindparam("body"),
    )
)


# In the place of a status: nobody was reached, and the feed was not to blame.
_EXCUSED = 0


def _since_reached() -> ColumnElement[bool]:
    """Whether a poll came after the last one that reached its server."""
    earlier = polls.alias()
    answered = or_(earlier.c.state != FeedState.UNREACHABLE, earlier.c.status > _EXCUSED)
    reached = select(earlier.c.id).where(answered).order_by(earlier.c.id.desc()).limit(1)
    return polls.c.id > func.coalesce(reached.scalar_subquery(), 0)


def _blamed() -> Select[int, int]:
    """How many polls each feed was blamed for since any poll reached its server."""
    counted = select(polls.c.feed_id, func.count().label("polls")).group_by(polls.c.feed_id)
    return counted.where(_since_reached(), polls.c.status.is_(None))


_REST = feeds.c.failures - bindparam("polls")
_LEFT = case((_REST > 0, _REST), else_=0)
_EXCUSE = (
    update(feeds)
    .where(feeds.c.id == bindparam("this"), feeds.c.failures > 0)
    .values(
        failures=_LEFT,
        failing_since=case((_LEFT > 0, feeds.c.failing_since), else_=None),
        next_poll_at=bindparam("due"),
    )
)


def _between(
    time: ColumnElement[datetime], since: datetime | None, until: datetime
) -> list[ColumnElement[bool]]:
    return [time < until] + ([time >= since] if since else [])


def _polled() -> ColumnElement[bool]:
    return and_(feeds.c.enabled, feeds.c.paused.is_(False))


# Longer than any wait: a time further ahead was written while the clock was wrong.
_NEVER_AHEAD = timedelta(days=8)


def _due(now: datetime) -> ColumnElement[bool]:
    return _is_due(literal(now, Utc), literal(now + _NEVER_AHEAD, Utc))


def _is_due(now: ColumnElement[datetime], far: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(
        _polled(),
        _has_come(feeds.c.next_poll_at, now, far),
        _has_come(feeds.c.leased_until, now, far),
    )


def _has_come(
    time: ColumnElement[datetime | None],
    now: ColumnElement[datetime],
    far: ColumnElement[datetime],
) -> ColumnElement[bool]:
    return or_(time.is_(None), time <= now, time > far)


# Made once: it is asked for every few feeds.
_CLAIM = (
    update(feeds)
    .values(leased_until=bindparam("lease_ends", type_=Utc), token=feeds.c.token + 1)
    .where(
        feeds.c.id.in_(
            select(feeds.c.id)
            .where(
                feeds.c.id.in_(bindparam("ids", expanding=True)),
                _is_due(bindparam("now", type_=Utc), bindparam("far", type_=Utc)),
            )
            .with_for_update(skip_locked=True)
        )
    )
    .returning(feeds.c.id, feeds.c.token)
)


def unpolled(url: str, outlet: str) -> dict[str, Any]:
    """The row of a feed that nobody polls yet and of which nothing is remembered."""
    return {
        "url": url,
        "host": "",
        "outlet": outlet,
        "enabled": False,
        "paused": False,
        "state": FeedState.NEW,
        "failures": 0,
        "moves": 0,
        "strikes": 0,
        "begun": 0,
        "stamps": "",
        "habits": {},
        "token": 0,
    }


def _listed(listing: FeedListing, now: datetime) -> dict[str, Any]:
    return unpolled(listing.url, listing.outlet) | {
        "host": host(listing.url),
        "lang": listing.lang,
        "country": listing.country,
        "camp": listing.camp,
        "recipe": asdict(listing.recipe) if listing.recipe else None,
        "enabled": True,
        "next_poll_at": now,
    }


def _last_polls(since: datetime | None, until: datetime) -> Select[*tuple[Any, ...]]:
    last = (
        select(func.max(polls.c.id).label("id"))
        .join(feeds, feeds.c.id == polls.c.feed_id)
        .where(feeds.c.enabled, *_between(polls.c.at, since, until))
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
        recipe=Recipe(**row.recipe) if row.recipe else None,
        paused=row.paused,
        failing_since=row.failing_since,
        whole_at=row.whole_at,
        interval=row.interval,
        moved_to=row.moved_to,
        moves=row.moves,
        struck=row.struck,
        strikes=row.strikes,
        begun=row.begun,
        stamps=frozenset(row.stamps.split()),
        habits=read_habits(row.habits),
    )

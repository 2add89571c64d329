"""What polls brought, written down: many feeds' outcomes in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from monitor.errors import StoreError
from monitor.model import FeedState, Habits, PollOutcome, Validators
from monitor.store.database import Record, chunks
from monitor.store.schema import feeds, gaps, notices, polls
from monitor.store.statements import insert


def before(connection: Connection, feed_ids: Iterable[int]) -> dict[int, Record]:
    """What is remembered of feeds before their polls are; StoreError for one that is not there."""
    wanted = list(dict.fromkeys(feed_ids))
    found: dict[int, Record] = {}
    for chunk in chunks(wanted):
        # Nobody may claim the feeds until their polls are written down.
        rows = connection.execute(_BEFORE.where(feeds.c.id.in_(chunk)).with_for_update())
        found.update((row.id, row) for row in rows)
    if missing := [feed_id for feed_id in wanted if feed_id not in found]:
        raise StoreError(f"there is no feed {missing[0]} to record a poll of")
    return found


_BEFORE = select(
    feeds.c.id,
    feeds.c.token,
    feeds.c.failures,
    feeds.c.failing_since,
    feeds.c.first_polled_at,
    feeds.c.etag,
    feeds.c.last_modified,
    feeds.c.body_hash,
)


def write(
    connection: Connection,
    outcomes: Sequence[tuple[PollOutcome, tuple[int, int]]],
    earlier: Mapping[int, Record],
) -> None:
    """Remember ``outcomes``, each with the numbers of its new and its changed articles."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for outcome, _ in outcomes:
        values = _remembered(outcome, earlier[outcome.feed_id])
        alike[tuple(values)].append(values)
    for rows in alike.values():
        connection.execute(_REMEMBER, rows)
    _add(connection, polls, [_poll(outcome, *counts) for outcome, counts in outcomes])
    _add(connection, gaps, [_gap(outcome) for outcome, _ in outcomes if outcome.gap])
    _add(connection, notices, [_notice(outcome) for outcome, _ in outcomes if outcome.notice])


_REMEMBER = update(feeds).where(feeds.c.id == bindparam("this"))


def _add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _remembered(outcome: PollOutcome, earlier: Record) -> dict[str, Any]:
    """New values of the feed's row; a failed poll keeps what the last good one left."""
    failed = outcome.state.failed
    values: dict[str, Any] = {
        "this": outcome.feed_id,
        "state": outcome.state,
        "error": outcome.error,
        "failures": earlier.failures + 1 if failed else 0,
        "failing_since": (earlier.failing_since or outcome.at) if failed else None,
        "first_polled_at": earlier.first_polled_at or outcome.at,
        "polled_at": outcome.at,
        "next_poll_at": outcome.next_poll_at,
        "leased_until": None,
        "moved_to": outcome.moved_to,
        "moves": outcome.moves,
        "strikes": outcome.strikes,
        "begun": 0,
    }
    if not failed:
        values |= {"succeeded_at": outcome.at, **_validators(outcome, earlier)}
    return values | _learned(outcome)


def _learned(outcome: PollOutcome) -> dict[str, Any]:
    """What only some polls teach; the rest is left as it is."""
    values: dict[str, Any] = {}
    if outcome.interval is not None:
        values["interval"] = outcome.interval
    if outcome.whole:
        values["whole_at"] = outcome.at
    if outcome.memory is not None:
        values["stamps"] = " ".join(sorted(outcome.memory.stamps))
        values["habits"] = _habits_stored(outcome.memory.habits)
    return values


def _validators(outcome: PollOutcome, earlier: Record) -> dict[str, Any]:
    """What to ask with next time: as the server said, verbatim.

    A server that says "unchanged" without repeating its validators has not withdrawn them.
    """
    given = outcome.validators
    silent = outcome.state is FeedState.UNCHANGED and given == Validators()
    return {
        "etag": earlier.etag if silent else given.etag,
        "last_modified": earlier.last_modified if silent else given.last_modified,
        "body_hash": outcome.body_hash or earlier.body_hash,
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


def _gap(outcome: PollOutcome) -> dict[str, Any]:
    assert outcome.gap is not None
    return {
        "feed_id": outcome.feed_id,
        "since": outcome.gap.since,
        "until": outcome.gap.until,
        "at": outcome.at,
    }


def _notice(outcome: PollOutcome) -> dict[str, Any]:
    assert outcome.notice is not None
    return {
        "feed_id": outcome.feed_id,
        "failing_since": outcome.notice.failing_since,
        "days": outcome.notice.days,
        "at": outcome.at,
        "sentence": outcome.notice.sentence,
    }


# --- habits as they are stored -------------------------------------------------------------------


def _habits_stored(habits: Habits) -> dict[str, Any]:
    """Times as seconds since 1970, whatever is empty left out."""
    stored = {
        "arrivals": [_seconds(moment) for moment in habits.arrivals],
        "entries": habits.entries,
        "oldest": _seconds(habits.oldest),
        "newest": _seconds(habits.newest),
        "ttl": int(habits.ttl.total_seconds()) if habits.ttl else None,
        "skip_hours": sorted(habits.skip_hours),
        "skip_days": sorted(habits.skip_days),
    }
    return {name: value for name, value in stored.items() if value}


def read_habits(stored: Mapping[str, Any]) -> Habits:
    """The habits that a feed's row keeps."""
    return Habits(
        arrivals=tuple(datetime.fromtimestamp(each, UTC) for each in stored.get("arrivals", ())),
        entries=stored.get("entries", 0),
        oldest=_moment(stored.get("oldest")),
        newest=_moment(stored.get("newest")),
        ttl=timedelta(seconds=stored["ttl"]) if "ttl" in stored else None,
        skip_hours=frozenset(stored.get("skip_hours", ())),
        skip_days=frozenset(stored.get("skip_days", ())),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

"""Evidence of promises: which sentences were found, and how far the archive was read for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from monitor.model import Claim, Evidence, JudgedArticle, Proof, Wording
from monitor.store.articles import load
from monitor.store.database import Database, Record, chunks
from monitor.store.schema import articles, evidence, feeds, readings, revisions
from monitor.store.statements import insert


@dataclass(frozen=True, slots=True)
class Unread:
    """Articles that were not read for evidence yet, and the revision that they end with."""

    articles: tuple[JudgedArticle, ...]
    up_to: int


class Commitments:
    """What was found for the beat's promises, under the fingerprint of what it was found with.

    All that was found under another fingerprint is forgotten by the first ``record`` under a new
    one, so that what stands here is what the whole archive says under one reading.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unread(self, fingerprint: str, least: float, limit: int) -> Unread:
        """The next ``limit`` judged articles over the score ``least``, the oldest wording first.

        What is behind a wording that awaits its judgement waits with it.
        """
        current = revisions.c.current.is_(True)
        with self._database.reading() as connection:
            read = _read_to(connection, fingerprint)
            end = _judged_to(connection)
            rows = connection.execute(
                select(revisions.c.id, articles.c.id)
                .join(articles, articles.c.id == revisions.c.article_id)
                .where(current, revisions.c.id > read, revisions.c.id <= end)
                .where(articles.c.score > least)
                .order_by(revisions.c.id)
                .limit(limit)
            ).all()
            found = load(connection, [row[1] for row in rows])
        return Unread(tuple(found), rows[-1][0] if len(rows) == limit else max(read, end))

    def record(self, fingerprint: str, up_to: int, found: Mapping[int, Sequence[Evidence]]) -> None:
        """Keep what was found in each article, by its id, and that all to a revision was read."""
        with self._database.writing() as connection:
            if connection.scalars(select(readings.c.fingerprint)).first() != fingerprint:
                connection.execute(delete(evidence))
                connection.execute(delete(readings))
            for chunk in chunks(found):
                connection.execute(delete(evidence).where(evidence.c.article_id.in_(chunk)))
            if rows := [_row(one, each) for one, kept in found.items() for each in kept]:
                connection.execute(insert(evidence), rows)
            read = {"fingerprint": fingerprint, "revision_id": up_to}
            kept = insert(readings).values(read)
            connection.execute(
                kept.on_conflict_do_update(index_elements=["fingerprint"], set_=read)
            )

    def is_read(self, fingerprint: str) -> bool:
        """Whether all that is judged was read under this fingerprint."""
        with self._database.reading() as connection:
            return _read_to(connection, fingerprint) >= _judged_to(connection)

    def proofs(self) -> dict[str, list[Proof]]:
        """All evidence by the promise that it is of, the oldest article first."""
        found: dict[str, list[Proof]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(_PROOFS):
                found[row.commitment].append(_proof(row))
        return dict(found)

    def superseded(self, article_id: int) -> list[tuple[datetime, Wording]]:
        """The wordings that an article had before the current one, and when each was seen."""
        with self._database.reading() as connection:
            rows = connection.execute(_SUPERSEDED, {"of_article": article_id})
            return [(seen_at, Wording(*wording)) for seen_at, *wording in rows]

    def since(self) -> datetime | None:
        """When the first article was seen; None in an empty archive."""
        with self._database.reading() as connection:
            first: datetime | None = connection.scalars(
                select(func.min(articles.c.first_seen))
            ).one()
        return first


def _read_to(connection: Connection, fingerprint: str) -> int:
    read = select(readings.c.revision_id).where(readings.c.fingerprint == fingerprint)
    return connection.scalars(read).one_or_none() or 0


def _judged_to(connection: Connection) -> int:
    """The last revision before the first one that awaits a judgement."""
    waiting = (
        select(func.min(revisions.c.id))
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.pending.is_(True), revisions.c.current.is_(True))
    )
    first: int | None = connection.scalars(waiting).one()
    last: int | None = connection.scalars(select(func.max(revisions.c.id))).one()
    return (last or 0) if first is None else first - 1


_PROOFS = (
    select(
        evidence,
        articles.c.url,
        articles.c.story_id,
        articles.c.first_seen,
        articles.c.published,
        articles.c.eligible_at,
        articles.c.backlog,
        func.coalesce(articles.c.outlet, feeds.c.outlet).label("outlet"),
        revisions.c.title,
        revisions.c.lang,
        revisions.c.seen_at,
    )
    .join(articles, articles.c.id == evidence.c.article_id)
    .join(feeds, feeds.c.id == articles.c.feed_id)
    .join(revisions, (revisions.c.article_id == articles.c.id) & revisions.c.current.is_(True))
    .order_by(evidence.c.commitment, articles.c.id)
)

_SUPERSEDED = (
    select(
        revisions.c.seen_at,
        revisions.c.title,
        revisions.c.summary,
        revisions.c.text,
        revisions.c.lang,
    )
    .where(revisions.c.article_id == bindparam("of_article"), revisions.c.current.is_(False))
    .order_by(revisions.c.id)
)


def _row(article_id: int, found: Evidence) -> dict[str, Any]:
    return {
        "commitment": found.commitment,
        "article_id": article_id,
        "claim": found.claim.value,
        "act": found.act,
        "sentence": found.sentence,
        "field": found.field,
        "start": found.start,
        "end": found.end,
    }


def _proof(row: Record) -> Proof:
    found = Evidence(
        commitment=row.commitment,
        claim=Claim(row.claim),
        act=row.act,
        sentence=row.sentence,
        field=row.field,
        start=row.start,
        end=row.end,
    )
    return Proof(
        evidence=found,
        at=_told_at([row.published, row.first_seen]),
        article_id=row.article_id,
        outlet=row.outlet,
        lang=row.lang,
        title=row.title,
        url=row.url,
        story_id=row.story_id,
        news_at=None if row.backlog else max(row.eligible_at or row.first_seen, row.seen_at),
        edited_at=row.seen_at if row.seen_at > row.first_seen else None,
    )


def _told_at(times: Iterable[datetime | None]) -> datetime:
    """When something was told: as published, but never after it was seen."""
    return min(time for time in times if time is not None)

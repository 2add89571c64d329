"""Forgetting: articles that did not match lose all but who they were, in small steps.

What is left of one is its row and its identities, so that it never comes back as new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, or_, select, update

from monitor.store.database import Database
from monitor.store.full_text import full_text
from monitor.store.indexing import indexed
from monitor.store.schema import (
    articles,
    counted,
    embeddings,
    entries,
    extracts,
    figures,
    identities,
    judgements,
    labels,
    metadata,
    revisions,
    signatures,
)

_STEP = 50  # articles looked at in one transaction, so that no other writer waits for long
# So much in the log that forgetting waits: somebody has been reading for long.
_LONGEST_LOG = 32_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """How far forgetting came: the article that was looked at last."""

    first_seen: datetime
    article_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did; ``place`` is where the next one goes on, None at the end."""

    forgotten: int
    place: Place | None


class Retention:
    """What is kept, and what is not for ever."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget(self, before: datetime, threshold: float, after: Place | None = None) -> Step | None:
        """Forget some of the articles first seen ``before`` that scored below ``threshold``.

        Those stay that were ever eligible or carried, that belong to a story with one that
        matched, and that anything else refers to. A step is one short transaction. None, and
        nothing done, while so much of what was written waits for readers to end that the disk
        would fill up.
        """
        if self._database.log_size() > _LONGEST_LOG and not self._database.write_back():
            return None
        old = _old(before, threshold, after)
        with self._database.reading() as connection:  # most of the time there is nothing to do
            if connection.execute(old.limit(1)).first() is None:
                return Step(0, None)
        with self._database.writing() as connection:
            rows = connection.execute(old.limit(_STEP)).all()
            loose = select(articles.c.id).where(articles.c.id.in_([row.id for row in rows]))
            ids = connection.scalars(loose.where(~_held(threshold))).all()
            _forget(connection, ids)
        is_last = len(rows) < _STEP
        return Step(len(ids), None if is_last else Place(rows[-1].first_seen, rows[-1].id))


def _old(before: datetime, threshold: float, after: Place | None) -> Select[int, datetime]:
    seen, article_id = articles.c.first_seen, articles.c.id
    conditions = [
        articles.c.score.is_not(None),
        articles.c.eligible_at.is_(None),
        articles.c.score < threshold,
        articles.c.pending.is_(False),
        seen < before,
    ]
    if after is not None:
        further = and_(seen == after.first_seen, article_id > after.article_id)
        conditions += [seen >= after.first_seen, or_(seen > after.first_seen, further)]
    return select(article_id, seen).where(*conditions).order_by(seen, article_id)


# What goes with an article, and what stays of it; whatever else refers to it holds it.
_GOING = (labels, signatures, embeddings, extracts, figures, counted)
_STAYING = (identities, entries, revisions)
_HOLDING = tuple(
    column
    for table in metadata.sorted_tables
    if table not in (*_GOING, *_STAYING)
    for column in table.c
    if any(key.column is articles.c.id for key in column.foreign_keys)
)


def _held(threshold: float) -> ColumnElement[bool]:
    other = articles.alias()
    matched = select(other.c.id).where(
        other.c.story_id == articles.c.story_id,
        or_(other.c.eligible_at.is_not(None), other.c.score >= threshold),
    )
    referring = (select(column).where(column == articles.c.id) for column in _HOLDING)
    return or_(*(each.exists() for each in (matched, *referring)))


def _forget(connection: Connection, ids: Sequence[int]) -> None:
    if not ids:
        return
    theirs = revisions.c.article_id.in_(ids)
    wordings = indexed().where(theirs)
    full_text(connection).forget(connection.execute(wordings).mappings().all())
    worded = select(revisions.c.id).where(theirs)
    connection.execute(delete(judgements).where(judgements.c.revision_id.in_(worded)))
    connection.execute(delete(revisions).where(theirs))
    for table in _GOING:
        connection.execute(delete(table).where(table.c.article_id.in_(ids)))
    nothing = {"score": None, "watchlist_id": None, "story_id": None}
    # Should an edit bring it back, it is news no more.
    emptied = update(articles).where(articles.c.id.in_(ids))
    connection.execute(emptied.values(backlog=True, **nothing))

"""Answering a ``Query``: words by the full-text index, the rest by the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    true,
)

from monitor.model import JudgedArticle
from monitor.query import And, Node, Query
from monitor.query.paging import Cursor, Sort
from monitor.store.articles import load
from monitor.store.conditions import Asking, asks_of_article
from monitor.store.full_text import full_text
from monitor.store.leads import Lead, lead
from monitor.store.schema import articles

RANKED = 5_000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what a search finds, and where the next page begins; None after the last."""

    articles: tuple[JudgedArticle, ...]
    more: Cursor | None = None


def page(
    connection: Connection,
    query: Query,
    limit: int,
    now: datetime,
    sort: Sort = Sort.NEWEST,
    after: Cursor | None = None,
) -> Page:
    """At most ``limit`` articles that match, those that come ``after`` another in this order.

    Relevance is that of the newest ``RANKED`` articles that match; a search without words has
    the newest first.
    """
    found = _Found(connection, query, now)
    if sort is Sort.RELEVANCE and found.words is not None:
        rows = found.ranked(found.words, limit + 1, after)
    else:
        wanted = found.ordered(sort, after).limit(limit + 1)
        rows = [(row[0], row[1]) for row in connection.execute(wanted)]
    kept = rows[:limit]
    more = Cursor(*kept[-1]) if kept and len(rows) > limit else None
    return Page(tuple(load(connection, [article_id for article_id, _ in kept])), more)


def stream(
    connection: Connection, query: Query, now: datetime, sort: Sort = Sort.NEWEST
) -> Iterator[JudgedArticle]:
    """Everything that matches, a few articles at a time in memory."""
    found = _Found(connection, query, now)
    if sort is Sort.RELEVANCE and found.words is not None:
        ranked = found.ranked(found.words, RANKED, None)
        yield from load(connection, [article_id for article_id, _ in ranked])
        return
    streaming = {"stream_results": True, "max_row_buffer": _BATCH}
    wanted = connection.execute(found.ordered(sort, None), execution_options=streaming)
    for rows in wanted.partitions(_BATCH):
        yield from load(connection, [row[0] for row in rows])


def matching_articles(
    connection: Connection, query: Query, now: datetime, *columns: ColumnElement[Any]
) -> Select[Any]:
    """Columns of all articles that match; ``articles`` is among the tables they may be of."""
    return _Found(connection, query, now).selected(*columns)


class _Found:
    """What a search finds: the ids of an index that knows some parts of it, tested for the rest."""

    def __init__(self, connection: Connection, query: Query, now: datetime) -> None:
        self._connection = connection
        root = query.root
        parts = root.nodes if isinstance(root, And) else (root,)
        self._lead: Lead = lead(connection, parts, now)
        self.words = self._lead.words
        self._asking = Asking(connection, now, self._lead.ids)
        self._rest: Sequence[Node] = self._lead.rest

    def selected(self, *columns: ColumnElement[Any]) -> Select[Any]:
        return self._of_articles(select(*columns))

    def ordered(self, sort: Sort, after: Cursor | None) -> Select[Any]:
        """Rows of id and what they are ordered by besides."""
        ids = self._lead.ids
        if sort is Sort.SCORE:
            return self._by_score(after)
        columns: tuple[ColumnElement[Any], ...] = (ids, literal(0.0))
        wanted = self._conditioned(select(*columns))
        if sort is Sort.OLDEST:
            later = true() if after is None else ids > after.id
            return wanted.where(later).order_by(ids)
        earlier = true() if after is None else ids < after.id
        return wanted.where(earlier).order_by(ids.desc())

    def ranked(self, words: Node, limit: int, after: Cursor | None) -> list[tuple[int, float]]:
        """Ids and ranks of the most relevant of the newest articles that match."""
        newest = [row[0] for row in self._connection.execute(self._window())]
        if not newest:
            return []
        ranks = full_text(self._connection).ranks(words, newest[-1], newest[0])
        wanted = set(newest)
        rows = ((row[1], -row[0]) for row in self._connection.execute(ranks) if row[0] in wanted)
        begin = (after.value, -after.id) if after else (-float("inf"), 0)
        return [(-number, rank) for rank, number in sorted(r for r in rows if r > begin)[:limit]]

    def _window(self) -> Select[Any]:
        return self.ordered(Sort.NEWEST, None).limit(RANKED)

    def _by_score(self, after: Cursor | None) -> Select[Any]:
        score = func.coalesce(articles.c.score, 0.0)
        wanted = self.selected(articles.c.id, score)
        if after is not None:
            equal = and_(score == after.value, articles.c.id < after.id)
            wanted = wanted.where(or_(score < after.value, equal))
        return wanted.order_by(score.desc(), articles.c.id.desc())

    def _conditioned(self, wanted: Select[Any]) -> Select[Any]:
        """``wanted`` of the lead's index alone where that knows enough."""
        if any(asks_of_article(part) for part in self._rest):
            return self._of_articles(wanted)
        return wanted.where(self._lead.condition, *map(self._asking.condition, self._rest))

    def _of_articles(self, wanted: Select[Any]) -> Select[Any]:
        ids = self._lead.ids
        if ids is not articles.c.id:
            wanted = wanted.select_from(ids.table).join(articles, articles.c.id == ids)
        else:
            wanted = wanted.select_from(articles)
        return wanted.where(self._lead.condition, *map(self._asking.condition, self._rest))

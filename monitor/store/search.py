"""Answering a ``Query``: words by the full-text index, the rest by the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select, true

from monitor.model import JudgedArticle
from monitor.query import (
    And,
    Label,
    Lang,
    Node,
    Not,
    Or,
    Outlet,
    Query,
    Score,
    Since,
    Until,
    Word,
)
from monitor.store import sqlite
from monitor.store.articles import load
from monitor.store.schema import articles, feeds, labels, revisions
from monitor.text.normalise import fold_key


def find(connection: Connection, query: Query, limit: int, now: datetime) -> list[JudgedArticle]:
    """The newest ``limit`` articles that match, the newest first."""
    parts = query.root.nodes if isinstance(query.root, And) else (query.root,)
    lead = _lead(parts)
    asking = _Asking(connection, now, by_turns=lead.ids is not articles.c.id)
    # The lead's ids are read backwards, and each is tested, until there are enough.
    matching = select(lead.ids).where(lead.condition, *map(asking.condition, lead.rest))
    if lead.ids is not articles.c.id:
        matching = matching.join(articles, articles.c.id == lead.ids)
    ids = connection.scalars(matching.order_by(lead.ids.desc()).limit(limit))
    return load(connection, ids.all())


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where article ids come from in order: an index that knows some parts of the search.

    ``rest`` are the parts that it does not know.
    """

    ids: ColumnElement[int]
    condition: ColumnElement[bool]
    rest: Sequence[Node]


def _lead(parts: Sequence[Node]) -> _Lead:
    if worded := [part for part in parts if sqlite.expression(part) is not None]:
        refused = [each for each in parts if isinstance(each, Not) and sqlite.expression(each.node)]
        expression = sqlite.expression(And((*worded, *refused)))
        condition = sqlite.matching(expression or "")
        return _Lead(sqlite.found.c.rowid, condition, _without(parts, [*worded, *refused]))
    if label := next((part for part in parts if isinstance(part, Label)), None):
        condition = and_(labels.c.kind == label.kind, labels.c.label.in_(label.ids))
        if len(label.ids) == 1:
            return _Lead(labels.c.article_id, condition, _without(parts, [label]))
    return _Lead(articles.c.id, true(), parts)


def _without(parts: Sequence[Node], known: Sequence[Node]) -> list[Node]:
    return [part for part in parts if part not in known]


class _Asking:
    """Nodes as conditions on ``articles``, which are tested ``by_turns`` or searched through."""

    def __init__(self, connection: Connection, now: datetime, *, by_turns: bool) -> None:
        self._connection = connection
        self._now = now
        self._by_turns = by_turns

    def condition(self, node: Node) -> ColumnElement[bool]:
        """What ``node`` demands of an article."""
        match node:
            case Not():
                return not_(self.condition(node.node))
            case And():
                return and_(true(), *map(self.condition, node.nodes))
            case Or():
                return or_(false(), *map(self.condition, node.nodes))
            case Word():
                return self._worded(node)
            case Outlet():
                return articles.c.feed_id.in_(self._feeds_of(node.name))
            case _:
                return self._plain(node)

    def _plain(self, node: Label | Lang | Score | Since | Until) -> ColumnElement[bool]:
        match node:
            case Label():
                return self._labelled(node)
            case Lang():
                written = (revisions.c.article_id == articles.c.id, revisions.c.lang == node.code)
                return select(1).where(*written, revisions.c.current.is_(True)).exists()
            case Score():
                score = func.coalesce(articles.c.score, 0.0)
                return score.op(node.sign, is_comparison=True)(node.points)
            case Since():
                return articles.c.first_seen >= self._time(node.time)
            case Until():
                return articles.c.first_seen < self._time(node.time)

    def _labelled(self, node: Label) -> ColumnElement[bool]:
        these = (labels.c.kind == node.kind, labels.c.label.in_(node.ids))
        if self._by_turns:
            told = select(1).where(*these, labels.c.article_id == articles.c.id)
            return told.correlate(articles).exists()
        return articles.c.id.in_(select(labels.c.article_id).where(*these))

    def _worded(self, word: Word) -> ColumnElement[bool]:
        with_word = select(sqlite.found.c.rowid).where(sqlite.matching(sqlite.phrase(word)))
        return articles.c.id.in_(with_word.correlate(None))

    def _feeds_of(self, name: str) -> list[int]:
        """Ids of the feeds whose outlet's name has ``name`` in it."""
        part = fold_key(name)
        rows = self._connection.execute(select(feeds.c.id, feeds.c.outlet))
        return [feed_id for feed_id, outlet in rows if part in fold_key(outlet)]

    def _time(self, time: datetime | timedelta) -> datetime:
        return self._now - time if isinstance(time, timedelta) else time

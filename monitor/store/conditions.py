"""The parts of a search as conditions on an article."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from monitor.model import DeliveryState
from monitor.query import (
    And,
    Camp,
    Figured,
    FromFeed,
    InStory,
    Is,
    Label,
    Lang,
    Moment,
    Node,
    Not,
    Or,
    Outlet,
    Score,
    Within,
    Word,
)
from monitor.store.full_text import full_text
from monitor.store.schema import articles, carried, deliveries, feeds, figures, labels, revisions
from monitor.text.normalise import fold_key

# A label of more articles is looked up article by article; the ids of others are made a set.
_FEW = 20_000
_LONGEST_ID = 18


def moment(time: Moment, now: datetime) -> datetime:
    """A time, or the time so far back from now."""
    return now - time if isinstance(time, timedelta) else time


def asks_of_article(node: Node) -> bool:
    """Whether a part of a search can only be tested on a row of ``articles``."""
    match node:
        case Not():
            return asks_of_article(node.node)
        case And() | Or():
            return any(map(asks_of_article, node.nodes))
        case Word() | Label() | Lang() | Figured():
            return False
        case Is():
            return node.state != "delivered"
        case _:
            return True


class Asking:
    """Nodes as conditions on the article whose id is ``ids``."""

    def __init__(self, connection: Connection, now: datetime, ids: ColumnElement[int]) -> None:
        self._connection = connection
        self._now = now
        self._ids = ids

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
            case Label():
                return self._labelled(node)
            case Lang():
                return self._written_in(node.code)
            case Figured():
                return self._figured(node)
            case Is():
                return self._state(node.state)
            case _:
                return self._of_article(node)

    def _of_article(
        self, node: Outlet | Camp | FromFeed | InStory | Score | Within
    ) -> ColumnElement[bool]:
        match node:
            case Outlet():
                return self._published_by(fold_key(node.name))
            case Camp():
                return articles.c.feed_id.in_(self._feeds(feeds.c.camp, fold_key(node.name)))
            case FromFeed():
                return articles.c.feed_id.in_(self._named_feeds(node.name))
            case InStory():
                return articles.c.story_id == node.story_id
            case Score():
                score = func.coalesce(articles.c.score, 0.0)
                return score.op(node.sign, is_comparison=True)(node.points)
            case Within():
                return self._within(node)

    def _worded(self, word: Word) -> ColumnElement[bool]:
        index = full_text(self._connection)
        with_word = select(index.ids).where(index.word(word))
        return self._ids.in_(with_word.correlate(None))

    def _labelled(self, node: Label) -> ColumnElement[bool]:
        about = labels.alias()
        these = (about.c.kind == node.kind, about.c.label.in_(node.ids))
        told = select(about.c.article_id).where(*these)
        counted = select(func.count()).select_from(told.limit(_FEW + 1).subquery())
        if self._connection.scalars(counted).one() > _FEW:
            return select(1).where(*these, about.c.article_id == self._ids).exists()
        # The sum keeps the ids from being looked up in the lead one by one.
        return (self._ids + 0).in_(told)

    def _written_in(self, code: str) -> ColumnElement[bool]:
        its = revisions.alias()
        of_it = (its.c.article_id == self._ids, its.c.lang == code, its.c.current.is_(True))
        return select(1).where(*of_it).exists()

    def _figured(self, node: Figured) -> ColumnElement[bool]:
        said = select(figures.c.article_id)
        if node.unit is not None:
            said = said.where(figures.c.unit == node.unit)
        for sign, value in node.bounds:
            said = said.where(figures.c.value.op(sign, is_comparison=True)(value))
        return self._ids.in_(said)

    def _state(self, state: str) -> ColumnElement[bool]:
        match state:
            case "delivered":
                sent = select(carried.c.article_id).join(
                    deliveries, deliveries.c.edition_id == carried.c.edition_id
                )
                return self._ids.in_(sent.where(deliveries.c.state == DeliveryState.SENT))
            case "eligible":
                return articles.c.eligible_at.is_not(None)
            case "backlog":
                return articles.c.backlog.is_(True)
            case _:
                return articles.c.pending.is_(True)

    def _published_by(self, part: str) -> ColumnElement[bool]:
        """By an outlet with ``part`` in its name, be it named by the article or by its feed."""
        told = select(articles.c.outlet).where(articles.c.outlet.is_not(None)).distinct()
        named = [name for name in self._connection.scalars(told) if part in fold_key(name)]
        own = articles.c.feed_id.in_(self._feeds(feeds.c.outlet, part, whole=False))
        return or_(articles.c.outlet.in_(named), and_(articles.c.outlet.is_(None), own))

    def _feeds(self, wanted: Column[Any], name: str, *, whole: bool = True) -> list[int]:
        """Ids of the feeds that have the folded ``name``, or have it within theirs."""
        rows = self._connection.execute(select(feeds.c.id, wanted))
        folded = [(feed_id, fold_key(value or "")) for feed_id, value in rows]
        return [
            feed_id for feed_id, value in folded if name == value or (not whole and name in value)
        ]

    def _named_feeds(self, name: str) -> list[int]:
        """The feed of that number, or those with ``name`` in their addresses."""
        if name.isascii() and name.isdecimal():
            return [int(name)] if len(name) <= _LONGEST_ID else []
        rows = self._connection.execute(select(feeds.c.id, feeds.c.url))
        return [feed_id for feed_id, url in rows if name.casefold() in url.casefold()]

    def _within(self, node: Within) -> ColumnElement[bool]:
        at = articles.c.published if node.clock == "published" else articles.c.first_seen
        conditions: list[ColumnElement[bool]] = [at.is_not(None)]
        if node.start is not None:
            conditions.append(at >= moment(node.start, self._now))
        if node.end is not None:
            conditions.append(at < moment(node.end, self._now))
        return and_(*conditions)

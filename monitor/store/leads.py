"""Where the ids of a search come from, in order: the index that knows the most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from monitor.query import And, Label, Node, Not, Within
from monitor.store.conditions import moment
from monitor.store.full_text import full_text
from monitor.store.schema import articles, days, labels, revisions

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lead:
    """An index, with the condition for what it knows; ``rest`` are the parts it does not know.

    ``words`` is what the full-text index was asked for, if that leads.
    """

    ids: ColumnElement[int]
    condition: ColumnElement[bool]
    rest: Sequence[Node]
    words: Node | None = None


def lead(connection: Connection, parts: Sequence[Node], now: datetime) -> Lead:
    """The index to read for the parts of a search that must all hold."""
    found = _worded(connection, parts) or _labelled(parts) or _all(parts)
    bounds = _bounds(connection, found.ids, parts, now)
    return Lead(found.ids, and_(found.condition, *bounds), found.rest, found.words)


def _worded(connection: Connection, parts: Sequence[Node]) -> Lead | None:
    index = full_text(connection)
    known = [part for part in parts if index.condition(part) is not None]
    if not known:
        return None
    negated = [part for part in parts if isinstance(part, Not)]
    refused = [part for part in negated if index.condition(part.node) is not None]
    words = And((*known, *refused))
    condition = index.condition(words)
    assert condition is not None
    rest = [part for part in parts if part not in known and part not in refused]
    return Lead(index.ids, condition, rest, words)


def _labelled(parts: Sequence[Node]) -> Lead | None:
    for part in parts:
        # Ids of several labels would have to be sorted first.
        if isinstance(part, Label) and len(part.ids) == 1:
            condition = and_(labels.c.kind == part.kind, labels.c.label == part.ids[0])
            return Lead(labels.c.article_id, condition, [each for each in parts if each != part])
    return None


def _all(parts: Sequence[Node]) -> Lead:
    """All articles but those whose text was forgotten: neither words nor labels lead there."""
    its = revisions.alias()
    worded = (its.c.article_id == articles.c.id, its.c.current.is_(True))
    return Lead(articles.c.id, select(1).where(*worded).exists(), parts)


def _bounds(
    connection: Connection, ids: ColumnElement[int], parts: Sequence[Node], now: datetime
) -> list[ColumnElement[bool]]:
    """Which ids the articles of the wanted days can have; what bounds the days stays a part."""
    bounds: list[ColumnElement[bool]] = []
    for part in parts:
        if not isinstance(part, Within) or part.clock != "first-seen":
            continue
        if part.start is not None:
            first = select(func.min(days.c.first_id)).where(days.c.day >= _day(part.start, now))
            bounds.append(ids >= _known(connection, first, 2**63 - 1))
        if part.end is not None:
            last = select(func.max(days.c.last_id)).where(days.c.day <= _day(part.end, now))
            bounds.append(ids <= _known(connection, last, 0))
    return bounds


def _day(time: Any, now: datetime) -> int:
    """Days since 1970-01-01."""
    return int(moment(time, now).timestamp() // _DAY)


def _known(connection: Connection, wanted: Any, otherwise: int) -> int:
    found: int | None = connection.scalars(wanted).one()
    return otherwise if found is None else found

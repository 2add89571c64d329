"""Where the ids of a search come from, in order: the index that knows the most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from monitor.query import Label, Node, Not, Within
from monitor.store import sqlite_text as full_text
from monitor.store.conditions import moment
from monitor.store.schema import articles, days, labels, revisions

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lead:
    """An index, with the condition for what it knows; ``rest`` are the parts it does not know.

    ``expression`` is what the words ask of the full-text index, if that leads.
    """

    ids: ColumnElement[int]
    condition: ColumnElement[bool]
    rest: Sequence[Node]
    expression: str | None = None


def lead(connection: Connection, parts: Sequence[Node], now: datetime) -> Lead:
    """The index to read for the parts of a search that must all hold."""
    found = _worded(connection, parts) or _labelled(parts) or _all(parts)
    bounds = _bounds(connection, found.ids, parts, now)
    return Lead(found.ids, and_(found.condition, *bounds), found.rest, found.expression)


def _worded(connection: Connection, parts: Sequence[Node]) -> Lead | None:
    known = {
        part: expression
        for part in parts
        if (expression := full_text.expression(connection, part)) is not None
    }
    if not known:
        return None
    refused = {
        part: expression
        for part in parts
        if isinstance(part, Not)
        and (expression := full_text.expression(connection, part.node)) is not None
    }
    wanted = " AND ".join(known.values())
    expression = f"({wanted})"
    if refused:
        expression = f"({expression} NOT ({' OR '.join(refused.values())}))"
    rest = [part for part in parts if part not in known and part not in refused]
    return Lead(full_text.found.c.rowid, full_text.matching(expression), rest, expression)


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

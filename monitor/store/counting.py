"""How many articles a search finds, by time, by publisher or by what they are about."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Text, and_, case, cast, func, literal, select

from monitor.query import Query
from monitor.query.grouping import TIMES, Grouping
from monitor.store.schema import articles, feeds, labels, revisions
from monitor.store.search import matching_articles


class Group(NamedTuple):
    """A time, publisher, language or label, and how many articles are of it."""

    name: str
    articles: int


def count(connection: Connection, query: Query, by: Grouping, now: datetime) -> list[Group]:
    """Groups with an article, times in their order, others with the most articles first.

    An article counts in each of its countries, topics and entities; one without a camp counts
    under an empty name.
    """
    rows = connection.execute(_counted(connection, query, by, now)).all()
    if by in TIMES:
        return _times([(str(name), number) for name, number in rows], by)
    groups = [Group(name or "", number) for name, number in rows]
    return sorted(groups, key=lambda group: (-group.articles, group.name))


# What was old when it was found, as all of an imported archive is, counts when it was published:
# it was first seen by the chance of an import. What a publisher states of news is not trusted.
_WHEN = case(
    (
        and_(articles.c.backlog.is_(True), articles.c.published < articles.c.first_seen),
        articles.c.published,
    ),
    else_=articles.c.first_seen,
)
# In UTC, as it stands at the beginning of a time in words.
_DAY = func.substr(cast(_WHEN, Text), 1, 10)


def _counted(connection: Connection, query: Query, by: Grouping, now: datetime) -> Select[Any]:
    """Rows of a name and a number."""
    if by in TIMES:
        return _grouped(connection, query, now, _DAY)
    if by in (Grouping.OUTLET, Grouping.CAMP):
        return _published(connection, query, by, now)
    if by is Grouping.LANG:
        wordings = matching_articles(connection, query, now, revisions.c.lang, func.count()).join(
            revisions, revisions.c.article_id == articles.c.id
        )
        return wordings.where(revisions.c.current.is_(True)).group_by(revisions.c.lang)
    about = labels.alias()
    told = matching_articles(connection, query, now, about.c.label, func.count())
    told = told.join(about, about.c.article_id == articles.c.id)
    # With the bare column SQLite would begin with all labels of the kind.
    return told.where(about.c.kind.concat("") == str(by)).group_by(about.c.label)


def _grouped(connection: Connection, query: Query, now: datetime, name: Any) -> Select[Any]:
    return matching_articles(connection, query, now, name, func.count()).group_by(name)


def _published(connection: Connection, query: Query, by: Grouping, now: datetime) -> Select[Any]:
    """Counted by feed and own outlet first, since those are few."""
    columns = (articles.c.feed_id, articles.c.outlet, func.count().label("number"))
    by_feed = matching_articles(connection, query, now, *columns)
    counted = by_feed.group_by(articles.c.feed_id, articles.c.outlet).subquery()
    name = (
        feeds.c.camp
        if by is Grouping.CAMP
        else func.coalesce(counted.c.outlet, feeds.c.outlet, literal(""))
    )
    named = select(name, func.sum(counted.c.number)).join(feeds, feeds.c.id == counted.c.feed_id)
    return named.group_by(name)


def _times(days: list[tuple[str, int]], by: Grouping) -> list[Group]:
    """Days with their numbers, in the months (``2026-01``) or weeks (``2026-W03``) they make."""
    groups: Counter[str] = Counter()
    for day, number in days:
        groups[_time(day, by)] += number
    return [Group(name, groups[name]) for name in sorted(groups)]


def _time(day: str, by: Grouping) -> str:
    if by is Grouping.DAY:
        return day
    if by is Grouping.MONTH:
        return day[:7]
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"

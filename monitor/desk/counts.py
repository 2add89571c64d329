"""How much there is of something over time, by publisher or by what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from monitor.query import Query
from monitor.query.grouping import TIMES, Grouping
from monitor.store import Store
from monitor.store.counting import Group

_MOST_TIMES = 10_000


def counted(store: Store, query: Query, by: Grouping, now: datetime) -> list[Group]:
    """Groups of the articles that ``query`` finds; times without any between others have zero."""
    groups = store.count(query, by, now)
    if by not in TIMES or len(groups) < 2:
        return groups
    numbers = {group.name: group.articles for group in groups}
    times = list(_times(groups[0].name, groups[-1].name, by))
    return [Group(name, numbers.get(name, 0)) for name in times]


def _times(first: str, last: str, by: Grouping) -> Iterator[str]:
    """The names of all days, weeks or months from the first to the last."""
    begin, follow, name = _STEPS[by]
    at = begin(first)
    for _ in range(_MOST_TIMES):
        yield name(at)
        if name(at) >= last:
            return
        at = follow(at)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


_Step = tuple[Callable[[str], date], Callable[[date], date], Callable[[date], str]]
_STEPS: dict[Grouping, _Step] = {
    Grouping.DAY: (date.fromisoformat, lambda day: day + timedelta(days=1), date.isoformat),
    Grouping.WEEK: (
        lambda name: date.fromisocalendar(int(name[:4]), int(name[6:]), 1),
        lambda day: day + timedelta(weeks=1),
        _week_name,
    ),
    Grouping.MONTH: (
        lambda name: date.fromisoformat(f"{name}-01"),
        _next_month,
        lambda day: day.isoformat()[:7],
    ),
}

"""Why a search found nothing, where its parts tell: what nothing has, and what excludes itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches

from monitor.query import (
    And,
    Camp,
    FromFeed,
    InStory,
    Lang,
    Leaf,
    Moment,
    Outlet,
    Query,
    Score,
    Within,
    Word,
)
from monitor.query.grouping import Grouping
from monitor.query.nodes import CLOCKS
from monitor.store import Store
from monitor.text.normalise import fold_key

_NEAR = 0.6
_NAMED = 12
_ALL = Query("", And(()))


def reasons(store: Store, query: Query, now: datetime) -> list[str]:
    """Sentences on what in ``query`` fits no article at all; none in an empty archive."""
    if not store.counts().articles:
        return []
    told = [_fits_nothing(store, leaf, now) for leaf in query.wanted() if _is_told(leaf)]
    return list(dict.fromkeys(filter(None, (*told, *_excluded(query.demanded(), now)))))


def _is_told(leaf: Leaf) -> bool:
    return isinstance(leaf, Word | Lang | Camp | Outlet | FromFeed | InStory)


def _fits_nothing(store: Store, leaf: Leaf, now: datetime) -> str:
    """What to say of a part that finds nothing by itself; empty where it finds something."""
    if store.page(Query("", leaf), 1, now).articles:
        return ""
    match leaf:
        case Word():
            return f'No article has "{leaf.text}" in it.'
        case Lang():
            return _no_lang(store, leaf.code, now)
        case Camp():
            return _no_name("camp", leaf.name, _there(store, Grouping.CAMP, now))
        case Outlet():
            return _no_name("outlet", leaf.name, _there(store, Grouping.OUTLET, now))
        case FromFeed():
            return f'No article came from the feed "{leaf.name}"; `monitor feeds list` names all.'
        case InStory():
            return f"There is no story {leaf.story_id}."
        case _:
            return ""


def _there(store: Store, by: Grouping, now: datetime) -> list[str]:
    """What the archive has, that of the most articles first."""
    return [group.name for group in store.count(_ALL, by, now) if group.name]


def _no_lang(store: Store, code: str, now: datetime) -> str:
    there = ", ".join(_there(store, Grouping.LANG, now))
    problem = f'No article is written in "{code}"; the archive has {there}.'
    country = code.upper()
    if country in _there(store, Grouping.COUNTRY, now):
        return f"{problem} For the country write country:{country}."
    return problem


def _no_name(kind: str, name: str, there: Sequence[str]) -> str:
    """That nothing is called so, with what was probably meant or what there is most of."""
    problem = f'No {kind} of the archive is called "{name}"'
    if meant := _near(name, there):
        value = f'"{meant}"' if " " in meant else meant
        return f"{problem}; did you mean {kind}:{value}?"
    more = ", …" if len(there) > _NAMED else ""
    return f"{problem}; there are {', '.join(there[:_NAMED]) or 'none'}{more}."


def _near(name: str, there: Sequence[str]) -> str | None:
    key, by_key = fold_key(name), {fold_key(each): each for each in there}
    begun = [each for each in by_key if key and each.startswith(key)]
    found = begun or get_close_matches(key, by_key, n=1, cutoff=_NEAR)
    return by_key[found[0]] if found else None


# --- times and scores ----------------------------------------------------------------------------


def _excluded(demanded: Iterable[Leaf], now: datetime) -> Iterator[str]:
    """What no article can be, since one bound lies behind the other."""
    leaves = list(demanded)
    for clock in CLOCKS:
        yield _no_time([it for it in leaves if isinstance(it, Within) and it.clock == clock], now)
    yield _no_score([it for it in leaves if isinstance(it, Score)])


def _no_time(bounds: Sequence[Within], now: datetime) -> str:
    starts = [_moment(each.start, now) for each in bounds if each.start is not None]
    ends = [_moment(each.end, now) for each in bounds if each.end is not None]
    if starts and max(starts) > now:
        return f"{max(starts):%Y-%m-%d} is still to come."
    if starts and ends and max(starts) >= min(ends):
        began, ended = (f"{time:%Y-%m-%d %H:%M}" for time in (max(starts), min(ends)))
        return f"No time lies between: it would begin {began} and end {ended} (UTC)."
    return ""


def _moment(time: Moment, now: datetime) -> datetime:
    return now - time if isinstance(time, timedelta) else time


def _no_score(bounds: Sequence[Score]) -> str:
    least = max((each.points for each in bounds if each.sign in (">=", ">", "=")), default=0.0)
    most = min((each.points for each in bounds if each.sign in ("<=", "<", "=")), default=100.0)
    return f"No score is both {least:g} or more and {most:g} or less." if least > most else ""

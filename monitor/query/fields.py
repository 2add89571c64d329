"""``name:value`` on its way to a node."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from monitor.errors import QueryError
from monitor.query.nodes import (
    STATES,
    Camp,
    Figured,
    FigureReader,
    FromFeed,
    InStory,
    Is,
    Label,
    Lang,
    Leaf,
    Moment,
    Outlet,
    Score,
    Within,
)
from monitor.text.times import NOT_IN_YEARS, YEARS

LABELS = ("country", "topic", "entity", "term")
FIELDS = (
    *LABELS,
    *("lang", "outlet", "camp", "feed", "story", "score", "figure"),
    *("since", "until", "first-seen", "published", "is"),
)
_THRESHOLD = {"matched": ">=", "unmatched": "<"}
_BOUND = re.compile(r"(>=|<=|>|<|=)?([0-9]{1,3}(?:\.[0-9]+)?)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_STORY = re.compile(r"[0-9]{1,18}")
_DISTANCE = re.compile(r"([0-9]{1,4})([hdwmy])")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9][0-9]?))?(?:-([0-9][0-9]?))?")
_SIGN = re.compile(r"(>=|<=|>|<|=)?(.*)")
_DATES = ("2026", "2026-01", "2026-01-15", "7d", "24h")
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}
_LONGEST = timedelta(days=365 * 500)  # what lies further back is before every article


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it stands in a search: ``column`` is that of its name."""

    query: str
    column: int
    name: str
    value: str
    threshold: float
    read: FigureReader

    def node(self) -> Leaf:
        """What the field asks for; QueryError for a name or value that does not exist."""
        if self._name not in FIELDS:
            raise QueryError(self.query, self.column, self._unknown())
        if not self._value:
            raise self._error(f"a value is missing after {self._name}:")
        match self._name:
            case "since" | "until" | "first-seen" | "published":
                return self._time()
            case "score":
                return self._score()
            case "figure":
                return self._figure()
            case "is":
                return self._state()
            case "story":
                return self._story()
            case _:
                return self._named()

    @property
    def _name(self) -> str:
        return self.name.casefold()

    @property
    def _value(self) -> str:
        return self.value.strip()

    def _named(self) -> Leaf:
        match self._name:
            case "lang":
                return self._lang()
            case "outlet":
                return Outlet(self._value)
            case "camp":
                return Camp(self._value)
            case "feed":
                return FromFeed(self._value)
            case _:
                return self._label()

    def _label(self) -> Label:
        plain = self._value.upper() if self._name == "country" else self._value.casefold()
        return Label(self._name, self._value, (plain,), self._value_column)

    def _lang(self) -> Lang:
        if _LANGUAGE.fullmatch(self._value):
            return Lang(self._value.casefold())
        raise self._error("a language is named by its code, as lang:zh, lang:kk or lang:ru")

    def _score(self) -> Score:
        if bound := _BOUND.fullmatch(self._value):
            return Score(bound[1] or ">=", float(bound[2]))
        raise self._error("write a score as score:>=60, score:<40 or score:=75")

    def _figure(self) -> Figured:
        # The words of numbers and units are read for searches that ask for them only.
        from monitor.query.quantities import figured

        try:
            return figured(self._value, self.read)
        except ValueError as error:
            raise self._error(str(error)) from error

    def _story(self) -> InStory:
        if _STORY.fullmatch(self._value):
            return InStory(int(self._value))
        raise self._error("a story is named by its number, as story:48")

    def _state(self) -> Leaf:
        state = self._value.casefold()
        if state in STATES:
            return Is(state)
        if state in _THRESHOLD:
            return Score(_THRESHOLD[state], self.threshold)
        known = (*STATES, *_THRESHOLD)
        near = get_close_matches(state, known, n=1)
        told = f'did you mean "is:{near[0]}"?' if near else f"there are {', '.join(known)}"
        raise self._error(f'an article is never "{self._value}"; {told}')

    def _time(self) -> Within:
        """A bound before or after, or the whole of the year, month or day that is named."""
        found = _SIGN.fullmatch(self._value)
        sign, moment = (found[1], found[2]) if found else (None, "")
        start, end = self._period(moment)
        clock = "published" if self._name == "published" else "first-seen"
        if self._name in ("since", "until"):
            if sign:
                raise self._error(f"write {self._name}: without {sign}, as {self._examples()}")
            sign = ">=" if self._name == "since" else "<="
        return _within(clock, sign, start, end)

    def _period(self, value: str) -> tuple[Moment, Moment]:
        """Begin and end of what the value names; both are one for a distance from now."""
        if distance := _DISTANCE.fullmatch(value):
            back = min(int(distance[1]) * _UNITS[distance[2]], _LONGEST)
            return back, back
        if (date := _DATE.fullmatch(value)) and int(date[1]) not in YEARS:
            raise self._error(f"{value} {NOT_IN_YEARS}")
        try:
            return _period(value)
        except ValueError as error:
            raise self._error(f"this is no date; write one as {self._examples()}") from error

    def _examples(self) -> str:
        return ", ".join(f"{self._name}:{each}" for each in _DATES)

    def _unknown(self) -> str:
        problem = f'there is no field "{self.name}"'
        if near := get_close_matches(self._name, FIELDS, n=1):
            return f'{problem}; did you mean "{near[0]}:"?'
        return f"{problem}; put the words in quotes to search for them ({', '.join(FIELDS)} exist)"

    def _error(self, problem: str) -> QueryError:
        return QueryError(self.query, self._value_column, problem)

    @property
    def _value_column(self) -> int:
        return self.column + len(self.name) + 1


def _within(clock: str, sign: str | None, start: Moment, end: Moment) -> Within:
    match sign:
        case ">=":
            return Within(clock, start=start)
        case ">":
            return Within(clock, start=end)
        case "<":
            return Within(clock, end=start)
        case "<=":
            return Within(clock, end=end)
        case _ if isinstance(start, timedelta):
            return Within(clock, start=start)
        case _:
            return Within(clock, start, end)


def _period(value: str) -> tuple[datetime, datetime]:
    """The half-open time that a year, month or day names; ValueError for none."""
    date = _DATE.fullmatch(value)
    if not date:
        raise ValueError(value)
    year, month, day = int(date[1]), int(date[2] or 1), int(date[3] or 1)
    start = datetime(year, month, day, tzinfo=UTC)
    if date[3]:
        return start, start + timedelta(days=1)
    if date[2] and month < 12:
        return start, start.replace(month=month + 1)
    return start, datetime(year + 1, 1, 1, tzinfo=UTC)

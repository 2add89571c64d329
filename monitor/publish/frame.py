"""The frame of an edition: its own words, dates and numbers, as its language writes them.

All words stand in ``data/frame.<lang>.toml``; nothing printed around strangers' words is anywhere
else. Plural categories are those of Unicode's CLDR.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.model import Figure
from monitor.publish.typography import NO_BREAK_SPACE
from monitor.publish.windows import zone_of

LANGS = ("en", "ru", "zh")
_MINUTES_OF_A_DAY, _MINUTES_OF_AN_HOUR = 1440, 60


@dataclass(frozen=True)
class Frame:
    """One language's words, and how it writes counts, dates, lengths of time and figures."""

    lang: str
    table: Mapping[str, Any]

    def say(self, key: str, **values: str) -> str:
        """The sentence ``key`` with its places filled."""
        return self._filled("words", key, values)

    @property
    def colon(self) -> str:
        """What stands between a label and its words."""
        colon: str = self.table["colon"]
        return colon

    def labelled(self, key: str, words: str) -> str:
        """``words`` behind the label ``key`` and this language's colon."""
        return f"{self.say(key)}{self.colon}{words}"

    def section(self, slug: str) -> str:
        """The name of a section that every edition may have."""
        return self._filled("sections", slug, {})

    def state(self, state: str) -> str:
        """The state of a feed in words."""
        return self._filled("states", state, {})

    def camp(self, camp: str) -> str:
        """A camp as this language calls it; its own id where it has no word for it."""
        return str(self.table["camps"].get(camp, camp))

    def _filled(self, table: str, key: str, values: Mapping[str, str]) -> str:
        return filled(self.table[table][key], values)

    def count(self, what: str, amount: int) -> str:
        """``1 story``, ``1,204 stories``: the amount with the form of the word that it takes."""
        forms = self.table["counts"][what]
        return filled(forms[_category(self.table["plural"], amount)], {"n": self.number(amount)})

    def number(self, value: float) -> str:
        """Grouped by thousands; at most one decimal, and none where it would be zero."""
        return self._written(f"{value:,.1f}".removesuffix(".0"))

    def points(self, value: float) -> str:
        """A signed number: ``+14``, ``−2.5``."""
        return f"{'−' if value < 0 else '+'}{self.number(abs(value))}"

    def _written(self, number: str) -> str:
        signs = {",": self.table["thousands"], ".": self.table["decimal"]}
        return "".join(signs.get(sign, sign) for sign in number)

    def listed(self, words: Iterable[str]) -> str:
        """Words behind one another."""
        return str(self.table["list"]).join(words)

    def date(self, moment: datetime, zone: str) -> str:
        """``Tuesday, 24 November 2026, 07:30``."""
        return self._time("date", moment, zone)

    def moment(self, moment: datetime, zone: str) -> str:
        """``Tue 24 Nov 07:30``."""
        return self._time("moment", moment, zone)

    def clock(self, moment: datetime, zone: str) -> str:
        """``07:30``."""
        return f"{moment.astimezone(zone_of(zone)):%H:%M}"

    def _time(self, pattern: str, moment: datetime, zone: str) -> str:
        local = moment.astimezone(zone_of(zone))
        values = {
            name: self.table[f"{part}s{length}"][place]
            for part, place in (("weekday", local.weekday()), ("month", local.month - 1))
            for length, name in (("", part), ("_short", f"{part}_short"))
        }
        clock = {"day": str(local.day), "year": str(local.year), "clock": f"{local:%H:%M}"}
        return self._filled("times", pattern, {**values, **clock})

    def duration(self, span: timedelta) -> str:
        """``2 days 3 hours``, ``3 hours 20 minutes``: the two largest units, nothing for zero."""
        minutes = int(span.total_seconds()) // 60
        units = (
            ("day", minutes // _MINUTES_OF_A_DAY),
            ("hour", minutes // _MINUTES_OF_AN_HOUR % 24),
            ("minute", minutes % _MINUTES_OF_AN_HOUR),
        )
        said = [self.count(unit, amount) for unit, amount in units if amount]
        between = str(self.table["units_between"])
        return between.join(said[:2]) or self.count("moment", 0)

    def figure(self, figure: Figure) -> str:
        """A quoted number as this language writes it; as quoted where it has no word for the unit.

        A sum of 94.8 billion dollars is ``$94.8 billion``, ``94,8 млрд долл.`` and ``948亿美元``.
        """
        figures = self.table["figures"]
        for step in figures["prefixes"].get(figure.unit, ()):
            if abs(figure.value) >= step["from"]:
                between = self.table["units_between"].replace(" ", NO_BREAK_SPACE)
                return f"{self._short(figure.value / step['from'])}{between}{step['name']}"
        pattern = figures["units"].get(figure.unit)
        if pattern is None:
            return " ".join(figure.text.split())
        words = filled(pattern, {"n": self._scaled(figure.value)})
        return words.replace(" ", NO_BREAK_SPACE)

    def _scaled(self, value: float) -> str:
        for step in self.table["figures"]["scales"]:
            if abs(value) >= step["from"]:
                return f"{self._short(value / step['from'])}{step['name']}"
        return self._short(value)

    def _short(self, value: float) -> str:
        """At most two decimals, without zeros at the end."""
        whole, _, decimals = f"{value:,.2f}".partition(".")
        decimals = decimals.rstrip("0")
        return self._written(f"{whole}.{decimals}" if decimals else whole)


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """``pattern`` with each ``{name}`` replaced; what stands in a value is never a place."""
    return _PLACE.sub(lambda place: values[place[1]], pattern)


_PLACE = re.compile(r"\{(\w+)\}")


def _category(rule: str, amount: int) -> str:
    """The plural category of a whole number (CLDR 46, plural rules)."""
    if rule == "slavic":
        return _slavic(amount)
    return "one" if rule == "one-other" and amount == 1 else "other"


def _slavic(amount: int) -> str:
    """1, 21, 31 but not 11; 2–4, 22–24 but not 12–14; the others."""
    if amount % 10 == 1 and amount % 100 != 11:
        return "one"
    few = 2 <= amount % 10 <= 4 and not 12 <= amount % 100 <= 14
    return "few" if few else "many"


@cache
def frame_of(lang: str) -> Frame:
    """The frame in ``lang``, one of ``LANGS``."""
    source = files("monitor.publish").joinpath("data", f"frame.{lang}.toml")
    return Frame(lang, tomllib.loads(source.read_text(encoding="utf-8")))

"""Days that a text names: 17 июня, November 6, 6月16日, as month and day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import takewhile

from monitor.match.figures import Token, Tokens
from monitor.text.counting import Counting, counting

Day = tuple[int, int]

_HAN_DAY = re.compile(r"(\d{1,2})月(\d{1,2})(?:日|至|-)")
_LAST_DAY = 31
_AROUND = 6
_LINKS = frozenset("-–—")


def named_days(text: str, words: Tokens, lang: str) -> frozenset[Day]:
    """Month and day of each date in ``text``, whose tokens are ``words``; both ends of a range."""
    rules = counting(lang)
    found = {(int(month), int(day)) for month, day in _HAN_DAY.findall(text)}
    for index in _beside_days(words):
        token = words[index]
        month = rules.months.word(token.folded) if token.kind == "word" else None
        if month is not None:
            found.update((int(month), day) for day in _days(words, index, rules))
    return frozenset(day for day in found if _in_year(*day, 2024) is not None)


def distance(day: Day, at: date) -> int:
    """How many days after ``at`` the nearest ``day`` of a year is; negative for before."""
    years = (_in_year(*day, at.year + step) for step in (-1, 0, 1))
    return min(((one - at).days for one in years if one is not None), key=abs)


def _in_year(month: int, day: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        # The 29th of February of another year.
        return date(year, 2, 28) if (month, day) == (2, 29) else None


def _beside_days(words: Tokens) -> set[int]:
    """The places around numbers that may be days: a month may stand there."""
    return {
        place
        for index, (kind, text) in enumerate(words.kinds())
        if kind == "number" and _is_day(text)
        for place in range(max(0, index - _AROUND), min(len(words), index + _AROUND + 1))
    }


def _is_day(text: str) -> bool:
    return text.isdigit() and 1 <= int(text) <= _LAST_DAY


def _days(words: Tokens, month: int, rules: Counting) -> Iterator[int]:
    before = range(month - 1, max(0, month - _AROUND) - 1, -1)
    yield from _adjoining(map(words.__getitem__, before), rules)
    if rules.month_first:
        behind = range(month + 1, month + _AROUND)
        yield from _adjoining(map(words.__getitem__, behind), rules)


def _adjoining(words: Iterable[Token], rules: Counting) -> Iterator[int]:
    links = _LINKS | rules.range_words | rules.between
    beside = takewhile(
        lambda token: token.kind == "number" or token.text in links or token.folded in links, words
    )
    for token in beside:
        if _is_day(token.text):
            yield int(token.text)

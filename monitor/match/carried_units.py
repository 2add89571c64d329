"""Units that stand elsewhere in the sentence: 5,000 companies, of them 300 new; trips rose to 40.

A number without a unit of its own takes it from a figure that it is a part of or is compared
with, or from the words that say what is numbered (the number of flights). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.model import Figure
from monitor.text.counting import Counting, counting, is_year, parted_units
from monitor.text.normalise import fold
from monitor.text.sentences import is_parted

_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`][^\W\d_]+)*")
# How far behind its number "of them" may stand, in characters, and how far what is numbered.
_NEAR = 24
_FAR = 120
_NAMING_WORDS = 5
# A number is compared with one of its own size: 2.1 billion a year earlier.
_COMPARABLE = 1000
# What is never split into parts or compared by a bare number.
_WHOLE_ONLY = frozenset(
    {"percent", "percentage point", "year", "years", "months", "days", "times", "W"}
)


def with_carried_units(found: Sequence[Figure], text: str, lang: str) -> Iterator[Figure]:
    """``found``, in reading order, with the units that its bare numbers take from elsewhere."""
    rules = counting(lang)
    earlier: list[Figure] = []
    for figure in found:
        if earlier and is_parted(text, earlier[-1].end, figure.start):
            earlier.clear()
        if not figure.unit and not is_year(figure.text):
            figure = replace(figure, unit=_carried(figure, earlier, text, rules))
        earlier.append(figure)
        yield figure


def _carried(figure: Figure, earlier: Sequence[Figure], text: str, rules: Counting) -> str:
    whole = [
        each.unit
        for each in reversed(earlier)
        if each.unit and each.unit not in _WHOLE_ONLY and each.value >= figure.value
    ]
    if _is_magnified(figure):
        size = (each for each in reversed(earlier) if _is_magnified(each) and each.unit)
        like = next(size, None)
        is_like = like is not None and like.value <= figure.value * _COMPARABLE
        return like.unit if like and is_like and like.unit not in _WHOLE_ONLY else ""
    if _is_of_them(figure, text, rules):
        return next((unit for unit in whole if unit in parted_units()), "")
    return _numbered(figure, text, rules)


def _is_magnified(figure: Figure) -> bool:
    return any(letter.isalpha() for letter in figure.text) and figure.value >= 10_000


def _is_of_them(figure: Figure, text: str, rules: Counting) -> bool:
    """Whether the words at a number say that it is a part of what was counted before."""
    before = fold(text[max(0, figure.start - _NEAR) : figure.start]).text.rstrip()
    behind = fold(text[figure.end : figure.end + _NEAR]).text.lstrip()
    return before.endswith(rules.of_them) or behind.startswith(rules.of_them)


def _numbered(figure: Figure, text: str, rules: Counting) -> str:
    """The unit of what the words before a bare number say that it is the number of."""
    start = max(0, figure.start - _FAR)
    words = [fold(word).text.strip() for word in _WORD.findall(text[start : figure.start])]
    for place in range(len(words) - 1, -1, -1):
        kind = rules.number_of.pair(words[place], words[min(place + 1, len(words) - 1)])
        kind = kind or rules.number_of.word(words[place])
        if kind is not None:
            named = words[place + 1 : place + 1 + _NAMING_WORDS]
            behind = words[max(0, place - 2) : place][::-1]
            return _named(named if kind == "before" else behind, rules)
    return ""


def _named(words: Sequence[str], rules: Counting) -> str:
    """The unit of the first of ``words`` that counts things."""
    for place, word in enumerate(words):
        found = rules.unit(word, words[place + 1] if place + 1 < len(words) else "")
        if found is not None and found[0].name in parted_units():
            return found[0].name
    return ""

"""How a language writes numbers, units and months: ``counting.toml`` and ``units.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.tables import table
from monitor.text.vocabulary import Vocabulary, vocabulary

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SPACES = re.compile(r"[ \u00a0\u202f\u2009']")
_POINTS = re.compile(r"[.,]")
_GROUP = 3
# Words of which it is remembered what they are.
_REMEMBERED = 300_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and what a number before this word of it is multiplied with."""

    name: str
    scale: Decimal = Decimal(1)


class _Begins(dict[str, bool]):
    """Whether a number may begin with a word as written, found out when it is asked for first."""

    def __init__(self, starts: Lexicon) -> None:
        self._starts = starts

    def __missing__(self, word: str) -> bool:
        begins = self._starts.starts(fold(word).text.strip())
        if len(self) < _REMEMBERED:
            self[word] = begins
        return begins


@dataclass(frozen=True, slots=True)
class Counting:
    """The number words of one language, all folded.

    ``begins`` tells of a word, folded or not, whether a number may begin with it.
    """

    begins: Mapping[str, bool]
    units: Lexicon
    magnitudes: Lexicon
    halves: Lexicon
    multiples: Lexicon
    single: frozenset[str]
    about: frozenset[str]
    not_between: tuple[str, ...]
    number_of: Lexicon
    of_them: tuple[str, ...]
    months: Lexicon
    words: Mapping[str, Decimal]
    ones: frozenset[str]
    range_words: frozenset[str]
    between: frozenset[str]
    between_begins: frozenset[str]
    endings: frozenset[str]
    deadline_before: frozenset[str]
    deadline_between: frozenset[str]
    deadline_behind: tuple[str, ...]
    deadline_endings: tuple[str, ...]
    years_before: frozenset[str]
    gap: int
    joins: bool
    month_first: bool
    parts_by_adjectives: bool
    groups_by_comma: bool
    vocabulary: Vocabulary

    def unit(self, word: str, following: str = "") -> tuple[Unit, int] | None:
        """The unit that a word stands for, with how many words it takes; None for no unit."""
        paired = self.units.pair(word, following) if following else None
        found = paired or self.units.word(word)
        return None if found is None else (unit_rows()[int(found)], 2 if paired else 1)

    def magnitude(self, word: str) -> int | None:
        """The power of ten that a word multiplies with."""
        found = self.magnitudes.word(word)
        return None if found is None else int(found)


@cache
def counting(lang: str) -> Counting:
    """What ``lang`` has in the tables; an unknown language has what is for any language."""
    rows: Mapping[str, Any] = table("counting")
    return Counting(
        begins=_Begins(_starts(lang)),
        units=_units(lang),
        magnitudes=_lexicon("magnitudes", lang),
        halves=built({"half": words_of(rows["halves"], lang)}),
        multiples=_lexicon("multiples", lang),
        single=_listed("single", lang),
        about=_listed("about", lang),
        not_between=tuple(words_of(rows["not_between"], lang)),
        number_of=_lexicon("number_of", lang),
        of_them=tuple(rows["of_them"].get(lang, ())),
        months=_lexicon("months", lang),
        words=_number_words(lang),
        ones=_listed("ones", lang),
        range_words=_listed("ranges", lang),
        between=_listed("between", lang),
        between_begins=_listed("between_begins", lang),
        endings=_listed("endings", lang),
        deadline_before=_listed("deadline_before", lang),
        deadline_between=_listed("deadline_between", lang),
        deadline_behind=tuple(words_of(rows["deadline_behind"], lang)),
        deadline_endings=tuple(words_of(rows["deadline_endings"], lang)),
        years_before=_listed("years_before", lang),
        gap=rows["gaps"].get(lang, 0),
        parts_by_adjectives=lang in rows["gap_words"]["adjectives"],
        month_first=lang in rows["dates"]["month_first"],
        joins=lang in rows["hyphenated"]["joins"],
        groups_by_comma=lang in rows["comma"]["groups"],
        vocabulary=vocabulary(lang),
    )


@cache
def unit_rows() -> tuple[Unit, ...]:
    """All rows of the table of units, in its order."""
    return tuple(
        Unit(row["unit"], Decimal(str(row.get("scale", 1)))) for row in table("units")["units"]
    )


@cache
def signs() -> Mapping[str, str]:
    """Signs and codes of units, such as $, as written."""
    found: dict[str, str] = table("units")["signs"]
    return found


@cache
def parted_units() -> frozenset[str]:
    """Units of things counted, which adjectives may part from their number."""
    return frozenset(table("counting")["parted"]["units"])


@cache
def unquoted_units() -> frozenset[str]:
    """Units that say what a number counts, of numbers that nobody looks for."""
    return frozenset(table("units")["unquoted"])


@cache
def glued_powers() -> Mapping[str, int]:
    """Letters right behind the digits that multiply them, as written."""
    found: dict[str, int] = table("counting")["glued"]
    return found


def written_number(digits: str, *, groups_by_comma: bool) -> Decimal:
    """The value of digits with separators.

    A single comma or point before three digits is ambiguous: ``groups_by_comma`` decides.
    """
    bare = _SPACES.sub("", digits)
    marks = _POINTS.findall(bare)
    if not marks:
        return Decimal(bare)
    last = max(bare.rfind("."), bare.rfind(","))
    is_grouped = len(set(marks)) == 1 and (
        len(marks) > 1 or (len(bare) - last - 1 == _GROUP and marks[0] == "," and groups_by_comma)
    )
    whole = _POINTS.sub("", bare[:last])
    return Decimal(whole + bare[last + 1 :] if is_grouped else f"{whole}.{bare[last + 1 :]}")


def is_year(digits: str) -> bool:
    """Whether digits as written can be a year of our time."""
    return digits.isdigit() and len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR


@cache
def _units(lang: str) -> Lexicon:
    rows = table("units")["units"]
    texts = ({key: word for key, word in row.items() if isinstance(word, str)} for row in rows)
    return built({str(number): words_of(row, lang) for number, row in enumerate(texts)})


def _lexicon(part: str, lang: str) -> Lexicon:
    rows: Mapping[str, Mapping[str, str]] = table("counting")[part]
    return built({key: words_of(row, lang) for key, row in rows.items()})


def _listed(part: str, lang: str) -> frozenset[str]:
    return frozenset(words_of(table("counting")[part], lang))


def _starts(lang: str) -> Lexicon:
    """The words that a number may begin with, whatever they mean."""
    rows: Mapping[str, Any] = table("counting")
    whole = (f"{word}." for word in (*_number_words(lang), *_listed("ones", lang)))
    begun = [*rows["magnitudes"].values(), rows["halves"], *rows["multiples"].values()]
    return built({"number": [*whole, *(word for row in begun for word in words_of(row, lang))]})


def _number_words(lang: str) -> dict[str, Decimal]:
    rows: Mapping[str, float] = table("counting")["words"].get(lang, {})
    return {
        word: Decimal(str(value))
        for words, value in rows.items()
        for word in words_of({lang: words}, lang)
    }

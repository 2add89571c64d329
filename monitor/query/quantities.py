"""``figure:`` in a search: a unit, an amount or both, written as in any language of the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from monitor.query.nodes import Figured, FigureReader
from monitor.text.counting import Unit, counting, glued_powers, signs, unit_rows, written_number
from monitor.text.lexicon import words_of
from monitor.text.normalise import fold
from monitor.text.scripts import main_script
from monitor.text.tables import table

EXAMPLES = 'figure:USD, figure:>=1bn, figure:"286.42 bn yuan" or figure:"1..5 bn USD"'
_LONGEST = 30
_SIGN = re.compile(r"(>=|<=|>|<|=)?\s*(.*)", re.S)
_AMOUNT = re.compile(
    r"(?P<before>[^\d\s]*)\s*(?P<digits>[0-9]+(?:[ .,'][0-9]+)*)\s*(?P<after>.*)", re.S
)
_HAN_POWERS = {"万": 4, "亿": 8}
_HAN = re.compile("[万亿]+")
_ENDING = re.compile(r"[^\w%]+$")


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number as written, what it is multiplied with, and its unit if any is named."""

    digits: Decimal | None
    power: int | None
    unit: Unit | None

    def value(self, power: int | None, unit: Unit | None) -> float:
        """With what stands behind it, or else behind the other end of a range."""
        scale = Decimal(10) ** (self.power if self.power is not None else power or 0)
        own = self.unit or unit
        return float((self.digits or Decimal(0)) * scale * (own.scale if own else 1))


def figured(value: str, read: FigureReader) -> Figured:
    """What ``figure:`` asks for; ValueError, in a sentence, for what cannot be understood.

    ``read`` is asked for what is no row of digits with a unit, such as numbers in words.
    """
    found = _SIGN.fullmatch(value.strip())
    sign, rest = (found[1], found[2]) if found else (None, value)
    low, is_range, high = rest.partition("..")
    if is_range:
        return _between(_amount(low, read), _amount(high, read), sign)
    only = _amount(rest, read)
    if only.digits is None:
        if sign or only.unit is None:
            raise ValueError(f"write a figure as {EXAMPLES}")
        return Figured(only.unit.name)
    return Figured(_name(only.unit), ((sign or "=", only.value(None, None)),))


def _between(low: _Amount, high: _Amount, sign: str | None) -> Figured:
    if sign or low.digits is None or high.digits is None:
        raise ValueError(f"write a figure as {EXAMPLES}")
    least, most = low.value(high.power, high.unit), high.value(None, None)
    if least > most:
        raise ValueError("nothing lies between these; the least comes first, as in 1..5 bn USD")
    return Figured(_name(high.unit or low.unit), ((">=", least), ("<=", most)))


def _name(unit: Unit | None) -> str | None:
    return unit.name if unit else None


def _amount(text: str, read: FigureReader) -> _Amount:
    try:
        return _in_digits(text)
    except ValueError:
        for lang in _languages(text):
            if found := read(text.strip(), lang):
                return _Amount(Decimal(str(found[0])), 0, Unit(found[1]))
        raise


def _in_digits(text: str) -> _Amount:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return _Amount(None, None, _unit(text.strip()))
    if len(found["digits"]) > _LONGEST:
        raise ValueError("this number is too long")
    power, rest = _power(found["after"])
    named = found["before"] or rest
    digits = written_number(found["digits"], groups_by_comma=True)
    return _Amount(digits, power, _unit(named) if named else None)


def _power(text: str) -> tuple[int | None, str]:
    """The power of ten that a text begins with, and what is left of it."""
    word, _, rest = text.partition(" ")
    if word in glued_powers():
        return glued_powers()[word], rest.strip()
    folded = fold(text).text.strip()
    if han := _HAN.match(folded):
        return sum(map(_HAN_POWERS.__getitem__, han[0])), text.strip()[han.end() :].strip()
    first = _ENDING.sub("", fold(word).text.strip())
    powers = (counting(lang).magnitude(first) for lang in _languages(word))
    power = next((power for power in powers if power is not None), None)
    return (None, text.strip()) if power is None or not first else (power, rest.strip())


def _unit(text: str) -> Unit:
    """The unit that is called so in any language; ValueError with a suggestion for none."""
    if text in signs() or text.upper() in signs():
        return Unit(signs().get(text) or signs()[text.upper()])
    wanted = fold(text).text.strip()
    if wanted in _codes():
        return Unit(_codes()[wanted])
    first, _, second = wanted.partition(" ")
    for lang in _languages(text):
        found = counting(lang).unit(first, second)
        if found is not None and (found[1] > 1 or not second):
            return found[0]
    if not wanted or not any(letter.isalpha() for letter in wanted):
        raise ValueError(f"write a figure as {EXAMPLES}")
    near = get_close_matches(wanted, _known(), n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"write a figure as {EXAMPLES}"
    raise ValueError(f'no unit is called "{text}"; {hint}')


def _languages(text: str) -> Iterator[str]:
    """Those that are written in the script of ``text``."""
    yield from table("languages")["scripts"].get(main_script(text), ("en",))


@cache
def _codes() -> dict[str, str]:
    """The names of units as figures have them, by how they fold."""
    names = [unit.name for unit in unit_rows()] + ["stage", "year"]
    return {fold(name).text.strip(): name for name in names}


@cache
def _known() -> tuple[str, ...]:
    """What a mistyped unit may have meant."""
    words = (word for row in table("units")["units"] for word in _words(row))
    return (*_codes(), *(word.rstrip(".").replace("_", " ") for word in words))


def _words(row: dict[str, object]) -> list[str]:
    return words_of({key: word for key, word in row.items() if isinstance(word, str)}, "en")

"""Quoted numbers in one notation for all languages: 948亿, 94,8 млрд and 94.8 billion are one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from monitor.text.tables import table

_NUMBER = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ \u00a0\u202f,.']\d{3})+(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,3})?)"
    r"(?!\d)(?:[ \u00a0\u202f-]?([^\W\d_]+|%))?"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# Smaller whole numbers without a magnitude are counts, days and ranks: they tell no event apart.
_LEAST_TELLING = 200
_DIGITS_KEPT = 3


def figures(text: str) -> frozenset[str]:
    """The telling numbers of ``text``, rounded to three digits, as in ``9.48e10`` and ``4.7%``.

    Years, dates and small whole numbers without a magnitude word are left out.
    """
    return frozenset(_figures(text))


def _figures(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        value = _value(found[1])
        word = (found[2] or "").casefold()
        power = _power(word)
        if word.startswith(_percent_words()):
            if value % 1:
                yield f"{value.normalize():f}%"
        elif power:
            yield _rounded(value.scaleb(power))
        elif _tells(found[1], value):
            yield _rounded(value)


def _tells(written: str, value: Decimal) -> bool:
    if value % 1:
        return value > _DIGITS_KEPT
    is_year = written.isdigit() and _FIRST_YEAR <= value <= _LAST_YEAR
    return value >= _LEAST_TELLING and not is_year


def _value(written: str) -> Decimal:
    """``written`` as a number, whether comma or point divides the decimals."""
    digits = re.sub(r"[ \u00a0\u202f']", "", written)
    separators = re.findall(r"[.,]", digits)
    last = max(digits.rfind("."), digits.rfind(","))
    if not separators:
        return Decimal(digits)
    groups = len(digits) - last - 1 == 3 and (len(separators) > 1 or digits[last] == ",")
    if groups and len(set(separators)) == 1:
        return Decimal(re.sub(r"[.,]", "", digits))
    whole = re.sub(r"[.,]", "", digits[:last])
    return Decimal(f"{whole}.{digits[last + 1 :]}")


def _rounded(value: Decimal) -> str:
    mantissa, exponent = f"{value:.{_DIGITS_KEPT - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _power(folded: str) -> int:
    """The power of ten that a word or Han character after a number stands for; 0 for none."""
    for sign, power in _han_powers():
        if folded.startswith(sign):
            return power
    if folded in _short_powers():
        return _short_powers()[folded]
    return next((power for stem, power in _word_powers() if folded.startswith(stem)), 0)


@cache
def _percent_words() -> tuple[str, ...]:
    return tuple(table("numbers")["percent"]["words"])


@cache
def _han_powers() -> tuple[tuple[str, int], ...]:
    return tuple(table("numbers")["han"].items())


@cache
def _short_powers() -> dict[str, int]:
    short: dict[str, list[str]] = table("numbers")["short"]
    return {word: int(power) for power, words in short.items() for word in words}


@cache
def _word_powers() -> tuple[tuple[str, int], ...]:
    listed: dict[str, list[str]] = table("numbers")["words"]
    return tuple((word, int(power)) for power, words in listed.items() for word in words)

"""Numbers with what they count, as people read them: 94.8 billion USD, 400 MW, 3 feeds."""

from __future__ import annotations

from decimal import Decimal

_WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
_PREFIXES = ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))
# Units that take a prefix, where others take a word.
_PREFIXED = frozenset({"W", "Wh"})
_WRITTEN = {"km2": "km²", "m2": "m²", "m3": "m³"}
_DIGITS = 15  # of a float; what comes behind them is no number of anybody's
_PLACES = 3  # that are still easier to read than all digits


def amount(value: float, unit: str) -> str:
    """``value`` of ``unit``, one of `monitor.match.figures`, with all its digits.

    >>> amount(94_820_000_000, "USD"), amount(400e6, "W"), amount(7349, "trains")
    ('94.82 billion USD', '400 MW', '7,349 trains')
    """
    if unit in _PREFIXED:
        scale, prefix = _step(value, _PREFIXES) or (1.0, " ")
        return f"{_written(value / scale)}{prefix}{unit}"
    scale, word = _step(value, _WORDS) or (1.0, "")
    return f"{_written(value / scale)}{word} {_WRITTEN.get(unit, unit)}"


def _step(value: float, steps: tuple[tuple[float, str], ...]) -> tuple[float, str] | None:
    """The largest step that shortens ``value``: 1,234,567 is not 1.234567 million."""
    step = next((step for step in steps if abs(value) >= step[0]), None)
    is_short = step is not None and round(value / step[0], _PLACES) == value / step[0]
    return step if is_short else None


def _written(value: float) -> str:
    return f"{Decimal(f'{value:.{_DIGITS}g}'):,f}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """``3 feeds``, ``1 story``."""
    return f"{number} {one if number == 1 else many or one + 's'}"

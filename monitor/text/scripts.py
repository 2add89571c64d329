"""Which script a text is written in, by cheap tests on its characters."""

from __future__ import annotations

import re
from enum import StrEnum


class Script(StrEnum):
    """The scripts that the languages of the news here are written in."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    HAN = "Han"
    ARABIC = "Arabic"
    OTHER = "other"


_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff"
_LETTERS = {
    Script.HAN: re.compile(f"[{_HAN}]"),
    Script.CYRILLIC: re.compile("[\u0400-\u052f\u1c80-\u1c8f\ua640-\ua69f]"),
    Script.ARABIC: re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    Script.LATIN: re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
_HAN_RUN = re.compile(f"[{_HAN}]+")
# A Han character says about as much as a short word.
_HAN_WEIGHT = 4


def has_han(text: str) -> bool:
    """Whether any Han character stands in ``text``."""
    return not text.isascii() and _HAN_RUN.search(text) is not None


def han_runs(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of unbroken Han characters."""
    return tuple(run.span() for run in _HAN_RUN.finditer(text))


def without_han(text: str) -> str:
    """``text`` with a space in place of every Han character, so that words beside them end."""
    return _HAN_RUN.sub(lambda run: " " * len(run[0]), text)


def scripts(text: str) -> tuple[Script, ...]:
    """The known scripts that ``text`` has a letter of."""
    return tuple(script for script, letters in _LETTERS.items() if letters.search(text))


def main_script(text: str) -> Script:
    """The script of most of ``text``; ``OTHER`` when it has no letter of a known one."""
    if text.isascii():
        return Script.LATIN if _LETTERS[Script.LATIN].search(text) else Script.OTHER
    present = scripts(text)
    if len(present) == 1:
        return present[0]
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    counts[Script.HAN] *= _HAN_WEIGHT
    script = max(counts, key=lambda known: counts[known])
    return script if counts[script] else Script.OTHER

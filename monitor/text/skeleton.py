"""The consonants that a name keeps in every script: ``aknsn`` of Аккенженов and Akkenjenov."""

from __future__ import annotations

import re
from functools import cache

from monitor.text.tables import table

_VOWELS = re.compile("[aeiou]")
_DOUBLED = re.compile(r"(.)\1+")
# Further consonants are mostly endings.
LENGTH = 5


def skeleton(folded: str) -> str:
    """The first consonants of a folded name in Latin letters; a vowel in front counts as ``a``."""
    text = folded.translate(_cyrillic())
    for theirs, ours in _sounds():
        text = text.replace(theirs, ours)
    first = _VOWELS.sub("a", text[:1])
    return _DOUBLED.sub(r"\1", first + _VOWELS.sub("", text[1:]))[:LENGTH]


@cache
def _cyrillic() -> dict[int, str]:
    letters: dict[str, str] = table("letters")["cyrillic"]
    return {ord(letter): latin for letter, latin in letters.items()}


@cache
def _sounds() -> tuple[tuple[str, str], ...]:
    return tuple(table("letters")["sounds"].items())

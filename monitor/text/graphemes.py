"""Where text may be cut without tearing what a reader sees as one character.

The rules are those of Unicode Standard Annex 29 (extended grapheme clusters), with the properties
that the standard library has; where it has none, two characters are rather kept together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_JOINER = "\u200d"
_EXTENDING = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})
# Halfwidth katakana voicing marks are letters to the categories and marks to the rules.
_VOICING = frozenset("\uff9e\uff9f")


def units(text: str) -> int:
    """The length of ``text`` as chats count it: in UTF-16, where an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting(text: str, limit: int, measure: Callable[[str], int] = units) -> str:
    """As much of the beginning of ``text`` as ``measure`` finds to be at most ``limit``.

    ``measure`` may not shrink as text grows. Nothing is cut within a grapheme; the first one
    alone may be too long, then the answer is empty.
    """
    if measure(text) <= limit:
        return text
    low, high = 0, len(text)  # the first low fit, the first high do not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle)
    while low > 0 and not may_cut(text, low):
        low -= 1
    return text[:low]


def may_cut(text: str, at: int) -> bool:
    """Whether a grapheme ends before ``text[at]``."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if before < "\u0300" and after < "\u0300":
        return True
    if _extends(after) or before == _JOINER:
        return False
    if _is_flag(before) and _is_flag(after):
        return _flags_before(text, at) % 2 == 0
    return not _are_one_syllable(before, after)


def _extends(character: str) -> bool:
    return unicodedata.category(character) in _EXTENDING or character in _VOICING


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    """How many letters of flags stand in a row before ``at``: two make one flag."""
    start = at
    while start > 0 and _is_flag(text[start - 1]):
        start -= 1
    return at - start


def _are_one_syllable(before: str, after: str) -> bool:
    """Whether two letters of Hangul belong together: leading, vowel, trailing, or made of them."""
    if not "\u1100" <= before <= "\ud7fb" or not "\u1100" <= after <= "\u11ff":
        return False
    leads = "\u1100" <= before <= "\u115f"
    is_lead, is_vowel = after <= "\u115f", "\u1160" <= after <= "\u11a7"
    if is_lead or is_vowel:
        return leads or (is_vowel and not "\u11a8" <= before <= "\u11ff")
    return before >= "\u1160"

"""Where sentences begin and end, in Latin, Cyrillic, Arabic and Chinese text."""

from __future__ import annotations

import re
from functools import cache

from monitor.text.tables import table

# A run of stops with the quotation marks and brackets that close behind it. The pattern begins
# with a plain class of characters, which is searched many times faster than alternatives.
_STOPS = re.compile(r"([.!?…؟۔。！？；\n]+)([\"'”»’)\]」』）】]*)")
# These end a sentence by themselves, the others only before a space.
_FINAL = frozenset("。！？；\n")
_LAST_WORD = re.compile(r"[^\s(«“\"]+$")
_WORD_LIMIT = 24


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences, without the white space around them, in order.

    A line end always ends one, since feeds part paragraphs and rows of lists by it.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for stops in _STOPS.finditer(text):
        if _ends_sentence(text, stops):
            _append_stripped(found, text, start, stops.end())
            start = stops.end()
    _append_stripped(found, text, start, len(text))
    return tuple(found)


def is_parted(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends between ``start`` and ``end``."""
    return any(_ends_sentence(text, stops) for stops in _STOPS.finditer(text, start, end))


def _append_stripped(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    sentence = text[start:end]
    stripped = sentence.strip()
    if stripped:
        start += len(sentence) - len(sentence.lstrip())
        found.append((start, start + len(stripped)))


def _ends_sentence(text: str, stops: re.Match[str]) -> bool:
    if not _FINAL.isdisjoint(stops[1]):
        return True
    following = text[stops.end() : stops.end() + 2]
    if following and not following[0].isspace():
        return False
    return stops[0] != "." or not _is_abbreviated(text, stops.start(), following)


def _is_abbreviated(text: str, stop: int, following: str) -> bool:
    """Whether the full stop at ``stop`` belongs to an abbreviation or an initial."""
    if following.lstrip()[:1].islower():
        return True
    before = _LAST_WORD.search(text, max(0, stop - _WORD_LIMIT), stop)
    if before is None:
        return False
    word = before[0].casefold()
    is_initial = len(word) == 1 and word.isalpha() and before[0].isupper()
    return is_initial or word in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    listed: dict[str, list[str]] = table("sentences")["abbreviations"]
    return frozenset(word for words in listed.values() for word in words)

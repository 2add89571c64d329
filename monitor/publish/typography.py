"""Setting strangers' words: cleaning, cutting, measuring and wrapping text of any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

NO_BREAK_SPACE = "\u00a0"

# Bidirectional controls can turn the words around them; tags and joiners of nothing are invisible.
_INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile(r"[\s\u2028\u2029\x00-\x20\x7f-\x9f]+")
_NO_BREAK_BEFORE = frozenset("、。，．：；！？）」』】》〉”’·…%,.!?:;)]}")
_NO_BREAK_AFTER = frozenset("（「『【《〈“‘([{")


def clean(words: str, limit: int | None = None) -> str:
    """``words`` on one line without control, bidirectional and broken characters.

    With ``limit`` the result has at most so many characters.
    """
    line = _BREAKS.sub(" ", _INVISIBLE.sub("", words)).strip()
    return line if limit is None else cut(line, limit)


def cut(words: str, limit: int) -> str:
    """At most ``limit`` characters of ``words``, cut between words and marked with an ellipsis."""
    if len(words) <= limit:
        return words
    head = words[: limit - 1]
    space = head.rfind(" ")
    if space >= limit // 2:
        head = head[:space]
    while head and _joins(words[len(head)]):
        head = head[:-1]
    return head.rstrip(" ,;:.–—-") + "…"


def _joins(character: str) -> bool:
    """Whether a cut before ``character`` would break a grapheme: marks, joiners, skin tones."""
    return unicodedata.combining(character) > 0 or unicodedata.category(character) in {
        "Mn",
        "Mc",
        "Me",
        "Sk",
        "Cf",
    }


def direction(words: str) -> str:
    """``rtl`` when the first strong character is written from right to left, otherwise ``ltr``."""
    for character in words:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


@cache
def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def width(words: str) -> int:
    """How many columns of a terminal ``words`` take (Unicode Standard Annex 11)."""
    return sum(map(_columns, words))


def wrap(words: str, columns: int, indent: str = "", hanging: str | None = None) -> str:
    """``words`` in lines of at most ``columns``, the first after ``indent``, others ``hanging``.

    Wide characters take two columns and may be parted anywhere but at their punctuation. An address
    longer than a line keeps its line to itself, unbroken.
    """
    follow = indent if hanging is None else hanging
    lines, line, used = [], indent, width(indent)
    for piece in _pieces(words):
        taken = width(piece.rstrip(" "))
        if used + taken > columns and line.strip():
            lines.append(line.rstrip())
            line, used = follow, width(follow)
        line, used = line + piece, used + width(piece)
    return "\n".join([*lines, line.rstrip()])


def _pieces(words: str) -> Iterator[str]:
    """The parts of ``words`` between which a line may end, each with its trailing blanks."""
    start = 0
    for at in range(1, len(words)):
        if _may_break(words[at - 1], words[at]):
            yield words[start:at]
            start = at
    yield words[start:]


def _may_break(before: str, after: str) -> bool:
    if before == " ":
        return after != " "
    if after == " " or after in _NO_BREAK_BEFORE or before in _NO_BREAK_AFTER:
        return False
    return _columns(before) == 2 or _columns(after) == 2

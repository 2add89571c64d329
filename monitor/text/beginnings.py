"""Which of many known strings a word begins with, such as stems, told by very few look-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

# So many first letters tell how long the beginnings are that a word may have: most words have
# none, and two or three letters would say so of a few of them only.
_TOLD = 4


class Beginnings:
    """Strings that words are looked at for; ``known`` must find one fast, as sets and dicts do."""

    __slots__ = ("_known", "_lengths", "_short")

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        lengths: dict[str, set[int]] = defaultdict(set)
        for beginning in known:
            lengths[beginning[:_TOLD]].add(len(beginning))
        short = {len(begun) for begun in lengths if len(begun) < _TOLD}
        self._short = _longest_first(short)
        self._lengths = {
            begun: _longest_first(found | short)
            for begun, found in lengths.items()
            if len(begun) == _TOLD
        }

    def of(self, word: str) -> list[str]:
        """Those that ``word`` begins with, the longest first."""
        return [
            begun
            for length in self._lengths.get(word[:_TOLD], self._short)
            if (begun := word[:length]) in self._known and length <= len(word)
        ]


def _longest_first(lengths: set[int]) -> tuple[int, ...]:
    return tuple(sorted(lengths, reverse=True))

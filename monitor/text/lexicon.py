"""Words that stand for an id: beginnings of words, whole words, neighbours, and Chinese strings.

A lexicon is a table whose rows map a language to its words: ``visa`` stands for every word that
begins with it, ``visa.`` for itself only, ``sung_by`` for two neighbours that begin so. Rows of
``any`` are for every language. Everything is compared folded (`monitor.text.normalise.fold`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.text.scripts import has_han
from monitor.text.suffixes import OTHER_SCRIPTS, carried

ANY = "any"
_JOINED = "_"
_WHOLE = "."
_NEVER = re.compile("(?!)")
# About the words of a year of news in eight languages.
_REMEMBERED = 300_000


class _Alone(dict[str, str | None]):
    """What words stand for by themselves, each worked out when it is asked for first."""

    def __init__(self, whole: Mapping[str, str], beginnings: Mapping[str, str]) -> None:
        self._whole = whole
        self._beginnings = beginnings
        self._lengths = _lengths(beginnings)

    def __missing__(self, word: str) -> str | None:
        found = self._found(word)
        if len(self) < _REMEMBERED:
            self[word] = found
        return found

    def _found(self, word: str) -> str | None:
        found = self._whole.get(word)
        if found is not None:
            return found
        for length in self._lengths:
            found = self._beginnings.get(word[:length])
            if found is not None and length <= len(word):
                return found
        return None


class _Leading(dict[str, tuple[tuple[str, str], ...]]):
    """What may follow on words, with the id of both, found out when a word comes first."""

    def __init__(self, neighbours: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._neighbours = neighbours
        self._lengths = _lengths(neighbours)

    def __missing__(self, word: str) -> tuple[tuple[str, str], ...]:
        starts = (word[:length] for length in self._lengths if length <= len(word))
        found = tuple(row for start in starts for row in self._neighbours.get(start, ()))
        if len(self) < _REMEMBERED:
            self[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, ready to be looked up; of several beginnings the longest counts.

    ``leading`` maps the first of two words to what the second must begin with, and their id.
    """

    alone: Mapping[str, str | None]
    leading: Mapping[str, Sequence[tuple[str, str]]]
    han: Mapping[str, str]
    han_pattern: re.Pattern[str]

    def word(self, word: str) -> str | None:
        """The id that a folded word stands for by itself."""
        return self.alone[word]

    def pair(self, word: str, following: str) -> str | None:
        """The id that a folded word stands for together with the one behind it."""
        for start, found in self.leading[word]:
            if following.startswith(start) or start == f"{following}{_WHOLE}":
                return found
        return None

    def ids(self, words: Sequence[str]) -> set[str]:
        """The ids that occur in folded words; two that belong together count as one only."""
        joined = self._joined(words)
        if not joined:
            return {each for each in map(self.alone.__getitem__, set(words)) if each is not None}
        behind = {index + 1 for index in joined}
        alone = (
            self.alone[word]
            for index, word in enumerate(words)
            if index not in joined and index not in behind
        )
        return {each for each in alone if each is not None} | set(joined.values())

    def _joined(self, words: Sequence[str]) -> dict[int, str]:
        """The ids of words that belong together, by the place of the first."""
        leading = self.leading
        joined: dict[int, str] = {}
        for index in [index for index, word in enumerate(words[:-1]) if leading[word]]:
            found = self.pair(words[index], words[index + 1])
            if found is not None and index - 1 not in joined:
                joined[index] = found
        return joined

    def leads(self, word: str) -> bool:
        """Whether a word may be the first of two that stand for something."""
        return bool(self.leading[word])

    def han_ids(self, folded: str) -> set[str]:
        """The ids that occur in a folded Chinese text."""
        return {self.han[found[0]] for found in self.han_pattern.finditer(folded)}


def words_of(row: Mapping[str, str], lang: str) -> list[str]:
    """The words that a row has for ``lang``, in its other script too, and for any language."""
    words = row.get(lang, "").split()
    other = OTHER_SCRIPTS.get(lang)
    carried_over = [carried(word, other) for word in words] if other else []
    return [*words, *carried_over, *row.get(ANY, "").split()]


def built(words: Mapping[str, Iterable[str]]) -> Lexicon:
    """The lexicon of ids with their words; of equal words the first counts."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    neighbours: dict[str, list[tuple[str, str]]] = defaultdict(list)
    han: dict[str, str] = {}
    for key, word in ((key, word) for key, listed in words.items() for word in listed):
        if _JOINED in word:
            first, second = word.split(_JOINED, 1)
            neighbours[first].append((second, key))
        elif word.endswith(_WHOLE):
            whole.setdefault(word.rstrip(_WHOLE), key)
        else:
            beginnings.setdefault(word, key)
            if has_han(word):
                han.setdefault(word, key)
    return Lexicon(
        alone=_Alone(whole, beginnings),
        leading=_Leading(neighbours),
        han=han,
        han_pattern=_longest_first(han),
    )


def _lengths(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in words}, reverse=True))


def _longest_first(words: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else _NEVER

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
from functools import cached_property

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


class HanWords(dict[str, str]):
    """Chinese strings by what each stands for; of several at one place the longest counts."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds them one after another; dear to make, so ``ids`` does without it."""
        ordered = sorted(self, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ordered))) if ordered else _NEVER

    @cached_property
    def _first(self) -> re.Pattern[str]:
        first = "".join({re.escape(word[0]) for word in self})
        return re.compile(f"[{first}]") if first else _NEVER

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """How long those are that begin with a character, the longest first."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self:
            lengths[word[0]].add(len(word))
        return {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def ids(self, folded: str) -> set[str]:
        """What those stand for that ``pattern`` would find in a folded text."""
        found: set[str] = set()
        behind = 0
        for place in self._first.finditer(folded):
            start = place.start()
            if start < behind:
                continue
            for length in self._lengths[place[0]]:
                known = self.get(folded[start : start + length])
                if known is not None:
                    found.add(known)
                    behind = start + length
                    break
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, ready to be looked up; of several beginnings the longest counts.

    ``leading`` maps the first of two words to what the second must begin with, and their id.
    """

    alone: Mapping[str, str | None]
    leading: Mapping[str, Sequence[tuple[str, str]]]
    han: HanWords

    @property
    def han_pattern(self) -> re.Pattern[str]:
        """Finds the Chinese strings one after another, where the places matter."""
        return self.han.pattern

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
        return self.han.ids(folded)


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
    return Lexicon(_Alone(whole, beginnings), _Leading(neighbours), HanWords(han))


def _lengths(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in words}, reverse=True))

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
from itertools import compress
from operator import add

from monitor.text.beginnings import Beginnings
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
        self._begun = Beginnings(beginnings)

    def __missing__(self, word: str) -> str | None:
        found = self.found(word)
        if len(self) < _REMEMBERED:
            self[word] = found
        return found

    def found(self, word: str) -> str | None:
        """What a word stands for, worked out without being remembered."""
        found = self._whole.get(word)
        if found is not None:
            return found
        begun = self._begun.of(word)
        return self._beginnings[begun[0]] if begun else None


class _Leading(dict[str, tuple[tuple[str, str], ...]]):
    """What may follow on words, with the id of both, found out when a word comes first."""

    def __init__(self, neighbours: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        self._neighbours = neighbours
        self._begun = Beginnings(neighbours)

    def __missing__(self, word: str) -> tuple[tuple[str, str], ...]:
        found = tuple(row for begun in self._begun.of(word) for row in self._neighbours[begun])
        if len(self) < _REMEMBERED:
            self[word] = found
        return found

    def has(self, word: str) -> bool:
        """Whether anything may follow on a word, found out without being remembered."""
        return bool(self._begun.of(word))


class HanWords(dict[str, str]):
    """Chinese strings by what each stands for; of several at one place the longest counts."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds them one after another; dear to make, so ``ids`` does without it."""
        ordered = sorted(self, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, ordered))) if ordered else _NEVER

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """How long those are that begin with two characters, or are the one; the longest first."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self:
            lengths[word[:2]].add(len(word))
        return {
            begun: sorted(found | lengths.get(begun[0], set()), reverse=True)
            for begun, found in lengths.items()
        }

    def ids(self, folded: str) -> set[str]:
        """What those stand for that ``pattern`` would find in a folded text."""
        found: set[str] = set()
        behind = 0
        lengths = self._lengths
        for start, pair in enumerate(map(add, folded, f"{folded[1:]} ")):
            # Nearly all pairs of characters begin nothing, nor do their first ones alone.
            fitting = lengths.get(pair) or lengths.get(folded[start])
            if fitting and start >= behind:
                for length in fitting:
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

    alone: _Alone
    leading: _Leading
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
        firsts = compress(range(len(words) - 1), map(leading.__getitem__, words))
        for index in firsts:
            found = self.pair(words[index], words[index + 1])
            if found is not None and index - 1 not in joined:
                joined[index] = found
        return joined

    def starts(self, word: str) -> bool:
        """Whether a word stands for something, or may be the first of two that do.

        It is not remembered: that is for those who ask for the same words again and again.
        """
        return self.alone.found(word) is not None or self.leading.has(word)

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

"""What the words of a language are to someone who looks for names and terms in a text.

The lists are in ``data/vocabulary/<language>.toml``; a language without a file has empty ones, so
that what depends on them finds less and nothing breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.text.tables import table

_NEVER = "(?!)"
_SHORTEST_ROOT = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The lists of one language in lower case; the data files say what each is for.

    ``endings`` map an ending to what a word's root has in its place; ``demonyms`` are pairs
    of a country's ending and that of its adjective; ``spellings`` pairs that count as one.
    """

    lists: Mapping[str, frozenset[str]]
    roots: Mapping[str, frozenset[str]]
    kinds: Mapping[str, str]
    endings: Mapping[str, str]
    longest_ending: int
    demonyms: tuple[tuple[str, str], ...]
    spellings: tuple[tuple[str, str], ...]
    ordinal: re.Pattern[str]
    page: re.Pattern[str]

    def lists_word(self, name: str, word: str) -> bool:
        """Whether ``word`` stands in the list called ``name`` as it is."""
        return word in self.lists.get(name, _EMPTY)

    def lists_root(self, name: str, word: str) -> bool:
        """Whether ``word`` or another form of it stands in the list called ``name``."""
        return self.lists_word(name, word) or self.root(word) in self.roots.get(name, _EMPTY)

    def root(self, word: str) -> str:
        """``word`` with its longest known ending replaced, for comparing words that inflect."""
        for length in range(self.longest_ending, 0, -1):
            replacement = self.endings.get(word[-length:])
            if replacement is None:
                continue
            root = word[:-length] + replacement
            # A long ending is likelier to be a part of a short word.
            if len(root) >= _SHORTEST_ROOT + (length > 1):
                return root
        return word

    def kind(self, word: str) -> str | None:
        """The kind of what has ``word`` as the head of its name; None when it tells nothing."""
        return self.kinds.get(word) or self.kinds.get(self.root(word))

    def is_verb(self, word: str) -> bool:
        """Whether ``word`` is a form of a verb and of no common noun."""
        return self._is_formed("verb", word)

    def is_adverb(self, word: str) -> bool:
        """Whether ``word`` is an adverb."""
        return self._is_formed("adverb", word)

    def is_adjective(self, word: str) -> bool:
        """Whether ``word`` looks like an adjective, which a term does not end with."""
        return self._is_formed("adjective", word)

    def _is_formed(self, part: str, word: str) -> bool:
        if self.lists_word(f"{part}s", word):
            return True
        endings = tuple(self.lists.get(f"{part}_endings", _EMPTY))
        return word.endswith(endings) and not self.lists_word(f"no_{part}s", word)


_EMPTY: frozenset[str] = frozenset()


@cache
def vocabulary(lang: str) -> Vocabulary:
    """The lists of ``lang``; empty ones for a language without a file."""
    source = files("monitor.text").joinpath("data", "vocabulary", f"{lang}.toml")
    return _built(table(f"vocabulary/{lang}") if source.is_file() else {})


def _built(rows: Mapping[str, Any]) -> Vocabulary:
    lists = {
        name: frozenset(lowered(words).split())
        for name, words in rows.items()
        if isinstance(words, str) and name not in _PATTERNS
    }
    lists["verbs"] = frozenset(_verb_forms(rows)) | lists.get("irregular", _EMPTY)
    bare = Vocabulary(
        lists=lists,
        roots={},
        kinds={},
        endings=dict(_pairs(rows, "endings")),
        longest_ending=max((len(ending) for ending, _ in rows.get("endings", ())), default=0),
        demonyms=_pairs(rows, "demonyms"),
        spellings=_pairs(rows, "spellings"),
        ordinal=re.compile(rows.get("ordinal", _NEVER), re.I),
        page=re.compile(_page(rows), re.I),
    )
    return replace(
        bare,
        roots={name: frozenset(map(bare.root, words)) for name, words in lists.items()},
        kinds=dict(_kinds(bare, rows.get("kinds", {}))),
    )


def lowered(text: str) -> str:
    """``text`` in the lower case that the lists are in; ё, which many leave out, is е."""
    return text.lower().replace("ё", "е")


def _pairs(rows: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in rows.get(name, ()))


_PATTERNS = frozenset({"ordinal", "page_begins", "page_contains"})


def _page(rows: Mapping[str, Any]) -> str:
    begins, contains = rows.get("page_begins", _NEVER), rows.get("page_contains", _NEVER)
    return rf"\A\W*(?:{begins})\b|(?:{contains})"


def _kinds(bare: Vocabulary, rows: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind, words in rows.items():
        for word in lowered(words).split():
            yield word, kind
            yield bare.root(word), kind


def _verb_forms(rows: Mapping[str, Any]) -> Iterator[str]:
    rules: Iterable[tuple[str, str]] = rows.get("verb_forms", [["", "-"]])
    for verb in lowered(rows.get("verbs", "")).split():
        ending, forms = next(rule for rule in rules if verb.endswith(rule[0]))
        stem = verb[: len(verb) - len(ending)]
        for form in forms.split():
            yield stem + form.replace("-", "").replace("*", verb[-1:])

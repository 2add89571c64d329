"""Which forms a word of a text may be, and which Han forms stand in a text.

A word is read once: what its beginnings may stand for is remembered, so that the words that a
language is mostly made of cost one look-up each, however many aliases there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.match.forms import Form, Written, precedence, word_after, word_before

# Beyond this a DFA no longer fits the processor's cache and the compact automaton is faster.
_DFA_LIMIT = 3_000
# About the words of a year of news in eight languages.
_REMEMBERED = 300_000
# Stems keep this many letters of a word, if the word is long: of Turkic ones the last may be cut
# off, of Russian ones three.
_BEGINNING = 3
_LONG = 6
_SPELLED = re.compile(r"(?<= )\w(?: \w)+(?= )")


class _Reading(NamedTuple):
    """What a word may be: forms by itself, or a part of forms with a word beside it.

    Those are kept by the first two letters of the word that must follow, or come before.
    """

    alone: tuple[Form, ...]
    leading: Mapping[str, list[Form]]
    closing: Mapping[str, list[Form]]


class _Shelf:
    """Forms by their anchors' stems."""

    __slots__ = ("_by_stem", "_lengths")

    def __init__(self, forms: Iterable[Form]) -> None:
        self._by_stem: dict[str, list[Form]] = {}
        for form in forms:
            self._by_stem.setdefault(form.anchor.text, []).append(form)
        self._lengths = sorted(set(map(len, self._by_stem)))

    def forms_of(self, word: str) -> Iterator[Form]:
        """The forms of which ``word`` is the anchor with an ending."""
        for length in self._lengths:
            for form in self._by_stem.get(word[:length], ()):
                if word[length:] in form.anchor.tails:
                    yield form


class Lexicon:
    """The words that aliases are looked for by.

    Most aliases never occur: the forms of those that begin alike are made when a text has a word
    that begins so. Those with short anchors are made at once.
    """

    __slots__ = ("_idle", "_shelves", "_short", "_spelled", "_telling", "_waiting")

    def __init__(self, aliases: Iterable[Written]) -> None:
        short: list[Form] = []
        self._waiting: dict[str, list[Written]] = {}
        for one in aliases:
            firsts = tuple(one.firsts())
            if min(map(len, firsts)) < _LONG:
                short.extend(one.forms())
                continue
            for first in firsts:
                self._waiting.setdefault(first[:_BEGINNING], []).append(one)
        self._short = _Shelf(short)
        self._spelled = _spelled(short)
        self._shelves: dict[str, _Shelf] = {}
        self._idle: set[str] = set()
        self._telling: dict[str, _Reading] = {}

    def places(self, folded: str) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
        """Spans of a folded text with the forms that its words there are."""
        for start, end, forms in self._standing(f" {folded} "):
            yield start - 1, end - 1, forms

    def _standing(self, hay: str) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
        for word in sorted(set(hay.split()) - self._idle):
            reading = self._telling.get(word) or self._read(word)
            if reading is None:
                continue
            for start, end in _occurrences(hay, word):
                if reading.alone:
                    yield start, end, reading.alone
                if reading.leading or reading.closing:
                    yield from _phrases(reading, hay, start, end)
        if self._spelled:
            yield from self._spelled_out(hay)

    def _read(self, word: str) -> _Reading | None:
        forms = list(self._forms_of(word))
        if forms:
            reading = self._telling[word] = _reading(forms)
            return reading
        if len(self._idle) < _REMEMBERED:
            self._idle.add(word)
        return None

    def _forms_of(self, word: str) -> Iterator[Form]:
        yield from self._short.forms_of(word)
        beginning = word[:_BEGINNING]
        if beginning in self._waiting:
            yield from self._shelf(beginning).forms_of(word)

    def _shelf(self, beginning: str) -> _Shelf:
        shelf = self._shelves.get(beginning)
        if shelf is None:
            forms = (form for one in self._waiting[beginning] for form in one.forms())
            shelf = _Shelf(form for form in forms if form.anchor.text.startswith(beginning))
            self._shelves[beginning] = shelf
        return shelf

    def _spelled_out(self, hay: str) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
        """Acronyms with a full stop after each letter: U.S."""
        for run in _SPELLED.finditer(hay):
            letters = run[0].replace(" ", "")
            for first in range(len(letters) - 1):
                for end in range(first + 2, len(letters) + 1):
                    forms = self._spelled.get(letters[first:end])
                    if forms:
                        yield run.start() + 2 * first, run.start() + 2 * end - 1, tuple(forms)


def _spelled(forms: Iterable[Form]) -> dict[str, list[Form]]:
    """Acronyms by their letters."""
    spelled: dict[str, list[Form]] = {}
    for form in forms:
        if form.requirement and form.requirement.capitals and not (form.before or form.after):
            spelled.setdefault(form.anchor.text, []).append(form)
    return spelled


def _reading(forms: Iterable[Form]) -> _Reading:
    alone: list[Form] = []
    leading: dict[str, list[Form]] = {}
    closing: dict[str, list[Form]] = {}
    for form in forms:
        if form.after:
            leading.setdefault(form.after[0].text[:2], []).append(form)
        elif form.before:
            closing.setdefault(form.before[-1].text[:2], []).append(form)
        else:
            alone.append(form)
    return _Reading(tuple(_telling_apart(alone)), leading, closing)


def _telling_apart(forms: Sequence[Form]) -> Iterator[Form]:
    """Without those that another takes the place of wherever they stand.

    Languages share names, and things share languages' names.
    """
    seen: set[tuple[object, ...]] = set()
    for form in sorted(forms, key=lambda form: (precedence(form), form.rank)):
        kind = (form.sought.layer, form.requirement, form.alias.weak, form.sought.sides)
        if kind not in seen:
            seen.add(kind)
            yield form


def _phrases(
    reading: _Reading, hay: str, start: int, end: int
) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
    """Forms of several words of which the one at ``start:end`` of ``hay`` is the anchor."""
    beside: list[Form] = []
    if reading.leading:
        beside += _begun(reading.leading, hay, word_after(hay, end)[0])
    if reading.closing:
        beside += _begun(reading.closing, hay, word_before(hay, start)[0])
    for form in beside:
        span = form.widened(hay, start, end)
        if span is not None:
            yield *span, (form,)


def _begun(grouped: Mapping[str, list[Form]], hay: str, start: int) -> list[Form]:
    """The forms whose word beside the anchor may begin at ``start``; a stem may be one letter."""
    return [*grouped.get(hay[start : start + 2], ()), *grouped.get(hay[start], ())]


def _occurrences(hay: str, word: str) -> Iterator[tuple[int, int]]:
    """Each place where ``word`` stands between two spaces."""
    sought = f" {word} "
    at = hay.find(sought)
    while at >= 0:
        end = at + len(word) + 1
        yield at + 1, end
        at = hay.find(sought, end)


class HanForms:
    """Strings that are looked for anywhere, each with the forms that it may be."""

    __slots__ = ("_automaton", "_forms")

    def __init__(self, forms: Mapping[str, list[Form]]) -> None:
        compact = len(forms) > _DFA_LIMIT
        self._forms = tuple(map(tuple, forms.values()))
        self._automaton = AhoCorasick(
            list(forms),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA if compact else Implementation.DFA,
        )

    def places(self, hay: str) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
        """Spans of ``hay`` with the forms that stand there."""
        for index, start, end in self._automaton.find_matches_as_indexes(hay, overlapping=True):
            yield start, end, self._forms[index]

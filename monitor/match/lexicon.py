"""Which forms a word of a text may be, and which Han forms stand in a text.

A token, what stands between two spaces, is read once: what its words may stand for is remembered,
so that those that a language is mostly made of cost one look-up each, however many aliases there
are. Only they are folded, and what stands beside those that begin or end a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.match.forms import WIDEST_GAP, Form, Written, precedence, word_after, word_before
from monitor.text.beginnings import Beginnings
from monitor.text.normalise import fold, plain

# Beyond this a DFA no longer fits the processor's cache and the compact automaton is faster.
_DFA_LIMIT = 3_000
# About the tokens of some weeks of news in eight languages, 15 MB of them.
_REMEMBERED = 150_000
# No stem is shorter than its word by more: of Turkic ones the last letter may be cut off, of
# Russian ones three.
_CUT_OFF = 3
# How many letters of a stem aliases are kept by until a text has a word that begins so.
_BEGINNINGS = range(3, 8)
# By so many letters of the word beside the anchor phrases are told apart: of more letters there
# are too many combinations to have them at hand.
_BESIDE = 2
_WORD = re.compile(r"[^ ]+")
_SPELLED = re.compile(r"(?<= )\w(?: \w)+(?= )")
_SPACES = tuple(chr(code) for code in range(0x3001) if chr(code).isspace() and code != 0x20)

# A span and the forms that its words are.
Place = tuple[int, int, tuple[Form, ...]]


class _Reading(NamedTuple):
    """What a word may be: forms by itself, or a part of forms with words beside it.

    Those are kept by the first letters of the word that must follow, or come before; ``ahead``
    and ``behind`` count the words of the longest on either side.
    """

    alone: tuple[Form, ...]
    leading: Mapping[str, list[Form]] = {}
    closing: Mapping[str, list[Form]] = {}
    ahead: int = 0
    behind: int = 0


class _Word(NamedTuple):
    """A word that may stand for something, at ``start:end`` of its token as given."""

    start: int
    end: int
    reading: _Reading


class _Shelf:
    """Forms by their anchors' stems."""

    __slots__ = ("_by_stem", "_stems")

    def __init__(self, forms: Iterable[Form]) -> None:
        self._by_stem: dict[str, list[Form]] = {}
        for form in forms:
            self._by_stem.setdefault(form.anchor.text, []).append(form)
        self._stems = Beginnings(self._by_stem)

    def forms_of(self, word: str) -> list[Form]:
        """The forms of which ``word`` is the anchor with an ending."""
        return [form for stem in self._stems.of(word) for form in _ended(self._by_stem[stem], word)]


def _ended(forms: Iterable[Form], word: str) -> list[Form]:
    """Those of ``forms``, with whose stems ``word`` begins, of which it is the anchor."""
    return [form for form in forms if word[len(form.anchor.text) :] in form.anchor.tails]


class Lexicon:
    """The words that aliases are looked for by.

    Most aliases never occur: the forms of those that begin alike are made when a text has a word
    that begins so. Those with short anchors are made at once.
    """

    __slots__ = (
        "_begun",
        "_idle",
        "_known",
        "_shelves",
        "_short",
        "_spelled",
        "_telling",
        "_waiting",
    )

    def __init__(self, aliases: Iterable[Written]) -> None:
        short: list[Form] = []
        self._waiting: dict[str, list[Written]] = {}
        for one in aliases:
            firsts = tuple(one.firsts())
            if min(map(len, firsts)) < _BEGINNINGS.start + _CUT_OFF:
                short.extend(one.forms())
                continue
            for first in firsts:
                self._waiting.setdefault(_beginning(first), []).append(one)
        self._short: dict[str, list[Form]] = {}
        for form in short:
            self._short.setdefault(form.anchor.text, []).append(form)
        self._begun = Beginnings(self._short.keys() | self._waiting.keys())
        self._spelled = _spelled(short)
        self._shelves: dict[str, _Shelf] = {}
        self._telling: dict[str, _Reading] = {}
        self._known: dict[str, tuple[_Word, ...]] = {}
        self._idle: set[str] = set()

    def places(self, text: str) -> Iterator[Place]:
        """Spans of ``text``, as given, with the forms that its words there are."""
        hay = f" {_spaced(text)} "
        for token in set(hay.split()) - self._idle:
            words = self._known.get(token) or self._read(token)
            if not words:
                continue
            sought = f" {token} "
            at = hay.find(sought)
            while at >= 0:
                for start, end, reading in words:
                    if reading.alone:
                        yield at + start, at + end, reading.alone
                    if _may_be_phrase(reading, hay, at + start + 1, at + end + 1):
                        yield from _phrases(reading, hay, at + start + 1, at + end + 1)
                at = hay.find(sought, at + len(token) + 1)

    def _read(self, token: str) -> tuple[_Word, ...]:
        words = tuple(self._words(token))
        if len(self._idle) + len(self._known) >= _REMEMBERED:
            self._idle.clear()
            self._known.clear()
        if words:
            self._known[token] = words
        else:
            self._idle.add(token)
        return words

    def _words(self, token: str) -> Iterator[_Word]:
        folded = fold(token)
        words = folded.text.split()
        readings = {word: self._telling.get(word) or self._look_up(word) for word in words}
        if any(readings.values()):
            for found in _WORD.finditer(folded.text):
                reading = readings[found[0]]
                if reading is not None:
                    yield _Word(*folded.span(*found.span()), reading)
        if len(words) > 1 and self._spelled:
            for start, end, forms in self._spelled_out(f" {folded.text} "):
                yield _Word(*folded.span(start - 1, end - 1), _Reading(forms))

    def _look_up(self, word: str) -> _Reading | None:
        forms = self._forms_of(word)
        if not forms:
            return None
        reading = self._telling[word] = _reading(forms)
        return reading

    def _forms_of(self, word: str) -> list[Form]:
        forms: list[Form] = []
        for begun in self._begun.of(word):
            forms += _ended(self._short.get(begun, ()), word)
            if begun in self._waiting:
                forms += self._shelf(begun).forms_of(word)
        return forms

    def _shelf(self, beginning: str) -> _Shelf:
        shelf = self._shelves.get(beginning)
        if shelf is None:
            forms = (form for one in self._waiting[beginning] for form in one.forms())
            shelf = _Shelf(form for form in forms if form.anchor.text.startswith(beginning))
            self._shelves[beginning] = shelf
        return shelf

    def _spelled_out(self, padded: str) -> Iterator[Place]:
        """Acronyms with a full stop after each letter: U.S."""
        for run in _SPELLED.finditer(padded):
            letters = run[0].replace(" ", "")
            for first in range(len(letters) - 1):
                for end in range(first + 2, len(letters) + 1):
                    forms = self._spelled.get(letters[first:end])
                    if forms:
                        yield run.start() + 2 * first, run.start() + 2 * end - 1, tuple(forms)


def _spaced(text: str) -> str:
    """``text`` with a space for each other kind of white space."""
    for space in _SPACES:
        text = text.replace(space, " ")
    return text


def _beginning(word: str) -> str:
    """What is sure to stay of a long word, whatever its ending."""
    return word[:-_CUT_OFF][: _BEGINNINGS.stop - 1]


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
    ahead = behind = 0
    for form in forms:
        ahead = max(ahead, len(form.after))
        behind = max(behind, len(form.before))
        if form.after:
            leading.setdefault(form.after[0].text[:_BESIDE], []).append(form)
        elif form.before:
            closing.setdefault(form.before[-1].text[:_BESIDE], []).append(form)
        else:
            alone.append(form)
    return _Reading(tuple(_telling_apart(alone)), leading, closing, ahead, behind)


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


def _may_be_phrase(reading: _Reading, hay: str, start: int, end: int) -> bool:
    """Whether a word beside ``start:end`` may be of a phrase; most plainly are not, unfolded."""
    return _may_follow(reading.leading, hay, end) or _may_precede(reading.closing, hay, start)


def _may_follow(grouped: Mapping[str, list[Form]], hay: str, end: int) -> bool:
    if not grouped or hay[end] != " ":
        return bool(grouped)
    # With one letter more, which may be a mark on the last one.
    return _has_begun(grouped, hay[end + 1 : end + _BESIDE + 2])


def _may_precede(grouped: Mapping[str, list[Form]], hay: str, start: int) -> bool:
    if not grouped or hay[start - 1] != " ":
        return bool(grouped)
    return _has_begun(grouped, hay[hay.rfind(" ", 0, start - 1) + 1 : start - 1])


def _has_begun(grouped: Mapping[str, list[Form]], beside: str) -> bool:
    begun = _beginnings(beside)
    return begun is None or not grouped.keys().isdisjoint(begun)


# The beginnings of words are few.
@lru_cache(maxsize=100_000)
def _beginnings(word: str) -> list[str] | None:
    """What a word may be kept by that begins like this; None where that is told by folding only."""
    begun = plain(word)
    return _first_letters(begun) if begun and begun[0] not in " '" else None


def _first_letters(text: str) -> list[str]:
    return [text[:length] for length in range(1, _BESIDE + 1)]


def _phrases(reading: _Reading, hay: str, start: int, end: int) -> Iterator[Place]:
    """Forms of several words of which the one at ``start:end`` of ``hay`` is the anchor.

    ``hay`` is a text between two spaces.
    """
    first, last = _surroundings(reading, hay, start, end)
    folded = fold(hay[first:last])
    begin, stop = folded.place(start - first, end - first)
    beside: list[Form] = []
    if reading.leading:
        beside += _begun(reading.leading, folded.text, word_after(folded.text, stop)[0])
    if reading.closing:
        beside += _begun(reading.closing, folded.text, word_before(folded.text, begin)[0])
    for form in beside:
        span = form.widened(folded.text, begin, stop)
        if span is not None:
            start, end = folded.span(*span)
            yield first + start - 1, first + end - 1, (form,)


def _surroundings(reading: _Reading, hay: str, start: int, end: int) -> tuple[int, int]:
    """The span, between two spaces, in which the reading's longest phrase must lie."""
    for _ in range(WIDEST_GAP * reading.behind + 1):
        start = max(hay.rfind(" ", 0, start), 0)
    for _ in range(WIDEST_GAP * reading.ahead + 1):
        end = hay.find(" ", end + 1) if end < len(hay) - 1 else end
    return start, end + 1


def _begun(grouped: Mapping[str, list[Form]], hay: str, start: int) -> list[Form]:
    """The forms whose word beside the anchor may begin at ``start``; some stems are short."""
    letters = _first_letters(hay[start : start + _BESIDE])
    return [form for begun in letters for form in grouped.get(begun, ())]


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

    def places(self, hay: str) -> Iterator[Place]:
        """Spans of ``hay`` with the forms that stand there."""
        for index, start, end in self._automaton.find_matches_as_indexes(hay, overlapping=True):
            yield start, end, self._forms[index]

"""What a text claims: its names, numbers, acts and denials, comparable across languages. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence, Set
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from monitor.match.figures import figures, folded_word, numbers
from monitor.match.matching import Occurrence, Watchlist
from monitor.match.scoring import judge
from monitor.match.signing import ACT, COUNTRY, ENTITY, Signer, known_words
from monitor.model import Claims, Entity, Figure, Wording
from monitor.text.lexicon import Lexicon, built, words_of
from monitor.text.normalise import fold
from monitor.text.scripts import has_han
from monitor.text.sentences import spans
from monitor.text.tables import table
from monitor.text.vocabulary import vocabulary

_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`-][^\W\d_]+)*")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST = 2_000
_HAN = "zh"
_THING = "?"
_ANY = "any"
# Lists of a vocabulary whose words name nothing by themselves.
_EVERYDAY = ("function", "verbs", "adverbs", "adjectives", "weak", "general", "dates", "titles")
_SITE = "s"
# Kinds of entities that may be names for several countries and nothing besides.
_TOGETHER = frozenset({"format", "region"})
# Kinds of entities that are marked by their countries.
_NATIONS = frozenset({"country", "people", "language"})
# Whether a number stands before a word, which then says what it is of.
_BEFORE_WORD = re.compile(r"[\s-]*[^\W\d_]")


class ClaimReader:
    """Reads what texts claim, with the names that one watchlist knows."""

    def __init__(self, watchlist: Watchlist, signer: Signer) -> None:
        self._watchlist = watchlist
        self._signer = signer
        self._together = {
            ENTITY + entity.id: frozenset(COUNTRY + code for code in entity.countries)
            for entity in watchlist.beat.entities
            if entity.kind in _TOGETHER and len(entity.countries) > 1
        }

    def read(self, text: str, lang: str) -> Claims:
        """The claims of ``text`` in ``lang``, of its first 2,000 characters."""
        text = text[:_LONGEST]
        wording = Wording(title=text, lang=lang)
        signature = self._signer.sign(wording, judge(self._watchlist, wording), None)
        found = _numbers(text, lang)
        named = self._watchlist.find([("title", text)], lang)
        known = [(one.start, one.end) for one in named]
        folded = fold(text).text
        words = folded.split()
        return Claims(
            lang=lang,
            figures=frozenset((figure.value, _unit(figure, text)) for figure in found),
            digits=frozenset(_loose_digits(text, found)),
            numerals=frozenset(_numerals(text)),
            marks=frozenset(mark for mark in signature.marks if mark[0] not in "nf" + _SITE),
            implied=self._implied(named, signature.marks),
            names=frozenset(_names(text, lang, known)),
            lowered=frozenset(self._lowered(text, lang)),
            strong=frozenset(_strong(text, lang, found)),
            words=frozenset(words),
            roots=signature.words,
            text=folded,
            open=_open(words, folded, lang),
            denied=_denied(words, folded, lang),
        )

    def _lowered(self, text: str, lang: str) -> Iterator[str]:
        """Marks of the names of the beat that stand in small letters.

        A text without any capital is not held to them, so that such names are found in it.
        """
        for one in self._watchlist.find([("title", _small(text))], lang):
            entity = one.sought.subject
            if isinstance(entity, Entity) and text[one.start : one.start + 1].islower():
                if entity.kind in _NATIONS:
                    yield from (COUNTRY + code for code in entity.countries)
                else:
                    yield ENTITY + entity.id

    def _implied(self, named: Sequence[Occurrence], marks: Set[str]) -> frozenset[str]:
        """The countries of all that is named, and what is only a name for several of them."""
        entities = (one.sought.subject for one in named)
        countries = {
            COUNTRY + code
            for entity in entities
            if isinstance(entity, Entity)
            for code in entity.countries
        }
        there = countries | marks
        return frozenset(countries) | {
            mark for mark, those in self._together.items() if those <= there
        }


# --- numbers -------------------------------------------------------------------------------------


def _numbers(text: str, lang: str) -> list[Figure]:
    """Figures with their units, and the numbers of things that have none."""
    found = figures(text, lang)
    ends = {figure.end for figure in found}
    bare = (figure for figure in numbers(text, lang) if figure.end not in ends)
    return [*found, *(figure for figure in bare if not figure.unit)]


def _unit(figure: Figure, text: str) -> str:
    """The unit, or whether a thing without one is named behind the number."""
    if figure.unit:
        return figure.unit
    return _THING if _BEFORE_WORD.match(text, figure.end) else ""


def _numerals(text: str) -> Iterator[str]:
    """Single Chinese numerals, which count what has no measure word: 五国."""
    values: dict[str, str] = _table()["han"]["numerals"]
    return (values[letter] for letter in text if letter in values)


def _strong(text: str, lang: str, found: Sequence[Figure]) -> Iterator[str]:
    """What is told by words that stand in no figure, and what figures tell just so: 50%, half."""
    told = {(figure.value, figure.unit) for figure in found}
    yield from (name for name, (value, unit) in _table()["alike"].items() if (value, unit) in told)
    if has_han(text):
        yield from _strong_words(_HAN).han_ids(fold(text).text)
        return
    for figure in found:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    yield from _strong_words(lang).ids(fold(text).text.split())


@cache
def _strong_words(lang: str) -> Lexicon:
    return built({name: words_of(row, lang) for name, row in _table()["strong"].items()})


def _loose_digits(text: str, found: Sequence[Figure]) -> Iterator[str]:
    """Years, days and other numbers that are in no figure, as written."""
    for digits in _DIGITS.finditer(text):
        if not any(figure.start <= digits.start() < figure.end for figure in found):
            yield digits[0]


# --- names ---------------------------------------------------------------------------------------


def _names(text: str, lang: str, known: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Folded words that look like names and are none that ``known`` spans or a list explain."""
    if has_han(text):
        yield from _han_names(text, known)
    firsts = {start for start, _ in spans(text)}
    for found in _WORD.finditer(text):
        if found[0][:1].isupper() and not _is_within(found.start(), known):
            folded = folded_word(found[0])
            if not _is_everyday(folded, lang, begins=found.start() in firsts):
                yield folded


def _small(text: str) -> str:
    """``text`` in small letters, each in its place: those of İ would be two."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _is_within(place: int, known: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in known)


def _is_everyday(folded: str, lang: str, *, begins: bool) -> bool:
    """Whether a word with a capital letter is a word of the language all the same.

    One that begins a sentence has its capital from there.
    """
    words = vocabulary(lang)
    is_listed = any(words.lists_root(name, folded) for name in _EVERYDAY)
    if is_listed or words.kind(folded) or known_words(lang).word(folded):
        return True
    plain, endings = _row("plain", lang), _row("common", lang)
    return begins and (folded in plain or folded.endswith(endings) or words.is_verb(folded))


def _han_names(text: str, known: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Foreign names by their characters, and Chinese ones beside a title."""
    for pattern in _han_patterns():
        for found in pattern.finditer(text):
            if not any(found.start(1) < end and start < found.end(1) for start, end in known):
                yield fold(found[1]).text


@cache
def _han_patterns() -> tuple[re.Pattern[str], ...]:
    han = _table()["han"]
    titles = "|".join(vocabulary(_HAN).lists["titles"])
    name = rf"[{han['surnames']}][\u4e00-\u9fff]{{1,2}}"
    return (
        re.compile(rf"([{han['sounds']}·]{{{han['longest']},}})"),
        re.compile(rf"(?:{titles})({name})"),
        re.compile(rf"({name})(?:{titles})"),
    )


# --- moods ---------------------------------------------------------------------------------------


def _open(words: Sequence[str], folded: str, lang: str) -> int:
    """How many words say that something is planned, or depends on something else."""
    before, known = _row("planning", lang), vocabulary(lang)
    planned = sum(
        word in before and (known.lists_word("verbs", behind) or _is_act(behind, lang))
        for word, behind in pairwise(words)
    )
    return planned + sum(_count(words, folded, lang, mood) for mood in ("plans", "conditions"))


def _is_act(word: str, lang: str) -> bool:
    return (known_words(lang).word(word) or "").startswith(ACT)


def _denied(words: Sequence[str], folded: str, lang: str) -> int:
    """How many words deny something."""
    endings = _row("denying", lang)
    ending = sum(word.endswith(endings) for word in words) if endings else 0
    in_han = len(re.findall(_table()["han"]["denied"], folded)) if has_han(folded) else 0
    return ending + in_han + _count(words, folded, lang, "negations")


def _count(words: Sequence[str], folded: str, lang: str, mood: str) -> int:
    """How many words of ``mood``, a table of ``actions.toml``, stand in the text."""
    if has_han(folded):
        return sum(1 for _ in _mood(mood, _HAN).han_pattern.finditer(folded))
    lexicon = _mood(mood, lang)
    alone = sum(lexicon.word(word) is not None for word in words)
    return alone + sum(lexicon.pair(*pair) is not None for pair in pairwise(words))


@cache
def _mood(mood: str, lang: str) -> Lexicon:
    return built({_ANY: words_of(table("actions")[mood], lang)})


# --- data ----------------------------------------------------------------------------------------


@cache
def _row(name: str, lang: str) -> tuple[str, ...]:
    return tuple(_table()[name].get(lang, "").split())


@cache
def _table() -> dict[str, Any]:
    source = files("monitor.match").joinpath("data", "claims.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))

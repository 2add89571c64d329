"""How a base form inflects: the stems to look for and what may follow them, per language.

The tables are in ``data/suffixes.toml``. Words come in folded (`monitor.text.normalise.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any, NamedTuple

from monitor.text.cutting import cut
from monitor.text.scripts import Script, main_script
from monitor.text.tables import table

UZBEK_CYRILLIC = "uz-cyrl"
KAZAKH_LATIN = "kk-latn"
# Languages in their other script: whose tables they are, and under which name the letters stand.
_CARRIED = {UZBEK_CYRILLIC: ("uz", "cyrillic"), KAZAKH_LATIN: ("kk", "latin")}
OTHER_SCRIPTS = {language: other for other, (language, _) in _CARRIED.items()}


class Stem(NamedTuple):
    """The unchanging beginning of a word's forms; ``tails`` contains what may follow it."""

    text: str
    tails: Container[str]


class GrowingStem(NamedTuple):
    """A stem with its tails, and the first one and two letters of each of them."""

    text: str
    tails: Container[str]
    beginnings: frozenset[str]


class _Chain:
    """Tails made of one suffix after another.

    With ``before`` a tail must begin with one of these, so that "" is none.
    """

    __slots__ = ("_before", "_chained", "_single")

    def __init__(self, suffixes: frozenset[str], longest: int, before: tuple[str, ...] = ()):
        ordered = sorted(suffixes, key=len, reverse=True)
        self._single = suffixes
        self._chained = re.compile(f"(?:{'|'.join(map(re.escape, ordered))}){{1,{longest}}}")
        self._before = before

    def __contains__(self, tail: object) -> bool:
        if not isinstance(tail, str) or not tail:
            return tail == "" and not self._before
        # Proper names may be set off from their endings: Pekin'de.
        bare = tail.removeprefix("'")
        if self._before and not bare.startswith(self._before):
            return False
        return bare in self._single or self._chained.fullmatch(bare) is not None

    def beginnings(self) -> frozenset[str]:
        """The first letter and the first two letters of every tail but the empty one."""
        firsts = {suffix[0] for suffix in self._single if suffix.startswith(self._before or "")}
        followers = {suffix[0] for suffix in self._single}
        longer = {suffix[:2] for suffix in self._single if suffix[0] in firsts}
        singles = firsts & self._single
        return frozenset(firsts | longer | {one + next for one in singles for next in followers})


_UNCHANGED: Container[str] = frozenset({""})


class _Softening:
    """Tails of a stem without its last letter, which is hard or, before some suffixes, soft."""

    __slots__ = ("_hard", "_soft")

    def __init__(self, hard: str, tails: _Chain, soft: str, softened_tails: _Chain):
        self._hard, self._soft = (hard, tails), (soft, softened_tails)

    def __contains__(self, tail: object) -> bool:
        return isinstance(tail, str) and any(
            tail.startswith(letter) and tail[len(letter) :] in tails
            for letter, tails in (self._hard, self._soft)
        )

    def beginnings(self) -> frozenset[str]:
        """The first letter and the first two letters of every tail."""
        found: set[str] = set()
        for letter, tails in (self._hard, self._soft):
            found |= {letter[0], *((letter + first)[:2] for first in tails.beginnings())}
        return frozenset(found)


# Gazetteers say the same words again and again, and inflecting one is not cheap.
@cache
def stem(word: str, lang: str) -> Stem:
    """The stem of a folded word; a language without a table leaves the word unchanged."""
    rules = _rules(lang)
    if rules is None:
        return Stem(word, _UNCHANGED)
    if isinstance(rules, _Paradigms):
        return rules.stem(word)
    softening = rules.softening.get(word[-1:])
    return Stem(word, rules.tails) if softening is None else Stem(word[:-1], softening)


@cache
def growing_stem(word: str, lang: str) -> GrowingStem | None:
    """The stem of a word whose language chains suffixes; None where endings are listed.

    All of it is in letters without the marks and signs that ``cutting.cut`` leaves out.
    """
    rules = _plain_rules(lang)
    if rules is None:
        return None
    softening = rules.softening.get(word[-1:])
    if softening is None:
        return GrowingStem(word, rules.tails, rules.tails.beginnings())
    return GrowingStem(word[:-1], softening, softening.beginnings())


@cache
def last_stems(word: str, lang: str) -> tuple[Stem, ...]:
    """The stems of the last word of a phrase: its possessive ending gives way in the plural."""
    rules = _rules(lang)
    whole = stem(word, lang)
    if not isinstance(rules, _Suffixes):
        return (whole,)
    ending = next((end for end in rules.possessives if word.endswith(end)), None)
    if ending is None or len(word) - len(ending) < _SHORTEST_OWNED:
        return (whole,)
    bare = word[: -len(ending)]
    hard = rules.hardens.get(bare[-1:])
    owned = (bare,) if hard is None else (bare, bare[:-1] + hard)
    return (whole, *(Stem(text, rules.plural_tails) for text in owned))


# A shorter word is unlikely to be a noun with a possessive ending.
_SHORTEST_OWNED = 2


@cache
def heads(word: str, lang: str) -> tuple[str, ...]:
    """The forms of the first word of a phrase whose head stands first, itself included."""
    listed: dict[str, list[str]] = table("suffixes").get(lang, {}).get("heads", {})
    changed = [
        word[: len(word) - len(ending)] + form
        for ending, forms in listed.items()
        if word.endswith(ending)
        for form in forms
    ]
    return (word, *changed)


def is_usual_script(lang: str, folded: str) -> bool:
    """Whether a folded word is written in the script that the language's table is for."""
    return main_script(folded) is _script(lang)


@cache
def _script(lang: str) -> Script:
    return Script(table("suffixes")[lang]["script"])


@cache
def has_trait(lang: str, trait: str) -> bool:
    """Whether a language's table states a trait, such as ``joins`` or ``agrees``."""
    named, _ = _CARRIED.get(lang, (lang, ""))
    return bool(table("suffixes").get(named, {}).get(trait, False))


def languages_of(script: Script) -> tuple[str, ...]:
    """The languages with a table that are written in ``script``."""
    known = [lang for lang, rules in table("suffixes").items() if rules["script"] == script]
    other = {Script.CYRILLIC: UZBEK_CYRILLIC, Script.LATIN: KAZAKH_LATIN}.get(script)
    return (*known, other) if other else tuple(known)


def carried(folded: str, lang: str) -> str:
    """A folded text in a language's usual script carried over to its other one, such as uz-cyrl.

    Letters that the table does not know stay.
    """
    initial, pairs, letters = _letters(lang)
    text = f" {folded}"
    for theirs, ours in (*initial, *pairs):
        text = text.replace(theirs, ours)
    return text[1:].translate(letters)


@cache
def _letters(lang: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]], dict[int, str]]:
    """What to replace at the beginning of words, elsewhere, and letter by letter."""
    language, script = _CARRIED[lang]
    rules = table("suffixes")[language][script]
    initial = [(f" {theirs}", f" {ours}") for theirs, ours in rules["initial"].items()]
    pairs = [pair for pair in rules["letters"].items() if len(pair[0]) > 1]
    singles = {ord(key): value for key, value in rules["letters"].items() if len(key) == 1}
    return initial, pairs, singles


@dataclass(frozen=True, slots=True)
class _Suffixes:
    """Tails of a word as it is, of one whose end softens, and of one without its possessive."""

    tails: _Chain
    softening: dict[str, _Softening]
    plural_tails: _Chain
    hardens: dict[str, str]
    possessives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Paradigms:
    """Endings, longest first of equals, with what they cut and what may then follow."""

    by_ending: dict[str, tuple[int, frozenset[str]]]
    longest: int
    shortest: int

    def stem(self, word: str) -> Stem:
        for length in range(min(self.longest, len(word)), -1, -1):
            found = self.by_ending.get(word[len(word) - length :])
            if found is None:
                continue
            cut, forms = found
            if cut == 0 or len(word) - cut >= self.shortest:
                return Stem(word[: len(word) - cut], forms)
        return Stem(word, _UNCHANGED)


@cache
def _rules(lang: str) -> _Suffixes | _Paradigms | None:
    if lang in _CARRIED:
        return _carried_rules(lang)
    rules = table("suffixes").get(lang)
    if rules is None:
        return None
    if "paradigms" in rules:
        return _paradigms(rules)
    return _chains(rules, lambda text: text)


def _carried_rules(lang: str) -> _Suffixes:
    # A suffix stands inside a word, so its first letter is not an initial one.
    language, _ = _CARRIED[lang]
    return _chains(table("suffixes")[language], lambda text: carried(f"-{text}", lang)[1:])


@cache
def _plain_rules(lang: str) -> _Suffixes | None:
    """The rules of a language with chained suffixes, in letters without marks."""
    language, _ = _CARRIED.get(lang, (lang, ""))
    rules = table("suffixes").get(language, {})
    if "suffixes" not in rules:
        return None
    carry = partial(carried, lang=lang) if lang in _CARRIED else str
    return _chains(rules, lambda text: cut(carry(f"-{text}")).strip("- "))


def _chains(rules: dict[str, Any], carry: Callable[[str], str]) -> _Suffixes:
    chain = rules["chain"]
    suffixes = frozenset(carry(suffix) for suffix in _expanded(rules))
    softens = {carry(hard): carry(soft) for hard, soft in rules["softens"].items()}
    tails = _Chain(suffixes, chain)
    softened_tails = _Chain(suffixes, chain, tuple(carry(rules["before"])))
    return _Suffixes(
        tails=tails,
        softening={
            hard: _Softening(hard, tails, soft, softened_tails) for hard, soft in softens.items()
        },
        plural_tails=_Chain(suffixes, chain, tuple(map(carry, rules.get("plurals", ())))),
        hardens={soft: hard for hard, soft in softens.items()},
        possessives=tuple(map(carry, rules.get("possessives", ()))),
    )


def _paradigms(rules: dict[str, Any]) -> _Paradigms:
    by_ending: dict[str, tuple[int, frozenset[str]]] = {}
    for row in rules["paradigms"]:
        for ending in row["ends"]:
            by_ending.setdefault(ending, (row["cut"], frozenset(row["forms"])))
    return _Paradigms(by_ending, max(map(len, by_ending)), rules["shortest"])


def _expanded(rules: dict[str, Any]) -> Iterator[str]:
    """Each suffix template with every choice of letters for its capitals."""
    for template in rules["suffixes"]:
        choices = (rules["letters"].get(letter, letter) for letter in template)
        yield from ("".join(choice) for choice in product(*choices))

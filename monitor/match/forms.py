"""Aliases -> forms: the words that an alias is written with, and what must hold there (pure).

An alias of several words is looked for by one of them, its anchor: the word that fewest other
aliases have. Han aliases have no words and are looked for as they are, anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from monitor.beat import is_acronym
from monitor.model import Alias, Entity, Rival, Term, Trap
from monitor.text import suffixes
from monitor.text.normalise import fold, straighten
from monitor.text.scripts import has_han, main_script
from monitor.text.suffixes import Stem

ANY_LANGUAGE = "*"
# A shorter word is too likely to be another language's word for something else.
_LONG_ENOUGH = 5
_DASH = re.compile(r"\s*[‐‑‒–—―−,-]+\s*")
# Where one of these stands between two words they are no phrase, but a list or two sentences.
_BREAK = re.compile(r"[,;:!?…、，；：！？。()]|\.\s")
_JOINABLE = 2
WIDEST_GAP = 3


class Layer(IntEnum):
    """Traps hide what is of the beat; a user's keywords stand by themselves."""

    TRAP = 0
    BEAT = 1
    KEYWORD = 2


@dataclass(frozen=True, slots=True)
class Sought:
    """What an alias stands for, with the name of its rule in receipts.

    ``sides`` are those that it is evidence for; ``layer`` keeps apart what may overlap.
    """

    rule: str
    subject: Entity | Term | Rival | Trap
    layer: Layer
    sides: tuple[str, ...] = ()


class Requirement(NamedTuple):
    """What the text as given must show where an alias is found.

    ``langs`` None means texts of any language. An ``exact`` alias stands as it is written, one in
    ``capitals`` in capitals, a name with a capital first.
    """

    langs: frozenset[str] | None = None
    capitals: int = 0
    is_name: bool = False
    exact: str | None = None

    def holds(self, original: str, text: str, lang: str) -> bool:
        """Whether case, spelling and language allow ``original``, a part of ``text``.

        A text without any capitals, or without small letters, cannot be held to them.
        """
        if self.langs is not None and lang not in self.langs:
            return False
        if self.exact is not None:
            return straighten(original) == self.exact
        if self.capitals:
            return _is_in_capitals(original[: self.capitals])
        if self.is_name and original[:1].islower():
            return text.islower()
        # A short name in capitals is rather an acronym: XI, ILI.
        return self.langs is None or not original.isupper() or text.isupper()


class Form(NamedTuple):
    """One way in which an alias is written: the words before its anchor, the anchor, those after.

    ``requirement`` is None where any text with these words will do; the words of a Han form are
    one string. ``rank`` is the alias's place in the watchlist.
    """

    sought: Sought
    alias: Alias
    rank: int
    anchor: Stem
    requirement: Requirement | None = None
    before: tuple[Stem, ...] = ()
    after: tuple[Stem, ...] = ()

    def widened(self, hay: str, start: int, end: int) -> tuple[int, int] | None:
        """The span with the phrase's other words; None when they do not stand there."""
        for stem in self.after:
            begin, end = word_after(hay, end)
            if not _is_form(hay[begin:end], stem):
                return None
        for stem in reversed(self.before):
            start, stop = word_before(hay, start)
            if not _is_form(hay[start:stop], stem):
                return None
        return start, end

    def agrees(self, text: str, start: int, end: int, lang: str) -> bool:
        """Whether the form may stand at ``start:end`` of ``text``, whose language is ``lang``."""
        if (self.before or self.after) and self._is_broken(text[start:end]):
            return False
        return self.requirement is None or self.requirement.holds(text[start:end], text, lang)

    def _is_broken(self, original: str) -> bool:
        found = _BREAK.search(original)
        return found is not None and found[0][0] not in self.alias.text


def precedence(form: Form) -> tuple[bool, bool, int]:
    """What stands where several fit: a name before a word, the sure before the weak.

    Then comes the fuller base.
    """
    return isinstance(form.sought.subject, Term), form.alias.weak, -len(form.alias.text)


# What these name is an adjective, too, where `small_demonyms` holds.
_NATIONAL_KINDS = frozenset({"country", "people", "language"})


class Written(NamedTuple):
    """An alias as one language writes it, its forms not made yet.

    ``anchor`` is the place of the word that it is looked for by, among its folded ``words``.
    """

    sought: Sought
    alias: Alias
    rank: int
    lang: str
    words: tuple[str, ...]
    anchor: int

    def firsts(self) -> Iterator[str]:
        """The words whose beginnings its forms' anchors share."""
        yield self.words[self.anchor]
        if self.anchor > 0 and self._joins():
            yield self.words[0]

    def forms(self) -> Iterator[Form]:
        """All forms of the alias in this language."""
        capitals = is_acronym(self.alias.text)
        requirement = _requirement(self.sought, self.alias, capitals)
        for stems in self._writings(capitals):
            at = min(self.anchor, len(stems) - 1)
            yield Form(
                self.sought,
                self.alias,
                self.rank,
                stems[at],
                requirement,
                stems[:at],
                stems[at + 1 :],
            )

    def _joins(self) -> bool:
        """Whether its two words are also written as one."""
        return len(self.words) == _JOINABLE and suffixes.has_trait(self.lang, "joins")

    def _writings(self, capitals: bool) -> Iterator[tuple[Stem, ...]]:
        """Each way to write it, as the stems of its words in order."""
        *front, last = self.words
        is_fixed = capitals and not suffixes.has_trait(self.lang, "acronyms")
        if self.alias.prefix:
            yield (*map(_fixed, front), Stem(last, _EVERYTHING))
        elif self.alias.exact or is_fixed:
            yield tuple(map(_fixed, self.words))
        elif not front:
            yield (suffixes.stem(last, self.lang),)
        elif suffixes.has_trait(self.lang, "agrees"):
            yield tuple(suffixes.stem(word, self.lang) for word in self.words)
        else:
            yield from self._last_inflected()

    def _last_inflected(self) -> Iterator[tuple[Stem, ...]]:
        """Writings of a phrase whose last word inflects, and its head where that is first."""
        head, *middle, last = self.words
        heads = suffixes.heads(head, self.lang)
        front = (_either(heads) if len(heads) > 1 else _fixed(head), *map(_fixed, middle))
        for stem in suffixes.last_stems(last, self.lang):
            yield (*front, stem)
            if self._joins():
                yield (Stem(head + stem.text, stem.tails),)


# Tells of a word how many aliases have it.
Commonness = Callable[[str], int]


def written(
    sought: Sought, alias: Alias, rank: int, folded: str, commonness: Commonness
) -> Iterator[Written]:
    """An alias in words (Latin, Cyrillic …), folded ``folded``, as each language writes it."""
    words = tuple(folded.split())
    if not words:
        return
    rarest = 0
    if len(words) > 1:
        rarest = min(range(len(words)), key=lambda at: (commonness(words[at]), -len(words[at])))
    if alias.lang == ANY_LANGUAGE:
        for lang in _keyword_languages(alias, folded):
            yield Written(sought, alias, rank, lang, words, rarest)
        return
    for lang in _scripts(alias.lang, folded):
        if lang != alias.lang:
            words = tuple(suffixes.carried(folded, lang).split())
        yield Written(sought, alias, rank, lang, words, min(rarest, len(words) - 1))


def _scripts(lang: str, folded: str) -> tuple[str, ...]:
    """The language's tables to use: an alias in its usual script is looked for in both."""
    other = suffixes.OTHER_SCRIPTS.get(lang)
    if other is None:
        return (lang,)
    usual = suffixes.is_usual_script(lang, folded)
    return (lang, other) if usual else (other,)


def _keyword_languages(alias: Alias, folded: str) -> tuple[str, ...]:
    """A user's word may be of any language of its script."""
    if alias.prefix:
        return (ANY_LANGUAGE,)
    return (ANY_LANGUAGE, *suffixes.languages_of(main_script(folded)))


def han_forms(sought: Sought, alias: Alias, rank: int, folded: str) -> Iterator[tuple[str, Form]]:
    """The strings to look for anywhere in a text with Han characters."""
    requirement = Requirement(exact=straighten(alias.text)) if alias.exact else None
    form = Form(sought, alias, rank, Stem("", _NOTHING), requirement)
    yield from ((spaced, form) for spaced in _spacings(alias.text, folded))


def is_han(alias: Alias) -> bool:
    """Whether an alias is looked for among Han characters instead of among words."""
    return has_han(alias.text)


class _Everything:
    """Contains whatever may follow the beginning of a word."""

    def __contains__(self, tail: object) -> bool:
        return True


_NOTHING: Container[str] = frozenset({""})
_EVERYTHING: Container[str] = _Everything()


def _fixed(word: str) -> Stem:
    return Stem(word, _NOTHING)


def _either(writings: Sequence[str]) -> Stem:
    """One stem for a word of several writings."""
    shared = writings[0]
    while not all(writing.startswith(shared) for writing in writings):
        shared = shared[:-1]
    return Stem(shared, frozenset(writing[len(shared) :] for writing in writings))


def _requirement(sought: Sought, alias: Alias, capitals: bool) -> Requirement | None:
    exact = straighten(alias.text) if alias.exact else None
    langs = None if capitals else _languages(alias)
    name = _is_name(sought, alias)
    if not capitals and exact is None and langs is None:
        return _NAME if name else None
    return Requirement(langs, len(alias.text) if capitals else 0, name, exact)


_NAME = Requirement(is_name=True)


def _is_name(sought: Sought, alias: Alias) -> bool:
    """Whether the alias must begin with a capital; users may write theirs as they like."""
    if alias.lang == ANY_LANGUAGE or not alias.text[:1].isupper():
        return False
    if sought.layer is Layer.TRAP and alias.lang != "en":
        return False
    is_national = isinstance(sought.subject, Entity) and sought.subject.kind in _NATIONAL_KINDS
    return not (is_national and suffixes.has_trait(alias.lang, "small_demonyms"))


def _is_in_capitals(original: str) -> bool:
    """Most letters are capitals; a digraph may have a small second letter (ShHT)."""
    letters = [letter for letter in original if letter.isalpha()]
    return 2 * sum(letter.isupper() for letter in letters) > len(letters)


def _languages(alias: Alias) -> frozenset[str] | None:
    """The languages in whose texts a short word counts; "und" texts may be in any."""
    if alias.lang == ANY_LANGUAGE or alias.prefix or len(alias.text) >= _LONG_ENOUGH:
        return None
    return frozenset({alias.lang, "und"})


def _spacings(text: str, folded: str) -> tuple[str, ...]:
    """The folded name with each spacing that a dash in it may leave."""
    own = folded.strip()
    if " " not in own:
        return (own,)
    spacings = {" ".join(own.split()), own}
    if _DASH.search(text.strip()):
        for width in range(1, WIDEST_GAP + 1):
            spacings.add(fold(_DASH.sub("-" * width, text)).text.strip())
    return tuple(spacings)


def word_after(hay: str, end: int) -> tuple[int, int]:
    """The span of the word after ``end``; an empty one when the gap is too wide."""
    for begin in range(end + 1, min(end + WIDEST_GAP + 1, len(hay))):
        if hay[begin] != " ":
            return begin, hay.find(" ", begin)
    return end, end


def word_before(hay: str, start: int) -> tuple[int, int]:
    """The span of the word before ``start``; an empty one when the gap is too wide."""
    for stop in range(start - 1, max(start - WIDEST_GAP - 1, 0), -1):
        if hay[stop - 1] != " ":
            return hay.rfind(" ", 0, stop) + 1, stop
    return start, start


def _is_form(word: str, stem: Stem) -> bool:
    return word.startswith(stem.text) and word[len(stem.text) :] in stem.tails

"""Aliases -> forms: the folded strings to look for and what must hold where one occurs (pure).

A form of words begins with the space that stands before a word in a folded text, so that only
beginnings of words are found; Han forms are found anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from monitor.beat import is_acronym
from monitor.model import Alias, Entity, Rival, Term, Trap
from monitor.text import suffixes
from monitor.text.normalise import fold, straighten
from monitor.text.scripts import has_han, main_script
from monitor.text.suffixes import Stem, stems

ANY_LANGUAGE = "*"
# A shorter word is too likely to be another language's word for something else.
_LONG_ENOUGH = 5
_PAUSE = re.compile(r"\s*[‐‑‒–—―−,-]+\s*")
_QUOTABLE = re.compile(r"[^\W\d_]+ [^\W\d_]")
_JOINABLE = 2
_WIDEST_GAP = 3


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


class Form(NamedTuple):
    """One string to look for; ``before`` and ``after`` are its phrase's other words in order.

    ``tails`` is None where anything may follow. ``langs`` None means texts of any language.
    A name begins with a capital letter wherever it stands.
    ``is_demanding`` tells that the text itself must be looked at, by `agrees`.
    """

    sought: Sought
    alias: Alias
    tails: Container[str] | None
    langs: frozenset[str] | None = None
    capitals: bool = False
    is_name: bool = False
    exact: str | None = None
    is_demanding: bool = False
    before: tuple[Stem, ...] = ()
    after: tuple[Stem, ...] = ()

    def widened(self, hay: str, start: int, end: int) -> tuple[int, int] | None:
        """The span with the phrase's other words; None when they do not stand there."""
        for stem in self.after:
            begin = _next_word(hay, end)
            end = hay.find(" ", begin) if begin > 0 else -1
            if end < 0 or not _is_form(hay[begin:end], stem):
                return None
        for stem in reversed(self.before):
            stop = _last_word_end(hay, start)
            start = hay.rfind(" ", 0, stop) + 1 if stop > 0 else 0
            if start < 1 or not _is_form(hay[start:stop], stem):
                return None
        return start, end

    def agrees(self, text: str, start: int, end: int, lang: str) -> bool:
        """Whether case, spelling and language allow the form at ``start:end`` of ``text``.

        A text without any capitals, or without small letters, cannot be held to them.
        """
        original = text[start:end]
        if self.langs is not None and lang not in self.langs:
            return False
        if self.exact is not None:
            return straighten(original) == self.exact
        if self.capitals:
            return _is_in_capitals(original[: len(self.alias.text)])
        if self.is_name and original[:1].islower():
            return text.islower()
        # A short name in capitals is rather an acronym: XI, ILI.
        return self.langs is None or not original.isupper() or text.isupper()


# What these name is an adjective, too, where `small_demonyms` holds.
_NATIONAL_KINDS = frozenset({"country", "people", "language"})


def word_forms(sought: Sought, alias: Alias) -> Iterator[tuple[str, Form]]:
    """The strings to look for in words (Latin, Cyrillic …), each with its form."""
    folded = fold(alias.text).text
    if alias.lang == ANY_LANGUAGE:
        yield from _keyword_forms(sought, alias, folded)
    else:
        for lang in _scripts(alias.lang, folded):
            carried = folded if lang == alias.lang else suffixes.carried(folded, lang)
            yield from _forms(sought, alias, carried, lang)


def _scripts(lang: str, folded: str) -> tuple[str, ...]:
    """The language's tables to use: an alias in its usual script is looked for in both."""
    other = suffixes.OTHER_SCRIPTS.get(lang)
    if other is None:
        return (lang,)
    usual = suffixes.is_usual_script(lang, folded)
    return (lang, other) if usual else (other,)


def _keyword_forms(sought: Sought, alias: Alias, folded: str) -> Iterator[tuple[str, Form]]:
    """A user's word may be of any language of its script."""
    yield from _forms(sought, alias, folded, ANY_LANGUAGE)
    if not alias.prefix:
        for lang in suffixes.languages_of(main_script(folded)):
            yield from _forms(sought, alias, folded, lang)


def han_forms(sought: Sought, alias: Alias) -> Iterator[tuple[str, Form]]:
    """The strings to look for anywhere in a text with Han characters."""
    exact = straighten(alias.text) if alias.exact else None
    form = Form(sought, alias, None, exact=exact, is_demanding=alias.exact)
    yield from ((pattern, form) for pattern in _spacings(alias.text, fold(alias.text).text))


def is_han(alias: Alias) -> bool:
    """Whether an alias is looked for among Han characters instead of among words."""
    return has_han(alias.text)


def _forms(sought: Sought, alias: Alias, folded: str, lang: str) -> Iterator[tuple[str, Form]]:
    words = folded.split()
    if not words:
        return
    capitals = is_acronym(alias.text)
    if alias.exact or alias.prefix or (capitals and not suffixes.has_trait(lang, "acronyms")):
        form = _form(sought, alias, None if alias.prefix else _NOTHING, capitals)
        for pattern in _spacings(alias.text, folded):
            yield f" {pattern}", form
    elif len(words) > 1 and suffixes.has_trait(lang, "agrees"):
        yield _phrase(sought, alias, [stems(word, lang)[0] for word in words])
    elif len(words) > 1:
        yield from _last_inflected(sought, alias, folded, lang)
    else:
        for stem in stems(words[0], lang):
            form = _form(sought, alias, stem.tails, capitals)
            yield f" {stem.text}", form
            if capitals:
                yield f" {' '.join(stem.text)}", form


_NOTHING: Container[str] = frozenset({""})


def _last_inflected(
    sought: Sought, alias: Alias, folded: str, lang: str
) -> Iterator[tuple[str, Form]]:
    """Forms of a phrase of which only the last word inflects, and its head where that is first."""
    words = folded.split()
    beginnings = [
        head + spacing[len(words[0]) : len(spacing) - len(words[-1])]
        for spacing in _spacings(alias.text, folded)
        for head in suffixes.heads(words[0], lang)
    ]
    if len(words) == _JOINABLE and suffixes.has_trait(lang, "joins"):
        beginnings.append(words[0])
    capitals = is_acronym(alias.text)
    for stem in suffixes.last_stems(words[-1], lang):
        form = _form(sought, alias, stem.tails, capitals)
        for beginning in beginnings:
            yield f" {beginning}{stem.text}", form


def _phrase(sought: Sought, alias: Alias, parts: list[Stem]) -> tuple[str, Form]:
    """A phrase whose words all inflect, found by its longest word."""
    anchor = max(range(len(parts)), key=lambda index: len(parts[index].text))
    form = Form(
        sought,
        alias,
        parts[anchor].tails,
        is_name=_is_name(sought, alias),
        is_demanding=_is_name(sought, alias),
        before=tuple(parts[:anchor]),
        after=tuple(parts[anchor + 1 :]),
    )
    return f" {parts[anchor].text}", form


def _form(sought: Sought, alias: Alias, tails: Container[str] | None, capitals: bool) -> Form:
    exact = straighten(alias.text) if alias.exact else None
    langs = None if capitals else _languages(alias)
    name = _is_name(sought, alias)
    demanding = capitals or exact is not None or langs is not None or name
    return Form(sought, alias, tails, langs, capitals, name, exact, demanding)


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
    """The folded phrase with each spacing that a dash or a full stop in it may leave."""
    own = folded.strip()
    if " " not in own:
        return (own,)
    spacings = {" ".join(own.split()), own}
    if _QUOTABLE.match(text):
        # «Galkynyş» gaz käni: a quotation mark leaves a space of its own.
        spacings.add(own.replace(" ", "  ", 1))
    if _PAUSE.search(text.strip()):
        for width in range(1, _WIDEST_GAP + 1):
            spacings.add(fold(_PAUSE.sub("-" * width, text)).text.strip())
    return tuple(spacings)


def _next_word(hay: str, end: int) -> int:
    """Where the next word begins, -1 when the gap is too wide or there is none."""
    for begin in range(end + 1, min(end + _WIDEST_GAP + 1, len(hay))):
        if hay[begin] != " ":
            return begin
    return -1


def _last_word_end(hay: str, start: int) -> int:
    """Where the word before ``start`` ends, -1 when the gap is too wide or there is none."""
    for stop in range(start - 1, max(start - _WIDEST_GAP - 1, 0), -1):
        if hay[stop - 1] != " ":
            return stop
    return -1


def _is_form(word: str, stem: Stem) -> bool:
    return word.startswith(stem.text) and word[len(stem.text) :] in stem.tails

"""The forms in which one word may stand in a text, whatever language it is of.

A person who searches does not say in which language, so the script of the word decides which
tables of ``suffixes`` are asked, and a form is accepted when any of them explains it. Forms are
in the shape that ``cutting.cut`` gives to words.

Russian and English endings are listed, so those forms are known beforehand. Turkic and Tajik words
grow by chains of suffixes without an end: their forms are told by looking at words that begin
with the stem, and where no such word can be a form ``after`` tells how far to skip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from monitor.text.cutting import cut
from monitor.text.scripts import main_script
from monitor.text.suffixes import GrowingStem, growing_stem, languages_of, stem

# Stems of fewer letters begin too many other words to be followed by chains of suffixes.
_SHORTEST_STEM = 4
_SHORTEST_WORD = 2
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Inflected:
    """A word with its forms: those that are ``listed``, and those of the ``growing`` stems."""

    word: str
    listed: frozenset[str]
    growing: tuple[GrowingStem, ...]

    def __contains__(self, form: str) -> bool:
        return form in self.listed or any(
            form.startswith(each.text) and form[len(each.text) :] in each.tails
            for each in self.growing
        )

    def beginnings(self) -> tuple[str, ...]:
        """What the forms that are not listed begin with; none of these begins with another."""
        shortest: list[str] = []
        for text in sorted(each.text for each in self.growing):
            if not shortest or not text.startswith(shortest[-1]):
                shortest.append(text)
        return tuple(shortest)

    def after(self, form: str, beginning: str) -> str:
        """The least string after ``form`` with which another form may begin."""
        for length in range(len(beginning) + 1, min(len(beginning) + 3, len(form)) + 1):
            if not self._may_begin(form[:length]):
                return form[: length - 1] + chr(ord(form[length - 1]) + 1)
        return form + "\1"

    def _may_begin(self, start: str) -> bool:
        """Whether a form may begin with ``start``, or nothing forbids it that is looked at."""
        return any(
            each.text.startswith(start)
            or (start.startswith(each.text) and start[len(each.text) :][:2] in each.beginnings)
            for each in self.growing
        )


@cache
def inflected(text: str) -> Inflected | None:
    """The forms of a word as it was typed; None for a phrase, a number or a single character."""
    words = cut(text).split()
    if len(words) != 1 or not _WORD.fullmatch(words[0]) or len(words[0]) < _SHORTEST_WORD:
        return None
    word = words[0]
    languages = languages_of(main_script(word))
    listed = {form for lang in languages for form in _listed(word, lang)}
    stems = (growing_stem(word, lang) for lang in languages)
    growing = tuple(each for each in stems if each and len(each.text) >= _SHORTEST_STEM)
    return Inflected(word, frozenset({word, *listed}), growing)


def _listed(word: str, lang: str) -> Iterator[str]:
    """The forms of a stem whose endings are listed; an apostrophe ends a word of the index."""
    known = stem(word, lang)
    if isinstance(known.tails, frozenset):
        yield from (known.text + tail for tail in known.tails if "'" not in tail)

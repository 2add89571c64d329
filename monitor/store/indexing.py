"""What the full-text indexes have in common: what they hold, and the forms of a word in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from monitor.query import Word
from monitor.store.schema import revisions
from monitor.text.cutting import cut
from monitor.text.inflecting import Inflected, inflected

# An index reads all that a prefix finds before it gives the first; a few words are read by turns.
_FEW = 24
# The first word of an index, by code points, that does not come before another; "" after the last.
AtLeast = Callable[[str], str]
FIELDS = ("title", "summary", "text")
BATCH = 1_000  # wordings that are indexed at once


def indexed() -> Select[Any]:
    """The wordings that an index holds: those of the current revisions."""
    fields = (revisions.c[name] for name in FIELDS)
    return select(revisions.c.article_id, *fields).where(revisions.c.current.is_(True))


class Forms:
    """What words stand for, each looked up once."""

    def __init__(self, at_least: AtLeast) -> None:
        self._at_least = at_least
        self._known: dict[Word, list[str] | None] = {}

    def of(self, word: Word) -> list[str] | None:
        """All that ``word`` stands for, each a word of the index; None for a phrase or a prefix.

        A prefix of few words of the index is those words.
        """
        if word not in self._known:
            self._known[word] = self._found(word)
        return self._known[word]

    def _found(self, word: Word) -> list[str] | None:
        if word.prefix:
            return self._going_on(cut(word.text).strip())
        forms = None if word.exact else inflected(word.text)
        return None if forms is None else sorted(forms.listed | self._grown(forms))

    def _grown(self, forms: Inflected) -> set[str]:
        """The forms in the index that suffixes make, however many of them."""
        grown: set[str] = set()
        for beginning in forms.beginnings():
            word = self._at_least(beginning)
            while word.startswith(beginning):
                if word in forms:
                    grown.add(word)
                word = self._at_least(forms.after(word, beginning))
        return grown

    def _going_on(self, beginning: str) -> list[str] | None:
        known: list[str] = []
        if " " not in beginning and "'" not in beginning:
            word = self._at_least(beginning)
            while word.startswith(beginning) and len(known) <= _FEW:
                known.append(word)
                word = self._at_least(f"{word}\1")
        return known if 0 < len(known) <= _FEW else None

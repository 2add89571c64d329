"""Where an article says what was searched for: a few words of it, with the forms found marked.

The index keeps no text, so the stored text is read again and matched in the same way: words cut
as `monitor.text.cutting` cuts them, in the forms that `monitor.text.inflecting` accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.model import Wording
from monitor.query import Query, Word
from monitor.text.cutting import cut
from monitor.text.inflecting import inflected

_AROUND = 70  # characters before the first form and after it
_LONGEST = 180
# Words with the signs that stand inside them; characters of scripts without spaces one by one.
_PIECE = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    "|(?:(?![\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    "[\\w'ʻʼ’‘\u0300-\u036f\u00ad])+"
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a field; ``spans`` are the forms found, in characters of ``text``."""

    field: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def marked(self, mark: Callable[[str], str], plain: Callable[[str], str] = str) -> str:
        """The text with each form as ``mark`` writes it, and all else as ``plain`` does."""
        pieces, at = [], 0
        for start, end in self.spans:
            pieces += [plain(self.text[at:start]), mark(self.text[start:end])]
            at = end
        return "".join([*pieces, plain(self.text[at:])])


class _Token(NamedTuple):
    """A word as the index knows it, and the characters that it was made of."""

    word: str
    start: int
    end: int


def snippet(query: Query, wording: Wording) -> Snippet | None:
    """The first place that has the most of what the query's words ask for, titles last.

    None where nothing is found, since the query has no words or was answered by fields.
    """
    words = query.words()
    if not words:
        return None
    fields = [("text", wording.text), ("summary", wording.summary), ("title", wording.title)]
    found = [(name, text, spans(words, text)) for name, text in fields]
    name, text, best = max(found, key=lambda one: len(set(_near_first(one[2]))))
    return _cut_out(name, text, best) if best else None


def spans(words: Iterable[Word], text: str) -> list[tuple[int, int]]:
    """Where ``text`` has the words, in their forms, in order and without overlaps."""
    tokens = _tokens(text)
    found = {span for word in words for span in _found(word, tokens)}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(word, piece.start(), piece.end())
        for piece in _PIECE.finditer(text)
        for word in cut(piece[0]).replace("'", " ").split()
    ]


def _found(word: Word, tokens: Sequence[_Token]) -> Iterable[tuple[int, int]]:
    forms = None if word.exact or word.prefix else inflected(word.text)
    if forms is not None:
        yield from ((token.start, token.end) for token in tokens if token.word in forms)
        return
    wanted = [token.word for token in _tokens(word.text)]
    for at in range(len(tokens) - len(wanted) + 1):
        run = tokens[at : at + len(wanted)]
        if wanted and _is_phrase(wanted, [token.word for token in run], word.prefix):
            yield run[0].start, run[-1].end


def _is_phrase(wanted: Sequence[str], words: Sequence[str], may_go_on: bool) -> bool:
    if not may_go_on:
        return list(wanted) == list(words)
    return list(wanted[:-1]) == list(words[:-1]) and words[-1].startswith(wanted[-1])


def _near_first(found: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    return [span for span in found if span[1] - found[0][0] <= _LONGEST]


def _cut_out(name: str, text: str, found: Sequence[tuple[int, int]]) -> Snippet:
    """The text around the first span, from one space to another."""
    start = max(0, found[0][0] - _AROUND)
    if start:
        space = text.find(" ", start, found[0][0])
        start = start if space < 0 else space + 1
    end = min(len(text), max(found[0][1] + _AROUND, start + _LONGEST))
    if end < len(text):
        space = text.rfind(" ", found[0][1], end)
        end = end if space < 0 else space
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    inside = tuple((a + shift, b + shift) for a, b in found if b <= end)
    return Snippet(name, f"{before}{text[start:end]}{after}", inside)

"""Cutting text into the words that the full-text index knows, for storing and for searching alike.

A Chinese sentence has no spaces, so each of its characters is a word of the index and a Chinese
word is searched for as a phrase of its characters: what is found is exactly what ``LIKE`` finds
in the folded text. Japanese syllables are treated in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from monitor.text.normalise import fold_key

# Raise it whenever `cut` answers differently than before: stores then make their index again.
FORM = 1

# Stands for what lies between two characters, so that no word is found across a comma. It is for
# private use, hence a letter to the index and never one in a text.
_BREAK = "\ue000"
_SINGLE = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_SINGLES = re.compile(rf"(?<=[{_SINGLE}])[\W_]+(?=[{_SINGLE}])")
_SINGLES = re.compile(rf"[{_SINGLE}{_BREAK}]+")
_MARKED = re.compile(f"[\u00c0-\u024f\u1e00-\u1eff{_BREAK}]")
_LETTER = re.compile(r"[^\W_]")
# oʻ and gʻ are letters of Uzbek, often written without the sign; an English 's is none of them.
_UZBEK_SIGN = re.compile(r"(?<=[og])'(?!s\b)(?=\w)")


def cut(text: str) -> str:
    """``text`` folded, with spaces between characters that are words by themselves.

    Whatever is no letter or digit separates words; the answer holds no double quotation mark.

    >>> cut("Түркіменстан, Türkmenistan, 中亚铁路")
    'түркіменстан, turkmenistan,  中 亚 铁 路 '
    """
    folded = fold_key(text).replace('"', " ")
    if not folded.isascii():
        folded = _singled(_plain_latin(folded))
    return _UZBEK_SIGN.sub("", folded) if "'" in folded else folded


def has_words(text: str) -> bool:
    """Whether there is anything in ``text`` that an index could know."""
    return _LETTER.search(cut(text)) is not None


def _plain_latin(folded: str) -> str:
    """Leave the marks on Latin letters out, since many keyboards do; Cyrillic й stays й."""
    marked = set(_MARKED.findall(folded))
    for letter in marked & _latin().keys():
        folded = folded.replace(letter, _latin()[letter])
    return folded


def _singled(folded: str) -> str:
    if not _SINGLES.search(folded):
        return folded
    broken = _BETWEEN_SINGLES.sub(_BREAK, folded)
    return _SINGLES.sub(lambda run: f" {' '.join(run[0])} ", broken)


@cache
def _latin() -> dict[str, str]:
    """Latin letters with marks to those without; the private letter of ``_BREAK`` to a space."""
    letters = map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    bases = {letter: unicodedata.normalize("NFD", letter)[0] for letter in letters}
    marked = {letter: base for letter, base in bases.items() if base.isascii() and base.isalpha()}
    return {**marked, "ı": "i", _BREAK: " "}

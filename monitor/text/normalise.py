"""Folding for matching: what a reader takes for the same word becomes the same string.

Compatibility forms (NFKC), letter case, ё and е, kinds of apostrophe, and traditional and
simplified Han characters fold together; stress marks and invisible characters vanish. Whatever
belongs to no word (punctuation, dashes, line ends) becomes a space, so that in a folded text a
word begins after a space and ends before one. Most texts keep their length and need no map of
offsets; the others carry one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from monitor.text.tables import table

# Below this every character is looked at; beyond, only these blocks are known to be letters that
# fold to themselves, Han ones apart that ``han.toml`` has.
_LOOKED_AT = 0x700
_LETTERS_THROUGHOUT = ((0x3400, 0xA490), (0xAC00, 0xD7A4))
_FEW_KINDS = 24


class Folded(NamedTuple):
    """A folded text and the way back to the characters of the original.

    ``starts[i]`` and ``ends[i]`` bound what became ``text[i]``; both are None when the folding
    kept every character in its place.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that became ``text[start:end]``; ``start < end``."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the word at ``start:end`` of the original stands in ``text``."""
        if self.starts is None or self.ends is None:
            return start, end
        return bisect_left(self.starts, start), bisect_right(self.ends, end)


def fold(text: str) -> Folded:
    """Fold ``text``; any string will do, lone surrogates become spaces."""
    if text.isascii():
        return Folded(_trim_apostrophes(text.translate(_ascii_folds())))
    kinds = set(_odd().findall(text))
    if any(map(_is_reshaped, kinds)):
        return _fold_reshaping(text)
    return Folded(_trim_apostrophes(_fold_kinds(text, kinds)))


def fold_all(texts: Sequence[str]) -> list[str]:
    """The folded ``text`` of each; very many short ones take far less time than one by one."""
    joined = "\n".join(texts)
    kinds = set(_odd().findall(joined)) - {"\n"}
    reshaped = set(filter(_is_reshaped, kinds))
    for letter in kinds - reshaped:
        joined = joined.replace(letter, _fold_letter(letter))
    folded = joined.casefold().split("\n")
    if len(folded) != len(texts):  # there are line ends in them
        return [fold(text).text for text in texts]
    needs_more = re.compile(f"[{re.escape(''.join(reshaped))}]" if reshaped else "(?!)").search
    return [
        fold(text).text if needs_more(text) else _trim_apostrophes(plainly)
        for text, plainly in zip(texts, folded, strict=True)
    ]


def plain(text: str) -> str | None:
    """``text`` folded, if every character of it only turns to lower case; otherwise None."""
    return None if _odd().search(text) else text.casefold()


def fold_key(text: str) -> str:
    """The folded words of ``text`` with one space between them, for comparing whole strings."""
    return " ".join(fold(text).text.split())


def straighten(text: str) -> str:
    """NFKC with one kind of apostrophe; letter case is kept, for comparing exact forms."""
    kept = (_same().get(letter, letter) if letter not in "ёЁİ" else letter for letter in text)
    return unicodedata.normalize("NFKC", "".join(kept))


@cache
def _same() -> dict[str, str]:
    same: dict[str, str] = table("folding")["same"]
    return {letter: kept for kept, letters in same.items() for letter in letters}


@cache
def _han() -> dict[str, str]:
    pairs = table("han")
    return dict(zip(pairs["traditional"].strip(), pairs["simplified"].strip(), strict=True))


@cache
def _ascii_folds() -> dict[int, str]:
    return {code: _fold_letter(chr(code)) for code in range(128)}


@cache
def _fold_letter(letter: str) -> str:
    """What one character folds to by itself: one character, none, or several for a ligature."""
    known = _same().get(letter) or _han().get(letter)
    if known is not None:
        return known
    if letter in table("folding")["void"]["characters"]:
        return ""
    folded = unicodedata.normalize("NFKC", letter).casefold()
    if folded.isalnum() or folded == "'":
        return "".join(_same().get(part, part) for part in folded)
    return " "


@cache
def _is_reshaped(letter: str) -> bool:
    """Whether a text with this character can change its length or needs its neighbour read."""
    return bool(unicodedata.combining(letter)) or len(_fold_letter(letter)) != 1


@cache
def _odd() -> re.Pattern[str]:
    """Finds each character that may do more than turn to lower case.

    The class is written as the complement of the plain ones because characters beyond the basic
    plane would otherwise make it twenty times slower.
    """
    plain = [code for code in range(_LOOKED_AT) if _is_plain(chr(code))]
    for start, end in _LETTERS_THROUGHOUT:
        plain += [code for code in range(start, end) if chr(code) not in _han()]
    return re.compile(f"[^{''.join(_ranges(plain))}]")


def _is_plain(letter: str) -> bool:
    folded = _fold_letter(letter)
    return len(folded) == 1 and folded == letter.casefold() and not unicodedata.combining(letter)


def _ranges(codes: Iterable[int]) -> Iterator[str]:
    """Rising code points as the inside of a character class."""
    start = previous = -2
    for code in codes:
        if code != previous + 1:
            if start >= 0:
                yield f"\\u{start:04x}-\\u{previous:04x}"
            start = code
        previous = code
    yield f"\\u{start:04x}-\\u{previous:04x}"


def _fold_kinds(text: str, kinds: set[str]) -> str:
    # One replacement a kind is far cheaper than one a character, as long as the kinds are few.
    if len(kinds) <= _FEW_KINDS:
        for letter in kinds:
            text = text.replace(letter, _fold_letter(letter))
    else:
        text = _odd().sub(lambda found: _fold_letter(found[0]), text)
    return text.casefold()


def _trim_apostrophes(text: str) -> str:
    """Make spaces of apostrophes that stand at the edge of a word: quotation marks."""
    if "'" not in text:
        return text
    padded = f" {text} "
    while " '" in padded or "' " in padded:
        padded = padded.replace(" '", "  ").replace("' ", "  ")
    return padded[1:-1]


def _fold_reshaping(text: str) -> Folded:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, folded in _segments(text):
        pieces.append(folded)
        if len(folded) == end - start:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(folded))
            ends.extend([end] * len(folded))
    return Folded(_trim_apostrophes("".join(pieces)), tuple(starts), tuple(ends))


def _segments(text: str) -> Iterator[tuple[int, int, str]]:
    """Cut ``text`` into spans that keep their length and clusters that may not, with folds."""
    position = 0
    for start, end in _clusters(text):
        plain = text[position:start]
        if plain:
            yield position, start, _fold_kinds(plain, set(_odd().findall(plain)))
        yield start, end, _fold_cluster(text[start:end])
        position = end
    if position < len(text):
        plain = text[position:]
        yield position, len(text), _fold_kinds(plain, set(_odd().findall(plain)))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the reshaped characters, each mark together with the character that it is on."""
    start = end = 0
    for found in _odd().finditer(text):
        letter, at = found[0], found.start()
        if not _is_reshaped(letter):
            continue
        if unicodedata.combining(letter) and at == end and end > start:
            end = at + 1
            continue
        if end > start:
            yield start, end
        start = at - 1 if unicodedata.combining(letter) and at > end else at
        end = at + 1
    if end > start:
        yield start, end


def _fold_cluster(cluster: str) -> str:
    """Fold a character together with the marks on it; marks that do not compose vanish."""
    composed = unicodedata.normalize("NFKC", cluster)
    bare = (letter for letter in composed if not unicodedata.combining(letter))
    return "".join(_fold_letter(letter) for letter in bare)

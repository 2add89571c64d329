"""Bytes -> text, where the declared charset may be wrong. Pure but for its data file.

In order: a byte order mark, valid UTF-8, what is declared unless it makes no words, UTF-8 with some
damage, guesses; feeds that are put together from several sources may mix charsets from entry to
entry.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from monitor.text.plain import scalar

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_PROLOG = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""", re.I)
_PARAMETER = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.I)
_ENTRY = re.compile(rb"(?=<(?:item|entry)[\s>])")
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_JUMP = re.compile("[а-яё][А-ЯЁ]")
# Four letters with accents in a row stand in no word of a Latin script.
_ACCENTED = re.compile("[\x80-\u024f]{4,}")
# The halves of a character that UTF-16 has in two, each as if it were one.
_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_HAN = re.compile("[\u4e00-\u9fff]")
# UTF-8 was tried already; the others are codecs of Python and not charsets of documents.
_NEVER = {"utf-8", "utf8", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
_READ, _HEAD = 20_000, 200
# Where the characters of everyday use lie: the charset they are numbered in, and the first bytes.
_USUAL = {"gb18030": ("gb2312", b"\xb0", b"\xd7"), "big5": ("big5", b"\xa4", b"\xc6")}


@dataclass(frozen=True, slots=True)
class _Charsets:
    """Charsets to guess, charsets that are confused, declarations that say little.

    ``frequent`` are the letters that make up most of a text in the script of the ``confused``;
    ``supersets`` are what to read for a name that says less than is meant.
    """

    guesses: tuple[str, ...]
    confused: tuple[str, ...]
    frequent: frozenset[str]
    idle: frozenset[str]
    supersets: dict[str, str]


def as_text(body: bytes, content_type: str = "") -> str:
    """``body`` as text without its byte order mark; undecodable bytes become U+FFFD."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace").lstrip("\ufeff")
    body = _CESU.sub(_whole, body) if b"\xed" in body else body
    strict = _strictly(body, "utf-8")
    if strict is not None and not _is_escaped(body):
        return strict
    for charset in _declared(body, content_type):
        text = _strictly(body, charset)
        if text is not None and not (charset in _charsets().idle and _is_gibberish(text)):
            return _unconfused(body, charset, text)
    if strict is not None:
        return strict
    lenient = body.decode("utf-8", "replace")
    if not _mostly_intact(lenient):
        return _guessed(body, lenient)
    return "".join(map(_damaged, _ENTRY.split(body)))


def _damaged(piece: bytes) -> str:
    """A piece of UTF-8 with some damage, or one that is in another charset altogether."""
    text = piece.decode("utf-8", "replace")
    return text if "\ufffd" not in text or _mostly_intact(text) else _guessed(piece, text)


def _is_escaped(body: bytes) -> bool:
    """Whether ASCII stands for other letters, as in ISO 2022 and HZ."""
    return body.isascii() and (b"\x1b$" in body or b"hz-gb-2312" in body[:_HEAD].lower())


def _whole(halves: re.Match[bytes]) -> bytes:
    return scalar(halves[0].decode("utf-8", "surrogatepass")).encode()


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _declared(body: bytes, content_type: str) -> list[str]:
    """Charsets that the document and its header name, the more telling one first."""
    found = [match[1].decode("ascii") for match in [_PROLOG.match(body)] if match]
    found += [match[1] for match in [_PARAMETER.search(content_type)] if match]
    names = [name.lower() for name in found]
    # Bytes that UTF-8 refuses are not in it, whatever is said.
    names = [_superset(name) for name in names if name not in _NEVER]
    return sorted(dict.fromkeys(names), key=lambda name: name in _charsets().idle)


def _superset(name: str) -> str:
    """Chinese pages that say GB2312 use the characters of its successor."""
    return _charsets().supersets.get(name, name)


def _is_gibberish(text: str) -> bool:
    """Whether a text that is said to be in a Latin script has no words of one."""
    sample = text[:_READ]
    accented = sum(1 for letter in sample if letter > "\x7f")
    return 2 * sum(map(len, _ACCENTED.findall(sample))) > accented


def _unconfused(body: bytes, charset: str, text: str) -> str:
    """``text``, or what it reads like under a charset that is commonly mistaken for ``charset``."""
    if charset not in _charsets().confused or not (_is_swapped(text) or _is_rare(text, body)):
        return text
    readings = [body.decode(other, "replace") for other in _charsets().confused]
    likely = [reading for reading in readings if not _is_swapped(reading)]
    return max(likely, key=_frequent, default=text)


def _frequent(text: str) -> int:
    """How many of the letters of ``text`` are frequent ones."""
    return sum(map(text[:_READ].lower().count, _charsets().frequent))


def _is_rare(text: str, body: bytes) -> bool:
    """Whether ``body`` has words in a script of its own, with hardly a frequent letter."""
    foreign = sum(1 for letter in text[:_READ] if letter > "\x7f")
    return 4 * _frequent(text) < foreign and _is_gibberish(body.decode("latin-1"))


def _is_swapped(text: str) -> bool:
    """Whether capitals and small letters look exchanged: KOI8-R read as Windows-1251."""
    letters = _CYRILLIC.findall(text[:_READ])
    capitals = sum(map(str.isupper, letters))
    return 2 * capitals > len(letters) and _JUMP.search(text[:_READ]) is not None


def _mostly_intact(lenient: str) -> bool:
    """Whether UTF-8 was only damaged in places: more of its other letters are whole than lost."""
    sample = lenient[:_READ]
    whole = sum(1 for letter in sample if letter > "\x7f" and letter != "\ufffd")
    return whole > sample.count("\ufffd")


def _guessed(body: bytes, lenient: str) -> str:
    for charset in _charsets().guesses:
        text = _strictly(body, charset)
        if text is not None and _is_likely(charset, text, body):
            return _unconfused(body, charset, text)
    return lenient


def _is_likely(charset: str, text: str, body: bytes) -> bool:
    """Whether a document that may be in ``charset``, and reads as ``text`` in it, has words."""
    if charset in _USUAL:
        return _is_chinese(text, charset)
    return charset not in _charsets().confused or _is_gibberish(body.decode("latin-1"))


def _is_chinese(text: str, charset: str) -> bool:
    """Whether the letters outside ASCII are mostly those that the charset puts first, by use."""
    sample = text[:_READ]
    usual = sum(map(partial(_is_usual, charset), _HAN.findall(sample)))
    return 2 * usual > sum(1 for letter in sample if letter > "\x7f")


def _is_usual(charset: str, letter: str) -> bool:
    older, first, last = _USUAL[charset]
    return first <= letter.encode(older, "ignore")[:1] <= last


@cache
def _charsets() -> _Charsets:
    source = files("monitor.collect").joinpath("data/charsets.toml").read_text("utf-8")
    rows = tomllib.loads(source)
    return _Charsets(
        tuple(rows["guesses"]),
        tuple(rows["confused"]),
        frozenset(rows["frequent"]),
        frozenset(rows["idle"]),
        rows["supersets"],
    )

"""A parsed feed as plain text and back, for the way out of a process that nobody should trust.

Text fields stand between NULs: the number of entries, those of the feed, then one column for each
field of an entry. A reader whose memory was overwritten by a document may say anything, so all
that it can say is text, times, and states. A pickle could name code, and marshal may crash; JSON
is as safe, and took four times as long for a document of 64 kB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any

from monitor.model import Entry, FeedState, ParsedFeed

_BETWEEN, _NONE, _WITHIN = "\0", "\1", "\2"
_ENCODING = ("utf-16-le", "surrogatepass")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written(feed: ParsedFeed) -> bytes:
    """``feed`` as bytes. Where a text has a NUL, which no XML can have, it is left out."""
    texts = [str(len(feed.entries)), *_texts((feed,), _FEED), *_texts(feed.entries, _ENTRY)]
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):
        joined = _BETWEEN.join(text.replace(_BETWEEN, "") for text in texts)
    # UTF-16 is what Python keeps of most of the world's text; lone surrogates are text to it.
    return joined.encode(*_ENCODING)


def read(answer: bytes | bytearray) -> ParsedFeed:
    """What ``written`` wrote; ``ValueError`` or ``OverflowError`` for anything else."""
    texts = answer.decode(*_ENCODING).split(_BETWEEN)
    count = int(texts[0])
    if count < 0 or len(texts) != 1 + len(_FEED) + count * len(_ENTRY):
        raise ValueError(f"{len(texts)} fields for {count} entries")
    rest = iter(texts[1:])
    head = {field.name: value for field in _FEED for value in _values(rest, 1, field)}
    entries = tuple(map(Entry, *[_values(rest, count, field) for field in _ENTRY]))
    return ParsedFeed(**head, entries=entries)


def _moment(text: str) -> datetime | None:
    return None if text == _NONE else _EPOCH + timedelta(seconds=float(text))


# How a column of each type is written and read; without functions it is text as it stands.
_Codec = tuple[Callable[[Iterable[Any]], Iterable[str]], Callable[[list[str]], Sequence[Any]]]
_CODECS: dict[str, _Codec | None] = {
    "str": None,
    "str | None": (
        lambda column: [_NONE if text is None else text for text in column],
        lambda column: [None if text == _NONE else text for text in column],
    ),
    "bool": (
        lambda column: ["1" if truth else "" for truth in column],
        lambda column: [text == "1" for text in column],
    ),
    "datetime | None": (
        lambda column: [_NONE if at is None else str(at.timestamp()) for at in column],
        lambda column: [_moment(text) for text in column],
    ),
    "timedelta | None": (
        lambda column: [_NONE if span is None else str(span.total_seconds()) for span in column],
        lambda column: [
            None if text == _NONE else timedelta(seconds=float(text)) for text in column
        ],
    ),
    "frozenset[int]": (
        lambda column: [_WITHIN.join(map(str, sorted(numbers))) for numbers in column],
        lambda column: [
            frozenset(map(int, text.split(_WITHIN) if text else ())) for text in column
        ],
    ),
    "tuple[str, ...]": (
        lambda column: [_WITHIN.join(texts) if texts else _NONE for texts in column],
        lambda column: [() if text == _NONE else tuple(text.split(_WITHIN)) for text in column],
    ),
    "FeedState": (list, lambda column: [FeedState(text) for text in column]),
}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    codec: _Codec | None


def _shape(kind: type, *without: str) -> list[_Field]:
    """The fields of ``kind`` in order; a type that cannot be written is a ``KeyError`` at once."""
    told = [field for field in fields(kind) if field.name not in without]
    return [_Field(field.name, _CODECS[str(field.type)]) for field in told]


_FEED = _shape(ParsedFeed, "entries")
_ENTRY = _shape(Entry)


def _texts(values: Sequence[object], shape: Sequence[_Field]) -> Iterator[str]:
    for field in shape:
        column = map(attrgetter(field.name), values)
        yield from field.codec[0](column) if field.codec else column


def _values(texts: Iterator[str], count: int, field: _Field) -> Sequence[Any]:
    column = list(islice(texts, count))
    return field.codec[1](column) if field.codec else column

"""Content codings, undone while they arrive: one layer deep and never past a cap."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import brotli
import zstandard

from monitor.errors import FetchError

ACCEPTED = "gzip, deflate, br, zstd"
_GZIP_MAGIC = b"\x1f\x8b"
# RFC 8878: frames that say nothing may stand before, between and behind the others.
_ZSTD_MAGIC = (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(80, 96)))
# How a document begins that is not packed; no packed one of ours begins with so many plain letters.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{][\x20-\x7e\s]{15}")
_TELLING = 32
_MOST_MEMBERS = 200
# How much is unpacked at a time; the cap is looked at in between.
_PIECE = 1 << 16
# A block of four bytes can stand for 128 kB, and the library has no limit of its own.
_ZSTD_SLICE = 64
# RFC 9659: the most memory that a sender of zstd over HTTP may ask for.
_ZSTD_WINDOW = 1 << 23
# RFC 7932, section 9.1: these low bits of the first byte ask for a window of 16 MB, of which as
# much is used as is unpacked. Packers take it for documents larger than any feed; the cap is lower
# there, so that window and document together hold no more memory than another bomb.
_BROTLI_WIDEST = 0b1111
_MOST_FROM_WIDEST = 8_000_000

_Chunks = Iterator[bytes]
# Unpacks one stream piece by piece, and returns what stands behind it.
_Unpacking = Generator[bytes, None, bytes]


def decode(body: bytes, coding: str, cap: int) -> bytes:
    """Undo the content coding of a whole ``body``, as ``decoded`` does."""
    return decoded([body], coding, cap)


def decoded(chunks: Iterable[bytes], coding: str, cap: int) -> bytes:
    """Undo one content coding; raises ``FetchError`` past ``cap`` bytes or when it is damaged.

    A body that is gzip without saying so (``feed.xml.gz``) is undone too, and one is left as it is
    that plainly is not packed, whatever is said: some servers name a charset there, or a coding
    that somebody on the way has undone. Nothing but the unpacked bytes, ``cap`` at most, is held
    in memory.
    """
    coding = _single(coding)
    start, arriving = _peeked(iter(chunks), _TELLING)
    if not start:
        return b""
    unpack = iter if _TEXT.match(start) else _DECODERS.get(coding)
    if unpack is None:
        raise FetchError(f'the server packed its answer as "{coding}", which nobody asked for')
    body = bytearray()
    try:
        for piece in unpack(_sliced(arriving)):
            body += piece
            if len(body) > cap:
                raise too_large(cap)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise FetchError(
            f"the answer cannot be unpacked as {coding or 'gzip'} ({error})"
        ) from error
    for _ in arriving:
        """What stands behind the packed stream is ignored, but it has to arrive."""
    return bytes(body)


def _single(stated: str) -> str:
    """The one coding that a server names, empty for none."""
    listed = (name.partition(";")[0].strip() for name in stated.lower().split(","))
    names = [name for name in listed if name]
    codings = [name for name in names if name != "identity"]
    if len(codings) > 1:
        raise FetchError(f'the server packed its answer more than once ("{stated}")', retry=False)
    return "".join(codings)


def too_large(cap: int) -> FetchError:
    """The error for an answer past ``cap`` bytes."""
    return FetchError(f"the answer is larger than {cap / 1_000_000:g} MB", retry=False)


def _sliced(chunks: Iterable[bytes]) -> _Chunks:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def _peeked(chunks: _Chunks, length: int) -> tuple[bytes, _Chunks]:
    """The first ``length`` bytes or more, fewer at the end, and all chunks from there on."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= length:
            break
    return start, chain([start] if start else [], chunks)


def _gunzip(chunks: _Chunks) -> _Chunks:
    """The members of a gzip body; a body that only claims to be gzip is what it is."""
    start, chunks = _peeked(chunks, len(_GZIP_MAGIC))
    if start.startswith(_GZIP_MAGIC):
        return _members(chunks, _GZIP_MAGIC, partial(_inflate, wbits=zlib.MAX_WBITS | 16))
    return chunks


def _undeflate(chunks: _Chunks) -> _Chunks:
    """The zlib format that RFC 9110 asks for, or the raw one that many servers send, or gzip.

    RFC 1950: a zlib stream begins with method 8, and its first two bytes are divisible by 31.
    """
    start, chunks = _peeked(chunks, 2)
    if start.startswith(_GZIP_MAGIC):
        return _gunzip(chunks)
    is_zlib = start[:1] and start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return _inflate(chunks, wbits=zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _unzstd(chunks: _Chunks) -> _Chunks:
    return _members(chunks, _ZSTD_MAGIC, _unframe)


def _members(
    chunks: _Chunks, magic: bytes | tuple[bytes, ...], unpack: Callable[[_Chunks], _Unpacking]
) -> Generator[bytes, None, None]:
    """Streams that stand one behind the other; what else stands behind the last is ignored."""
    for _ in range(_MOST_MEMBERS):
        rest = yield from unpack(chunks)
        start, chunks = _peeked(chain([rest], chunks), _TELLING)
        if not start.startswith(magic):
            return
    raise zlib.error(f"it has more than {_MOST_MEMBERS} members")


def _inflate(chunks: _Chunks, wbits: int) -> _Unpacking:
    stream = zlib.decompressobj(wbits)
    for chunk in chunks:
        piece = stream.decompress(chunk, _PIECE)
        yield piece
        while len(piece) == _PIECE and not stream.eof:
            piece = stream.decompress(stream.unconsumed_tail, _PIECE)
            yield piece
        if stream.eof:
            return stream.unused_data
    raise _broken_off()


def _unframe(chunks: _Chunks) -> _Unpacking:
    stream: Any = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    for chunk in chunks:
        for at in range(0, len(chunk), _ZSTD_SLICE):
            yield stream.decompress(chunk[at : at + _ZSTD_SLICE])
            if stream.eof:
                return bytes(stream.unused_data) + chunk[at + _ZSTD_SLICE :]
    raise _broken_off()


def _unbrotli(chunks: _Chunks) -> _Chunks:
    """Brotli, or gzip that somebody on the way has called so."""
    start, chunks = _peeked(chunks, len(_GZIP_MAGIC))
    if start.startswith(_GZIP_MAGIC):
        return _gunzip(chunks)
    pieces = _pieces_of_brotli(chunks)
    is_widest = start[:1] and start[0] & _BROTLI_WIDEST == _BROTLI_WIDEST
    return _at_most(_MOST_FROM_WIDEST, pieces) if is_widest else pieces


def _at_most(cap: int, pieces: _Chunks) -> _Chunks:
    left = cap
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise too_large(cap)
        yield piece


def _pieces_of_brotli(chunks: _Chunks) -> _Chunks:
    stream = brotli.Decompressor()
    for chunk in chunks:
        piece = stream.process(chunk, output_buffer_limit=_PIECE)
        while piece and not stream.is_finished():
            yield piece
            piece = stream.process(b"", output_buffer_limit=_PIECE)
        yield piece
        if stream.is_finished():
            return
    raise _broken_off()


def _broken_off() -> EOFError:
    return EOFError("the stream ends too early")


_DECODERS: dict[str, Callable[[_Chunks], _Chunks]] = {
    "": _gunzip,
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}

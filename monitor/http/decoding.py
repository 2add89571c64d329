"""Content codings, undone one layer deep and never past a cap."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import zstandard

from monitor.errors import FetchError

ACCEPTED = "gzip, deflate, br, zstd"
_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 200
_ZSTD_PIECE = 64
# RFC 9659: the most memory that a sender of zstd over HTTP may ask for.
_ZSTD_WINDOW = 1 << 23


def decode(body: bytes, coding: str, cap: int) -> bytes:
    """Undo one content coding; raises ``FetchError`` past ``cap`` bytes or when it is damaged.

    A body that is gzip without saying so (``feed.xml.gz``) is undone too.
    """
    coding = coding.strip().lower()
    if "," in coding:
        raise FetchError(f'the server packed its answer more than once ("{coding}")', retry=False)
    if coding in ("", "identity"):
        return _gunzip(body, cap) if body.startswith(_GZIP_MAGIC) else body
    decoder = _DECODERS.get(coding)
    if decoder is None:
        raise FetchError(f'the server packed its answer as "{coding}", which nobody asked for')
    try:
        return decoder(body, cap)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise FetchError(f"the answer cannot be unpacked as {coding} ({error})") from error


def too_large(cap: int) -> FetchError:
    """The error for an answer past ``cap`` bytes."""
    return FetchError(f"the answer is larger than {cap / 1_000_000:g} MB", retry=False)


def _inflate(body: bytes, cap: int, wbits: int) -> tuple[bytes, bytes]:
    """Unpacked bytes of one stream, and what stands behind it."""
    stream = zlib.decompressobj(wbits)
    unpacked = stream.decompress(body, cap + 1)
    if len(unpacked) > cap:
        raise too_large(cap)
    if not stream.eof:
        raise zlib.error("the stream ends too early")
    return unpacked, stream.unused_data


def _gunzip(body: bytes, cap: int) -> bytes:
    """The members of a gzip body; whatever stands behind the last one is ignored.

    A body that only claims to be gzip is what it is.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpacked = b""
    for _ in range(_MOST_MEMBERS):
        member, body = _inflate(body, cap - len(unpacked), zlib.MAX_WBITS | 16)
        unpacked += member
        if not body.startswith(_GZIP_MAGIC):
            return unpacked
    raise zlib.error(f"it has more than {_MOST_MEMBERS} members")


def _undeflate(body: bytes, cap: int) -> bytes:
    """The zlib format that RFC 9110 asks for, or the raw one that many servers send."""
    try:
        return _inflate(body, cap, zlib.MAX_WBITS)[0]
    except zlib.error:
        return _inflate(body, cap, -zlib.MAX_WBITS)[0]


def _unbrotli(body: bytes, cap: int) -> bytes:
    stream = brotli.Decompressor()
    unpacked = stream.process(body, output_buffer_limit=cap + 1)
    while not stream.is_finished() and len(unpacked) <= cap:
        more = stream.process(b"", output_buffer_limit=cap + 1)
        if not more:
            raise EOFError("the stream ends too early")
        unpacked += more
    if len(unpacked) > cap:
        raise too_large(cap)
    return bytes(unpacked)


def _unzstd(body: bytes, cap: int) -> bytes:
    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    unpacked = bytearray()
    # A block of four bytes can stand for 128 kB, and the library has no cap of its own.
    for start in range(0, len(body), _ZSTD_PIECE):
        unpacked += stream.decompress(body[start : start + _ZSTD_PIECE])
        if len(unpacked) > cap:
            raise too_large(cap)
        if stream.eof:
            return bytes(unpacked)
    raise EOFError("the stream ends too early")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}

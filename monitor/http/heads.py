"""The head of an answer, without the lines that no reader of HTTP takes. Pure.

Servers put lines there that are no headers: words without a colon, names with blanks or letters of
another script in them. Browsers pass them over, and h11 refuses the answer. What frames the body is
left as it is stated, but for two slips whose meaning is not in doubt (RFC 9112, 5.1: blanks before
a colon are removed; RFC 2616, 3.6: a transfer coding of "identity" is none).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_BEGIN = b"HTTP/"
_END = re.compile(rb"\n\r?\n")
# What h11 takes for a head without end.
_LONGEST = 100 * 1024
_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
# A final answer with nothing but headers, no transfer coding among them but in chunks.
_USUAL = re.compile(
    rb"HTTP/\d\.\d [2-9]\d\d[^\n]*+\n"
    rb"(?:(?!(?i:transfer-encoding:[ \t]*identity))%b:[^\n]*+\n)*+\r?\n" % _NAME
)
_HEADER = re.compile(rb"%b:" % _NAME)
_BLANKS = re.compile(rb"^(%b)[ \t]++:" % _NAME)
_IDENTITY = re.compile(rb"^transfer-encoding:[ \t]*identity[ \t]*\r?$", re.I | re.M)
_INFORMATIONAL = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d")
_LINE = re.compile(rb"[^\n]*\n")


class Heads:
    """What arrives on one connection; the head of each answer is held until it is whole."""

    def __init__(self) -> None:
        self._is_due = True
        self._held = b""

    def expect(self) -> None:
        """A request was sent: what comes next begins with a head."""
        self._is_due = True

    def passed(self, read: Callable[[], bytes]) -> bytes:
        """The next bytes to be taken for what arrived; ``read`` gives none at the end."""
        if not self._is_due:
            return read()
        if not self._held:
            self._held = read()
            if _USUAL.match(self._held):
                return self._rest()
        return self._mended(read)

    def _mended(self, read: Callable[[], bytes]) -> bytes:
        self._held = self._held.lstrip(b"\r\n")
        end = _END.search(self._held)
        while end is None and self._may_be_head() and (piece := read()):
            known = max(0, len(self._held) - 2)
            self._held = (self._held + piece).lstrip(b"\r\n")
            end = _END.search(self._held, known)
        if end is None:
            return self._rest()
        head, self._held = self._held[: end.end()], self._held[end.end() :]
        return mended(head) if _INFORMATIONAL.match(head) else mended(head) + self._rest()

    def _may_be_head(self) -> bool:
        is_http = _BEGIN.startswith(self._held[: len(_BEGIN)])
        return is_http and len(self._held) <= _LONGEST

    def _rest(self) -> bytes:
        """What is held; all that follows is passed on as it comes."""
        self._is_due = False
        held, self._held = self._held, b""
        return held


def mended(head: bytes) -> bytes:
    """A head, from the status to the empty line, with nothing but headers between them."""
    status, *lines = _LINE.findall(head)
    return b"".join([status, *_headers(lines)])


def _headers(lines: list[bytes]) -> Iterator[bytes]:
    """A line that continues another goes where that goes."""
    is_kept = False
    for line in lines:
        if line.strip(b"\r\n") and line[:1] not in b" \t":
            line = _BLANKS.sub(rb"\1:", line)
            is_kept = bool(_HEADER.match(line)) and not _IDENTITY.match(line)
        if is_kept or not line.strip(b"\r\n"):
            yield line

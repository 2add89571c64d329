"""Heads of answers with lines in them that are no headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.http.heads import Heads, mended

STATUS = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (b"A: 1\r\nB: 2\r\n", b"A: 1\r\nB: 2\r\n"),
        (b"A: 1\r\n 2\r\n\t3\r\n", b"A: 1\r\n 2\r\n\t3\r\n"),
        (b"words\r\nA: 1\r\n", b"A: 1\r\n"),
        (b"words\r\n more words\r\nA: 1\r\n", b"A: 1\r\n"),
        (b" more words\r\nA: 1\r\n", b"A: 1\r\n"),
        (b": 1\r\nA B: 1\r\n\xd0\x9a: 1\r\nA(1): 1\r\n", b""),
        (b"A : 1\r\nB\t: 2\r\n", b"A: 1\r\nB: 2\r\n"),
        (b"Transfer-Encoding: identity\r\nA: 1\r\n", b"A: 1\r\n"),
        (b"TRANSFER-ENCODING:IDENTITY \r\n", b""),
        (b"Transfer-Encoding: identity, chunked\r\n", b"Transfer-Encoding: identity, chunked\r\n"),
        (b"A: 1\nwords\nB: 2\n", b"A: 1\nB: 2\n"),
        (b"A: 1\0\r\nwords\r\n", b"A: 1\0\r\n"),
        (b"", b""),
    ],
)
def test_only_headers_are_left(lines: bytes, kept: bytes) -> None:
    """What is none goes with what continues it; what frames the body stays as it is stated."""
    assert mended(STATUS + lines + b"\r\n") == STATUS + kept + b"\r\n"


def _arriving(answer: bytes, size: int) -> Iterator[bytes]:
    yield from (answer[at : at + size] for at in range(0, len(answer), size))
    while True:
        yield b""


def _passed(answer: bytes, size: int) -> bytes:
    heads, arriving = Heads(), _arriving(answer, size)
    heads.expect()
    return b"".join(iter(lambda: heads.passed(lambda: next(arriving)), b""))


HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
BODY = b"no: header\r\nof : any\r\n\r\nkind"


@given(st.integers(1, 200))
def test_a_head_may_come_in_pieces(size: int) -> None:
    """Behind hints and blank lines; the body is passed on as it is."""
    answer = b"\r\n" + HINTS + STATUS + b"A : 1\r\nwords\r\n\r\n" + BODY
    assert _passed(answer, size) == HINTS + STATUS + b"A: 1\r\n\r\n" + BODY


@given(st.integers(1, 200), st.binary(max_size=300))
def test_what_is_no_http_is_passed_on(size: int, noise: bytes) -> None:
    """Whoever reads it says what is wrong with it."""
    answer = b"<rss>" + noise
    assert _passed(answer, size) == answer


def test_a_head_without_an_end_is_not_held() -> None:
    """Nor one that breaks off."""
    for answer in (STATUS + b"A: " + b"x" * 300_000, STATUS + b"A: 1\r\n"):
        assert _passed(answer, 60_000) == answer


def test_the_next_answer_has_a_head_too() -> None:
    """A connection is used again."""
    heads = Heads()
    for _ in range(2):
        heads.expect()
        assert heads.passed(lambda: STATUS + b"x\r\n\r\n" + BODY) == STATUS + b"\r\n" + BODY
        assert heads.passed(lambda: BODY) == BODY

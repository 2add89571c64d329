"""What servers do from one request to the next, and what each poll makes of it: one table.

The server, the door, the parser and the store are real. Every case is a feed on a loopback address
of its own, and a poll asks them all.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from monitor.collect.worker import Parsers
from monitor.config import load
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.setup import wishes
from monitor.store import open_store

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
CONFIG = """
[monitor]
beat_feeds = false
[network]
host_spacing_seconds = 0
timeout_seconds = 1.5
"""


def rss(count: int = 1) -> bytes:
    """A feed of so many entries."""
    items = "".join(
        f"<item><title>Notice {number} of the railway</title>"
        f"<link>https://press.example/{number}</link></item>"
        for number in range(count)
    )
    return f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>".encode()


def said(
    status: int | str = 200, body: bytes = b"", *headers: str | bytes, length: object = None
) -> bytes:
    """An answer; without a length of its own it states that of its body."""
    stated = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {stated}", *headers]
    head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return head + b"\r\n\r\n" + body


def feed(*headers: str | bytes, count: int = 1) -> bytes:
    """A good answer with a feed in it."""
    return said(200, rss(count), *headers)


def sent_to(place: str | bytes, status: int = 302) -> bytes:
    """A redirect."""
    stated = place if isinstance(place, bytes) else place.encode()
    return said(status, b"", b"Location: " + stated)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", header: bytes = b"chunked") -> bytes:
    """An answer in chunks."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + header + b"\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def packed(coding: str, body: bytes) -> bytes:
    """A good answer that is packed, or says so."""
    return said(200, body, f"Content-Encoding: {coding}")


@dataclass(frozen=True)
class Case:
    """Answers in the order of requests, the last one again and again; what each poll makes of it.

    A poll is told as its state and the number of new entries. ``conditions`` are those of each
    request, as far as they are stated, ``waits`` the bounds of the time until the second poll,
    ``requests`` how many the first poll makes, and ``words`` stand in what it says is wrong. A
    server that is ``cut`` hangs up after each answer.
    """

    answers: Sequence[bytes]
    polls: Sequence[str]
    conditions: Sequence[Mapping[str, str]] = ()
    waits: tuple[timedelta, timedelta] | None = None
    words: str = ""
    requests: int | None = None
    cut: bool = False


OK = ["ok 1", "unchanged 0"]
LOST, BROKEN = ["unreachable 0"], ["broken 0"]
TAGGED = 'ETag: "a"'
IF_A = {"if-none-match": '"a"'}
DATED = "Last-Modified: Sun, 22 Nov 2026 08:00:00 GMT"
IF_DATED = {"if-modified-since": "Sun, 22 Nov 2026 08:00:00 GMT"}
GUARD = b"<html><title>Just a moment...</title></html>"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


def asked(etag: str) -> Case:
    """A validator that has to come back as it was."""
    answers = [feed(b"ETag: " + etag.encode("latin-1")), NOT_MODIFIED]
    return Case(answers, OK, [{}, {"if-none-match": etag}])


def dated(when: str) -> Case:
    """A date that has to come back as it was."""
    answers = [feed(f"Last-Modified: {when}"), NOT_MODIFIED]
    return Case(answers, OK, [{}, {"if-modified-since": when}])


def refused(status: int, state: str, words: str = "", *headers: str) -> Case:
    """A feed that was there and is refused; its entries are not new when it is there again."""
    answers = [feed(TAGGED), said(status, b"<html>No</html>", *headers), feed(TAGGED, count=2)]
    return Case(answers, ["ok 1", f"{state} 0", "ok 1"], [{}, IF_A, IF_A], words=words)


def waiting(status: int, after: str, least: timedelta, most: timedelta) -> Case:
    """A server that asks to be left alone."""
    state = "blocked" if status == 429 else "unreachable"
    answers = [said(status, b"", f"Retry-After: {after}"), feed()]
    return Case(answers, [f"{state} 0", "ok 1"], waits=(least, most))


def fresh(*headers: str, least: timedelta = 0.9 * HOUR, most: timedelta = 2.3 * HOUR) -> Case:
    """A server that says how long its answer is fresh."""
    return Case([feed(*headers)], OK, waits=(least, most))


VALIDATORS: dict[str, Case] = {
    "both": Case([feed(TAGGED, DATED), NOT_MODIFIED], OK, [{}, IF_A | IF_DATED]),
    "304 without any": Case(
        [feed(TAGGED, DATED), NOT_MODIFIED, NOT_MODIFIED, feed(count=3)],
        ["ok 1", "unchanged 0", "unchanged 0", "ok 2"],
        [{}, *[IF_A | IF_DATED] * 3],
    ),
    "304 with another tag": Case(
        [feed(TAGGED, DATED), said("304", b"", 'ETag: "b"'), NOT_MODIFIED],
        ["ok 1", "unchanged 0", "unchanged 0"],
        [{}, IF_A | IF_DATED, {"if-none-match": '"b"'} | IF_DATED],
    ),
    "304 with a date at last": Case(
        [feed(TAGGED), said("304", b"", DATED), NOT_MODIFIED],
        ["ok 1", "unchanged 0", "unchanged 0"],
        [{}, IF_A, IF_A | IF_DATED],
    ),
    "304 with a length": Case(
        [feed(TAGGED), said("304", b"", TAGGED, length=4000), feed(TAGGED, count=2)],
        ["ok 1", "unchanged 0", "ok 1"],
    ),
    "304 though nobody asked": Case([NOT_MODIFIED, feed()], ["broken 0", "ok 1"], [{}, {}]),
    "304 though nobody asked, with a tag": Case(
        [said("304", b"", TAGGED), feed()], ["broken 0", "ok 1"], [{}, {}]
    ),
    "tag withdrawn": Case(
        [feed(TAGGED), feed(count=2), feed(count=2)],
        ["ok 1", "ok 1", "unchanged 0"],
        [{}, IF_A, {}],
    ),
    "tag of the same bytes": Case(
        [feed(f'ETag: "{number}"') for number in range(4)],
        ["ok 1", *["unchanged 0"] * 3],
        [{}, *({"if-none-match": f'"{number}"'} for number in range(3))],
    ),
    "tag kept over a failure": Case(
        [feed(TAGGED), said(500), NOT_MODIFIED],
        ["ok 1", "unreachable 0", "unchanged 0"],
        [{}, IF_A, IF_A],
    ),
    "tag of a page is not kept": Case(
        [said(200, b"<html><body>Hello</body></html>", TAGGED), feed()],
        ["not a feed 0", "ok 1"],
        [{}, {}],
    ),
    "tag of half a feed is not kept": Case(
        [said(200, rss(3)[:200], TAGGED), feed(TAGGED, count=3)],
        ["broken 1", "ok 2"],
        [{}, {}],
    ),
    "two tags": Case(
        [feed(TAGGED, 'ETag: "b"'), NOT_MODIFIED], OK, [{}, IF_A]
    ),
    "two dates": Case([feed(DATED, DATED), NOT_MODIFIED], OK, [{}, IF_DATED]),
    "empty tag": Case([feed("ETag:"), feed(count=2)], ["ok 1", "ok 1"], [{}, {}]),
    "weak": asked('W/"a"'),
    "weak, packed": asked('W/"a-gzip"'),
    "without quotes": asked("a1b2c3"),
    "quotes within": asked('"a"b"c"'),
    "one quote": asked('"a'),
    "two in one": asked('"a", "b"'),
    "not ASCII": asked('"\xe9\xff"'),
    "long": asked('"' + "x" * 5000 + '"'),
    "another zone": dated("Sun, 22 Nov 2026 13:00:00 +0500"),
    "ISO": dated("2026-11-22T08:00:00Z"),
    "no date": dated("yesterday, about noon"),
    "never": dated("0"),
    "the future": dated("Sun, 22 Nov 2099 08:00:00 GMT"),
}  # fmt: skip
REDIRECTS: dict[str, Case] = {
    "300": Case([sent_to("/b", 300), feed()], ["ok 1"]),
    "303": Case([sent_to("/b", 303), feed()], ["ok 1"]),
    "307": Case([sent_to("/b", 307), feed()], ["ok 1"]),
    "308": Case([sent_to("/b", 308), feed()], ["ok 1"]),
    "305": Case([sent_to("/b", 305)], LOST, requests=1),
    "conditions go along": Case(
        [feed(TAGGED), sent_to("/b"), NOT_MODIFIED], OK, [{}, IF_A, IF_A]
    ),
    "two places": Case([said(302, b"", "Location: /b", "Location: /c"), feed()], ["ok 1"]),
    "no slash": Case([sent_to("b.xml"), feed()], ["ok 1"]),
    "up and down": Case([sent_to("../../x/../b.xml"), feed()], ["ok 1"]),
    "a query": Case([sent_to("?page=1"), feed()], ["ok 1"]),
    "a fragment": Case([sent_to("/b#top"), feed()], ["ok 1"]),
    "escapes": Case([sent_to("/%D0%BA%20b"), feed()], ["ok 1"]),
    "a blank": Case([sent_to("/a b.xml"), feed()], ["ok 1"]),
    "blanks around": Case([sent_to("  /b  "), feed()], ["ok 1"]),
    "bare UTF-8": Case([sent_to("/новости"), feed()], ["ok 1"]),
    "bare Latin-1": Case([sent_to(b"/caf\xe9"), feed()], ["ok 1"]),
    "no scheme": Case([sent_to("//HOST/b"), feed()], ["ok 1"]),
    "capitals": Case([sent_to("HTTP://HOST/b"), feed()], ["ok 1"]),
    "one slash": Case([sent_to("http:/b"), feed()], ["ok 1"]),
    "a page with it": Case(
        [said(302, b"<html>Moved</html>" * 9, "Location: /b"), feed()], ["ok 1"]
    ),
    "nowhere": Case([sent_to("")], LOST, words="without saying where", requests=1),
    "no place": Case([said(301)], LOST, words="without saying where", requests=1),
    "round and round": Case([sent_to("/a"), sent_to("/b")] * 9, LOST, words="5 redirects"),
    "five": Case([*(sent_to(f"/{n}") for n in range(5)), feed()], ["ok 1"], requests=6),
    "six": Case([*(sent_to(f"/{n}") for n in range(6)), feed()], LOST, requests=6),
    "home": Case(
        [sent_to("/"), said(200, b"<!doctype html><title>Home</title>")], ["not a feed 0"]
    ),
    "private": Case([sent_to("http://169.254.169.254/latest/")], LOST, words="public", requests=1),
    "private as a number": Case([sent_to("http://2852039166/")], LOST, words="public", requests=1),
    "private in IPv6": Case(
        [sent_to("http://[::ffff:169.254.169.254]/")], LOST, words="public", requests=1
    ),
    "another port here": Case([sent_to("http://127.0.0.1:1/")], LOST, words="public", requests=1),
    "a user": Case([sent_to("http://a:b@HOST/")], LOST, words="user name", requests=1),
    "a user, private": Case([sent_to("http://HOST@10.0.0.1/")], LOST, requests=1),
    "a backslash": Case([sent_to("http://HOST\\@10.0.0.1/")], LOST, requests=1),
    "a file": Case([sent_to("file:///etc/passwd")], LOST, words="no http", requests=1),
    "gopher": Case([sent_to("gopher://HOST/")], LOST, words="no http", requests=1),
    "a script": Case([sent_to("javascript:alert(1)")], LOST, words="no http", requests=1),
    "port 0": Case([sent_to("http://127.0.0.1:0/")], LOST, words="no http", requests=1),
    "port 65536": Case([sent_to("http://127.0.0.1:65536/")], LOST, requests=1),
    "a very long one": Case([sent_to("/" + "a" * 70_000)], LOST, requests=1),
}  # fmt: skip
STATUSES: dict[str, Case] = {
    "401": refused(401, "blocked"),
    "402": refused(402, "blocked"),
    "403": refused(403, "blocked"),
    "403 that depends on us": refused(403, "picky", "", "Vary: User-Agent"),
    "404": refused(404, "gone"),
    "406": refused(406, "picky"),
    "410": refused(410, "gone"),
    "421": refused(421, "unreachable"),
    "429": refused(429, "blocked"),
    "451": refused(451, "blocked"),
    "500": refused(500, "unreachable"),
    "503": refused(503, "unreachable"),
    "503 of a guard": refused(503, "blocked", "", "Server: ddos-guard"),
    "404 behind a guard": refused(404, "gone", "", "Server: ddos-guard"),
    "503 with a guard's page": Case(
        [feed(TAGGED), said(503, GUARD), feed(TAGGED, count=2)],
        ["ok 1", "blocked 0", "ok 1"],
        words="a bot protection answered instead of the feed (503)",
    ),
    "503 with a guard's page, packed": Case(
        [said(503, gzip.compress(GUARD), "Content-Encoding: gzip")], ["blocked 0"]
    ),
    "503 with half a page": Case([said(503, GUARD, length=9999)], LOST, words="503", cut=True),
    "503 with a page that cannot be unpacked": Case(
        [said(503, b"x" * 99, "Content-Encoding: gzip")], LOST, words="503"
    ),
    "520": refused(520, "unreachable"),
    "999": refused(999, "blocked"),
    "a login": Case(
        [said(401, b"", 'WWW-Authenticate: Basic realm="x"')], ["blocked 0"] * 2, words="login"
    ),
    "202, nothing yet": Case([said(202), feed()], ["broken 0", "ok 1"]),
    "203": Case([said(203, rss())], OK),
    "204": Case([b"HTTP/1.1 204 No Content\r\n\r\n", feed()], ["broken 0", "ok 1"]),
    "205": Case([said(205), feed()], ["broken 0", "ok 1"]),
    "206, half": Case(
        [said(206, rss(3)[:200], TAGGED, "Content-Range: bytes 0-199/400"), feed(count=3)],
        ["broken 1", "ok 2"],
        [{}, {}],
    ),
    "200, nothing": Case([said(200, b"", TAGGED), feed()], ["broken 0", "ok 1"], [{}, {}]),
    "200, blanks": Case([said(200, b" \r\n\t ")], BROKEN, words="empty"),
    "no words": Case([b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%s" % (len(rss()), rss())], OK),
    "early hints": Case([b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + feed()], OK),
    "many continues": Case([b"HTTP/1.1 100 Continue\r\n\r\n" * 99 + feed()], OK),
    "other protocols": Case([b"HTTP/1.1 101 No\r\nUpgrade: h2c\r\n\r\n"], LOST, cut=True),
    "a status of two digits": Case([said(99)], LOST, words="spoke no HTTP"),
}
BODIES: dict[str, Case] = {
    "longer than it is": Case(
        [said(200, rss(), length=999), feed()], ["unreachable 0", "ok 1"], cut=True
    ),
    "shorter than it is": Case(
        [said(200, rss(3), TAGGED, length=200), feed(count=3)], ["broken 1", "ok 2"], [{}, {}]
    ),
    "of no length": Case([b"HTTP/1.1 200 OK\r\n\r\n" + rss()], OK, cut=True),
    "of HTTP/1.0": Case([b"HTTP/1.0 200 OK\r\n\r\n" + rss()], OK, cut=True),
    "of two lengths": Case([feed("Content-Length: 5")], LOST, words="Content-Length"),
    "of one length twice": Case([feed(f"Content-Length: {len(rss())}")], OK),
    "of a negative length": Case([said(200, rss(), length=-1)], LOST),
    "of a length in words": Case([said(200, rss(), length="all")], LOST),
    "of an absurd length": Case([said(200, rss(), length="9" * 40)], LOST),
    "in chunks": Case([chunked(rss()[:50], rss()[50:])], OK),
    "in chunks with trailers": Case(
        [chunked(rss(), end=b"0\r\nETag: x\r\nSet-Cookie: a=b\r\n\r\n")], OK, [{}, {}]
    ),
    "in chunks without end": Case([chunked(rss(), end=b"")], LOST, words="broke off", cut=True),
    "in chunks that lie": Case([chunked(rss(), end=b"ZZ\r\n")], LOST, words="spoke no HTTP"),
    "in a chunk of minus five": Case([chunked(end=b"-5\r\n" + rss())], LOST),
    "in one that is too large": Case([chunked(end=b"f" * 18 + b"\r\n" + rss())], LOST, cut=True),
    "in CHUNKS": Case([chunked(rss(), header=b"CHUNKED")], OK),
    "broken off after headers": Case([said(200, b"", length=99)], LOST, cut=True),
    "no answer at all": Case([b""], LOST, words="broke off", cut=True),
    "no HTTP": Case([rss()], LOST, words="spoke no HTTP", cut=True),
    "five thousand bytes of headers": Case([feed(*[f"X-{n}: {'y' * 90}" for n in range(50)])], OK),
    "megabytes of headers": Case([feed(*[f"X-{n}: {'y' * 9000}" for n in range(200)])], LOST),
    "folded headers": Case([feed("X: a\r\n b")], OK),
    "headers in UTF-8": Case([feed("X: привет")], OK),
    "headers with NUL": Case([feed("X: a\0b")], LOST, words="spoke no HTTP"),
    "a header without a colon": Case([feed("hello")], OK),
    "a header of letters of ours": Case([feed("Ключ: x")], OK),
    "a header without a name": Case([feed(": x")], OK),
    "a name with a blank behind it": Case([feed("X : y")], OK),
    "a name with a blank in it": Case([feed("X Y: z")], OK),
    "a line that continues nothing": Case([feed().replace(b"Said", b"Said\r\n X: y", 1)], OK),
    "blank lines first": Case([b"\r\n\r\n" + feed()], OK),
    "identity": Case([feed("Transfer-Encoding: identity")], OK),
    "identity of no length": Case(
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n" + rss()], OK, cut=True
    ),
    "in chunks and of a length": Case([chunked(rss(), header=b"chunked\r\nContent-Length: 5")], OK),
    "in packed chunks": Case([chunked(rss(), header=b"gzip, chunked")], LOST),
    "in chunks of a byte": Case([chunked(*(rss()[n : n + 1] for n in range(len(rss()))))], OK),
    "in a chunk with words": Case(
        [chunked(end=b"%X;a=b  \r\n%s\r\n0\r\n\r\n" % (len(rss()), rss()))], OK
    ),
    "in a chunk with words without end": Case([chunked(end=b"5;" + b"a" * 300_000)], LOST),
    "with trailers without end": Case(
        [chunked(rss(), end=b"0\r\n" + b"X: y\r\n" * 100_000)], LOST, cut=True
    ),
    "of HTTP/2 in words": Case([feed().replace(b"HTTP/1.1", b"HTTP/2")], LOST),
    "of a radio": Case([b"ICY 200 OK\r\n\r\n" + rss()], LOST, cut=True),
    "an OK of letters of ours": Case([feed().replace(b"Said", "Ладно".encode(), 1)], OK),
    "half a header": Case([b"HTTP/1.1 200 OK\r\nContent-Le"], LOST, cut=True),
    "more than there is": Case([feed() + b"garbage"], OK),
    "lines of LF": Case([feed().replace(b"\r\n", b"\n")], OK),
}
CODINGS: dict[str, Case] = {
    "GZip": Case([packed("GZip", gzip.compress(rss()))], OK),
    "gzip and nothing": Case([packed("gzip,", gzip.compress(rss()))], OK),
    "gzip and identity": Case([packed("identity, gzip", gzip.compress(rss()))], OK),
    "gzip twice": Case([packed("gzip, gzip", gzip.compress(gzip.compress(rss())))], LOST),
    "gzip in two headers": Case(
        [said(200, gzip.compress(rss()), *["Content-Encoding: gzip"] * 2)], LOST, words="once"
    ),
    "gzip in gzip": Case([packed("gzip", gzip.compress(gzip.compress(rss())))], ["not a feed 0"]),
    "gzip as deflate": Case([packed("deflate", gzip.compress(rss()))], OK),
    "half": Case([packed("gzip", gzip.compress(rss(9))[:-20])], LOST, words="too early"),
    "half a brotli": Case([packed("br", brotli.compress(rss(9))[:-9])], LOST, words="too early"),
    "nothing, packed": Case([packed("gzip", gzip.compress(b""))], BROKEN, words="empty"),
    "plain as gzip": Case([packed("gzip", rss())], OK),
    "plain as deflate": Case([packed("deflate", rss())], OK),
    "plain as brotli": Case([packed("br", rss())], OK),
    "plain as zstd": Case([packed("zstd", rss())], OK),
    "plain as UTF-8": Case([packed("UTF-8", rss())], OK),
    "plain as none": Case([packed("none", rss())], OK),
    "gzip as brotli": Case([packed("br", gzip.compress(rss()))], OK),
    "gzip with a weight": Case([packed("gzip;q=1.0", gzip.compress(rss()))], OK),
    "gzip with another sum": Case(
        [packed("gzip", gzip.compress(rss())[:-8] + b"\0" * 8)], LOST, words="unpacked"
    ),
    "gzip and blanks": Case([packed("gzip", gzip.compress(rss()) + b"\0" * 512)], OK),
    "zstd in two frames": Case(
        [packed("zstd", zstandard.compress(rss()[:50]) + zstandard.compress(rss()[50:]))], OK
    ),
    "an old coding": Case([packed("compress", b"\x1f\x9d\x90abc")], LOST, words='"compress"'),
}
WAITS: dict[str, Case] = {
    "429, an hour": waiting(429, "3600", 2 * HOUR, 5 * HOUR),
    "429, a day": waiting(429, "86400", 24 * HOUR, 49 * HOUR),
    "429, a date": waiting(429, "Mon, 23 Nov 2026 15:00:00 GMT", 24 * HOUR, 49 * HOUR),
    "503, a date of old form": waiting(
        503, "Monday, 23-Nov-26 15:00:00 GMT", 24 * HOUR, 49 * HOUR
    ),
    "503, a date of C": waiting(503, "Mon Nov 23 15:00:00 2026", 24 * HOUR, 49 * HOUR),
    "503, ten years": waiting(503, "315360000", WEEK, WEEK),
    "503, longer than numbers": waiting(503, "9" * 5000, WEEK, WEEK),
    "503, soon": waiting(503, "soon", 2 * HOUR, 5 * HOUR),
    "503, before now": waiting(503, "-60", 2 * HOUR, 5 * HOUR),
    "503, a past date": waiting(503, "Sun, 22 Nov 2015 15:00:00 GMT", 2 * HOUR, 5 * HOUR),
    "503, with a comment": waiting(503, "120; really", 2 * HOUR, 5 * HOUR),
    "503, nothing": waiting(503, "", 2 * HOUR, 5 * HOUR),
    "429, a date of ISO": waiting(429, "2026-11-23T15:00:00Z", 24 * HOUR, 49 * HOUR),
    "429, a date of another zone": waiting(
        429, "Mon, 23 Nov 2026 18:00:00 +0300", 24 * HOUR, 49 * HOUR
    ),
    "fresh for a day": fresh("Cache-Control: max-age=86400", least=24 * HOUR, most=49 * HOUR),
    "fresh for ever": fresh("Cache-Control: max-age=99999999999", least=WEEK, most=WEEK),
    "fresh in quotes": fresh('Cache-Control: max-age="86400"', least=24 * HOUR, most=49 * HOUR),
    "fresh in two headers": fresh(
        "Cache-Control: public", "Cache-Control: max-age=86400", least=24 * HOUR, most=49 * HOUR
    ),
    "never fresh": fresh("Cache-Control: no-store, max-age=86400"),
    "fresh for minus one": fresh("Cache-Control: max-age=-1"),
    "fresh for nonsense": fresh("Cache-Control: max-age=soon,,=;\x7f"),
    "expires never": fresh("Expires: 0"),
    "expires before": fresh("Expires: Thu, 01 Jan 1970 00:00:00 GMT"),
    "expires tomorrow": fresh(
        "Date: Sun, 22 Nov 2026 15:00:00 GMT", "Expires: Mon, 23 Nov 2026 15:00:00 GMT",
        least=24 * HOUR, most=49 * HOUR,
    ),
}  # fmt: skip
GROUPS = {
    "validators": VALIDATORS,
    "redirects": REDIRECTS,
    "statuses": STATUSES,
    "bodies": BODIES,
    "codings": CODINGS,
    "waits": WAITS,
}
CASES = {
    f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()
}


class Servers:
    """A server for each case, on an address of its own, that gives its answers in order."""

    def __init__(self, cases: Mapping[str, Case]) -> None:
        self.pairs: dict[str, str] = {}
        self.asked: dict[str, list[bytes]] = {name: [] for name in cases}
        self._listeners = []
        for number, (name, case) in enumerate(cases.items()):
            address = f"127.0.{1 + number // 200}.{1 + number % 200}"
            listener = socket.create_server((address, 0))
            self.pairs[name] = f"{address}:{listener.getsockname()[1]}"
            self._listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, name, case), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listeners:
            listener.close()

    def requests(self, name: str) -> list[dict[str, str]]:
        """The headers of each request of a case, by their names in small letters."""
        return [
            {
                key.strip().lower(): value.strip()
                for key, _, value in (
                    line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]
                )
                if key
            }
            for head in self.asked[name]
        ]

    def _accept(self, listener: socket.socket, name: str, case: Case) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._converse(listener.accept()[0], name, case)

    def _converse(self, connection: socket.socket, name: str, case: Case) -> None:
        with connection, contextlib.suppress(OSError):
            while head := connection.recv(65536):
                number = len(self.asked[name])
                self.asked[name].append(head)
                answer = case.answers[min(number, len(case.answers) - 1)]
                connection.sendall(answer.replace(b"HOST", self.pairs[name].encode()))
                if case.cut:
                    return


@dataclass
class Played:
    """What every poll made of every case, and what each server was asked, how often at first."""

    servers: Servers
    polls: dict[str, list[Polled]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def play(cases: Mapping[str, Case], folder: Path) -> Played:
    """Poll all cases as often as the longest of them says, an hour apart."""
    played = Played(Servers(cases))
    urls = {f"http://{pair}/": name for name, pair in played.servers.pairs.items()}
    rows = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
    private = f"allow_private = {json.dumps(list(played.servers.pairs.values()))}\n"
    (folder / "config.toml").write_text(CONFIG + private + rows)
    wished, began = wishes(load(folder / "config.toml")), time.monotonic()
    database, rounds = wished.configuration.database, max(len(c.polls) for c in cases.values())
    with open_store(database) as store, open_door(wished.settings) as door, Parsers() as parsers:
        for number in range(rounds):
            with closing(sqlite3.connect(folder / "monitor.db")) as rows_of, rows_of:
                rows_of.execute("UPDATE feeds SET next_poll_at = NULL")
            at = NOW + number * HOUR
            for polled in poll(store, door, wished, at, parsers=parsers, jitter=lambda: 0.0):
                played.polls[urls[polled.feed.url]].append(polled)
            for name, heads in played.servers.asked.items():
                played.counts.setdefault(name, len(heads))
    played.seconds = time.monotonic() - began
    played.servers.close()
    return played


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All cases, played."""
    return play(CASES, tmp_path_factory.mktemp("servers"))


@pytest.mark.parametrize("name", CASES)
def test_each_poll_makes_the_best_of_its_answer(name: str, played: Played) -> None:
    """State, new entries, the next request's conditions and its time, and what is told."""
    _check(name, CASES[name], played)


def _check(name: str, case: Case, played: Played) -> None:
    polls = played.polls[name][: len(case.polls)]
    outcomes = [polled.outcome for polled in polls]
    assert [f"{each.outcome.state} {len(each.new)}" for each in polls] == list(case.polls), name
    requests = played.servers.requests(name)
    for number, wanted in enumerate(case.conditions):
        sent = {key: text for key, text in requests[number].items() if key.startswith("if-")}
        assert sent == wanted, f"{name}, request {number + 1}"
    assert not any(key in request for request in requests for key in ("cookie", "authorization"))
    assert any(case.words in (outcome.error or "") for outcome in outcomes), name
    assert case.requests in (None, played.counts[name]), name
    if case.waits:
        wait = outcomes[0].next_poll_at - outcomes[0].at
        assert case.waits[0] <= wait <= case.waits[1], name


def test_all_of_it_is_soon_over(played: Played) -> None:
    """No server keeps the others waiting, whatever it does."""
    assert played.seconds < 30


# What a poll makes of the recorded scenarios, where it is more than one failure.
RECORDED: dict[str, Case] = {
    "etag_304": Case([], ["ok 3", "unchanged 0"], [{}, IF_A]),
    "etag_changes_every_time": Case([], ["ok 3", *["unchanged 0"] * 3]),
    "304_without_condition": Case([], ["broken 0"] * 2, [{}, {}]),
    "weak_etag_gzip_suffix": Case(
        [], ["ok 3", "unchanged 0"], [{}, {"if-none-match": 'W/"a-gzip"'}]
    ),
    "redirect_301_then_ok": Case([], ["ok 3"], requests=2),
    "redirect_loop": Case([], LOST, words="redirects", requests=6),
    "redirect_chain_30": Case([], LOST, words="redirects", requests=6),
    "redirect_to_private": Case([], LOST, words="not a public address", requests=1),
    "redirect_to_html_home": Case([], ["not a feed 0"], requests=2),
    "redirect_missing_location": Case([], LOST),
    "410_gone": Case([], ["gone 0"]),
    "429_retry_after": Case([], ["blocked 0"], waits=(2 * HOUR, 5 * HOUR)),
    "429_retry_after_date": Case([], ["blocked 0"], waits=(8 * HOUR, 17 * HOUR)),
    "503_retry_after_garbage": Case([], LOST, waits=(2 * HOUR, 5 * HOUR)),
    "403_cloudflare": Case([], ["blocked 0"], words="bot protection"),
    "endless_headers": Case([], LOST, words="spoke no HTTP"),
    "chunked_broken": Case([], LOST, words="spoke no HTTP"),
    "connection_reset_mid_body": Case([], LOST, words="broke off"),
    "content_type_octet": Case([], ["ok 3"]),
    "text_xml_no_charset": Case([], ["ok 1"]),
    "brotli_bomb": Case([], LOST, words="larger than"),
    "double_encoding": Case([], LOST, words="more than once"),
    "401_basic": Case([], ["blocked 0"], words="login"),
    "204_no_content": Case([], ["broken 0"]),
}


def _recorded(folder: Path) -> Iterator[tuple[str, Case]]:
    """The scenarios of a folder, each with what is expected of it."""
    for scenario in json.loads((folder / "http_scenarios.json").read_bytes()):
        steps, expected = scenario["steps"], RECORDED.get(scenario["name"])
        answers = [_answer(step, folder) for step in steps]
        is_cut = any("reset_after" in step or "raw_chunked" in step for step in steps)
        if expected:
            yield scenario["name"], replace(expected, answers=answers, cut=is_cut)


def _answer(step: Mapping[str, Any], folder: Path) -> bytes:
    body = (folder / step["body"]).read_bytes() if "body" in step else b""
    headers = [f"{name}: {text}" for name, text in step.get("headers", {}).items()]
    if step.get("endless_headers"):
        headers += [f"X-{number}: {'y' * 1000}" for number in range(2000)]
    if "raw_chunked" in step:
        return chunked(end=step["raw_chunked"].encode())
    if step["status"] in (204, 304):
        return "\r\n".join([f"HTTP/1.1 {step['status']} Said", *headers, "\r\n"]).encode()
    whole = said(step["status"], body, *headers)
    return whole[: len(whole) - len(body) + step.get("reset_after", len(body))]


def test_recorded_scenarios_are_polled(shared: Path, tmp_path: Path) -> None:
    """The misbehaviours that others recorded, from the socket to the archive."""
    cases = dict(_recorded(shared / "feeds/hostile"))
    played = play(cases, tmp_path)
    assert len(cases) > 20
    for name, case in cases.items():
        _check(name, case, played)

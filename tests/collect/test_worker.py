"""What a document does to its reader stays there, and the others are read all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from monitor.collect.feeds import parse
from monitor.collect.worker import Limits, Parsed, ParseRequest, Parsers
from monitor.errors import MonitorError
from monitor.model import FeedState, Recipe

ROOT = Path(__file__).resolve().parents[2]
# Does what its document says, so that the tests can have every kind of accident.
STAND_IN = """
import ctypes, os, signal, sys, time
import monitor.collect.feeds  # what the real reader needs
from monitor.model import Entry, FeedState, ParsedFeed
kept = []
def parse(body, *, url, content_type="", seen=frozenset()):
    order, _, rest = body.decode().partition(" ")
    if order == "sleep":
        time.sleep(float(rest))
    elif order == "spin":
        while True: pass
    elif order == "eat":
        kept.append(bytearray(int(rest) * 2**20))
    elif order == "keep":
        kept.append(b"x" * 100 * 2**20)
    elif order == "crash":
        ctypes.string_at(0)
    elif order == "leave":
        os._exit(int(rest))
    elif order == "raise":
        raise LookupError(rest)
    elif order == "lie":
        os.write(0, b"\\x00\\x00\\x00\\x04junk")
    elif order == "boast":
        os.write(0, b"\\xff\\xff\\xff\\xff")
        time.sleep(60)
    elif order == "print":
        print(rest); print(rest, file=sys.stderr)
    elif order == "pid":
        rest = str(os.getpid())
    elif order == "variables":
        rest = " ".join(os.environ)
    elif order == "modules":
        rest = " ".join(sys.modules)
    elif order == "signals":
        os.kill(os.getpid(), signal.SIGINT); os.kill(os.getpid(), signal.SIGTERM)
    elif order == "seen":
        rest = " ".join([url, content_type, *sorted(seen)])
    return ParsedFeed(FeedState.OK, title=rest, entries=(Entry(None, url, order),))
"""
QUICK = Limits(cpu_seconds=1.0, memory=128 * 2**20)
Ask = Callable[..., Parsed]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a parser that does what its document says."""
    (tmp_path / "accidents.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path)
    return "accidents:parse"


@pytest.fixture
def parsers(stand_in: str) -> Iterator[Parsers]:
    """One child with that parser, a second and 128 MB."""
    with Parsers(parser=stand_in, limits=QUICK) as parsers:
        yield parsers


@pytest.fixture
def ask(parsers: Parsers) -> Ask:
    """Give the child one document, and wait."""
    return lambda body: parsers.submit(_request(body)).result(timeout=30)


def _request(body: str | bytes) -> ParseRequest:
    return ParseRequest(body.encode() if isinstance(body, str) else body, "https://news.example/")


def _is_gone(pid: int) -> bool:
    """Whether the process ends within two seconds; a zombie has ended."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_document_is_parsed_as_it_would_be_here(shared_feeds: Path) -> None:
    """The real parser says the same there as it says in this process, of every hostile document."""
    bodies = [path.read_bytes() for path in sorted((shared_feeds / "hostile").glob("*/*.*"))]
    with Parsers() as parsers:
        futures = [parsers.submit(_request(body)) for body in bodies]
        results = [future.result(timeout=60) for future in futures]
    assert not any(result.killed for result in results)
    assert [result.feed for result in results] == [
        parse(body, url="https://news.example/") for body in bodies
    ]


def test_all_that_a_request_says_arrives(parsers: Parsers) -> None:
    """Address, content type and known stamps reach the parser."""
    request = ParseRequest(b"seen", "https://a.example/", "text/xml", frozenset({"1", "2"}))
    assert parsers.submit(request).result().feed.title == "https://a.example/ text/xml 1 2"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("spin", "needs more than 1 s"),
        ("eat 500", "needs more than 128 MB of memory"),
        ("crash", "SIGSEGV"),
        ("leave 3", "exit status 3"),
        ("lie", "answered nonsense"),
        ("boast", "answered nonsense"),
    ],
)
def test_an_accident_is_a_result(ask: Ask, body: str, words: str) -> None:
    """Whatever a document does to its reader, the caller gets a sentence and goes on."""
    result = ask(body)
    assert result.killed
    assert result.feed.state is FeedState.BROKEN
    assert words in (result.feed.error or "")
    after = ask("fine")
    assert (after.killed, after.feed.state) == (False, FeedState.OK)


def test_a_document_that_only_waits_is_an_accident_too(stand_in: str) -> None:
    """The clock on the wall is watched beside the processor's."""
    with Parsers(parser=stand_in, limits=Limits(seconds=0.5)) as parsers:
        result = parsers.submit(_request("sleep 50")).result(timeout=30)
    assert result.killed
    assert "took longer than 0.5 s" in (result.feed.error or "")


def test_an_error_of_the_parser_is_an_ordinary_broken_feed(ask: Ask) -> None:
    """An exception kills nobody: the same child goes on."""
    before = ask("pid").feed.title
    result = ask("raise words")
    assert not result.killed
    assert result.feed.error == "the document cannot be read (LookupError)"
    assert ask("pid").feed.title == before


def test_those_that_wait_are_not_lost(parsers: Parsers) -> None:
    """Three accidents among a hundred documents cost three results."""
    orders = ["fine"] * 100
    orders[10], orders[40], orders[41] = "crash", "leave 1", "eat 500"
    futures = [parsers.submit(_request(order)) for order in orders]
    results = [future.result(timeout=60) for future in futures]
    assert [i for i, result in enumerate(results) if result.killed] == [10, 40, 41]
    assert sum(result.feed.state is FeedState.OK for result in results) == 97


def test_children_parse_beside_each_other(stand_in: str) -> None:
    """With two children, one that sleeps holds up nobody."""
    with Parsers(2, parser=stand_in) as parsers:
        slow = parsers.submit(_request("sleep 25"))
        quick = [parsers.submit(_request("fine")).result(timeout=30) for _ in range(10)]
        assert not slow.done()
        assert {result.feed.state for result in quick} == {FeedState.OK}


def test_a_child_is_replaced_after_its_share(stand_in: str) -> None:
    """After so many documents a new one takes over, and no document is an accident."""
    with Parsers(parser=stand_in, limits=Limits(documents=2)) as parsers:
        results = [parsers.submit(_request("pid")).result(timeout=30) for _ in range(5)]
    pids = [result.feed.title for result in results]
    assert [pids.index(pid) for pid in pids] == [0, 0, 2, 2, 4]
    assert not any(result.killed for result in results)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory is kept")
def test_a_child_that_keeps_memory_is_replaced(stand_in: str) -> None:
    """One that grew over a large document is not kept; the document is read all the same."""
    with Parsers(parser=stand_in, limits=Limits(resident=64 * 2**20)) as parsers:
        before = parsers.submit(_request("pid")).result(timeout=30)
        large = parsers.submit(_request("keep " + "x" * 300_000)).result(timeout=30)
        after = parsers.submit(_request("pid")).result(timeout=30)
    assert not large.killed
    assert before.feed.title != after.feed.title


def test_signals_of_the_terminal_do_not_reach_it(ask: Ask) -> None:
    """Control-C and TERM go to the parent, which decides; the document at hand is finished."""
    assert not ask("signals").killed


def test_what_it_prints_goes_nowhere(ask: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    """A library that prints spoils neither the answer nor the user's screen."""
    assert ask("print loudly").feed.title == "loudly"
    assert capfd.readouterr() == ("", "")


def test_it_knows_no_secrets(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that stand in variables do not reach the process that reads hostile bytes."""
    monkeypatch.setenv("MONITOR_SMTP_PASSWORD", "secret")
    assert "MONITOR_SMTP_PASSWORD" not in ask("variables").feed.title.split()


def test_it_imports_only_what_parsing_needs(ask: Ask) -> None:
    """No beat, no database, no network client costs its start time and memory."""
    modules = set(ask("modules").feed.title.split())
    others = {"sqlalchemy", "httpx", "pydantic", "monitor.beat", "monitor.store"}
    assert not modules & {*others, "bs4", "feedparser"}


def test_nothing_is_started_before_a_document_comes(stand_in: str) -> None:
    """A poll in which nothing changed costs no process."""
    threads = threading.active_count()
    with Parsers(parser=stand_in):
        assert threading.active_count() == threads


def test_a_parser_that_cannot_start_is_no_fault_of_the_document() -> None:
    """Then the run ends with a sentence, and no feed is blamed."""
    with (
        Parsers(parser="no_such_module:parse") as parsers,
        pytest.raises(MonitorError, match=r"cannot be started.*no_such_module"),
    ):
        parsers.submit(_request("fine")).result(timeout=30)


def test_leaving_waits_for_nobody(stand_in: str) -> None:
    """What has no answer yet is cancelled, the child is ended, and it is quick."""
    with Parsers(parser=stand_in, limits=Limits(cpu_seconds=60, seconds=60)) as parsers:
        pid = int(parsers.submit(_request("pid")).result(timeout=30).feed.title)
        slow, waiting = (parsers.submit(_request("sleep 50")) for _ in range(2))
        time.sleep(0.2)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    assert _is_gone(pid)
    for future in (slow, waiting):
        with pytest.raises(CancelledError):
            future.result(timeout=1)


def test_leaving_leaves_no_process_behind(stand_in: str) -> None:
    """An ended child is taken leave of, so that none is left in the system's list."""
    with Parsers(parser=stand_in) as parsers:
        pid = int(parsers.submit(_request("pid")).result(timeout=30).feed.title)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


PARENT = """
import sys
from monitor.collect.worker import Limits, ParseRequest, Parsers
with Parsers(parser="accidents:parse", limits=Limits(cpu_seconds=60, seconds=60)) as parsers:
    pid = parsers.submit(ParseRequest(b"pid", "https://news.example/")).result().feed.title
    busy = parsers.submit(ParseRequest(sys.argv[1].encode(), "https://news.example/"))
    print(pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("order", ["fine", "sleep 50", "spin"])
def test_no_child_outlives_a_killed_parent(stand_in: str, tmp_path: Path, order: str) -> None:
    """After ``kill -9`` of the parent an idle and a busy child are gone within two seconds."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, order],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
    )
    assert parent.stdin is not None and parent.stdout is not None
    with parent.stdin, parent.stdout:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert _is_gone(child)


BOMBS = {
    "billion laughs": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "lol">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))
    + b"]><rss><channel><title>&a9;</title></channel></rss>",
    "quadratic": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "%s">]>' % (b"x" * 50_000)
    + b"<rss><channel><title>%s</title></channel></rss>" % (b"&a;" * 2_000),
    "parameter entities": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % a "x">'
    + b"".join(b"<!ENTITY %% a%d '%s'>" % (i, b"%a;" * 50) for i in range(200))
    + b"]><rss><channel><title>t</title></channel></rss>",
    "nested": b"<rss><channel><item><title>t</title><description>"
    + b"<b>" * 50_000
    + b"</description></item></channel></rss>",
}


def _peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1024


TELLING = """
import os, time
from dataclasses import replace
from monitor.collect import feeds
def parse(body, **others):
    began = time.process_time()
    feed = feeds.parse(body, **others)
    return replace(feed, title=f"{os.getpid()} {time.process_time() - began}")
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads peaks of memory in /proc")
@pytest.mark.parametrize("name", BOMBS)
def test_bombs_do_no_harm(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """H1, H6: documents made to explode cost at most 2 s and 150 MB, and the next feed is read."""
    (tmp_path / "telling.py").write_text(TELLING)
    monkeypatch.syspath_prepend(tmp_path)
    with Parsers(parser="telling:parse") as parsers:
        result = parsers.submit(_request(BOMBS[name])).result(timeout=60)
        pid, seconds = result.feed.title.split()
        assert float(seconds) < 2
        assert _peak_megabytes(int(pid)) < 150
        after = parsers.submit(
            _request(b"<rss><channel><item><title>t</title></item></channel></rss>")
        )
        assert len(after.result(timeout=30).feed.entries) == 1


def test_a_pattern_made_to_hang_is_stopped() -> None:
    """H16: a regular expression of the settings costs a reader its second, and no other feed."""
    page = b"<ul><li><a href='/" + b"a" * 40 + b"!'>A headline of four words</a></li></ul>"
    with Parsers(limits=QUICK) as parsers:
        for link, is_stopped in (("^https://news.example/(a+)+$", True), ("*a" * 30, False)):
            request = ParseRequest(page, "https://news.example/", recipe=Recipe(link=link))
            began = time.monotonic()
            result = parsers.submit(request).result(timeout=30)
            assert result.killed is is_stopped
            assert not is_stopped or "needs more than 1 s" in (result.feed.error or "")
            assert time.monotonic() - began < 10
        feed = "<rss><channel><item><title>t</title></item></channel></rss>"
        after = parsers.submit(_request(feed))
        assert len(after.result(timeout=30).feed.entries) == 1


@pytest.mark.slow
def test_others_wait_little_for_a_very_long_feed() -> None:
    """H5: while 20,000 entries are read, this process is held up for 50 ms at most (p99)."""
    entry = "<item><title>Entry {0}</title><link>https://a.example/{0}</link>{1}</item>"
    text = f"<description>{'words ' * 50}</description>"
    items = "".join(entry.format(i, text) for i in range(20_000))
    with Parsers() as parsers:
        parsers.submit(_request(b"")).result(timeout=30)
        future = parsers.submit(_request(f"<rss><channel>{items}</channel></rss>"))
        lags, last = [], time.monotonic()
        while not future.done():
            time.sleep(0.005)
            lags.append(time.monotonic() - last)
            last = time.monotonic()
    assert len(future.result().feed.entries) == 20_000
    assert sorted(lags)[int(len(lags) * 0.99)] < 0.05


SAMPLE = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Новости</title>
<item><title>新闻 &amp; more</title><link>https://a.example/1?a=1&amp;lang=ru</link>
<guid>1</guid><pubDate>Fri, 12 Jun 2026 10:00:00 MSK</pubDate><dc:creator>A</dc:creator>
<description><![CDATA[<p>Words</p>]]></description></item></channel></rss>""".encode()


@pytest.fixture(scope="module")
def real() -> Iterator[Parsers]:
    """One child with the real parser for all mutations."""
    with Parsers() as parsers:
        yield parsers


CUTS = some.lists(
    some.tuples(some.integers(0, len(SAMPLE)), some.integers(0, 40), some.binary(max_size=20)),
    min_size=1,
    max_size=5,
)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Cuts = list[tuple[int, int, bytes]]


def _mutated(cuts: Cuts) -> bytes:
    body = SAMPLE
    for start, length, patch in cuts:
        body = body[:start] + patch + body[start + length :]
    return body


@settings(UNHURRIED, max_examples=200)
@given(CUTS)
def test_mutated_feeds_raise_nothing(real: Parsers, cuts: Cuts) -> None:
    """However a document is cut and patched, there is a result, and the child lives."""
    assert not real.submit(_request(_mutated(cuts))).result(timeout=30).killed


@pytest.mark.slow
@settings(UNHURRIED, max_examples=2000)
@given(CUTS)
def test_two_thousand_mutated_feeds_raise_nothing(real: Parsers, cuts: Cuts) -> None:
    """H11: the same, often enough to be believed."""
    assert not real.submit(_request(_mutated(cuts))).result(timeout=30).killed

"""Two readers of XML that say the same, wherever the fast one has no doubts."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from monitor.collect import refusals, strict
from monitor.collect.charsets import as_text
from monitor.collect.feeds import parse
from monitor.model import ParsedFeed

URL = "https://news.example/rss/all.xml"
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
_MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>x</b>", "<br/>", "&nbsp;", "&amp;", "<", ">", "a & b", "<i"),
            *("Поезд", "铁路", "é", "Ã©", " \n", "]]", "<script>s</script>", "&#233;"),
        ]
    ),
    max_size=8,
).map("".join)
_WORDS = _TEXT | _MARKUP
_DATE = st.sampled_from(["Sun, 22 Nov 2026 08:00:00 MSK", "2026-11-22T08:00:00Z", "x", ""])
_LINK = st.sampled_from(
    [
        *("https://news.example/1", "/2?a=1&lang=ru", "?id=3", "//cdn.example/4", "javascript:x"),
        *("https://news.example/Поезд", "", " https://news.example/5 ", "tag:x,2026:1", "abc"),
    ]
)


def _leniently(body: bytes, monkeypatch: pytest.MonkeyPatch) -> ParsedFeed:
    with monkeypatch.context() as patch:
        patch.setattr(strict, "read", lambda document: None)
        return parse(body, url=URL)


def _documents(folder: Path) -> Iterator[tuple[Path, bytes, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".json", ".jsonl", ".md", ".txt"):
            text = as_text(path.read_bytes()).lstrip()
            if not refusals.is_page(text):
                yield path, path.read_bytes(), text.encode("utf-8", "replace")


@pytest.mark.parametrize("name", ["captured", "peer_suites", "hostile"])
def test_both_read_the_same_in_other_peoples_feeds(
    shared_feeds: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every document that the fast reader accepts; of real outlets it accepts all."""
    accepted = refused = 0
    for path, body, document in _documents(shared_feeds / name):
        if strict.read(document) is None:
            refused += 1
            continue
        accepted += 1
        assert parse(body, url=URL) == _leniently(body, monkeypatch), path
    assert accepted > 25
    assert name != "captured" or refused == 0


def _element(name: str, attributes: str = "") -> Callable[[str], str]:
    return lambda text: f"<{name}{attributes}>{escape(text)}</{name}>"


def _quoted(name: str) -> Callable[[str], str]:
    return lambda text: f"<{name}><![CDATA[{text.replace(']]>', '')}]]></{name}>"


_RSS_PARTS = st.one_of(
    _WORDS.map(_element("title")),
    _LINK.map(_element("link")),
    _LINK.map(_element("guid")),
    _LINK.map(_element("guid", ' isPermaLink="false"')),
    _WORDS.map(_element("description")),
    _WORDS.map(_quoted("description")),
    _WORDS.map(_quoted("content:encoded")),
    _DATE.map(_element("pubDate")),
    _DATE.map(_element("dc:date")),
    st.sampled_from(["A. B.", "a@b.example (A. B.)", "a@b.example", "(x) a@b.kz"]).map(
        _element("author")
    ),
    _TEXT.map(_element("dc:creator")),
    _WORDS.map(_element("category")),
    _WORDS.map(_element("media:title")),
    _WORDS.map(_quoted("yandex:full-text")),
    st.sampled_from(
        [
            *('<enclosure url="x" type="y"/>', '<media:content url="x"/>', "<!-- c -->"),
            *('<source url="https://o.example/">O</source>', "<image>x</image>", "<x:y>z</x:y>"),
            *('<atom:link href="https://a.example/" rel="alternate"/>', "<x:y><title/></x:y>"),
            *('<atom:link href="https://a.example/" rel="self"/>', "<comments>x</comments>"),
        ]
    ),
)
_ATOM_PARTS = st.one_of(
    _WORDS.map(_element("title")),
    _WORDS.map(_element("title", ' type="html"')),
    _WORDS.map(_element("summary")),
    _WORDS.map(_element("content", ' type="html"')),
    _LINK.map(_element("id")),
    _LINK.map(lambda link: f'<link href="{escape(link)}"/>'),
    _LINK.map(lambda link: f'<link rel="enclosure" href="{escape(link)}"/>'),
    _DATE.map(_element("updated")),
    _DATE.map(_element("published")),
    _TEXT.map(lambda name: f"<author><name>{escape(name)}</name><email>a@b.kz</email></author>"),
    st.sampled_from(
        [
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p>b<br/></div>'
            "</content>",
            *('<category term="x"/>', "<rights>r</rights>", "<source><title>s</title></source>"),
        ]
    ),
)
_SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="https://x.example/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:yandex="http://news.yandex.ru"'
)


def _together(parts: list[list[str]], name: str) -> str:
    return "".join(f"<{name}>{''.join(entry)}</{name}>" for entry in parts)


_ENTRIES = st.lists(st.lists(_RSS_PARTS, max_size=6), max_size=3)
_FEEDS = st.one_of(
    st.builds(
        lambda head, entries: (
            f'<rss version="2.0" {_SPACES}><channel>{"".join(head)}'
            f"{_together(entries, 'item')}</channel></rss>"
        ),
        st.lists(_RSS_PARTS, max_size=3),
        _ENTRIES,
    ),
    st.builds(
        lambda head, entries: (
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru">{"".join(head)}'
            f"{_together(entries, 'entry')}</feed>"
        ),
        st.lists(_ATOM_PARTS, max_size=3),
        st.lists(st.lists(_ATOM_PARTS, max_size=6), max_size=3),
    ),
)


def _agree(feed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = feed.encode()
    assume(strict.read(body) is not None)
    assert parse(body, url=URL) == _leniently(body, monkeypatch)


_SETTINGS = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


@settings(_SETTINGS, max_examples=150)
@given(feed=_FEEDS)
def test_both_read_the_same_in_any_feed(feed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds made of common parts in any order and number."""
    _agree(feed, monkeypatch)


@pytest.mark.slow
@settings(_SETTINGS, max_examples=3000)
@given(feed=_FEEDS)
def test_both_read_the_same_in_many_feeds(feed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with many more."""
    _agree(feed, monkeypatch)


@pytest.mark.parametrize(
    "part",
    [
        "<description>a</description><description>b</description>",
        "<description><b>bare markup</b></description>",
        '<title mode="base64">YQ==</title>',
        "<title>CafÃ©</title>",
        "<title>a\x93b</title>",
        "<x:y><title>inside</title></x:y>",
        '<link href="/a"/>',
        '<title xml:base="https://x.example/">a</title>',
        "<media:group><media:description>a</media:description></media:group>",
        "<body>a</body>",
    ],
)
def test_what_is_doubtful_is_left_to_the_other(part: str) -> None:
    """Whatever feedparser reads in a way of its own."""
    plain = (
        f'<rss {_SPACES}><channel><item><guid isPermaLink="false">1</guid>@</item></channel></rss>'
    )
    assert strict.read(plain.replace("@", "").encode())
    assert strict.read(plain.replace("@", part).encode()) is None


def test_external_things_are_never_asked_for() -> None:
    """A document type sends the document to the lenient reader, which skips it."""
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    feed = f"{doctype}<rss><channel><item><title>a&x;</title></item></channel></rss>"
    assert strict.read(feed.encode()) is None
    assert not re.search("root:", repr(parse(feed.encode(), url=URL)))


# What a process opens and connects to while it reads documents that ask for it.
_WATCHED = """
import sys
from monitor.collect.feeds import parse
parse(b"<rss><channel><item><title>warm&x;</title></item></channel></rss>", url="")
asked, kinds = [], ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request")
sys.addaudithook(lambda kind, about: asked.append(kind) if kind in kinds else None)
for document in sys.argv[1:]:
    parse(document.encode(), url="https://a.example/")
print(len(asked))
"""


def test_no_document_makes_its_reader_open_anything() -> None:
    """H2: entities, document types, stylesheets and inclusions: no file, no look-up, no connect."""
    item = "<channel><item><title>a&x;</title>{}</item></channel></rss>"
    with socket.create_server(("127.0.0.1", 0)) as canary:
        place = f"http://127.0.0.1:{canary.getsockname()[1]}/x"
        documents = [
            f'<!DOCTYPE rss SYSTEM "{place}"><rss>{item}',
            f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{place}">]><rss>{item}',
            f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>{item}',
            f'<!DOCTYPE rss [<!ENTITY % x SYSTEM "{place}"> %x;]><rss>{item}',
            f'<?xml-stylesheet href="{place}"?><rss>{item}',
            f'<rss xmlns:i="http://www.w3.org/2001/XInclude">{item}'.format(
                f'<i:include href="{place}"/>'
            ),
        ]
        ran = [sys.executable, "-c", _WATCHED, *documents]
        done = subprocess.run(ran, capture_output=True, text=True, check=True)
        canary.setblocking(False)
        with pytest.raises(BlockingIOError):
            canary.accept()
    assert done.stdout == "0\n"

"""Known faults of the reference parser, each mended on the way in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.collect.feeds import parse
from monitor.collect.mending import legible, with_plain_ampersands
from monitor.model import Entry

URL = "https://news.example/rss/all.xml"


def _rss(inner: str, flaw: str = "", url: str = URL) -> Entry:
    """The one entry of a feed; a ``flaw`` in its head sends it to the lenient reader."""
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:yandex="http://news.yandex.ru"'
    text = f"<rss {spaces}><channel>{flaw}<item>{inner}</item></channel></rss>"
    return parse(text.encode(), url=url).entries[0]


FLAWS = pytest.mark.parametrize(
    "flaw", ["", "<title>A & B</title>", "<description><b></description>"]
)


@FLAWS
@pytest.mark.parametrize("name", ["lang", "copy", "reg", "sect", "para", "notin", "amp", "lt"])
def test_parameters_are_no_characters(name: str, flaw: str) -> None:
    """``&lang=`` and ``&copy=`` in a link stay what they are, escaped or not, or in CDATA."""
    link = f"https://news.example/?a=1&{name}=ru&b=2"
    for written in (link, link.replace("&", "&amp;"), f"<![CDATA[{link}]]>"):
        assert _rss(f"<link>{written}</link>", flaw).link == link


@FLAWS
def test_entities_of_html_are_read(flaw: str) -> None:
    """XML does not know them, and everybody uses them."""
    entry = _rss("<title>A&nbsp;&laquo;B&raquo; &mdash; C &unknown; D &#171;</title>", flaw)
    assert entry.title == "A «B» — C &unknown; D «"


@FLAWS
def test_guids_are_left_as_they_are(flaw: str) -> None:
    """Only a guid that is a whole address is a link; none is resolved."""
    assert (_rss("<guid>abc</guid>", flaw).id, _rss("<guid>abc</guid>", flaw).link) == ("abc", None)
    entry = _rss("<guid> https://news.example/1 </guid><link></link>", flaw)
    assert (entry.id, entry.link) == ("https://news.example/1", "https://news.example/1")
    stated = _rss("<guid>https://news.example/?p=1</guid><link>/1</link>", flaw)
    assert (stated.id, stated.link) == ("https://news.example/?p=1", "https://news.example/1")


@FLAWS
def test_escapes_are_read_once(flaw: str) -> None:
    """In guids and names as well as in texts, in a malformed document too."""
    guid = "<guid>https://news.example/?a=1&amp;b=2</guid>"
    entry = _rss(f"{guid}<title>A &amp;amp; B</title><dc:creator>C &amp; D</dc:creator>", flaw)
    assert entry.id == entry.link == "https://news.example/?a=1&b=2"
    assert (entry.title, entry.authors) == ("A & B", ("C & D",))


@FLAWS
def test_the_date_of_dublin_core_is_that_of_publication(flaw: str) -> None:
    """The only date that an entry states, outside Atom."""
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    entry = _rss("<title>T</title><dc:date>2026-11-22T08:00:00+05:00</dc:date>", flaw)
    assert (entry.published, entry.updated) == (at, at)


@FLAWS
def test_whole_texts_of_yandex_are_read(flaw: str) -> None:
    """Russian outlets give the article where no standard looks for it."""
    entry = _rss(
        "<title>T</title><yandex:full-text>&lt;p&gt;Всё&lt;/p&gt;</yandex:full-text>", flaw
    )
    assert entry.text == "Всё"


def test_links_without_a_base_stay_relative() -> None:
    """Where nobody knows where a document came from, its links are as stated."""
    assert _rss("<link>/a/1</link>", url="").link == "/a/1"
    assert _rss("<title>T</title><link>javascript:x()</link>", url="").link is None


def test_entries_that_show_nothing_are_stated_too() -> None:
    """They are counted; an element with nothing in it is none."""
    text = "<rss><channel>{}</channel></rss>"
    dated = parse(text.format("<item><pubDate>2026</pubDate></item>").encode(), url=URL)
    assert [entry.title for entry in dated.entries] == [""]
    assert parse(text.format("<item><title/></item>").encode(), url=URL).entries == ()


def test_a_prefix_that_nothing_explains_is_stepped_over() -> None:
    """``<rss:item>`` without a namespace is an item."""
    text = "<rss rss:version=2.0><rss:channel><rss:item><rss:title>T</rss:title></rss:item>"
    parsed = parse(f"{text}</rss:channel></rss>".encode(), url=URL)
    assert [entry.title for entry in parsed.entries] == ["T"]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a & b &c d&e;", "a &amp; b &amp;c d&amp;e;"),
        ("&amp;&#38;&lt;", "&amp;&#38;&lt;"),
        ("<![CDATA[a & b]]> & <![CDATA[c & d", "<![CDATA[a & b]]> &amp; <![CDATA[c & d"),
        ("<!ENTITY x 'y'> & &x;", "<!ENTITY x 'y'> & &x;"),
    ],
)
def test_ampersands_are_escaped_outside_cdata(text: str, mended: str) -> None:
    """A reference to nothing is an ampersand; CDATA and own entities are left alone."""
    assert with_plain_ampersands(text) == mended


def test_what_xml_forbids_is_left_out() -> None:
    """Characters go, references become a sign of loss."""
    assert legible("a\x00b\x1fc&#0;&#x1F;&#65;") == "abc\ufffd\ufffd&#65;"

"""What modules of RSS and Atom say of an entry, and the slips that generators make with them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.collect import lenient
from monitor.collect.entries import person
from monitor.collect.feeds import parse, parse_with_markup
from monitor.model import Entry, FeedState

URL = "https://news.example/rss/all.xml"
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
_SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
# A flaw in the feed's head sends a document to the lenient reader.
READERS = pytest.mark.parametrize("flaw", ["", "&nbsp;"])


def _rss(inner: str, flaw: str = "", spaces: str = _SPACES) -> Entry:
    head = f"<title>N{flaw}</title>"
    text = f"<rss {spaces}><channel>{head}<item>{inner}</item></channel></rss>"
    (entry,) = parse(text.encode(), url=URL).entries
    return entry


def _atom(inner: str, flaw: str = "", *, markup: bool = False) -> Entry:
    head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N{flaw}</title>'
    text = f"{head}<entry><id>1</id><title>T</title>{inner}</entry></feed>"
    read = parse_with_markup if markup else parse
    (entry,) = read(text.encode(), url=URL).entries
    return entry


_CAPTION = "<media:content url='x'><media:description>A photo</media:description></media:content>"


@READERS
@pytest.mark.parametrize("order", [1, -1])
def test_a_caption_is_neither_summary_nor_text(order: int, flaw: str) -> None:
    """The words below a picture stand behind the entry's own, wherever they stand."""
    entry = _rss("".join(["<description>What happened</description>", _CAPTION][::order]), flaw)
    assert (entry.summary, entry.text) == ("What happened", "")


@READERS
def test_a_caption_speaks_for_an_entry_without_words(flaw: str) -> None:
    """A film has nothing else."""
    assert _rss(f"<title>T</title>{_CAPTION}", flaw).summary == "A photo"


@READERS
def test_a_picture_in_an_entry_names_no_entry(flaw: str) -> None:
    """Its title and link are its own, before the entry's and behind them."""
    picture = "<image><url>u</url><title>Pic</title><link>https://pic.example/</link></image>"
    for parts in ((picture, "<title>T</title><link>/1</link>"), ("<title>T</title>", picture)):
        entry = _rss("".join(parts), flaw)
        assert entry.title == "T"
        assert entry.link != "https://pic.example/"


@READERS
def test_what_was_created_was_published(flaw: str) -> None:
    """Unless something else says when."""
    created = "<dcterms:created>2026-11-20T10:00:00+06:00</dcterms:created>"
    assert _rss(created, flaw).published == AT
    issued = "<dcterms:issued>2026-11-21T10:00:00+06:00</dcterms:issued>"
    assert _rss(created + issued, flaw).published == datetime(2026, 11, 21, 4, tzinfo=UTC)


@READERS
@pytest.mark.parametrize(
    "written", ["alternate", "http://www.iana.org/assignments/relation/alternate"]
)
def test_a_relation_may_be_an_address(written: str, flaw: str) -> None:
    """Both are the same to the standard."""
    assert _atom(f'<link rel="{written}" href="/1"/>', flaw).link == "https://news.example/1"


@READERS
def test_names_of_namespaces_may_be_secured(flaw: str) -> None:
    """A plug-in that turns http into https everywhere costs neither date nor text."""
    spaces = _SPACES.replace("http:", "https:")
    text = "<content:encoded>All of it</content:encoded>"
    entry = _rss(f"{text}<dc:date>2026-11-20T04:00:00Z</dc:date>", flaw, spaces)
    assert (entry.text, entry.published) == ("All of it", AT)


@READERS
def test_an_address_beside_a_link_does_not_hide_it(flaw: str) -> None:
    """The text of the element is the link."""
    assert _rss('<link uri="at://did:plc:x/1">https://a.example/1</link>', flaw).link == (
        "https://a.example/1"
    )


def test_prefixes_that_nothing_explains_are_left_out() -> None:
    """Where only one thing can be meant."""
    feed = "<rss><channel><atom:link rel='alternate' href='https://a.example/'/></channel></rss>"
    assert parse(feed.encode(), url=URL).link == "https://a.example/"
    news = "<news:news><news:title>T</news:title></news:news>"
    sitemap = f"<urlset><url><loc>https://a.example/1</loc>{news}</url></urlset>"
    assert [entry.title for entry in parse(sitemap.encode(), url=URL).entries] == ["T"]


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE html>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">',
        "<!doctype html>\n<!-- by a template -->\n",
    ],
)
def test_a_document_type_of_pages_makes_no_page(prolog: str) -> None:
    """What stands behind it is a feed."""
    feed = f"{prolog}<rss><channel><item><title>T</title></item></channel></rss>"
    parsed = parse(feed.encode(), url=URL)
    assert (parsed.state, len(parsed.entries)) == (FeedState.OK, 1)
    page = f"{prolog}<html><body><rss></rss></body></html>"
    assert parse(page.encode(), url=URL).state is FeedState.NOT_A_FEED


@READERS
@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("press@news.museum (A. Saidova)", "A. Saidova"),
        ("A. Saidova (mailto:a@mail.kz)", "A. Saidova"),
        ("A. Saidova &lt;a@mail.kz&gt;", "A. Saidova"),
        ("a@mail.photography", "a@mail.photography"),
        ("Saidova @ work", "Saidova @ work"),
    ],
)
def test_an_author_is_a_name_without_an_address(stated: str, name: str, flaw: str) -> None:
    """However long the address's domain is; an address alone stays."""
    assert _rss(f"<author>{stated}</author>", flaw).authors == (name,)


def test_long_words_cost_no_time() -> None:
    """A name without an end is no address."""
    assert person("a" * 200_000) == "a" * 200_000


def test_halves_of_a_character_are_joined_where_xml_does_not_look() -> None:
    """As references in CDATA, which markup reads and XML does not."""
    assert (
        _rss("<title><![CDATA[Go &#55357;&#56962; &#xD83D;&#xDE82;]]></title>").title == "Go 🚂 🚂"
    )


@READERS
def test_the_frame_of_xhtml_is_no_part_of_it(flaw: str) -> None:
    """RFC 4287 says so; what stands beside it is kept."""
    frame = '<div xmlns="http://www.w3.org/1999/xhtml">A <b>B</b></div>'
    assert (
        _atom(f'<summary type="xhtml">{frame}</summary>', flaw, markup=True).summary == "A <b>B</b>"
    )
    assert _atom(f'<summary type="xhtml">{frame} C</summary>').summary == "A B C"


@pytest.mark.parametrize(
    ("base", "flaw", "link"),
    [
        ("", "", "https://news.example/rss/a?b=1&amp;c=2"),
        ("", "&nbsp;", "https://news.example/rss/a?b=1&amp;c=2"),
        ('xml:base="/sub/"', "", "https://news.example/sub/a?b=1&amp;c=2"),
        ('xml:base="https://b.example/x/"', "", "https://b.example/x/a?b=1&amp;c=2"),
    ],
)
def test_a_link_in_a_summary_is_made_absolute(base: str, flaw: str, link: str) -> None:
    """Where the text's own base is known; what is absolute is left as it is."""
    written = "&lt;a href='a?b=1&amp;amp;c=2'>x&lt;/a>&lt;a href='HTTP://C.example'>y&lt;/a>"
    text = f'<summary type="html" {base}>{written}</summary>'
    shown = f'<a href="{link}">x</a><a href="HTTP://C.example">y</a>'
    assert _atom(text, flaw, markup=True).summary == shown


def test_a_feed_of_json_names_who_wrote_what_names_nobody() -> None:
    """JSON Feed 1.1: the feed's authors are an item's unless it has its own."""
    rows = [{"id": "1", "title": "A"}, {"id": "2", "title": "B", "authors": [{"name": "Own"}]}]
    document = json.dumps({"authors": [{"name": "Desk"}], "items": rows})
    entries = parse(document.encode(), url=URL).entries
    assert [entry.authors for entry in entries] == [("Desk",), ("Own",)]


@pytest.mark.parametrize("prefixes", [3, 20_000])
def test_many_prefixes_cost_no_time(prefixes: int) -> None:
    """Each is looked at once."""
    items = "".join(f"<a{n}:item><title>T</title></a{n}:item>" for n in range(prefixes))
    assert lenient.read(f"<rss><channel>{items[:200_000]}</channel></rss>").statements

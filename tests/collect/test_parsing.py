"""Documents that are broken, cut, mislabelled, hostile or no feeds at all."""

from __future__ import annotations

import codecs
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.collect import lenient
from monitor.collect.feeds import parse
from monitor.collect.reading import Reading
from monitor.model import FeedState, ParsedFeed

URL = "https://news.example/rss/all.xml"
GOLDEN = Path(__file__).resolve().parents[1] / "data" / "collect"
RUSSIAN = "Казахстан и Китай подписали соглашение о железной дороге"
CHINESE = "哈萨克斯坦与中国签署铁路合作协议"


def _rss(*items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'


def _item(number: int, title: str = "Title") -> str:
    link = f"https://news.example/{number}"
    return f"<title>{title} {number}</title><link>{link}</link><guid>{link}</guid>"


def _parse(text: str) -> ParsedFeed:
    return parse(text.encode(), url=URL)


# --- states ---


@pytest.mark.parametrize("body", [b"", b"   \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"\xff\xfe"])
def test_nothing_is_broken(body: bytes) -> None:
    """An empty answer is a failure, and no feed that went quiet."""
    assert parse(body, url=URL) == ParsedFeed(FeedState.BROKEN, error="the answer is empty")


def test_a_feed_without_entries_is_empty() -> None:
    """A feed may have nothing to say."""
    parsed = _parse(_rss())
    assert (parsed.state, parsed.error, parsed.title) == (FeedState.EMPTY, None, "T")
    assert _parse('{"version": "https://jsonfeed.org/version/1", "items": []}').state == "empty"


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>Home</title></head><body>Hello</body></html>",
        "\ufeff<!doctype HTML>\n<p>Not found",
        "<!-- a --><!-- b -->\n<html><body/></html>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html/>',
    ],
)
def test_a_web_page_is_no_feed(page: str) -> None:
    """A page instead of a feed has a state of its own and makes no entries."""
    parsed = _parse(page)
    assert (parsed.state, parsed.entries) == (FeedState.NOT_A_FEED, ())
    assert parsed.error == "a web page, not a feed"


def test_a_web_page_says_where_its_feed_is() -> None:
    """A home page in place of a feed names the feed that it has."""
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    parsed = _parse(f"<html><head>{link}</head></html>")
    assert (
        parsed.error == "a web page, not a feed; it names a feed at https://news.example/feed.xml"
    )


@pytest.mark.parametrize("sign", ["<title>Just a moment...</title>", "<div id='cf-chl-widget'>"])
def test_a_bot_protection_is_told_from_a_page(sign: str) -> None:
    """A challenge means that we are blocked, which is not the feed's fault."""
    assert _parse(f"<html><head>{sign}</head></html>").state is FeedState.BLOCKED


@pytest.mark.parametrize(
    "text",
    [
        "a few words",
        "<opml><body/></opml>",
        '{"pages": []}',
        "[1, 2]",
        "/etc/passwd",
    ],
)
def test_other_documents_are_no_feeds(text: str) -> None:
    """Plain text, other XML and other JSON are named as what they are not."""
    parsed = _parse(text)
    assert (parsed.state, parsed.entries) == (FeedState.NOT_A_FEED, ())
    assert parsed.error


def test_a_body_that_is_a_file_name_opens_no_file(tmp_path: Path) -> None:
    """The parser's habit of opening what looks like a path is not for publishers to use."""
    secret = tmp_path / "secret.xml"
    secret.write_text(_rss(_item(1)))
    assert _parse(str(secret)).entries == ()


def test_half_a_json_document_is_broken() -> None:
    """JSON that breaks off, nests too deep or counts too far is broken."""
    for text in ('{"items": [{"id": "1"', '{"items": ' + "[" * 100_000, '{"items": ' + "9" * 9000):
        assert _parse(text).state is FeedState.BROKEN


# --- damage that leaves something to read ---


def test_a_malformed_document_keeps_its_entries_and_says_so() -> None:
    """An undefined entity or an unclosed tag costs no news."""
    for flaw in ("&nbsp;&laquo;", "<b>", "&", "<br>"):
        parsed = _parse(_rss(_item(1) + f"<description>{flaw}x</description>", _item(2)))
        assert parsed.state is FeedState.OK
        assert [entry.title for entry in parsed.entries] == ["Title 1", "Title 2"], flaw
        assert parsed.error is not None
        assert parsed.error.startswith("the document is malformed (")


@pytest.mark.parametrize("junk", ["\n\n  ", "\ufeff", "\ufeff\n"])
def test_blanks_before_the_prolog_are_no_flaw(junk: str) -> None:
    """Many generators begin with an empty line."""
    parsed = _parse(junk + _rss(_item(1)))
    assert (len(parsed.entries), parsed.error) == (1, None)


@pytest.mark.parametrize("junk", ["Warning: mysql_connect()\n", "<br />\n<b>Warning</b>: x in y\n"])
def test_words_before_the_prolog_cost_nothing(junk: str) -> None:
    """A warning of the publisher's server before the feed is stepped over."""
    assert [entry.title for entry in _parse(junk + _rss(_item(1))).entries] == ["Title 1"]


def test_words_behind_the_root_do_not_make_it_truncated() -> None:
    """A long script behind the end of the feed is a flaw and no cut."""
    parsed = _parse(_rss(_item(1)) + "<script>" + "x" * 5000 + "</script>")
    assert (parsed.state, len(parsed.entries)) == (FeedState.OK, 1)


def test_characters_that_xml_forbids_are_left_out() -> None:
    """Control characters and impossible references neither stop the reader nor reach a title."""
    forbidden = "\x00\x08\x0b\x1f\ufffe&#0;&#8;&#x1F;&#xD800;&#x110000;&#99999999999999999999;"
    parsed = _parse(_rss(_item(1, f"Fre{forbidden}ight&#33;")))
    assert parsed.error is None
    assert parsed.entries[0].title.replace("\ufffd", "") == "Freight! 1"


@pytest.mark.parametrize("name", ["rss20.xml", "rss10.rdf", "atom.xml"])
def test_a_document_that_breaks_off_is_broken(name: str) -> None:
    """Wherever it is cut, it is broken, and every entry it gives stands in the whole one."""
    body = (GOLDEN / name).read_bytes()
    whole = {entry.link for entry in parse(body, url=URL).entries}
    end = body.index(b"</channel>") if name == "rss20.xml" else len(body) - 9
    for cut in range(body.index(b"<title"), end, 17):
        parsed = parse(body[:cut], url=URL)
        assert parsed.state in (FeedState.BROKEN, FeedState.NOT_A_FEED), cut
        assert {entry.link for entry in parsed.entries} <= whole, cut


def test_a_cut_entry_is_kept_when_its_name_is_whole() -> None:
    """A cut in the middle of a long text does not cost the entry; a cut in its link does."""
    text = _rss(_item(1), _item(2) + "<description>A long text</description>", _item(3))
    assert len(_parse(text[: text.index("long text")]).entries) == 2
    assert len(_parse(text[: text.index("/2</link>") + 2]).entries) == 1


def test_a_feed_without_its_last_line_is_whole() -> None:
    """Some generators never close the root; the channel is closed, so nothing is missing."""
    assert _parse(_rss(_item(1)).removesuffix("</rss>")).state is FeedState.OK


# --- charsets ---


def test_capitals_inside_words_are_no_sign_of_a_wrong_charset() -> None:
    """Names like KazMunayGas in Cyrillic are left as they are."""
    title = "КазМунайГаз и КазТрансОйл: ВСЕ НОВОСТИ"
    document = _rss(_item(1, title), prolog='<?xml version="1.0" encoding="windows-1251"?>')
    assert parse(document.encode("cp1251"), url=URL).entries[0].title == f"{title} 1"


def test_one_damaged_entry_does_not_spoil_the_others() -> None:
    """An entry in another charset is read alone, as well as can be."""
    text = _rss(_item(1, RUSSIAN), _item(2, "@"), _item(3, RUSSIAN))
    body = text.encode().replace(b"@", RUSSIAN.encode("cp1251"))
    first, second, third = parse(body, url=URL).entries
    assert (first.title, third.title) == (f"{RUSSIAN} 1", f"{RUSSIAN} 3")
    assert second.title == f"{RUSSIAN} 2"


# --- single fields ---


@pytest.mark.parametrize(
    ("stated", "link"),
    [
        ("/a", "https://news.example/a"),
        ("a?b=1&amp;c=2", "https://news.example/rss/a?b=1&c=2"),
        ("?id=3", "https://news.example/rss/all.xml?id=3"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("https://новости.қаз/1", "https://новости.қаз/1"),
        ("https://news.example/%D0%BA?utm_source=x#top", None),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("http://[bad/", ""),
    ],
)
def test_links_are_as_stated_made_absolute(stated: str, link: str | None) -> None:
    """Relative links are resolved, the others left alone; what is no web address is no link."""
    parsed = _parse(
        _rss(f"<title>T</title><link>{stated}</link><guid isPermaLink='false'>1</guid>")
    )
    assert parsed.entries[0].link == (stated if link is None else link or None)


def test_nested_bases_resolve_links() -> None:
    """xml:base counts, relative to the base around it."""
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/sub/">'
        '<entry xml:base="deeper/"><title>T</title><id>1</id><link href="p.html"/></entry></feed>'
    )
    assert _parse(text).entries[0].link == "https://base.example/sub/deeper/p.html"


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("Sun, 22 Nov 2026 08:00:00 +0500", datetime(2026, 11, 22, 3, tzinfo=UTC)),
        ("2026-11-22T08:00:00+05:00", datetime(2026, 11, 22, 3, tzinfo=UTC)),
        ("Sunday, 22 November 2026 08:00:00 +0500", datetime(2026, 11, 22, 3, tzinfo=UTC)),
        ("Thu, 01 Jan 2041 00:00:00 GMT", datetime(2041, 1, 1, tzinfo=UTC)),
        ("not a date", None),
        ("0001-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59+05:00", None),
        ("9" * 5000, None),
    ],
)
def test_dates_are_read_or_left_out(stated: str, moment: datetime | None) -> None:
    """H15: a date is UTC, or it is nothing: one that no time zone can show, a clock never set."""
    parsed = _parse(_rss(f"{_item(1)}<pubDate>{stated}</pubDate>"))
    assert parsed.entries[0].published == moment


def test_a_missing_date_is_not_made_from_the_other() -> None:
    """An entry that states only when it was updated has no date of publication, and the reverse."""
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>T</title>%s</entry></feed>'
    updated = _parse(atom % "<updated>2026-11-22T02:00:00Z</updated>").entries[0]
    published = _parse(atom % "<published>2026-11-22T02:00:00Z</published>").entries[0]
    assert (updated.published, updated.updated) == (None, datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert (published.published, published.updated) == (datetime(2026, 11, 22, 2, tzinfo=UTC), None)


def test_markup_and_scripts_stay_outside() -> None:
    """Texts are plain: no tags, no scripts, no control or direction characters."""
    hostile = (
        "&lt;script&gt;evil()&lt;/script&gt;Before&lt;img src=x onerror=evil()&gt; \u202eafter"
        "&lt;iframe srcdoc='&amp;lt;script&amp;gt;'&gt;&lt;/iframe&gt;"
    )
    parsed = _parse(_rss(f"{_item(1)}<description>{hostile}</description>"))
    assert parsed.entries[0].summary == "Before after"


def test_a_summary_that_repeats_the_text_is_dropped() -> None:
    """What is said twice is kept once."""
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    body = "<description>Same</description><content:encoded>Same</content:encoded>"
    text = _rss(_item(1) + body).replace("<rss ", f"<rss {content} ")
    assert (_parse(text).entries[0].summary, _parse(text).entries[0].text) == ("", "Same")


def test_lone_surrogates_never_reach_the_store() -> None:
    """JSON can spell half characters, which no database can keep."""
    half = "\\ud83d"
    row = {"id": "@", "url": "https://x.example/@", "title": "a@", "content_text": "b@"}
    text = json.dumps({"title": "@", "language": "@", "items": [row]}).replace("@", half)
    parsed = _parse(text)
    assert len(parsed.entries) == 1
    assert repr(parsed).encode()
    for value in (parsed.title, parsed.lang, parsed.entries[0].link, parsed.entries[0].title):
        assert (value or "").encode()


# --- hostile documents ---


@pytest.mark.parametrize(
    "text",
    [
        "<!-- -->" * 5000 + _rss(_item(1)),
        _rss("<title>x</title>" + "<a>" * 8_000 + "</a>" * 8_000),
        _rss("<title>x</title><description>" + "&lt;b&gt;" * 20_000 + "</description>"),
        _rss("<title>x</title><description>" + "&lt;p " * 50_000 + "</description>"),
        "<rss>" + "<" * 50_000,
        "<rss>" + "<!--" * 50_000,
        "<rss>" + "<![CDATA[" * 50_000,
        "<!DOCTYPE " + "<!ENTITY " * 50_000,
        "<rss " + " ".join(f'a{number}="1"' for number in range(20_000)) + "/>",
        _rss("".join(f'<a{number}:b xmlns:a{number}="u"/>' for number in range(5_000))),
        "<html>" + "<a <" * 50_000,
        '{"items": [' + '{"title": "' + "<p " * 50_000 + '"}]}',
        "<rss><channel><item><title>x</titel>" + "<id>" * 20_000 + "</",
        _rss("<item><title>x</titel></item>" * 200, _item(1)),
        "<!DOCTYPE z [" + "<!ENTITY a 'b'>" * 20_000 + "]>" + _rss(_item(1), prolog=""),
    ],
    ids=range(15),
)
def test_no_document_takes_long(text: str) -> None:
    """Documents made to be slow are read, or given up, in seconds."""
    began = time.monotonic()
    _parse(text)
    assert time.monotonic() - began < 5


def test_entities_do_not_explode() -> None:
    """Nested and repeated entities stay small."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    nested = f'<!DOCTYPE z [<!ENTITY l0 "lol">{laughs}]>'
    repeated = f'<!DOCTYPE z [<!ENTITY l9 "{"x" * 50_000}">]>'
    for doctype in (nested, repeated):
        body = _rss(f"<title>T {'&l9;' * 2000}</title>", prolog=doctype)
        assert len(repr(_parse(body))) < 1_000_000


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    """Neither a file nor an included document finds its way into an entry."""
    secret = tmp_path / "secret"
    secret.write_text("canary")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}"/>'
    parsed = _parse(
        _rss(f"<title>T&x;</title><description>{include}</description>", prolog=doctype)
    )
    assert len(parsed.entries) == 1
    assert "canary" not in repr(parsed)


GOLDEN_BODIES = [path.read_bytes() for path in sorted(GOLDEN.iterdir())]


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A golden document with pieces cut, doubled, moved or replaced by noise."""
    body = bytearray(draw(st.sampled_from(GOLDEN_BODIES)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        noise = draw(
            st.binary(max_size=8)
            | st.sampled_from(
                b"&#x110000; &#555555555; &#xD800 <![CDATA[ ]]> <? & \0 </item> <item> \xff".split()
            )
        )
        body[start:end] = draw(st.sampled_from([noise, bytes(body[start:end]) * 2]))
    return bytes(body)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=_mutated() | st.binary(max_size=200))
def test_no_document_makes_the_reader_fail(body: bytes) -> None:
    """Whatever a publisher sends, the answer is a state, and texts that can be stored."""
    _check_readable(body)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=_mutated())
def test_no_mutation_makes_the_reader_fail(body: bytes) -> None:
    """H11: the same with many more, each within seconds."""
    began = time.monotonic()
    _check_readable(body)
    assert time.monotonic() - began < 5


def _check_readable(body: bytes) -> None:
    parsed = parse(body, url=URL)
    assert parsed.state in FeedState
    assert parsed.state.failed <= (parsed.error is not None)
    for entry in parsed.entries:
        assert isinstance(entry.title.encode(), bytes)
        assert entry.link is None or entry.link.startswith(("http://", "https://"))


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])
def test_noise_behind_a_byte_order_mark_is_no_feed(mark: bytes) -> None:
    """A mark does not make a feed of noise."""
    assert parse(mark + bytes(range(256)) * 3, url=URL).state is FeedState.NOT_A_FEED


def test_want_of_memory_is_no_flaw_of_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the reader has to hear of it, since the same bytes would do it again."""

    def exhausted(text: str) -> Reading:
        raise MemoryError

    monkeypatch.setattr(lenient, "read", exhausted)
    with pytest.raises(MemoryError):
        parse(b"<rss><channel><item><title>A & B</title></item></channel></rss>", url="")

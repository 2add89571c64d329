"""Documents such as outlets and their servers send, most of them wrong in a way of their own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence

import pytest

from monitor.collect.feeds import parse
from monitor.model import FeedState, ParsedFeed

URL = "https://news.example/rss/all.xml"
RUSSIAN = "Казахстан и Китай подписали соглашение"
CHINESE = "哈萨克斯坦与中国签署铁路合作协议"
NEWS = "https://news.example/{}"


def _item(title: str = "A", number: int = 1, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{NEWS.format(number)}</link>{more}</item>"


def _rss(items: str, prolog: str = '<?xml version="1.0"?>') -> str:
    return f"{prolog}<rss version='2.0'><channel><title>N</title>{items}</channel></rss>"


def _parse(document: str | bytes, content_type: str = "") -> ParsedFeed:
    body = document.encode() if isinstance(document, str) else document
    return parse(body, url=URL, content_type=content_type)


def _titles(parsed: ParsedFeed) -> list[str]:
    return [entry.title for entry in parsed.entries]


_LONG = _rss("".join(_item(f"T{n}", n, f"<guid>g{n}</guid>") for n in range(9)))
_ENTRY = '<entry xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>1</id></entry>'

# What is wrong: the document, and the titles that come out.
_DAMAGED: dict[str, tuple[str, list[str]]] = {
    "a parameter entity": (
        _rss(_item(), '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>'),
        ["A"],
    ),
    "an entity of its own": (_rss(_item("A &co;"), '<!DOCTYPE r [<!ENTITY co "B">]>'), ["A B"]),
    "an attribute twice": (_rss("<item a='1' a='2'><title>A</title></item>"), ["A"]),
    "an attribute without quotes": (_rss(_item(more="<guid isPermaLink=false>9</guid>")), ["A"]),
    "items that are not closed": (_rss(_item() + _item("B", 2)).replace("</item>", ""), ["A", "B"]),
    "an end with a slip": (
        _rss(_item() + "<item><title>B</titel></item>" + _item("C", 3)),
        ["A", "", "C"],
    ),
    "a zero byte": (_rss(_item("A\0B")), ["AB"]),
    "a bell and an escape": (_rss(_item("A\x07B\x1b[31m")), ["AB[31m"]),
    "capital tags": (_rss(_item()).replace("title>", "TITLE>").replace("item>", "ITEM>"), ["A"]),
    "XML 1.1": (_rss(_item(), '<?xml version="1.1"?>'), ["A"]),
    "a prolog behind a comment": ("<!-- x -->\n" + _rss(_item()), ["A"]),
    "two documents": (_rss(_item()) + _rss(_item("B", 2)), ["A", "B"]),
    "a comment without an end": (_rss(_item() + "<!-- x" + _item("B", 2)), ["A"]),
    "a smaller sign": (_rss(_item("5 < 6 trains") + _item("B", 2)), ["5 < 6 trains", "B"]),
    "two byte order marks": ("\ufeff\ufeff" + _rss(_item()), ["A"]),
    "items beside the channel": ("<rss><channel></channel>" + _item() + "</rss>", ["A"]),
    "no namespaces in RDF": ("<rdf><channel></channel>" + _item() + "</rdf>", ["A"]),
    "no namespace in Atom": ("<feed><entry><title>A</title><id>1</id></entry></feed>", ["A"]),
    "a namespace for RSS": (_rss(_item()).replace("<rss", '<rss xmlns="urn:rss"'), ["A"]),
    "an entry alone": (_ENTRY, ["A"]),
    "a thousand stylesheets": (_rss(_item(), "<?a b?>" * 1000), ["A"]),
    "halves of a character": (_rss(_item("A&#xD83D;&#xDE80;B&#55357;&#56960;")), ["A🚀B🚀"]),
    "one half of a character": (_rss(_item("A&#xD83D;B")), ["A\ufffdB"]),
    "lines that end in a title": (_rss(_item("A&#13;&#10;Bcc: B\u2028C")), ["A Bcc: B C"]),
    "letters that turn": (_rss(_item("A\u202eB\u2067C")), ["ABC"]),
    "an ampersand in a comment": (_rss("<!-- a & b -->" + _item()), ["A"]),
}


@pytest.mark.parametrize("flaw", _DAMAGED)
def test_a_flaw_costs_no_more_than_it_must(flaw: str) -> None:
    """Every title that can be read is read."""
    document, titles = _DAMAGED[flaw]
    parsed = _parse(document)
    assert (parsed.state, _titles(parsed)) == (FeedState.OK, titles)


def test_what_a_comment_says_is_no_flaw() -> None:
    """An ampersand is allowed there."""
    assert _parse(_DAMAGED["an ampersand in a comment"][0]).error is None


def test_items_quoted_in_a_text_are_no_items() -> None:
    """Not even in a document that is malformed elsewhere."""
    quoted = "<description><![CDATA[write <item><title>x</title></item>]]></description>"
    assert _titles(_parse(_rss(_item(more=quoted) + "<title>a</titel>"))) == ["A"]


@pytest.mark.parametrize("end", ["<title>T5", "T5</", "g5</", "/5</link"])
def test_what_is_cut_off_has_no_half_names(end: str) -> None:
    """Five whole items stand before each of these cuts; the sixth waits for the next poll."""
    parsed = _parse(_LONG[: _LONG.index(end) + 1])
    assert (parsed.state, len(parsed.entries)) == (FeedState.BROKEN, 5)


_WRITTEN: Sequence[tuple[str, str, str, str]] = [
    # Written in, declared in the document, declared in its header, title.
    ("utf-8", "utf-8", "", RUSSIAN),
    ("utf-8", "", "text/xml", RUSSIAN),
    ("utf-8", "utf-8", "text/xml; charset=us-ascii", RUSSIAN),
    ("utf-8", "windows-1251", "", RUSSIAN),
    ("utf-8", "gb2312", "", CHINESE),
    ("cp1251", "windows-1251", "", RUSSIAN),
    ("cp1251", "", 'text/xml; charset="windows-1251"', RUSSIAN),
    ("cp1251", "windows-1251", "text/xml; charset=ISO-8859-1", RUSSIAN),
    *(("cp1251", name, "", RUSSIAN) for name in ("utf-8", "nonsense", "koi8-r")),
    *(("cp1251", name, "", RUSSIAN) for name in ("win-1251", "windows1251", "x-cp1251", "cp-1251")),
    *(("cp1251", name, "", RUSSIAN) for name in ("iso-8859-1", "windows-1252", "us-ascii")),
    ("cp1251", "", "text/xml; charset=utf-8", RUSSIAN),
    ("cp1251", "windows-1251", "text/xml; charset=koi8-r", RUSSIAN),
    *(("koi8-r", name, "", RUSSIAN) for name in ("", "utf-8", "koi8-r", "windows-1251")),
    ("koi8-r", "koi8-r", "text/xml; charset=windows-1251", RUSSIAN),
    ("koi8-u", "koi8-u", "", RUSSIAN),
    *(("cp866", name, "", RUSSIAN) for name in ("", "cp866", "windows-1251")),
    *(("iso8859-5", name, "", RUSSIAN) for name in ("iso-8859-5", "utf-8")),
    ("mac-cyrillic", "x-mac-cyrillic", "", RUSSIAN),
    ("ptcp154", "ptcp154", "", "Қазақстан жаңалықтары"),
    ("utf-8-sig", "windows-1251", "text/xml; charset=windows-1251", RUSSIAN),
    ("utf-8", "utf-16", "", RUSSIAN),
    ("utf-8", "unicode", "", RUSSIAN),
    *(("utf-16", name, "", RUSSIAN) for name in ("utf-8", "utf-16")),
    *(("utf-16-le", name, "", CHINESE) for name in ("gb2312", "utf-16")),
    ("utf-16-be", "", "", CHINESE),
    ("utf-32", "utf-32", "", RUSSIAN),
    ("utf-32-be", "utf-32", "", CHINESE),
    *(("gbk", name, "", CHINESE) for name in ("x-gbk", "EUC-CN", "iso-8859-1", "big5", "")),
    ("gb18030", "gb2312", "", CHINESE + "㐂𠀀"),
    *(("gb18030", name, "", CHINESE) for name in ("GB-18030", "utf-8", "")),
    ("gbk", "", "text/xml; charset=gbk", CHINESE),
    ("hz", "hz-gb-2312", "", CHINESE),
    ("big5", "big5", "", "鐵路"),
    ("big5", "utf-8", "", "鐵路合作協議簽署中國"),
    ("latin-1", "", "", "Größe über Straße"),
    ("cp1252", "iso-8859-1", "", "Güterzüge: “5 €” für Öl"),
    ("cp1251", "windows-1251", "", "Rail «Asia» — news"),
    ("cp1254", "iso-8859-9", "", "Kırgızistan şehir ğ"),
    ("cp1256", "windows-1256", "", "قزاقستان"),
    ("euc-kr", "euc-kr", "", "철도 협력"),
    ("shift_jis", "Shift_JIS", "", "鉄道協力"),
    ("iso2022_jp", "iso-2022-jp", "", "鉄道"),
]


@pytest.mark.parametrize(("written", "declared", "header", "title"), _WRITTEN)
def test_a_charset_is_found_whatever_is_said(
    written: str, declared: str, header: str, title: str
) -> None:
    """H10: rightly declared, wrongly, by a name that nobody registered, or not at all."""
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    parsed = _parse(_rss(_item(title), prolog).encode(written), header)
    assert (_titles(parsed), parsed.error) == ([title], None)


def test_halves_of_a_character_in_bytes_are_joined() -> None:
    """UTF-16 turned into bytes as if it were no UTF-16."""
    body = _rss(_item("A\ud83d\ude80B")).encode("utf-8", "surrogatepass")
    assert _titles(_parse(body)) == ["A🚀B"]


def test_an_item_of_rdf_is_reached_by_its_name() -> None:
    """``rdf:about`` is the address of an item, whoever reads it."""
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    )
    item = f'<item rdf:about="{NEWS.format(1)}"><title>A</title></item>'
    for flaw in ("", "&nbsp;"):
        head = f"<channel><title>N{flaw}</title></channel>"
        (entry,) = _parse(f"<rdf:RDF {spaces}>{head}{item}</rdf:RDF>").entries
        assert entry.link == entry.id == NEWS.format(1)


_PAGES: dict[str, tuple[str, FeedState]] = {
    "Anubis": ("<html><title>Making sure you&#39;re not a bot!</title></html>", FeedState.BLOCKED),
    "AWS": ('<html><script src="https://a.token.awswaf.com/c.js">', FeedState.BLOCKED),
    "Aliyun": ("<html><title>405</title>您的访问被阻断</html>", FeedState.BLOCKED),
    "Akamai": ("<HTML><TITLE>Access Denied</TITLE>Reference #18</HTML>", FeedState.BLOCKED),
    "Cloudflare in words": ("error code: 1020", FeedState.BLOCKED),
    "XHTML": ('<?xml version="1.0"?><!DOCTYPE html><html><p/></html>', FeedState.NOT_A_FEED),
    "a log-in": ('<html><form action="/login"></form></html>', FeedState.NOT_A_FEED),
    "a feed in a page": (f"<html><body>{_rss(_item(), '')}</body></html>", FeedState.NOT_A_FEED),
    "a fatal error": ("<b>Fatal error</b>: Uncaught PDOException", FeedState.NOT_A_FEED),
    "a list of feeds": ('<opml><body><outline xmlUrl="x"/></body></opml>', FeedState.NOT_A_FEED),
    "a store's error": (
        "<?xml version='1.0'?><Error><Code>No</Code></Error>",
        FeedState.NOT_A_FEED,
    ),
    "a picture": ('<svg xmlns="http://www.w3.org/2000/svg"/>', FeedState.NOT_A_FEED),
    "a PDF": ("%PDF-1.4 x", FeedState.NOT_A_FEED),
    "JSON with an error": ('{"error": "forbidden"}', FeedState.NOT_A_FEED),
    "JSON in a call": ('x({"items": []})', FeedState.NOT_A_FEED),
    "half a prolog": ('<?xml version="1.0" enc', FeedState.BROKEN),
}


@pytest.mark.parametrize("name", _PAGES)
def test_what_is_no_feed_says_what_it_is(name: str) -> None:
    """No entry is made of it, and a failure has a reason."""
    document, state = _PAGES[name]
    parsed = _parse(document)
    assert (parsed.state, parsed.entries) == (state, ())
    assert parsed.error


def _json(*items: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


_ROW = {"id": "1", "title": "A", "url": "/1"}
_JSON_FEEDS: dict[str, tuple[str, list[str]]] = {
    "nothing where something belongs": (
        _json({"id": None, "content_text": "A", "url": None}),
        ["A"],
    ),
    "values of other types": (_json({"id": {}, "title": 5, "url": [], "authors": "x"}), ["5"]),
    "what is no entry": (_json(1, "x", None, [], _ROW), ["A"]),
    "a line end in a title": ('{"items": [{"id": "1", "title": "A\nB"}]}', ["A B"]),
    "no number": ('{"items": [{"id": NaN, "title": "A"}]}', ["A"]),
    "a name twice": ('{"items": [{"id": "1", "id": "2", "title": "A"}]}', ["A"]),
    "a byte order mark": ("\ufeff" + _json(_ROW), ["A"]),
}


@pytest.mark.parametrize("flaw", _JSON_FEEDS)
def test_a_flaw_in_json_costs_no_more_than_it_must(flaw: str) -> None:
    """Whoever writes JSON by hand is forgiven."""
    document, titles = _JSON_FEEDS[flaw]
    assert _titles(_parse(document)) == titles


def test_authors_of_json_may_be_bare_names() -> None:
    """Objects are what the standard asks for, and names what some write."""
    (entry,) = _parse(_json(_ROW | {"authors": ["B. Saidov", {"name": "A. Karimov"}]})).entries
    assert entry.authors == ("B. Saidov", "A. Karimov")


def test_a_sitemap_without_news_today_is_empty() -> None:
    """Google asks for the last two days only; a small outlet may have none."""
    space = "http://www.google.com/schemas/sitemap-news/0.9"
    assert _parse(f'<urlset xmlns:news="{space}"></urlset>').state is FeedState.EMPTY
    assert _parse("<urlset></urlset>").state is FeedState.NOT_A_FEED


def test_a_packed_document_is_no_feed_here() -> None:
    """Whoever fetches or opens it unpacks it, within limits; the sentence says what it is."""
    parsed = _parse(gzip.compress(_rss(_item()).encode()))
    assert parsed.state is FeedState.NOT_A_FEED
    assert parsed.error == "neither a feed nor a web page (no text, but packed or binary)"


def test_a_flaw_is_told_without_a_wrong_place() -> None:
    """What was put right before has moved the lines."""
    assert _parse(_rss(_item()) + "<a>").error == (
        "the document is malformed (junk after document element)"
    )

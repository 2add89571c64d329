"""What strangers write into a feed is only words in mail, Atom, JSON and on a terminal."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import format_datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.demo.servers import Document, FeedServer

Program = Callable[..., subprocess.CompletedProcess[str]]
BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
_VECTORS = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>"),
    *("<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>"),
    *("<embed src=//evil.example/x>", "<form action=//evil.example><button formaction=j>"),
    *("<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>"),
    *("<link rel=stylesheet href=//evil.example/x>", "<style>*{background:url(//evil.example)}"),
    *("<details open ontoggle=alert(1)>", "<a href=javascript:alert(1)>x</a>"),
    *("<a href='java&#10;script:x'>x</a>", "<a href=vbscript:x>x</a>", "<marquee onstart=x>"),
    *("<math><mi xlink:href=javascript:x>", "<video><source onerror=alert(1)>", "<body onload=x>"),
    *("<!--><img src=x onerror=alert(1)>-->", "</title></textarea></style><script>x</script>"),
    *("<svg><style><a id='</style><img src=x onerror=x>'>", "<noscript><p title='</noscript><b'>"),
    *("+ADw-script+AD4-", "{{7*7}} {0.__class__} {% raw %} ${7*7}", "<template><script>x</script>"),
    *("<input autofocus onfocus=x>", "<td background=javascript:x>", "<a style=x:expression(x)>y"),
    *("\x1b[31m\x1b]52;c;ZXZpbA==\x07", "\u202egnp.exe \u2066x", "a\r\nBcc: victim@evil.example"),
)
_DRESSES: tuple[Callable[[str], str], ...] = (
    html.escape,
    lambda vector: html.escape(html.escape(vector)),
    lambda vector: f"<![CDATA[{vector}]]>",
    lambda vector: html.escape(f"\"'>{vector.upper()}"),
    lambda vector: html.escape(vector.replace("<", "<\0").replace("=", " \n=")),
)
_PAYLOADS = [dress(vector) for vector in _VECTORS for dress in _DRESSES]
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HEADERS = {
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id"),
    *("auto-submitted", "precedence", "list-unsubscribe", "list-unsubscribe-post", "reply-to"),
    *("content-transfer-encoding", "x-auto-response-suppress", "feedback-id", "list-help"),
}
_ACTIVE = ("script", "iframe", "object", "embed", "form", "base", "link", "svg", "math", "img",
           "video", "template", "input", "button", "details", "marquee", "noscript")  # fmt: skip

_PASSIVE = {"img", "video", "details"}


def _item(number: int, payload: str) -> str:
    """An entry about the beat, with the payload in every field that it has."""
    plain = payload.removeprefix("<![CDATA[").removesuffix("]]>")
    at = format_datetime(datetime.now(UTC))
    address = html.escape(plain) if payload != plain else plain
    return (
        f"<item><title>Sweden and Lithuania: NordBalt notice {number * 1000 + 7}</title>"
        f"<title>{payload}</title><link>https://press.example/{number}?{address}</link>"
        f"<guid>{payload}{number}</guid><author>{payload}</author><dc:creator>{payload}</dc:creator>"
        f"<description>Swedish and Lithuanian cable {payload}</description>"
        f"<content:encoded>Sweden, Lithuania {payload}</content:encoded>"
        f"<pubDate>{at}</pubDate><category>{payload}</category><comments>{payload}</comments>"
        f'<source url="{address}">{payload}</source></item>'
        f"<item><title>NordBalt between Sweden and Lithuania {number * 1000 + 3} {payload}</title>"
        f"<pubDate>{at}</pubDate><link>https://press.example/t/{number}</link></item>"
    )


def _feed() -> bytes:
    items = "".join(_item(number, payload) for number, payload in enumerate(_PAYLOADS))
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    head = f"<title>{_PAYLOADS[0]}</title><link>{_PAYLOADS[1]}</link>"
    return f"<rss {spaces}><channel>{head}{items}</channel></rss>".encode()


class _Elements(HTMLParser):
    """Names and attributes of all elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def _configure(folder: Path, address: str, more: str = "") -> None:
    """Settings for one feed, and a digest that goes to a folder and to a file."""
    (folder / "config.toml").write_text(
        f'[monitor]\nbeat = "{BEAT}"\nbeat_feeds = false\n{more}'
        f'[[feeds]]\nurl = "http://{address}/grid"\n'
        '[[digests]]\nname = "all"\nschedule = "daily 07:30"\nlimit = 500\n'
        '[[digests.subscribers]]\nname = "folder"\ntransport = "files"\nto = "out"\n'
        '[[digests.subscribers]]\nname = "feed"\ntransport = "atom"\nto = "out.xml"\n'
        f'[network]\nallow_private = ["{address}"]\nhost_spacing_seconds = 0\n'
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Iterator[Path]:
    """A folder with an archive that has polled the feed once, empty, and once with its payloads."""
    made, server = tmp_path_factory.mktemp("hostile"), FeedServer()
    server.documents = {"grid": Document(_feed(), ".xml")}
    with server.serving():
        _configure(made, server.address)
        done = program("poll", cwd=made)
        assert (done.returncode, done.stderr) == (0, "")
        assert program("digest", "send", "all", cwd=made).returncode == 0
        yield made


def _harmless(page: str, *, pictures: bool = False) -> None:
    """Fail on an element or an attribute of a page that runs, loads or asks for something."""
    for tag, attributes in _Elements(page).found:
        assert tag not in _ACTIVE or (pictures and tag in _PASSIVE), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not attributes.keys() & {"srcdoc", "formaction", "background", "ping"}, tag
        for name in ("href", "src"):
            address = attributes.get(name, "https:").strip().lower()
            known = address.startswith(("http:", "https:", "mailto:", "#"))
            assert known or ":" not in address, (tag, address)


def _telling(text: str) -> None:
    """Fail on a character that steers a terminal."""
    assert not _CONTROL.search(text.replace("\r\n", "\n"))
    assert "NordBalt" in text


def test_html_has_no_element_of_a_feed(folder: Path, program: Program) -> None:
    """H7: a preview, the page in a folder, the part of a mail, the text of an Atom entry."""
    shown = program("digest", "preview", "all", "--format", "html", cwd=folder).stdout
    (page,) = (folder / "out").rglob("*.html")
    (mail,) = (folder / "out").rglob("*.eml")
    part = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("html",))
    assert part is not None
    entries = ElementTree.parse(folder / "out.xml").iter("{http://www.w3.org/2005/Atom}content")
    pages = [shown, page.read_text("utf-8"), part.get_content(), *(text.text for text in entries)]
    assert len(pages) > 3
    for each in pages:
        assert "NordBalt" in (each or "")
        _harmless(each or "")


def test_a_summary_in_json_has_nothing_that_runs(folder: Path, program: Program) -> None:
    """H7: every payload in every field, and two entries for each."""
    (folder / "feed.xml").write_bytes(_feed())
    done = program("feeds", "parse", "feed.xml", "--format", "json", cwd=folder)
    _telling(done.stdout)
    entries = json.loads(done.stdout)["entries"]
    assert len(entries) == 2 * len(_PAYLOADS) >= 300
    for entry in entries:
        _harmless(entry["summary"] or "", pictures=True)


def test_mail_has_no_header_of_a_feed(folder: Path) -> None:
    """H8: a title that is a header stays in its line."""
    (path,) = (folder / "out").rglob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert {name.lower() for name in mail} <= _HEADERS
    assert not any(_CONTROL.search(str(value)) or "\n" in str(value) for value in mail.values())


@pytest.mark.parametrize(
    "words",
    [
        "digest preview all",
        "digest preview all --format json",
        "digest list",
        "search nordbalt --limit 500",
        "search nordbalt --limit 500 --format json",
        "feeds list",
        "feeds parse feed.xml",
        "feeds check",
        "doctor",
    ],
)
def test_nothing_steers_the_terminal(folder: Path, program: Program, words: str) -> None:
    """H9: no escape, bell or direction mark is printed, by whatever command."""
    (folder / "feed.xml").write_bytes(_feed())
    done = program(*words.split(), cwd=folder)
    assert not _CONTROL.search(done.stdout + done.stderr)
    assert done.stdout


_DATES = (
    *("Tue, 01 Jan 2041 00:00:00 GMT", "", "Fri, 12 Jun 2026 08:00:00"),
    *("Fri, 12 Jun 2026 08:00:00 PST", "Mon, 01 Jan 0001 00:00:00 GMT"),
)


def test_no_date_keeps_an_entry_out_or_shows_it_twice(tmp_path: Path, program: Program) -> None:
    """H15: of the next century, none, without a zone, of year 1: each in the first edition only."""
    rows = "".join(
        f"<item><title>Sweden and Lithuania: NordBalt notice {number * 1000 + 7}</title>"
        f"<link>https://press.example/{number}</link><pubDate>{date}</pubDate></item>"
        for number, date in enumerate(_DATES)
    )
    server = FeedServer()
    server.documents = {"grid": Document(f"<rss><channel>{rows}</channel></rss>".encode(), ".xml")}
    with server.serving():
        _configure(tmp_path, server.address, "backlog_days = 3650\n")
        polled = program("poll", cwd=tmp_path)
    sent = [program("digest", "send", "all", cwd=tmp_path).stdout for _ in range(2)]
    assert "5 new articles" in polled.stdout
    assert "5 articles" in sent[0]
    assert "nothing new" in sent[1]

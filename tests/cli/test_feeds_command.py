"""`monitor feeds` as it is typed: listing, checking, adding, reading and pausing feeds."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config import load
from monitor.demo.servers import Document, FeedServer

HOSTILE = "Evil &#27;[31m \u202e../../etc/passwd &lt;b&gt;bold&lt;/b&gt; \x9b2J"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


def rss(title: str, *rows: str) -> Document:
    """A feed with one entry a row."""
    entries = "".join(
        f"<item><title>{row}</title><link>/news/{row}</link><guid>{row}</guid>"
        "<pubDate>Sun, 01 Mar 2026 08:00:00 +0200</pubDate></item>"
        for row in rows
    )
    text = f'<rss version="2.0"><channel><title>{title}</title>{entries}</channel></rss>'
    return Document(text.encode(), ".xml")


PAGE = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/grid">'


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A site whose home page names a feed; another feed is hostile, a third path is missing."""
    served = FeedServer()
    served.documents = {
        "": Document(PAGE, ".html"),
        "grid": rss("Grid Post", "one", "two"),
        "evil": rss(HOSTILE, HOSTILE),
        "page": Document(b"<!doctype html><html><body>", ".html"),
    }
    with served.serving():
        yield served


@dataclass(frozen=True)
class Done:
    """What a command left behind: its exit code and what it printed."""

    code: int
    out: str
    err: str


Feeds = Callable[..., Done]


@pytest.fixture
def folder(tmp_path: Path, server: FeedServer) -> Path:
    """A folder with settings that allow the server to be asked."""
    (tmp_path / "config.toml").write_text(
        "# mine\n[monitor]\nbeat_feeds = false\n\n[network]\n"
        f'allow_private = ["{server.address}"]  # the test\nhost_spacing_seconds = 0\n',
        encoding="utf-8",
    )
    return tmp_path


@pytest.fixture
def feeds(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Feeds:
    """Type `monitor feeds …` in the folder."""
    monkeypatch.chdir(folder)

    def run(*words: str, given: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["monitor", "feeds", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert not CONTROL.search(printed.out + printed.err)
        assert "Traceback" not in printed.err
        return Done(int(left.value.code or 0), printed.out, printed.err)

    return run


# --- parse ---------------------------------------------------------------------------------------


def test_a_document_is_printed_as_it_is_stated(folder: Path, feeds: Feeds) -> None:
    """Times in UTC, the only one twice; links as stated without a base; what is missing is null."""
    (folder / "grid.xml").write_bytes(rss("Grid Post", "one").body)
    done = feeds("parse", "grid.xml", "--format", "json")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "source": "grid.xml",
        "state": "ok",
        "error": None,
        "feed": {"title": "Grid Post", "link": None, "language": None},
        "entries": [
            {
                "id": "one",
                "link": "/news/one",
                "title": "one",
                "published": "2026-03-01T06:00:00Z",
                "updated": "2026-03-01T06:00:00Z",
                "summary": None,
                "authors": [],
            }
        ],
    }


def test_an_entry_without_a_guid_is_named_by_its_link(feeds: Feeds) -> None:
    """Whoever reads the output finds a name and a time for each entry that states any."""
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
        '<link href="https://x.example/1"/><updated>2026-03-01T06:00:00Z</updated></entry></feed>'
    )
    (entry,) = json.loads(feeds("parse", "-", "--format", "json", given=body.encode()).out)[
        "entries"
    ]

    assert (entry["id"], entry["link"]) == ("https://x.example/1", "https://x.example/1")
    assert entry["published"] == entry["updated"] == "2026-03-01T06:00:00Z"


def test_a_packed_file_is_unpacked(folder: Path, feeds: Feeds) -> None:
    """As feeds and sitemaps are kept; a bomb is named and not unpacked."""
    (folder / "feed.xml.gz").write_bytes(gzip.compress(rss("Grid Post", "one").body))
    (folder / "bomb.xml.gz").write_bytes(gzip.compress(bytes(20_000_000)))
    done = feeds("parse", "feed.xml.gz", "bomb.xml.gz", "--format", "json")
    feed, bomb = map(json.loads, done.out.splitlines())

    assert (done.code, feed["state"], len(feed["entries"])) == (0, "ok", 1)
    assert (bomb["state"], bomb["feed"]) == ("broken", None)
    assert bomb["error"] == "the answer is larger than 10 MB"


def test_a_base_makes_links_absolute(feeds: Feeds) -> None:
    """It may be said where a file came from, and with which type."""
    body = "<rss><channel><item><title>Путь</title><link>a</link></item></channel></rss>"
    done = feeds(
        "parse", "-", "--format", "json",
        "--url", "https://x.example/b/rss", "--content-type", "text/xml; charset=windows-1251",
        given=body.encode("cp1251"),
    )  # fmt: skip
    (entry,) = json.loads(done.out)["entries"]

    assert (entry["link"], entry["title"]) == ("https://x.example/b/a", "Путь")


def test_several_documents_are_a_line_each(folder: Path, feeds: Feeds, server: FeedServer) -> None:
    """In the order given; what is no feed has no feed, no entries, a state and a reason."""
    (folder / "page.html").write_bytes(PAGE)
    (folder / "empty.xml").write_bytes(b"")
    (folder / "rss.xml").write_bytes(b"<rss><channel><title>T</title></channel></rss>")
    sources = ("page.html", "empty.xml", "rss.xml", server.url("grid"))
    done = feeds("parse", *sources, "--format", "json")
    page, empty, rss_, grid = map(json.loads, done.out.splitlines())

    assert done.code == 0
    assert [page["source"], grid["source"]] == [sources[0], sources[3]]
    assert (page["state"], page["feed"], page["entries"]) == ("not a feed", None, [])
    assert page["error"].startswith("a web page, not a feed")
    assert (empty["state"], empty["feed"]) == ("broken", None)
    assert (rss_["state"], rss_["feed"]["title"]) == ("empty", "T")
    assert grid["entries"][0]["link"] == server.url("news/one")


def test_what_cannot_be_read_does_not_stop_the_rest(
    folder: Path, feeds: Feeds, server: FeedServer
) -> None:
    """A missing file is a sentence and exit 2, an address without an answer a state and exit 1."""
    (folder / "grid.xml").write_bytes(rss("Grid Post", "one").body)
    done = feeds("parse", "missing.xml", str(folder), "grid.xml", "--format", "json")
    gone = feeds("parse", server.url("nothing"), "--format", "json")

    assert done.code == 2
    assert "monitor: missing.xml cannot be read: No such file or directory" in done.err
    assert "Is a directory" in done.err
    assert json.loads(done.out)["source"] == "grid.xml"
    assert (gone.code, json.loads(gone.out)["state"]) == (1, "gone")


def test_a_table_has_no_steering_characters(feeds: Feeds) -> None:
    """A hostile title is plain text in the table as in JSON."""
    done = feeds("parse", "-", given=rss(HOSTILE, HOSTILE).body)

    assert done.code == 0
    assert "etc/passwd bold" in done.out
    assert "2026-03-01 06:00" in done.out


# --- add -----------------------------------------------------------------------------------------


def test_the_feed_behind_a_site_is_added(folder: Path, feeds: Feeds, server: FeedServer) -> None:
    """Found, shown and written, with comments kept; what was typed wins over what was found."""
    done = feeds("add", server.url(""), "--yes", "--country", "SE", "--lang", "sv")
    text = (folder / "config.toml").read_text("utf-8")
    (feed,) = load(folder / "config.toml").settings.feeds

    assert done.code == 0
    assert server.url("grid") in done.out
    assert (feed.url, feed.outlet, feed.country, feed.lang) == (
        server.url("grid"),
        "Grid Post",
        "SE",
        "sv",
    )
    assert "# mine" in text
    assert "# the test" in text


def test_a_feed_is_added_once(folder: Path, feeds: Feeds, server: FeedServer) -> None:
    """Another writing of its address, or the site that names it, is refused."""
    feeds("add", server.url("grid"), "--yes")
    before = (folder / "config.toml").read_bytes()

    for address in (f"{server.url('grid')}/?utm_source=x", server.url("")):
        done = feeds("add", address, "--yes")
        assert done.code == 2
        assert "is configured already, as Grid Post" in done.err
    assert (folder / "config.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("page", "not a feed (a web page, not a feed; it names no feed"),
        ("nothing", "gone (the server says that there is no such feed (404))"),
    ],
)
def test_what_is_no_feed_is_not_added(
    folder: Path, feeds: Feeds, server: FeedServer, path: str, reason: str
) -> None:
    """Its state and the reason are the answer, and nothing is written."""
    before = (folder / "config.toml").read_bytes()
    done = feeds("add", server.url(path), "--yes")

    assert (done.code, done.out) == (2, "")
    assert f"was not added: {reason}" in done.err
    assert (folder / "config.toml").read_bytes() == before


@pytest.mark.parametrize("address", ["ftp://x.example/", "file:///etc/passwd", "https://", "a b"])
def test_what_is_no_address_is_not_asked(feeds: Feeds, address: str) -> None:
    """The sentence shows one that is."""
    done = feeds("add", address, "--yes")

    assert done.code == 2
    assert "is no web address; write one like https://example.org" in done.err


def test_a_key_in_an_address_is_not_shown(feeds: Feeds, server: FeedServer) -> None:
    """A refusal names a feed without what is secret in its address, known or not there."""
    address = f"{server.url('grid')}?key=hush-hush"
    absent = feeds("add", address, "--yes")
    server.documents = {"grid?key=hush-hush": server.documents["grid"]}
    added, known = (feeds("add", address, "--yes") for _ in range(2))
    assert [done.code for done in (absent, added, known)] == [2, 0, 2]
    assert ("was not added" in absent.err, "configured already" in known.err) == (True, True)
    assert "hush" not in absent.err + known.err


def test_nobody_to_ask_writes_nothing(folder: Path, feeds: Feeds, server: FeedServer) -> None:
    """Without --yes a script is told to say it."""
    before = (folder / "config.toml").read_bytes()
    done = feeds("add", server.url("grid"))

    assert done.code == 2
    assert "--yes writes it" in done.err
    assert (folder / "config.toml").read_bytes() == before


def test_a_hostile_title_becomes_a_harmless_name(
    folder: Path, feeds: Feeds, server: FeedServer
) -> None:
    """It is one line without control characters, and no path is made of it."""
    assert feeds("add", server.url("evil"), "--yes").code == 0
    (feed,) = load(folder / "config.toml").settings.feeds

    assert "../../etc/passwd bold" in str(feed.outlet)
    assert not CONTROL.search(str(feed.outlet))
    assert [path.name for path in folder.iterdir()] == ["config.toml"]


# --- import and export ---------------------------------------------------------------------------


def test_feeds_travel_by_opml(folder: Path, feeds: Feeds) -> None:
    """What one exports another imports, and a second time nothing is new."""
    rows = (
        '<outline text="Folder"><outline title="A" xmlUrl="https://a.example/" language="ru"/>'
        '<outline title="B" xmlUrl="https://b.example/" category="/country/KZ"/>'
        '<outline title="no" xmlUrl="file:///etc/passwd"/></outline>'
    )
    given = f"<opml><body>{rows}</body></opml>".encode()
    first, again = feeds("import", "-", given=given), feeds("import", "-", given=given)
    exported = feeds("export").out
    listed = json.loads(feeds("export", "--format", "json").out)
    (folder / "config.toml").write_text("[monitor]\nbeat_feeds = false\n", encoding="utf-8")
    back = feeds("import", "-", given=exported.encode())

    assert first.out.splitlines() == [
        "2 feeds added to config.toml; 0 there already.",
        "1 outline left out: no web address.",
    ]
    assert again.out.startswith("0 feeds added to config.toml; 2 there already.")
    assert back.out.startswith("2 feeds added")
    assert json.loads(feeds("export", "--format", "json").out) == listed
    assert [(row["outlet"], row["lang"], row["country"]) for row in listed] == [
        ("A", "ru", None),
        ("B", None, "KZ"),
    ]


@pytest.mark.parametrize(
    ("words", "given", "reason"),
    [
        (["import", "nowhere.opml"], b"", "nowhere.opml cannot be read: No such file"),
        (["import", "."], b"", ". cannot be read: Is a directory"),
        (["import", "-"], b"<html></html>", "- cannot be used: its outermost element is <html>"),
        (["list", "--state", "well"], b"", 'there is no state "well"; there are new, ok'),
        (["pause", "Nobody's"], b"", "no feed that is polled has the address, or the outlet"),
    ],
)
def test_mistakes_are_sentences(feeds: Feeds, words: list[str], given: bytes, reason: str) -> None:
    """Each says what cannot be used and why, with exit 2."""
    done = feeds(*words, given=given)

    assert (done.code, done.out) == (2, "")
    assert reason in done.err
    assert len(done.err.splitlines()) == 1


# --- list, check, pause --------------------------------------------------------------------------


def test_checks_are_for_scripts_and_people(feeds: Feeds, server: FeedServer) -> None:
    """One line a feed, exit 1 where one of them is none; a table with the evidence below."""
    feeds("add", server.url("evil"), "--yes")
    good = feeds("check", "--format", "jsonl")
    both = feeds("check", server.url("grid"), server.url("nothing"), "--format", "json")
    shown = feeds("check")

    (row,) = map(json.loads, good.out.splitlines())
    assert (good.code, row["entries"], row["newest"]) == (0, 1, "2026-03-01T06:00:00Z")
    assert row["url"] == server.url("evil")
    assert (both.code, [row["state"] for row in json.loads(both.out)][1]) == (1, "gone")
    assert "no such feed (404)" in json.loads(both.out)[1]["evidence"]
    assert "newest entry" in shown.out
    odd = feeds("check", "http://[", "no address", "--format", "jsonl")
    assert (odd.code, odd.out.count('"unreachable"')) == (1, 2)


def test_feeds_of_one_outlet_are_told_apart(feeds: Feeds, server: FeedServer) -> None:
    """Where several feeds have one name, each is shown with its address."""
    shown = feeds("check", server.url("grid"), server.url("nothing"))
    for name in ("grid", "nothing"):
        assert f" ({server.url(name)}): " in shown.out
    assert f"({server.url('grid')})" not in feeds("check", server.url("grid")).out


def test_lists_show_wishes_and_facts(folder: Path, feeds: Feeds, server: FeedServer) -> None:
    """Before and after a pause, by state, in all three formats; a formula stays text."""
    (folder / "config.toml").write_text(
        "[monitor]\nbeat_feeds = false\n"
        '[[feeds]]\nurl = "https://a.example/"\noutlet = "=1+1"\n'
        '[[feeds]]\nurl = "https://b.example/"\noutlet = "B"\n'
        '[[feeds]]\nurl = "https://c.example/"\noutlet = "C"\nenabled = false\n',
        encoding="utf-8",
    )
    assert feeds("list").out.endswith("2 feeds of 2; `monitor feeds check` looks at them now.\n")
    assert feeds("pause", "B").out == "B (https://b.example/) is paused.\n"
    paused = json.loads(feeds("list", "--state", "paused", "--format", "json").out)
    everything = json.loads(feeds("list", "--all", "--format", "json").out)
    table = list(csv.DictReader(io.StringIO(feeds("list", "--format", "csv").out)))
    assert feeds("resume", "https://b.example").out == "B (https://b.example/) is polled again.\n"

    assert [(row["url"], row["state"], row["paused"]) for row in paused] == [
        ("https://b.example/", "new", True)
    ]
    assert [(row["outlet"], row["enabled"]) for row in everything] == [
        ("=1+1", True),
        ("B", True),
        ("C", False),
    ]
    assert [row["outlet"] for row in table] == ["'=1+1", "B"]
    assert json.loads(feeds("list", "--state", "paused", "--format", "json").out) == []
    assert feeds("list", "--state", "gone", "--format", "csv").out.startswith("url,outlet,lang")


def test_without_settings_adding_says_how_to_begin(folder: Path, feeds: Feeds) -> None:
    """Nothing can be written where nobody made a file; looking needs none."""
    (folder / "config.toml").unlink()

    assert "`monitor init` writes a config.toml" in feeds("add", "x.example", "--yes").err
    assert feeds("list").code == 0

"""Looks at feeds on loopback servers: what stands there, and what is behind a site's address."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.collect.worker import Parsers
from monitor.config import Configuration, NetworkSettings, load
from monitor.errors import InputError
from monitor.http import Door
from monitor.model import (
    Entry,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    Habits,
    Memory,
    PollOutcome,
    Recipe,
)
from monitor.pipeline.door import open_door
from monitor.pipeline.feeds import (
    bare,
    body_share,
    check,
    configured,
    discover,
    known_as,
    language,
    look,
    missing,
    pause,
    standings,
)
from monitor.pipeline.pages import Permissions
from monitor.store import open_store

HOME = (
    '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" '
    'href="/comments/feed"><link rel="alternate" type="application/rss+xml" href="/{}">'
    "</head><body>News</body></html>"
)
PAGE = "<!doctype html><html><body>Nothing here.</body></html>"


@dataclass
class Site:
    """A web site on a loopback port: pages by path, the paths asked for, and by whom."""

    pair: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """Where a path is."""
        return f"http://{self.pair}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site without pages; a page that begins with a digit is an answer of that status."""
    served = Site()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.readers.append(self.headers["User-Agent"])
            page = served.pages.get(self.path, "404 no")
            status = int(page[:3]) if page[:3].isdecimal() else 200
            body = page.encode()
            self.send_response(status)
            if status == 301:
                self.send_header("Location", page[4:])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    served.pair = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    """One process that parses for all tests."""
    with Parsers() as started:
        yield started


@pytest.fixture
def door(site: Site) -> Iterator[Door]:
    """A door that may reach the site."""
    with Door(user_agent="monitor/0", allow_private=[site.pair]) as opened:
        yield opened


def test_requests_say_what_we_are(site: Site, configured: Callable[[str], Configuration]) -> None:
    """The user agent names the program, that it reads feeds, and whom to ask about it."""
    network = f'[network]\nallow_private = ["{site.pair}"]\n'
    for contact in ("", 'contact = "https://news.example/us"\n'):
        with open_door(configured(network + contact).settings) as door:
            door.get(site.url())
    plain, named = site.readers
    assert re.fullmatch(r"monitor/[\w.]+ \(feed reader\)", plain)
    assert named == plain.replace(")", "; +https://news.example/us)")


def rss(title: str, now: datetime, *, entries: int = 6, hours: int = 3, text: str = "Wind.") -> str:
    """A feed whose newest entry is an hour old, the others ``hours`` apart."""
    dates = [now - timedelta(hours=1 + hours * number) for number in range(entries)]
    rows = "".join(
        f"<item><title>The grid in the north grew, part {number}</title><guid>{number}</guid>"
        f"<pubDate>{format_datetime(date)}</pubDate><description>{text}</description></item>"
        for number, date in enumerate(dates)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{rows}</channel></rss>'


# --- one address ---------------------------------------------------------------------------------


def test_a_feed_is_found_at_its_address(
    site: Site, door: Door, parsers: Parsers, now: datetime
) -> None:
    """A look reads what stands there, and follows a permanent redirect to its new address."""
    site.pages |= {"/rss": rss("Grid", now), "/old": f"301 {site.url('/rss')}"}
    found = look(door, parsers, bare(site.url("/old")), now)

    assert (found.is_feed, found.is_read, found.url) == (True, True, site.url("/rss"))
    assert (found.parsed.title, len(found.parsed.entries)) == ("Grid", 6)


@pytest.mark.parametrize(
    ("page", "state", "is_read"),
    [
        (PAGE, FeedState.NOT_A_FEED, True),
        ("403 no", FeedState.BLOCKED, False),
        ("410 no", FeedState.GONE, False),
        ("500 no", FeedState.UNREACHABLE, False),
        ("<rss><channel>", FeedState.BROKEN, True),
    ],
)
def test_what_is_no_feed_is_a_state(
    site: Site,
    door: Door,
    parsers: Parsers,
    now: datetime,
    page: str,
    state: FeedState,
    is_read: bool,
) -> None:
    """Pages, refusals and broken documents have a state with a sentence; nothing is raised."""
    site.pages["/"] = page
    found = look(door, parsers, bare(site.url()), now)

    assert (found.parsed.state, found.is_read, found.is_feed) == (state, is_read, False)
    assert found.parsed.error


def test_addresses_that_are_not_public_are_refused(parsers: Parsers, now: datetime) -> None:
    """The guarded door is the only way out."""
    with Door(user_agent="monitor/0") as door:
        found = look(door, parsers, bare("http://127.0.0.1:9/"), now)

    assert found.parsed.state is FeedState.UNREACHABLE
    assert "not a public address" in str(found.parsed.error)


# --- behind a site's address ---------------------------------------------------------------------


def test_the_feed_that_a_page_names_is_found(
    site: Site, door: Door, parsers: Parsers, now: datetime
) -> None:
    """Not that of its comments, which is named first and told of."""
    site.pages |= {"/": HOME.format("news.xml"), "/news.xml": rss("News", now)}
    site.pages["/comments/feed"] = rss("Comments", now)
    found = discover(door, parsers, site.url(), now)

    assert (found.look.url, found.look.parsed.title) == (site.url("/news.xml"), "News")
    assert found.others == (site.url("/comments/feed"),)
    assert site.asked == ["/", "/news.xml"]


def test_well_known_places_are_tried(
    site: Site, door: Door, parsers: Parsers, now: datetime
) -> None:
    """Few of them, one after the other, and no more than that."""
    site.pages |= {"/news/": PAGE, "/rss.xml": rss("Known", now)}
    found = discover(door, parsers, site.url("/news/"), now)

    assert found.look.url == site.url("/rss.xml")
    assert site.asked == ["/news/", "/feed", "/rss", "/rss.xml"]


def test_a_site_without_a_feed_says_what_was_tried(
    site: Site, door: Door, parsers: Parsers, now: datetime
) -> None:
    """The reason names both the page and the places."""
    site.pages["/"] = PAGE
    found = discover(door, parsers, site.url(), now)

    assert not found.look.is_feed
    assert "it names no feed, and there is none at /feed, /rss" in str(found.look.parsed.error)


def test_a_refusal_is_not_followed_by_guesses(
    site: Site, door: Door, parsers: Parsers, now: datetime
) -> None:
    """Who refuses one page is not asked for four others."""
    site.pages["/"] = "403 no"

    assert discover(door, parsers, site.url(), now).look.parsed.state is FeedState.BLOCKED
    assert site.asked == ["/"]


# --- checks --------------------------------------------------------------------------------------


def test_a_check_measures_a_feed(site: Site, door: Door, parsers: Parsers, now: datetime) -> None:
    """State, number, newest, window, text, language and interval, in the order of the feeds."""
    long = "Lines of copper were laid under the sea between both shores. " * 10
    site.pages |= {"/a": rss("A", now, text=long), "/b": "404 no"}
    site.pages["/c"] = rss("C", now, entries=250, hours=24 * 40)
    listings = [bare(site.url(path)) for path in ("/a", "/b", "/c")]
    alive, gone, dump = check(door, parsers, listings, now, NetworkSettings(poll_minutes=60))

    assert (alive.state, alive.entries, alive.lang) == (FeedState.OK, 6, "en")
    assert (alive.newest, alive.oldest) == (
        now - timedelta(hours=1),
        now - timedelta(hours=16),
    )
    assert (alive.body_share, alive.interval) == (1.0, timedelta(hours=3))
    assert (gone.state, gone.entries, gone.interval) == (FeedState.GONE, 0, None)
    assert "404" in gone.evidence
    assert dump.state is FeedState.ARCHIVE_DUMP
    assert (dump.body_share, "250 entries" in dump.evidence) == (0.0, True)


def test_list_pages_are_read_where_robots_may(
    site: Site, door: Door, parsers: Parsers, now: datetime, tmp_path: Path
) -> None:
    """A page is read by its recipe; one that its site keeps from programs is not fetched."""
    links = "".join(
        f'<p><a href="/news/{number}">The grid in the north grew, part {number}</a></p>'
        for number in range(4)
    )
    site.pages["/news"] = f"<!doctype html><html><body>{links}</body></html>"
    site.pages["/kept"] = site.pages["/news"]
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /kept\n"
    pages = [
        FeedListing(site.url(path), "Grid", recipe=Recipe(link="/news/*"))
        for path in ("/news", "/kept")
    ]
    with open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store:
        permissions = Permissions(store, door.get, lambda: now)
        read, kept = check(door, parsers, pages, now, NetworkSettings(), permissions)

    assert (read.state, read.entries) == (FeedState.OK, 4)
    assert kept.state.failed
    assert "robots.txt" in kept.evidence
    assert "/kept" not in site.asked


def test_the_share_of_whole_texts() -> None:
    """A teaser is none, whichever field it stands in; no entries have none."""
    entries = [
        Entry(None, None, "a", text="x" * 500),
        Entry(None, None, "b", summary="x" * 600),
        Entry(None, None, "c", summary="x" * 499, text="x" * 80),
        Entry(None, None, "d"),
    ]

    assert body_share(entries) == 0.5
    assert body_share([]) == 0.0


def test_the_language_of_most_entries() -> None:
    """One entry in another language does not decide; no entries have none."""
    russian = Entry(None, None, "Поезда идут через новую станцию каждый день")
    english = Entry(None, None, "Trains run through the new station every day")

    assert language([russian, english, russian], None) == "ru"
    assert language([], "ru") == "und"


# --- wishes and facts ----------------------------------------------------------------------------

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "https://a.example/feed"
outlet = "Grid Post"

[[feeds]]
url = "https://b.example/feed"
outlet = "Sea Times"

[[feeds]]
url = "https://c.example/feed"
enabled = false
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """Three feeds of the file's own, one of them disabled."""
    beats = Path(__file__).parents[1] / "data" / "beats"
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.replace("BEAT", str(beats / "nordic-baltic")), encoding="utf-8")
    return load(path)


def test_an_address_is_known_however_it_is_written(configuration: Configuration) -> None:
    """The scheme, tracking and a slash make no other feed; a disabled feed is known too."""
    known = known_as(configuration, "http://www.a.example/feed/?utm_source=x")

    assert known is not None
    assert known.outlet == "Grid Post"
    assert known_as(configuration, "https://c.example/feed") is not None
    assert known_as(configuration, "https://d.example/feed") is None


def test_what_is_missing_is_told_once(configuration: Configuration) -> None:
    """The first of two writings of an address stays, in the order of the list."""
    wanted = [
        FeedListing("https://z.example/1", "Z"),
        FeedListing("http://a.example/feed", "known"),
        FeedListing("https://d.example/feed", "D"),
        FeedListing("http://z.example/1/", "Z again"),
    ]

    assert missing(configuration, wanted) == [wanted[0], wanted[2]]


def test_pausing_is_a_fact_and_changes_no_file(configuration: Configuration, now: datetime) -> None:
    """By address or by outlet; a paused feed is not due, a resumed one is, others stay."""
    before = configuration.path.read_bytes()
    with open_store(configuration.database) as store:
        (paused,) = pause(store, configuration, "sea times", now, paused=True)
        due = [feed.url for feed in store.feeds.due(now)]
        states = [one.feed.paused for one in standings(configuration, store, now) if one.feed]
        pause(store, configuration, "http://b.example/feed/", now, paused=False)
        resumed = [feed.url for feed in store.feeds.due(now)]

    assert paused.url == "https://b.example/feed"
    assert due == ["https://a.example/feed"]
    assert states == [False, True]
    assert resumed == [listing.url for listing in configured(configuration)]
    assert configuration.path.read_bytes() == before


def test_pausing_what_is_not_polled_is_a_mistake(
    configuration: Configuration, now: datetime
) -> None:
    """A disabled feed is not polled either."""
    with open_store(configuration.database) as store, pytest.raises(InputError, match="no feed"):
        pause(store, configuration, "https://c.example/feed", now, paused=True)


def test_facts_stand_beside_wishes(configuration: Configuration, now: datetime) -> None:
    """State and evidence are told from what polls left behind, and kept articles are counted."""
    dates = Habits(entries=2, oldest=now - timedelta(days=900), newest=now - timedelta(days=800))
    with open_store(configuration.database) as store:
        store.feeds.sync(configured(configuration), now)
        grid, sea = store.feeds.enabled()
        entry = Entry("1", "https://a.example/1", "The grid grew")
        finding = Finding(FindingKind.NEW, entry, "a.example/1", ("link:a.example/1",), "hash")
        memory = Memory(habits=dates)
        store.feeds.record(PollOutcome(grid.id, now, FeedState.OK, memory=memory), [finding])
        failed = PollOutcome(sea.id, now, FeedState.GONE, error="the server says no (404)")
        store.feeds.record(failed, [])
        alive, gone = standings(configuration, store, now)

    assert (alive.state, alive.kept) == (FeedState.ZOMBIE, 1)
    assert "800 days" in alive.evidence
    assert (gone.state, gone.evidence, gone.kept) == (FeedState.GONE, "the server says no (404)", 0)


def test_feeds_are_listed_before_there_is_a_database(
    configuration: Configuration, now: datetime
) -> None:
    """They are new, and nothing is made for them."""
    found = standings(configuration, None, now)

    assert [(one.listing.outlet, one.state, one.kept) for one in found] == [
        ("Grid Post", FeedState.NEW, 0),
        ("Sea Times", FeedState.NEW, 0),
    ]
    assert not (configuration.folder / "monitor.db").exists()

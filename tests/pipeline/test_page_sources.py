"""List pages, robots.txt, full text and aggregators, through the door and into the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.collect.worker import Parsers
from monitor.config import Configuration
from monitor.errors import FetchError, RobotsError
from monitor.http import Door, Reply
from monitor.model import FeedState
from monitor.pipeline.assess import assess
from monitor.pipeline.extract import Extracting, extract
from monitor.pipeline.pages import Permissions
from monitor.pipeline.poll import Polled
from monitor.pipeline.poll import poll as poll_with
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

Poll = Callable[[Store, Door, Setup, datetime], list[Polled]]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIST = "<ul>" + "".join(
    f'<li><a href="/news/2026/11/25/{number}.html">Cable number {number} is laid at sea</a></li>'
    for number in (1, 2, 3)
)  # fmt: skip
STORY = "<html><body><nav>Home</nav><article><h1>Cable</h1>" + "<p>{}</p>" * 3 + "</article>"
TEXT = STORY.format(*("The cable joins the two shores of the sea, the operator said. " * 3,) * 3)


class Site:
    """A web site whose pages are in a dictionary, and what was asked of it."""

    def __init__(self) -> None:
        self.pages: dict[str, str | int] = {}
        self.asked: list[str] = []
        self.slow: dict[str, float] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://{self.host}{path}"

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                time.sleep(site.slow.get(self.path, 0))
                page = site.pages.get(self.path, 404)
                body = page.encode() if isinstance(page, str) else b""
                self.send_response(page if isinstance(page, int) else 200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *parts: object) -> None:
                """Say nothing."""

        return Answering


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback."""
    served = Site()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(scope="module")
def poll() -> Iterator[Poll]:
    """Polls with one child for all tests, since starting it takes longest."""
    with Parsers() as parsers:
        yield lambda store, door, setup, now: poll_with(store, door, setup, now, parsers=parsers)


@pytest.fixture
def store(configured: Callable[[str], Configuration]) -> Iterator[Store]:
    """An empty database."""
    with open_store(configured("").database) as opened:
        yield opened


@pytest.fixture
def door(site: Site) -> Iterator[Door]:
    """A door that lets the site in."""
    with Door(user_agent="monitor/0", allow_private=[site.host]) as opened:
        yield opened


@pytest.fixture
def listed(configured: Callable[[str], Configuration]) -> Callable[[str], Setup]:
    """The setup with one feed."""

    def make(row: str) -> Setup:
        return prepare(configured(f'[monitor]\nbeat = "BEAT"\n[[feeds]]\noutlet = "Site"\n{row}\n'))

    return make


def test_a_list_page_is_polled_as_a_feed(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup]
) -> None:
    """Its links become articles once, with their day; robots.txt is asked for once."""
    site.pages = {"/news": LIST, "/robots.txt": "User-agent: *\nDisallow: /private"}
    setup = listed(f'url = "{site.url("/news")}"\npage = {{}}')
    first = poll(store, door, setup, NOW)[0]
    site.pages["/news"] = LIST.replace("/3.html", "/4.html").replace("number 3", "number 4")
    second = poll(store, door, setup, NOW + timedelta(hours=9))[0]
    assert (first.outcome.state, len(first.new), len(second.new)) == (FeedState.OK, 3, 1)
    assert store.articles.unassessed(1)[0].published == datetime(2026, 11, 25, tzinfo=UTC)
    assert site.asked.count("/robots.txt") == 1


def test_a_site_that_wants_no_programs_is_left_alone(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup]
) -> None:
    """The page is not asked for; the feed is blocked, with the reason; a feed would be polled."""
    site.pages = {"/news": LIST, "/robots.txt": "User-agent: *\nDisallow: /news"}
    row = f'url = "{site.url("/news")}"'
    blocked = poll(store, door, listed(f"{row}\npage = {{}}"), NOW)[0]
    assert blocked.outcome.state is FeedState.BLOCKED
    assert "asks programs not to read it" in (blocked.outcome.error or "")
    assert "/news" not in site.asked
    poll(store, door, listed(row), NOW + timedelta(days=2))
    assert "/news" in site.asked


class Answers:
    """What sites answer for their robots.txt, and how often they were asked."""

    def __init__(self, *answers: str | int) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, url: str) -> Reply:
        """The next answer; 0 stands for no connection."""
        assert url == "https://a.example/robots.txt"
        self.asked += 1
        answer = self.answers.pop(0)
        if answer == 0:
            raise FetchError("no connection")
        body = answer.encode() if isinstance(answer, str) else b""
        return Reply(200 if body else int(answer), url, {}, body)


def allowed(permissions: Permissions) -> bool | None:
    """Whether a page may be read; None where the site cannot be asked."""
    try:
        permissions.check("https://a.example/news")
    except RobotsError:
        return False
    except FetchError:
        return None
    return True


NO = "User-agent: *\nDisallow: /"


@pytest.mark.parametrize(
    ("answers", "verdicts"),
    [
        ((404,), [True, True]),
        ((NO,), [False, False]),
        ((500, 200), [None, True]),
        ((0, NO), [None, False]),
        ((429, 403), [None, True]),
        (("User-agent: monitor\nAllow: /\n\n" + NO,), [True, True]),
    ],
)
def test_what_a_site_answers_decides(
    store: Store, answers: tuple[str | int, ...], verdicts: list[bool | None]
) -> None:
    """No file allows all, a server in trouble nothing, and an answer is kept."""
    asking = Answers(*answers)
    permissions = Permissions(store, asking, lambda: NOW)
    assert [allowed(permissions), allowed(permissions)] == verdicts
    assert asking.asked == len(answers)


def test_robots_are_asked_for_once_a_day_even_after_a_restart(store: Store) -> None:
    """What was answered holds for a day, and longer while the site is out of reach."""
    asking = Answers(NO, 0, 404)
    hours = (0, 23, 25, 26)
    verdicts = [
        allowed(Permissions(store, asking, lambda: NOW + timedelta(hours=later)))  # noqa: B023
        for later in hours
    ]
    assert (verdicts, asking.asked) == ([False, False, False, True], 3)


def rss(path: str, site: Site, title: str = "Cable is laid") -> str:
    """A feed with one entry of a title and a link."""
    return f"""<rss version="2.0"><channel><title>s</title><item><title>{title}</title>
    <link>{site.url(path)}</link><pubDate>Wed, 25 Nov 2026 10:00:00 GMT</pubDate></item>
    </channel></rss>"""


def text_of(store: Store, site: Site, path: str) -> str:
    """The text of the article at ``path`` as it is now."""
    found = store.articles.by_url(site.url(path))
    assert found
    return found.article.wording.text


def test_the_page_behind_an_entry_becomes_a_revision(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup]
) -> None:
    """Read once, judged anew, not undone by the next poll, and read again after an edit."""
    site.pages = {"/rss": rss("/1", site), "/1": TEXT}
    setup = listed(f'url = "{site.url("/rss")}"\nfull_text = true')
    poll(store, door, setup, NOW)
    assess(store, setup, NOW)
    assert [one.letters > 400 for one in extract(store, door, setup, lambda: NOW)] == [True]
    assert "joins the two shores" in text_of(store, site, "/1")
    assert len(store.articles.unassessed(9)) == 1
    site.pages["/rss"] += "<!-- again -->"
    assert not poll(store, door, setup, NOW + timedelta(hours=9))[0].changed
    assert extract(store, door, setup, lambda: NOW + timedelta(hours=9)) == []
    site.pages["/rss"] = rss("/1", site, "Cable is laid and tested")
    poll(store, door, setup, NOW + timedelta(hours=18))
    extract(store, door, setup, lambda: NOW + timedelta(hours=18))
    article = store.articles.by_url(site.url("/1"))
    assert article
    assert article.article.wording.title == "Cable is laid and tested"
    assert "joins the two shores" in article.article.wording.text
    assert site.asked.count("/1") == 2


def test_without_the_wish_no_page_is_read(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup]
) -> None:
    """Full text is off by default."""
    site.pages = {"/rss": rss("/1", site), "/1": TEXT}
    setup = listed(f'url = "{site.url("/rss")}"')
    poll(store, door, setup, NOW)
    assert extract(store, door, setup, lambda: NOW) == []
    assert "/1" not in site.asked


@pytest.mark.parametrize(
    ("page", "robots", "again"),
    [(500, "", 2), (404, "", 1), ("<p>Short.", "", 1), (TEXT, NO, 0)],
)
def test_a_page_that_gives_no_text_leaves_the_article_as_it_is(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup],
    page: str | int, robots: str, again: int,
) -> None:  # fmt: skip
    """A server in trouble is asked again after hours, all others never; robots.txt is obeyed."""
    site.pages = {"/rss": rss("/1", site), "/1": page, "/robots.txt": robots}
    setup = listed(f'url = "{site.url("/rss")}"\nfull_text = true')
    poll(store, door, setup, NOW)
    for hours in (0, 1, 7):
        extract(store, door, setup, lambda: NOW + timedelta(hours=hours))  # noqa: B023
    assert text_of(store, site, "/1") == ""
    assert site.asked.count("/1") == again


def test_a_page_that_hangs_delays_nobody(
    poll: Poll, site: Site, store: Store, door: Door, listed: Callable[[str], Setup]
) -> None:
    """A step does not wait; the text is kept at a later one."""
    site.pages = {"/rss": rss("/1", site), "/1": TEXT}
    site.slow = {"/1": 3.0}
    setup = listed(f'url = "{site.url("/rss")}"\nfull_text = true\ntext = "article"')
    poll(store, door, setup, NOW)
    extracting = Extracting(store, door, lambda: NOW)
    began = time.monotonic()
    assert (extracting.step(setup), extracting.step(setup)) == ([], [])
    assert time.monotonic() - began < 2
    assert len(extracting.step(setup, patience=10)) == 1
    extracting.close()
    assert site.asked.count("/1") == 1


GOOGLE = """<rss version="2.0"><channel><title>q - Google News</title><item>
<title>Cable is laid - The Site</title><link>https://news.google.com/rss/articles/CB1?oc=5</link>
<guid isPermaLink="false">CB1</guid><pubDate>Wed, 25 Nov 2026 10:30:00 GMT</pubDate>
<source url="http://127.0.0.1:PORT">The Site</source></item></channel></rss>"""


@pytest.mark.parametrize("order", [("/google", "/rss"), ("/rss", "/google")])
def test_an_aggregators_entry_and_the_publishers_are_one_article(
    poll: Poll, site: Site, store: Store, door: Door, configured: Callable[[str], Configuration],
    order: tuple[str, str],
) -> None:  # fmt: skip
    """Whichever comes first, by the publisher's host, the title and the day.

    Until the publisher's own entry arrives it is the outlet's, via the aggregator.
    """
    port = site.host.rpartition(":")[2]
    site.pages = {"/rss": rss("/1", site), "/google": GOOGLE.replace("PORT", port)}
    rows = [f'[[feeds]]\nurl = "{site.url(path)}"\noutlet = "{path}"\n' for path in order]
    beat = '[monitor]\nbeat = "BEAT"\n'
    poll(store, door, prepare(configured(beat + rows[0])), NOW)
    first = store.articles.unassessed(9)[0]
    poll(store, door, prepare(configured(beat + "".join(rows))), NOW + timedelta(hours=9))
    (last,) = store.articles.unassessed(9)
    passed_on = ("The Site", "/google") if order[0] == "/google" else ("/rss", None)
    assert (first.outlet, first.via) == passed_on
    assert (last.outlet, last.via, last.url) == ("/rss", None, site.url("/1"))


def test_an_aggregator_and_the_publisher_may_come_together(
    poll: Poll, site: Site, store: Store, door: Door, configured: Callable[[str], Configuration]
) -> None:
    """Two aggregators and the publisher, all new in one round, are one article: the publisher's."""
    port = site.host.rpartition(":")[2]
    google = GOOGLE.replace("PORT", port)
    site.pages = {"/a": google, "/rss": rss("/1", site), "/z": google.replace("CB1", "CB2")}
    rows = [f'[[feeds]]\nurl = "{site.url(path)}"\noutlet = "{path}"\n' for path in site.pages]
    poll(store, door, prepare(configured('[monitor]\nbeat = "BEAT"\n' + "".join(rows))), NOW)
    (only,) = store.articles.unassessed(9)
    assert (only.outlet, only.via, only.url) == ("/rss", None, site.url("/1"))

"""Days and weeks of polling in simulated time: polite, patient, and nothing is lost unnoticed.

The network and the clock are made up; the store, the parsers and all decisions are real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.collect.states import truth
from monitor.collect.worker import Parsers
from monitor.config import Configuration
from monitor.errors import FetchError
from monitor.http import Errand, Reply
from monitor.http.pacing import Pacer
from monitor.model import Feed, FeedState
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.publish import draft, due, publish
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

NOW = datetime(2026, 6, 12, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
[[digests]]
name = "daily"
schedule = "daily 07:30"
[network]
host_spacing_seconds = 0
"""


def rss(*entries: tuple[str, datetime | None], more: str = "") -> bytes:
    """A feed with an entry for each title and date."""
    items = "".join(
        f"<item><title>{title}</title><link>https://press.example/{title}</link>"
        f"<guid isPermaLink='false'>{title}</guid>"
        + (f"<pubDate>{format_datetime(at)}</pubDate>" if at else "")
        + "</item>"
        for title, at in entries
    )
    return f"<rss version='2.0'><channel><title>Press</title>{more}{items}</channel></rss>".encode()


Answering = Callable[[str, Mapping[str, str], datetime], Reply]


def ok(body: bytes, status: int = 200, url: str = "", **headers: str) -> Reply:
    """An answer; underscores in the names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, url or "https://a.example/rss", named, body)


@dataclass
class Simulation:
    """Feeds whose servers answer as ``answering`` says, and a clock that is set by hand."""

    store: Store
    setup: Setup
    parsers: Parsers
    answering: Answering = lambda url, headers, at: ok(rss(("one", NOW)))
    now: datetime = NOW
    asked: list[tuple[datetime, str, Mapping[str, str]]] = field(default_factory=list)
    pacer: Pacer = field(default_factory=lambda: Pacer(0))
    jitter: float = 0.5

    def step(self, errand: Errand) -> Reply:
        """The door's part: one request."""
        self.asked.append((self.now, errand.url, errand.headers))
        return self.answering(errand.url, errand.headers, self.now)

    def poll(self) -> list[Polled]:
        """Poll what is due now."""
        return poll(
            self.store,
            self,
            self.setup,
            self.now,
            jitter=lambda: self.jitter,
            parsers=self.parsers,
        )

    def run(self, until: datetime) -> list[Polled]:
        """Let time pass, and poll whenever something is due."""
        done = []
        while True:
            done += self.poll()
            at = self.store.feeds.next_due()
            assert at is not None and at > self.now
            if at > until:
                self.now = until
                return done
            self.now = at

    def feed(self) -> Feed:
        """The first feed as it is remembered."""
        return self.store.feeds.enabled()[0]

    def waits(self) -> list[timedelta]:
        """The times between requests."""
        times = [at for at, _, _ in self.asked]
        return [after - before for before, after in pairwise(times)]


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    """One child for all tests of this file."""
    with Parsers() as started:
        yield started


@pytest.fixture
def simulate(
    configured: Callable[[str], Configuration], parsers: Parsers
) -> Iterator[Callable[..., Simulation]]:
    """Makes a simulation with the given addresses."""
    opened: list[Store] = []

    def made(*urls: str, more: str = "") -> Simulation:
        rows = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls or ("https://a.example/rss",))
        setup = prepare(configured(CONFIG + more + rows))
        opened.append(open_store(setup.configuration.database))
        return Simulation(opened[-1], setup, parsers)

    yield made
    for store in opened:
        store.close()


# --- floors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"cache_control": "public, max-age=10800"}, 3 * HOUR),
        ({"cache_control": "max-age=31536000"}, 7 * DAY),
        ({"expires": format_datetime(NOW + 5 * HOUR)}, timedelta(0)),
        ({"cache_control": "max-age=7200", "age": "3600"}, HOUR),
        ({"cache_control": "no-cache, max-age=86400"}, timedelta(0)),
    ],
)
def test_no_poll_before_the_answer_is_stale(
    simulate: Callable[..., Simulation], headers: dict[str, str], least: timedelta
) -> None:
    """N8: over seven days, no poll comes before max-age, which counts for a week at most."""
    world = simulate()
    world.answering = lambda url, sent, at: ok(rss(("one", NOW)), **headers)
    world.run(NOW + (7 if least > HOUR else 1) * DAY)

    assert all(wait >= max(least, HOUR) for wait in world.waits())


def test_the_publishers_hours_are_respected(simulate: Callable[..., Simulation]) -> None:
    """N8: over seven days, none in skipHours, none on skipDays, and ttl is a floor."""
    world = simulate()
    wishes = (
        "<ttl>180</ttl><skipHours><hour>1</hour><hour>2</hour><hour>3</hour></skipHours>"
        "<skipDays><day>Sunday</day></skipDays>"
    )
    world.answering = lambda url, sent, at: ok(rss(("one", NOW), more=wishes))
    world.run(NOW + 7 * DAY)
    times = [at for at, _, _ in world.asked]

    assert len(times) > 20
    assert not [at for at in times if at.hour in (1, 2, 3) or at.weekday() == 6]
    assert all(wait >= 3 * HOUR for wait in world.waits())


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("stated", "least"),
    [
        ("7200", 2 * HOUR),
        (format_datetime(NOW + 30 * HOUR), 30 * HOUR),
        ("315360000", 7 * DAY),
        ("-5", HOUR),
        ("soon", HOUR),
        ("", HOUR),
    ],
)
def test_retry_after_is_obeyed(
    simulate: Callable[..., Simulation], status: int, stated: str, least: timedelta
) -> None:
    """N6: none too early, in every form, and none put off for more than seven days and a tenth."""
    world = simulate()
    world.answering = lambda url, sent, at: ok(b"", status, retry_after=stated)
    world.poll()
    wait = (world.feed().next_poll_at or NOW) - NOW

    assert max(least, HOUR) <= wait <= 7 * DAY


def test_429_slows_the_whole_host(simulate: Callable[..., Simulation]) -> None:
    """N7: all feeds of a host rest that asks for it."""
    names = [f"https://a.example/{number}" for number in range(20)]
    world = simulate(*names, "https://b.example/x")
    world.answering = lambda url, sent, at: ok(b"", 429, retry_after="36000")
    world.poll()
    due = {feed.url: feed.next_poll_at for feed in world.store.feeds.enabled()}

    assert len(world.asked) == 2
    assert all(at is not None and at >= NOW + 10 * HOUR for at in due.values())


def test_429_after_a_redirect_slows_the_host_that_said_so(
    simulate: Callable[..., Simulation],
) -> None:
    """The feeds of the host that answered rest, not those of the host that sent us there."""
    world = simulate("https://a.example/1", "https://b.example/2", "https://a.example/3")
    world.answering = lambda url, sent, at: (
        ok(b"", 429, url="https://b.example/moved", retry_after="36000")
        if url.endswith("1")
        else ok(rss((url, at)), url=url)
    )
    world.poll()
    due = {feed.url[-1]: feed.next_poll_at - NOW for feed in world.store.feeds.enabled()}  # type: ignore[operator]

    assert due["1"] >= 10 * HOUR
    assert due["2"] >= 10 * HOUR
    assert due["3"] < 10 * HOUR


def test_a_server_that_is_down_slows_only_its_feed(simulate: Callable[..., Simulation]) -> None:
    """N7: a 503 with Retry-After puts off the feed that got it, and no other of its host."""
    world = simulate("https://a.example/down", "https://a.example/up")
    world.answering = lambda url, sent, at: (
        ok(b"", 503, retry_after="36000") if "down" in url else ok(rss(("one", NOW)))
    )
    world.poll()
    waits = [(feed.next_poll_at or NOW) - NOW for feed in world.store.feeds.enabled()]

    assert waits[0] >= 10 * HOUR
    assert waits[1] <= 2 * HOUR


def test_a_restart_never_polls_again(simulate: Callable[..., Simulation]) -> None:
    """N9: twenty starts in ten minutes are one request for each due time."""
    world = simulate()
    for minute in range(20):
        world.now = NOW + minute * timedelta(seconds=30)
        world.poll()

    assert len(world.asked) == 1


def test_a_herd_spreads_out(simulate: Callable[..., Simulation]) -> None:
    """L10: two hundred feeds that began together come back evenly over one interval and more."""
    world = simulate(*(f"https://a{number}.example/" for number in range(200)))
    world.answering = lambda url, sent, at: ok(rss(("one", None)), url=url)
    numbers = iter(range(10**6))
    poll(
        world.store,
        world,
        world.setup,
        NOW,
        jitter=lambda: (next(numbers) * 0.618) % 1,
        parsers=world.parsers,
    )
    due = [feed.next_poll_at or NOW for feed in world.store.feeds.enabled()]
    per_tenth = [
        sum(NOW + HOUR + n * HOUR / 10 <= at < NOW + HOUR + (n + 1) * HOUR / 10 for at in due)
        for n in range(10)
    ]

    assert sum(per_tenth) == 200
    assert max(per_tenth) <= 2 * sum(per_tenth) / len(per_tenth)


# --- validators ----------------------------------------------------------------------------------

STRANGE = ['W/"a-gzip"', "unquoted", '"quo"ted"', "Tue, 99 Nov 2026", "0", '"ü"', "'single'", '""']


@pytest.mark.parametrize("stated", STRANGE)
def test_validators_go_back_byte_for_byte(simulate: Callable[..., Simulation], stated: str) -> None:
    """N4: whatever a server calls its version, the next request says the same; a 304 renews it."""
    world = simulate()
    world.answering = lambda url, sent, at: (
        ok(b"", 304, etag=f"{stated}2")
        if sent
        else ok(rss(("one", NOW)), etag=stated, last_modified=stated)
    )
    world.run(NOW + 5 * HOUR)

    sent = [headers for _, _, headers in world.asked]
    assert sent[:2] == [{}, {"If-None-Match": stated, "If-Modified-Since": stated}]
    assert sent[2] == {"If-None-Match": f"{stated}2", "If-Modified-Since": stated}


def test_the_same_body_renews_its_validators(simulate: Callable[..., Simulation]) -> None:
    """N4: a new ETag for the same bytes is kept, and nothing is read again."""
    world = simulate()
    world.answering = lambda url, sent, at: ok(rss(("one", NOW)), etag=f'"{len(world.asked)}"')
    done = world.run(NOW + 3 * HOUR)

    assert [polled.outcome.state for polled in done[:2]] == [FeedState.OK, FeedState.UNCHANGED]
    assert world.asked[2][2] == {"If-None-Match": '"2"'}


def test_a_server_stuck_at_304_is_asked_whole_once_a_week(
    simulate: Callable[..., Simulation],
) -> None:
    """N5: news behind an eternal 304 comes within seven days, with one forced request a week."""
    world = simulate(more="poll_minutes = 240\n")
    world.answering = lambda url, sent, at: (
        ok(b"", 304) if sent else ok(rss(("one", NOW), ("two", NOW)), etag='"stuck"')
    )
    world.poll()
    world.answering = lambda url, sent, at: (
        ok(b"", 304) if sent else ok(rss(("three", at), ("two", NOW)), etag='"stuck"')
    )
    world.now += HOUR
    done = world.run(NOW + 22 * DAY)
    forced = [at for at, _, headers in world.asked if not headers]
    found = [polled.outcome.at for polled in done if polled.new]

    assert found and found[0] <= NOW + 7 * DAY + 16 * HOUR
    assert len(forced) <= 1 + 3
    assert all(b - a >= 7 * DAY for a, b in pairwise(forced))


@pytest.mark.parametrize("status", [400, 412, 431])
def test_a_server_that_stumbles_over_our_conditions_is_asked_without(
    simulate: Callable[..., Simulation], status: int
) -> None:
    """The feed is back within two days, and no answer was asked for whole twice in one."""
    world = simulate(more="poll_minutes = 240\n")
    world.answering = lambda url, sent, at: (
        ok(b"", status) if sent else ok(rss(("one", NOW), (str(at), at)), etag='"odd"')
    )
    done = world.run(NOW + 4 * DAY)
    forced = [at for at, _, headers in world.asked if not headers]
    back = [polled.outcome.at for polled in done if polled.new]

    assert any(NOW < at <= NOW + 2 * DAY for at in back)
    assert all(b - a >= DAY for a, b in pairwise(forced))


def test_a_304_that_nobody_asked_for_is_an_error(simulate: Callable[..., Simulation]) -> None:
    """The feed is broken, and the next request has no condition either."""
    world = simulate()
    world.answering = lambda url, sent, at: ok(b"", 304, etag='"x"')
    (polled,) = world.poll()
    world.now += 3 * HOUR
    world.poll()

    assert polled.outcome.state is FeedState.BROKEN
    assert [headers for _, _, headers in world.asked] == [{}, {}]


# --- redirects -----------------------------------------------------------------------------------


def test_a_feed_that_moved_is_asked_there_after_three_times(
    simulate: Callable[..., Simulation],
) -> None:
    """N3: three permanent redirects in a row are believed, until the new place fails."""
    world, new = simulate(), "https://new.example/rss"

    def answer(url: str, sent: Mapping[str, str], at: datetime) -> Reply:
        moved_to = None if url == new else new
        if url == new and at > NOW + 20 * HOUR:
            raise FetchError("no connection")
        return Reply(200, new, {}, rss(("one", at)), moved_to)

    world.answering = answer
    world.run(NOW + 40 * HOUR)
    urls = [url for _, url, _ in world.asked]

    assert urls[:3] == ["https://a.example/rss"] * 3
    assert urls[3] == new
    last = max(at for at, url, _ in world.asked if url == new)
    assert next(url for at, url, _ in world.asked if at > last) == "https://a.example/rss"
    assert world.feed().url == "https://a.example/rss"


# --- patience ------------------------------------------------------------------------------------


def test_a_dead_feed_is_never_given_up(simulate: Callable[..., Simulation]) -> None:
    """N11: thirty days dead: asked at least once a day, two notices, and back within a day."""
    world = simulate()
    world.poll()
    world.now += HOUR
    world.answering = lambda url, sent, at: ok(b"", 500)
    world.run(NOW + 31 * DAY)
    notices = world.store.feeds.notices(None, world.now)
    waits = world.waits()

    assert [notice.days for notice in notices] == [3, 30]
    assert max(waits) <= DAY * 1.11
    assert len(waits) < 60

    world.answering = lambda url, sent, at: ok(rss(("back", at)))
    died, back = world.now, world.run(world.now + 3 * DAY)
    recovered = next(polled.outcome.at for polled in back if polled.new)
    assert recovered - died <= DAY * 1.11
    assert world.feed().failing_since is None


def test_a_blocked_feed_is_asked_seldom(simulate: Callable[..., Simulation]) -> None:
    """N10: a guard before the server is a state, and six requests a day are enough."""
    world = simulate()
    world.answering = lambda url, sent, at: ok(b"", 403, cf_mitigated="challenge")
    world.run(NOW + DAY)

    assert world.feed().state is FeedState.BLOCKED
    assert len(world.asked) <= 6


def test_an_outage_of_ours_penalises_nobody(simulate: Callable[..., Simulation]) -> None:
    """N13: six hours without network: no feed is blamed, and all are back within half an hour."""
    world = simulate(*(f"https://a{number}.example/rss" for number in range(12)))
    numbers = iter(range(10**6))
    world.jitter = 0.3

    def answer(url: str, sent: Mapping[str, str], at: datetime) -> Reply:
        if NOW + 3 * HOUR < at < NOW + 9 * HOUR:
            raise FetchError("no connection")
        return ok(rss((f"n{next(numbers)}", at)), url=url)

    world.answering = answer
    for minute in range(0, 10 * 60, 3):
        world.now = NOW + timedelta(minutes=minute)
        world.jitter = (minute * 0.618) % 1
        world.poll()
        if minute == 9 * 60 - 3:
            assert [feed.failures for feed in world.store.feeds.enabled()] == [0] * 12
        if minute == 9 * 60 + 30:
            assert all(
                feed.succeeded_at and feed.succeeded_at >= NOW + 9 * HOUR
                for feed in world.store.feeds.enabled()
            )

    assert world.store.feeds.notices(None, world.now) == ()


def test_two_dead_feeds_are_no_outage(simulate: Callable[..., Simulation]) -> None:
    """Feeds that stay dead while others answer are blamed, even when only they are due."""
    names = [f"https://a{number}.example/rss" for number in range(6)]
    world = simulate(*names)
    numbers = iter(range(10**6))

    def answer(url: str, sent: Mapping[str, str], at: datetime) -> Reply:
        if url in names[:2] and at > NOW:
            raise FetchError("no connection")
        return ok(rss((f"n{next(numbers)}", at)), url=url)

    world.answering = answer
    world.run(NOW + 12 * HOUR)
    dead = [feed.failures for feed in world.store.feeds.enabled()][:2]

    assert min(dead) >= 3


# --- gaps ----------------------------------------------------------------------------------------


def test_what_scrolled_off_unseen_is_written_down(simulate: Callable[..., Simulation]) -> None:
    """A feed that turned over completely: the time not seen, a shorter interval, a footer line."""
    world = simulate(more="")
    first = [(f"a{n}", NOW - n * HOUR / 2) for n in range(10)]
    world.answering = lambda url, sent, at: ok(rss(*first))
    world.poll()
    before = world.feed().interval
    world.now = NOW + 8 * HOUR
    later = [(f"b{n}", world.now - n * HOUR / 2) for n in range(10)]
    world.answering = lambda url, sent, at: ok(rss(*later))
    world.poll()

    (gap,) = world.store.feeds.gaps(None, world.now + HOUR)
    assert (gap.since, gap.until) == (NOW, NOW + 3.5 * HOUR)
    after = world.feed().interval
    assert before is not None and after is not None and after <= before / 2
    (published,) = publish(world.store, world.setup, world.now)
    assert "3 hours 30 minutes not seen between Fri 12 Jun 06:00 and 09:30" in " ".join(
        published.rendered.text.split()
    )
    assert "3 hours 30 minutes not seen" in published.rendered.html


def test_a_feed_that_overlaps_has_no_gap(simulate: Callable[..., Simulation]) -> None:
    """One known entry is enough to know that nothing was missed."""
    world = simulate()
    world.poll()
    world.now = NOW + 8 * HOUR
    world.answering = lambda url, sent, at: ok(rss(("two", at), ("one", NOW)))
    world.poll()

    assert world.store.feeds.gaps(None, world.now + HOUR) == ()


def test_a_feed_that_fell_silent_is_in_the_next_footer(
    simulate: Callable[..., Simulation],
) -> None:
    """N12: a feed that answers and brings nothing is told of in the first digest after."""
    world = simulate(more="poll_minutes = 1440\n")
    steady = [(f"a{n}", NOW - n * 3 * HOUR) for n in range(10)]
    world.answering = lambda url, sent, at: ok(rss(*steady))
    world.run(NOW + 41 * DAY)
    state, evidence = truth(world.feed(), world.now)
    (found,) = due(world.store, world.setup, world.now)
    edition = draft(world.store, world.setup, *found)

    assert (state, evidence) == (
        FeedState.STALE,
        "newest entry 41 days old, usually one every 3 h",
    )
    assert [each.error for each in edition.coverage.silent] == [evidence]


# --- cost ----------------------------------------------------------------------------------------


def test_a_known_entry_is_neither_read_nor_written(simulate: Callable[..., Simulation]) -> None:
    """What the last document had is passed over; what is new, or edited, is not."""
    world = simulate()
    entries = [(f"a{n}", NOW - n * HOUR) for n in range(30)]
    world.answering = lambda url, sent, at: ok(rss(*entries))
    world.poll()
    world.now += 5 * HOUR
    world.answering = lambda url, sent, at: ok(rss(("new", at), *entries[:-1]))
    (polled,) = world.poll()

    assert len(polled.new) == 1
    assert world.store.articles.unassessed(40)[-1].wording.title == "new"
    assert len(world.feed().stamps) == 30
    assert world.store.counts().articles == 31


def test_a_document_that_breaks_its_readers_is_left_alone(
    simulate: Callable[..., Simulation], tmp_path: Path
) -> None:
    """C10: after three broken readers the same bytes are not parsed again until they change."""
    world = simulate("https://a.example/bad", "https://a.example/good", more="poll_minutes = 240\n")
    (tmp_path / "fragile.py").write_text(
        "import os\nfrom monitor.collect.feeds import parse as real\n"
        "def parse(body, **stated):\n"
        "    if b'poison' in body:\n        os._exit(9)\n"
        "    return real(body, **stated)\n"
    )
    numbers = iter(range(10**6))
    world.answering = lambda url, sent, at: ok(
        rss(("poison", NOW)) if "bad" in url else rss((f"n{next(numbers)}", at)), url=url
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(tmp_path))
        with Parsers(parser="fragile:parse") as fragile:
            world.parsers = fragile
            states = [polled.outcome for polled in world.run(NOW + 3 * DAY)]
            bad = [outcome for outcome in states if outcome.feed_id == 1]
            world.answering = lambda url, sent, at: ok(rss(("mended", at)), url=url)
            world.now += 2 * DAY
            healed = world.poll()

    assert [outcome.strikes for outcome in bad[:4]] == [1, 2, 3, 3]
    assert "three times" in (bad[3].error or "")
    assert all(outcome.state is FeedState.OK for outcome in states if outcome.feed_id == 2)
    assert FeedState.OK in {polled.outcome.state for polled in healed if polled.feed.id == 1}

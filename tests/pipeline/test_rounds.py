"""The four steps together, on real SQLite, real HTTP and real SMTP."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.collect.worker import Parsers
from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.errors import InputError, TransportError
from monitor.http import Door, Errand, Reply
from monitor.http.pacing import Pacer
from monitor.model import Delivery, FeedState
from monitor.pipeline.assess import assess
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.publish import draft, due, publish, upcoming
from monitor.pipeline.rounds import Done, Rounds, once
from monitor.pipeline.setup import Setup, prepare
from monitor.publish.layout import fitted
from monitor.publish.leaving import PLACE
from monitor.publish.transports import Hold
from monitor.store import Store, open_store

RELEVANT = (
    "Sweden and Lithuania repair the NordBalt cable",
    "Swedish and Lithuanian operators put the NordBalt power cable back into service on Thursday.",
)
OTHER = ("A quiet day at the harbour", "Fishermen mended their nets and waited for the wind.")


def rss(*entries: tuple[str, str], at: str = "Fri, 12 Jun 2026 12:00:00 +0000") -> Document:
    """An RSS document with ``entries`` of title and summary; links are made from the titles."""
    rows = "".join(
        f"<item><title>{title}</title><description>{summary}</description>"
        f"<link>https://press.example/{title.replace(' ', '-')}</link>"
        f"<pubDate>{at}</pubDate></item>"
        for title, summary in entries
    )
    text = f"<rss version='2.0'><channel><title>Press</title>{rows}</channel></rss>"
    return Document(text.encode(), ".xml")


@dataclass
class World:
    """Two feeds, a mail server and settings that know them."""

    feeds: FeedServer
    mail: MailSink
    setup: Setup
    parsers: Parsers

    def store(self) -> Store:
        """A newly opened store, as a new process would have it."""
        return open_store(self.setup.configuration.database)

    def door(self) -> Door:
        """A door that may go to the two feeds."""
        return open_door(self.setup.settings)

    def poll(self, now: datetime) -> list[Polled]:
        """The first step, in a process of its own."""
        with self.store() as store, self.door() as door:
            return poll(store, door, self.setup, now, parsers=self.parsers)

    def assess(self, now: datetime) -> None:
        """The second step, in a process of its own."""
        with self.store() as store:
            assess(store, self.setup, now)

    def publish(self, now: datetime) -> None:
        """The third step, in a process of its own."""
        with self.store() as store:
            publish(store, self.setup, now)

    def deliver(self, now: datetime) -> None:
        """The fourth step, in a process of its own."""
        with self.store() as store:
            deliver(store, transports(self.setup), now)

    def all_steps(self, now: datetime) -> None:
        """The four steps, as cron would call them."""
        for step in (self.poll, self.assess, self.publish, self.deliver):
            step(now)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    """One child for all tests of this file that poll by hand; rounds start their own."""
    with Parsers() as started:
        yield started


@pytest.fixture
def world(two_readers: Callable[..., Configuration], parsers: Parsers) -> Iterator[World]:
    """Feeds with one relevant and one other entry, polled by nobody yet."""
    with FeedServer().serving() as feeds, MailSink().serving() as mail:
        feeds.documents = {"grid": rss(RELEVANT, OTHER), "sea": rss(OTHER)}
        yield World(feeds, mail, prepare(two_readers(feeds, mail.port)), parsers)


def subjects(mail: MailSink) -> list[str]:
    """The subjects of all mails that arrived."""
    return [message_from_bytes(raw, policy=policy.default)["Subject"] for raw in mail.messages]


def test_the_four_steps_bring_a_feed_into_every_mailbox(world: World, now: datetime) -> None:
    """A relevant entry reaches each recipient once, in a mail of their own."""
    world.all_steps(now)

    recipients = [
        message_from_bytes(raw, policy=policy.default)["To"] for raw in world.mail.messages
    ]
    assert sorted(recipients) == ["reader@example.org", "second@example.org"]
    assert all("NordBalt" in subject for subject in subjects(world.mail))


def test_the_steps_run_twice_send_nothing_the_second_time(world: World, now: datetime) -> None:
    """Everything is idempotent: the same minute again brings no new article, edition or mail."""
    world.all_steps(now)
    world.mail.messages.clear()
    world.all_steps(now)
    world.all_steps(now + timedelta(minutes=1))

    assert world.mail.messages == []


@pytest.mark.parametrize("survived", range(5))
def test_a_kill_between_any_two_steps_loses_nothing(
    world: World, now: datetime, survived: int
) -> None:
    """However many steps a process survives, the next one finds what is due and sends it once."""
    for step in (world.poll, world.assess, world.publish, world.deliver)[:survived]:
        step(now)
    world.all_steps(now + timedelta(minutes=5))

    assert len(world.mail.messages) == 2
    assert RELEVANT[0] in _texts(world.mail)


def _texts(mail: MailSink) -> str:
    messages = [message_from_bytes(raw, policy=policy.default) for raw in mail.messages]
    bodies = [message.get_body(("html",)) for message in messages]
    return "\n".join(body.get_content() for body in bodies if body is not None)


def test_a_crash_inside_a_step_leaves_the_unit_due(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When storing a poll fails half-way, nothing of it is kept, and the next poll finds it new."""

    def torn(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("monitor.store.outcomes.write", torn)
        with pytest.raises(KeyboardInterrupt):
            world.poll(now)
    with world.store() as store:
        assert store.counts().articles == 0

    later = now + timedelta(minutes=10)
    assert sum(len(polled.new) for polled in world.poll(later)) == 3


def test_a_broken_feed_is_a_state_and_harms_nobody(world: World, now: datetime) -> None:
    """One feed turns into a web page; the other is read, and the digest names the broken one."""
    page = Document(b"<!doctype html><title>Moved</title>", ".html")
    world.feeds.documents = {"grid": rss(RELEVANT), "sea": page}
    states = {polled.feed.outlet: polled.outcome.state for polled in world.poll(now)}
    world.all_steps(now)

    assert states == {"Grid Post": FeedState.OK, "Sea Times": FeedState.NOT_A_FEED}
    assert "Sea Times" in _texts(world.mail)


def test_a_feed_that_comes_back_is_not_new_again(world: World, now: datetime) -> None:
    """An empty answer between two full ones makes no article new a second time."""
    full = world.feeds.documents
    first = world.poll(now)
    world.feeds.documents = {"grid": rss(), "sea": rss()}
    empty = world.poll(now + timedelta(hours=2))
    world.feeds.documents = full
    again = world.poll(now + timedelta(hours=4))

    assert [sum(len(one.new) for one in done) for done in (first, empty, again)] == [3, 0, 0]
    assert {one.outcome.state for one in empty} == {FeedState.EMPTY}


def test_an_edit_that_makes_an_article_match_is_delivered_once(world: World, now: datetime) -> None:
    """A corrected title is a revision; it becomes eligible when it first reaches the threshold."""
    link = "<link>https://press.example/one</link>"
    draft = f"<rss><channel><item>{link}<title>A cable</title></item></channel></rss>"
    fixed = draft.replace("A cable", RELEVANT[0]).replace(
        "</item>", f"<description>{RELEVANT[1]}</description></item>"
    )
    days = [now + timedelta(days=number) for number in range(3)]
    world.feeds.documents = {"grid": Document(draft.encode(), ".xml"), "sea": rss()}
    world.all_steps(days[0])
    assert "NordBalt" not in _texts(world.mail)

    world.feeds.documents = {"grid": Document(fixed.encode(), ".xml"), "sea": rss()}
    world.mail.messages.clear()
    world.all_steps(days[1])
    assert "NordBalt" in _texts(world.mail)

    world.mail.messages.clear()
    world.all_steps(days[2])
    assert "NordBalt" not in _texts(world.mail)


def test_old_entries_of_a_first_poll_are_kept_but_enter_no_digest(
    world: World, now: datetime
) -> None:
    """What a new feed states to be older than the backlog is searchable and never delivered."""
    world.feeds.documents = {
        "grid": rss(RELEVANT, at="Fri, 05 Jun 2026 12:00:00 +0000"),
        "sea": rss(),
    }
    world.all_steps(now)

    with world.store() as store:
        assert store.counts().articles == 1
    assert all("NordBalt" not in subject for subject in subjects(world.mail))


def test_without_any_answer_nothing_is_published(world: World, now: datetime) -> None:
    """A first start without a network keeps the first edition for later."""
    world.feeds.documents = {}
    with world.store() as store, world.door() as door:
        done = once(store, door, world.setup, now)

    assert sum(polled.outcome.state.failed for polled in done.polled) == 2
    assert done.published == ()
    assert world.mail.messages == []


def test_a_mail_server_that_is_down_is_retried_with_the_same_message_id(
    world: World, now: datetime
) -> None:
    """The edition stays in the outbox; the retry carries the Message-ID of the first attempt."""
    world.poll(now)
    with world.store() as store:
        publish(store, world.setup, now)
        nowhere = world.setup.settings.smtp.model_copy(update={"port": 9})
        settings = world.setup.settings.model_copy(update={"smtp": nowhere})
        path = world.setup.configuration.path
        down = replace(world.setup, configuration=Configuration(path, settings))
        failed = deliver(store, transports(down), now)
        sent = deliver(store, transports(world.setup), now + timedelta(hours=1))

    assert [one.outcome.state for one in failed] == ["retry"], "the others wait without a try"
    assert [one.outcome.state for one in sent] == ["sent", "sent"]
    assert failed[0].delivery.message_id == sent[0].delivery.message_id
    assert [one.delivery.attempts for one in sent] == [2, 1]


def test_without_a_mail_host_editions_go_to_a_folder(
    world: World, now: datetime, tmp_path: Path, two_readers: Callable[..., Configuration]
) -> None:
    """The shipped default needs no mail server: every form lies in editions/."""
    setup = prepare(two_readers(world.feeds, 25, host=""))
    with world.store() as store, world.door() as door:
        done = once(store, door, setup, now)

    assert done.sent == 1
    assert {path.suffix for path in (tmp_path / "editions").iterdir()} == {
        ".html",
        ".txt",
        ".md",
        ".json",
        ".eml",
    }


# --- what strangers send -------------------------------------------------------------------------


def test_a_hostile_header_harms_nobody(world: World, now: datetime) -> None:
    """A Content-Location that is no address is passed over, and the document is read."""
    body = rss(RELEVANT).body.replace(b"<title>Press", b"<link>http://[bad</link><title>Press")
    world.feeds.documents = {"grid": Document(body, ".xml"), "sea": rss(OTHER)}

    assert [(polled.outcome.state, len(polled.new)) for polled in world.poll(now)] == [
        (FeedState.OK, 1),
        (FeedState.OK, 1),
    ]


@dataclass
class StrangeDoor:
    """Answers one feed and does with the other whatever ``strange`` does."""

    strange: Callable[[], object]
    pacer: Pacer = field(default_factory=lambda: Pacer(0))

    def step(self, errand: Errand) -> Reply:
        """One of the two feeds."""
        return self.get(errand.url)

    def get(self, url: str, headers: Mapping[str, str] = {}) -> Reply:
        """The same, for whoever waits for it."""
        if url.endswith("sea"):
            self.strange()
        return Reply(200, url, {"content-type": "application/xml"}, rss(RELEVANT).body)

    def close(self) -> None:
        """There is nothing to close."""


def test_what_nobody_foresaw_is_a_broken_feed(
    world: World, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """Any error while one feed is polled is its state and a traceback; the other is read."""
    door = StrangeDoor(lambda: [].pop())
    with world.store() as store:
        done = {one.feed.outlet: one.outcome for one in poll(store, door, world.setup, now)}

    assert done["Grid Post"].state is FeedState.OK
    assert done["Sea Times"].state is FeedState.BROKEN
    assert done["Sea Times"].error == "it could not be read (IndexError: pop from empty list)"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_a_feed_that_cannot_be_stored_harms_nobody(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same holds for what goes wrong between parsing and storing."""
    monkeypatch.setattr("monitor.pipeline.poll.identify", lambda *wording: {}["no such language"])

    assert {polled.outcome.state for polled in world.poll(now)} == {FeedState.BROKEN}


def test_a_feed_that_was_not_answered_stays_due(world: World, now: datetime) -> None:
    """Who stops while a server keeps silent gives its feed back, and keeps what came before."""
    silence, done = threading.Event(), []
    with world.store() as store:
        poll(
            store,
            StrangeDoor(lambda: silence.wait(20)),
            world.setup,
            now,
            on_polled=lambda polled, total: done.append(polled.feed.outlet),
            stopping=lambda: bool(done),
        )
        silence.set()
        waiting = [feed.outlet for feed in store.feeds.due(now)]

    assert (done, waiting) == (["Grid Post"], ["Sea Times"])


# --- leases, and deliveries that fail ------------------------------------------------------------


@dataclass
class SlowPost:
    """A transport that takes six minutes for each delivery, and then does as it is told."""

    now: datetime
    then: Callable[[Delivery], object] = lambda delivery: None
    sent: list[str] = field(default_factory=list)

    def send(self, delivery: Delivery, hold: Hold) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=6)
        self.then(delivery)
        self.sent.append(delivery.subscriber)

    def close(self) -> None:
        """There is nothing to close."""

    def clock(self) -> datetime:
        """What time it is."""
        return self.now


def test_a_lease_counts_from_its_claim(world: World, now: datetime) -> None:
    """However long the deliveries before it took, nobody else is given one that is being sent."""
    world.poll(now)
    world.publish(now)
    with world.store() as store, world.store() as other:
        stolen: list[Delivery] = []

        def steal(delivery: Delivery) -> None:
            if delivery.subscriber.startswith("second"):
                stolen.extend(other.editions.claim(post.now, timedelta(minutes=10), 9))

        post = SlowPost(now, steal)
        deliver(store, {"email": post}, now, clock=post.clock)

    assert stolen == []
    assert post.sent == ["reader@example.org", "second@example.org"]


def test_a_pause_counts_from_the_failure(world: World, now: datetime) -> None:
    """Five minutes after a failure that took six is eleven minutes after the round began."""

    def refuse(delivery: Delivery) -> None:
        raise TransportError("busy", retry=True)

    world.poll(now)
    world.publish(now)
    with world.store() as store:
        post = SlowPost(now, refuse)
        first, second = deliver(store, {"email": post}, now, clock=post.clock)

    assert first.outcome.retry_at == now + timedelta(minutes=11)
    assert second.outcome.retry_at == now + timedelta(minutes=17)


def test_a_poisoned_delivery_never_blocks_the_others(
    world: World, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody foresaw is logged and tried again later; the next one is sent."""

    def choke(delivery: Delivery) -> None:
        if delivery.subscriber.startswith("reader"):
            raise ValueError("a strange address")

    world.poll(now)
    world.publish(now)
    with world.store() as store:
        first, second = deliver(store, {"email": SlowPost(now, choke)}, now)

    assert (first.outcome.state, second.outcome.state) == ("retry", "sent")
    assert "ValueError: a strange address" in (first.outcome.error or "")
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize(
    ("smtp", "sentence"),
    [
        ({"password_env": "MONITOR_NO_SUCH_VARIABLE"}, "MONITOR_NO_SUCH_VARIABLE"),
        ({"password_file": "nowhere"}, "cannot be read"),
        ({"password_file": "latin"}, "cannot be read"),
        ({"host": "mail.example.org"}, "only for a server on this machine"),
    ],
)
def test_mail_settings_that_cannot_work_fail_before_anything_is_done(
    world: World, now: datetime, tmp_path: Path, smtp: dict[str, str], sentence: str
) -> None:
    """A password or security that nothing can be sent with is a sentence, and nothing is polled."""
    (tmp_path / "latin").write_bytes(b"pass\xe9")
    settings = world.setup.settings
    settings = settings.model_copy(update={"smtp": settings.smtp.model_copy(update=smtp)})
    path = world.setup.configuration.path
    mistaken = replace(world.setup, configuration=Configuration(path, settings))
    with (
        world.store() as store,
        world.door() as door,
        pytest.raises(InputError, match=sentence),
    ):
        once(store, door, mistaken, now)
    with world.store() as store:
        assert store.counts().articles == 0


# --- editions ------------------------------------------------------------------------------------

EVENTS = (
    RELEVANT,
    ("Lithuania buys Swedish combat boats", "Vilnius signed for CB90 boats built in Sweden."),
    ("Swedish bank leaves Lithuania", "A bank of Stockholm sells its Lithuanian branches."),
)


def test_stories_that_do_not_fit_come_back(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the size limit cut off was not carried, and is in the next edition."""
    world.feeds.documents = {"grid": rss(*EVENTS), "sea": rss()}
    world.poll(now)
    world.assess(now)
    with world.store() as store:
        ((digest, window),) = due(store, world.setup, now)
        whole, made = fitted(
            draft(store, world.setup, digest, window), unsubscribe=PLACE, archive_hint=""
        )
        monkeypatch.setattr("monitor.publish.layout.HTML_LIMIT", len(made.html.encode()) - 50)
        (first,) = publish(store, world.setup, now)
        (second,) = publish(store, world.setup, now + timedelta(days=1))

    assert len(whole.stories) > 1
    assert first.edition.stories == whole.stories[: len(first.edition.stories)]
    assert first.edition.omitted == len(whole.stories) - len(first.edition.stories) > 0
    left = {story.id for story in whole.stories} - {story.id for story in first.edition.stories}
    assert left == {story.id for story in second.edition.stories}


def test_composing_keeps_no_other_writer_waiting(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an edition is set, another thread may write."""
    written = []

    def slowly(*edition: object, **words: object) -> object:
        writer = threading.Thread(target=lambda: store.feeds.sync([], now))
        writer.start()
        writer.join(timeout=3)
        written.append(not writer.is_alive())
        return fitted(*edition, **words)

    world.poll(now)
    monkeypatch.setattr("monitor.pipeline.publish.fitted", slowly)
    with world.store() as store:
        publish(store, world.setup, now)

    assert written == [True]


def test_two_installations_never_share_a_message_id(
    world: World, now: datetime, tmp_path: Path
) -> None:
    """The same digest, slot and recipient have another Message-ID in another database."""
    names = []
    for database in ("one", "two"):
        with open_store(f"sqlite:///{tmp_path}/{database}.db") as store, world.door() as door:
            poll(store, door, world.setup, now)
            publish(store, world.setup, now)
            names += [one.message_id for one in store.editions.claim(now, timedelta(1), 9)]

    assert len(set(names)) == 4


def test_the_next_edition_is_foretold(world: World, now: datetime) -> None:
    """The digest whose slot comes first, and when."""
    digest, slot = upcoming(world.setup, now) or (None, None)

    assert digest == world.setup.settings.digests[0]
    assert slot == datetime(2026, 6, 13, 7, 30, tzinfo=now.tzinfo)


# --- rounds without end --------------------------------------------------------------------------


@dataclass
class Watch:
    """Rounds at a time that a test sets, and what they tell."""

    world: World
    now: datetime
    told: list[Done] = field(default_factory=list)

    def rounds(self, store: Store) -> Rounds:
        """Rounds that nobody stops."""
        return Rounds(store, lambda: self.now, lambda: False, self.told.append)

    def kinds(self) -> list[str]:
        """What was done since the last question, in words."""
        kinds = [type(one).__name__ for one in self.told]
        self.told.clear()
        return kinds


def test_what_is_due_goes_out_before_feeds_are_polled(world: World, now: datetime) -> None:
    """The promised minute does not wait: an edition and its mails come before the next poll."""
    watch = Watch(world, now)
    with world.store() as store, closing(watch.rounds(store)) as rounds:
        rounds.go(world.setup)
        assert watch.kinds() == [*["Polled"] * 2, "Assessed", "Published", *["Delivered"] * 2]
        watch.now = now + timedelta(days=1)
        rounds.go(world.setup)

    assert watch.kinds() == ["Published", *["Delivered"] * 2, *["Polled"] * 2]


def test_polling_is_broken_off_when_an_edition_is_due(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent server holds no edition up; its feed is due at the next tick."""
    silence, slot = threading.Event(), datetime(2026, 6, 13, 7, 30, tzinfo=now.tzinfo)
    watch = Watch(world, slot - timedelta(minutes=1))
    monkeypatch.setattr(
        "monitor.pipeline.rounds.open_door", lambda settings: StrangeDoor(lambda: silence.wait(20))
    )

    def tell(done: Done) -> None:
        watch.told.append(done)
        watch.now = slot

    with world.store() as store:
        rounds = Rounds(store, lambda: watch.now, lambda: False, tell)
        rounds.go(world.setup)
        silence.set()
        assert [feed.outlet for feed in store.feeds.due(watch.now)] == ["Sea Times"]

    assert watch.kinds() == ["Polled", "Assessed", "Published", *["Delivered"] * 2]


def test_a_step_that_fails_keeps_no_other_from_its_work(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in publishing is logged with one traceback, and feeds are polled all the same."""
    monkeypatch.setattr("monitor.pipeline.rounds.publish", lambda *step: [].pop())
    watch = Watch(world, now)
    with world.store() as store, closing(watch.rounds(store)) as rounds:
        rounds.go(world.setup)
        rounds.go(world.setup)

    assert watch.kinds() == ["Polled", "Polled", "Assessed"]
    failed = [record for record in caplog.records if "publishing failed" in record.message]
    assert [bool(record.exc_info) for record in failed] == [True, False, False, False]


def test_an_idle_round_writes_nothing(world: World, now: datetime) -> None:
    """Where nothing is due the database stays as it is, and the same door stays open."""
    watch = Watch(world, now)
    path = world.setup.configuration.database.removeprefix("sqlite:///")
    with (
        world.store() as store,
        closing(watch.rounds(store)) as rounds,
        closing(sqlite3.connect(path)) as reader,
    ):
        rounds.go(world.setup)
        before = reader.execute("PRAGMA data_version").fetchone()
        rounds.go(replace(world.setup, notices=("A notice.",)))
        rounds.go(world.setup)

        assert reader.execute("PRAGMA data_version").fetchone() == before


def test_an_outage_of_ours_is_no_feeds_fault(
    configured: Callable[[str], Configuration], now: datetime
) -> None:
    """When no host at all can be reached, the feeds stay due and are not put off for hours."""
    source = '[monitor]\nbeat = "BEAT"\nbeat_feeds = false\n'
    for name in ("one", "two"):
        source += f'[[feeds]]\nurl = "http://{name}.invalid/feed"\n'
    setup = prepare(configured(source))
    with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
        done = poll(store, door, setup, now)
        feeds = store.feeds.due(now + timedelta(minutes=1))

    assert {one.outcome.state for one in done} == {FeedState.UNREACHABLE}
    assert [feed.failures for feed in feeds] == [0, 0]


def test_a_year_with_a_wrong_clock_holds_up_nothing(world: World, now: datetime) -> None:
    """After one round with the clock a year ahead, feeds and editions go on as before."""
    world.all_steps(now)
    world.all_steps(now + timedelta(days=365))
    world.mail.messages.clear()
    world.feeds.documents = {"grid": rss((f"{RELEVANT[0]} again", RELEVANT[1])), "sea": rss()}
    back = now + timedelta(days=1)
    polled = world.poll(back)
    world.all_steps(back)

    assert sum(len(one.new) for one in polled) == 1
    assert len(world.mail.messages) == 2

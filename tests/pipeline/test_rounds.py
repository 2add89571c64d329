"""The four steps together, on real SQLite, real HTTP and real SMTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.http import Door
from monitor.model import FeedState
from monitor.pipeline.assess import assess
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.publish import publish
from monitor.pipeline.rounds import once
from monitor.pipeline.setup import Setup, open_door, prepare
from monitor.store import Store, open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"
outlet = "Grid Post"

[[feeds]]
url = "http://ADDRESS/sea"
outlet = "Sea Times"

[[digests]]
name = "daily"
schedule = "daily 07:30"
to = ["reader@example.org", "second@example.org"]

[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
sender = "monitor@example.org"

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
"""

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

    def store(self) -> Store:
        """A newly opened store, as a new process would have it."""
        return open_store(self.setup.configuration.database)

    def door(self) -> Door:
        """A door that may go to the two feeds."""
        return open_door(self.setup.settings)

    def poll(self, now: datetime) -> list[Polled]:
        """The first step, in a process of its own."""
        with self.store() as store, self.door() as door:
            return poll(store, door, self.setup, now)

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


@pytest.fixture
def world(configured: Callable[[str], Configuration]) -> Iterator[World]:
    """Feeds with one relevant and one other entry, polled by nobody yet."""
    with FeedServer().serving() as feeds, MailSink().serving() as mail:
        source = CONFIG.replace("ADDRESS", feeds.address).replace("PORT", str(mail.port))
        feeds.documents = {"grid": rss(RELEVANT, OTHER), "sea": rss(OTHER)}
        yield World(feeds, mail, prepare(configured(source)))


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
        patched.setattr("monitor.store.feeds._remember", torn)
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

    assert len(done.failed_feeds) == 2
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

    assert {one.outcome.state for one in failed} == {"retry"}
    assert {one.outcome.state for one in sent} == {"sent"}
    assert {one.delivery.message_id for one in failed} == {one.delivery.message_id for one in sent}


def test_without_a_mail_host_editions_go_to_a_folder(
    world: World, now: datetime, tmp_path: Path, configured: Callable[[str], Configuration]
) -> None:
    """The shipped default needs no mail server: HTML, text and eml lie in editions/."""
    source = CONFIG.replace("ADDRESS", world.feeds.address).replace("PORT", "25")
    setup = prepare(configured(source.replace('host = "127.0.0.1"', 'host = ""')))
    with world.store() as store, world.door() as door:
        done = once(store, door, setup, now)

    assert done.sent == 1
    assert {path.suffix for path in (tmp_path / "editions").iterdir()} == {".html", ".txt", ".eml"}

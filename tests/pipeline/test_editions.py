"""What editions hold, when they are sent, and that a preview is what is sent, on real SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from monitor.config import Configuration
from monitor.errors import ConfigError, InputError
from monitor.model import (
    Delivery,
    DeliveryState,
    Entry,
    FeedState,
    Finding,
    FindingKind,
    PollOutcome,
    Window,
)
from monitor.pipeline.assess import assess
from monitor.pipeline.deliver import deliver
from monitor.pipeline.publish import (
    Published,
    digest_named,
    preview,
    publish,
    publish_now,
    resend,
    upcoming,
)
from monitor.pipeline.setup import Setup, prepare
from monitor.publish.transports import Hold
from monitor.query import parse
from monitor.store import Store, open_store
from monitor.store.feeds import Recording

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "https://grid.example/feed"
outlet = "Grid Post"
camp = "independent"

[[feeds]]
url = "https://state.example/feed"
outlet = "State Wire"
camp = "state"

[[digests]]
name = "daily"
DIGEST
to = ["reader@example.org"]

[smtp]
host = "127.0.0.1"
port = 25
security = "none"
sender = "monitor@example.org"
"""
CABLE = "Sweden and Lithuania repair the NordBalt cable for 40 million euros"
SAME = "NordBalt cable between Sweden and Lithuania repaired"


class World:
    """A database with two feeds, and a way to let them speak."""

    def __init__(self, store: Store, setup: Setup) -> None:
        self.store, self.setup = store, setup
        self._numbers = count(1)
        store.feeds.sync(setup.listings, NOW - timedelta(days=60))

    def say(self, title: str, at: datetime, feed: int = 1, summary: str = "") -> None:
        """An entry of a feed, seen and assessed at ``at``."""
        link = f"https://press.example/{next(self._numbers)}"
        entry = Entry(link, link, title, summary=summary, published=at)
        finding = Finding(FindingKind.NEW, entry, link, (link,), f"{link} {title}", lang="en")
        outcome = PollOutcome(
            feed, at, FeedState.OK, entries=(entry,), next_poll_at=at + timedelta(hours=1)
        )
        self.store.feeds.record_all([Recording(outcome, [finding])])
        assess(self.store, self.setup, at)

    def publish(self, at: datetime) -> list[Published]:
        """The editions that are frozen then."""
        return publish(self.store, self.setup, at)


Made = Callable[[str], World]


@pytest.fixture
def world(configured: Callable[[str], Configuration]) -> Iterator[Made]:
    """A world whose digest is told in a few lines."""
    stores: list[Store] = []

    def make(digest: str) -> World:
        setup = prepare(configured(CONFIG.replace("DIGEST", digest)))
        stores.append(open_store(setup.configuration.database))
        return World(stores[-1], setup)

    yield make
    for store in stores:
        store.close()


DAILY = 'schedule = "daily 07:30"'
DAY = timedelta(days=1)
MORNING = datetime(2026, 6, 13, 7, 30, tzinfo=UTC)


def test_a_preview_is_what_is_sent(world: Made) -> None:
    """Subject, text, HTML and outline of the frozen edition are those of the preview then."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    shown = preview(it.store, it.setup, "daily", MORNING)
    (frozen,) = it.publish(MORNING)
    kept = it.store.editions.get(frozen.id)

    assert kept is not None and "NordBalt" in kept.rendered.subject
    assert shown.rendered == kept.rendered
    assert (shown.outline, shown.slot) == (kept.outline, kept.slot)
    assert preview(it.store, it.setup, "daily", MORNING - timedelta(hours=1)).id == 0


def test_a_past_preview_is_the_edition_of_then(world: Made) -> None:
    """Where the slot was frozen later than asked for, that edition is shown."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    (frozen,) = it.publish(MORNING + timedelta(minutes=5))

    assert preview(it.store, it.setup, "daily", MORNING + timedelta(minutes=1)).id == frozen.id


def test_nothing_is_written_by_a_preview(world: Made) -> None:
    """Asking twice shows the same, and the edition that is due is still due."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    first, second = (preview(it.store, it.setup, "daily", MORNING) for _ in range(2))

    assert first == second
    assert len(it.publish(MORNING)) == 1


def test_an_unknown_digest_is_named(world: Made) -> None:
    """With those that there are."""
    with pytest.raises(InputError, match='no digest "weekly"; there are: daily'):
        digest_named(world(DAILY).setup, "weekly")


@pytest.mark.parametrize(("quiet", "mails"), [("send", 1), ("skip", 0)])
def test_a_quiet_day(world: Made, quiet: str, mails: int) -> None:
    """Sent with the proof of what was checked, or kept and not sent; either way it was made."""
    it = world(f'{DAILY}\nquiet = "{quiet}"')
    it.say("A harbour rests", NOW)
    (frozen,) = it.publish(MORNING)

    assert "Of 1 article read, none was new" in " ".join(frozen.rendered.text.split())
    assert "nothing new in 1 article" in frozen.rendered.subject
    assert len(it.store.editions.sent_to(frozen.id)) == mails
    assert it.publish(MORNING) == []


def test_a_skipped_quiet_day_loses_no_time(world: Made) -> None:
    """The edition after it begins where the one that was not sent ended."""
    it = world(f'{DAILY}\nquiet = "skip"')
    it.say("A harbour rests", NOW)
    it.publish(MORNING)
    it.say(CABLE, MORNING + timedelta(hours=1))
    (frozen,) = it.publish(MORNING + DAY)

    assert frozen.edition.window.since == MORNING
    assert len(it.store.editions.sent_to(frozen.id)) == 1


def test_what_moved_says_what_is_new(world: Made) -> None:
    """An update is told with its difference; a copy without one is held back, and for good."""
    it = world(DAILY)
    it.say(CABLE, NOW, summary="The NordBalt power cable works again.")
    it.publish(MORNING)
    it.say(SAME, MORNING + timedelta(hours=1), summary="The NordBalt power cable works again.")
    it.say(
        "NordBalt cable between Sweden and Lithuania repaired for 55 million euros",
        MORNING + timedelta(hours=2),
        feed=2,
        summary="The NordBalt power cable works again.",
    )
    (frozen,) = it.publish(MORNING + DAY)
    text = " ".join(frozen.rendered.text.split())

    assert frozen.edition.sections[0].slug == "moved"
    assert "New: for the first time €55 million · now also told by: state" in text
    assert "1 update" in frozen.rendered.subject
    assert it.publish(MORNING + 2 * DAY)[0].edition.stories == ()


def test_a_repeat_without_news_is_held_back(world: Made) -> None:
    """Counted in one line, carried, and never seen again."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    it.say(CABLE, NOW, feed=2)
    it.publish(MORNING)
    it.say(CABLE, MORNING + timedelta(hours=1), feed=2)
    held = it.publish(MORNING + DAY)[0]
    after = it.publish(MORNING + 2 * DAY)[0]

    assert [len(each.edition.held) for each in (held, after)] == [1, 0]
    assert "1 story told before went on without anything new." in held.rendered.text
    assert held.edition.stories == ()


def test_quotas_of_the_settings_hold(world: Made) -> None:
    """What a quota keeps out is counted, and told the next day."""
    it = world(f"{DAILY}\nquotas = {{ SE = 1 }}")
    it.say(CABLE, NOW)
    it.say("Lithuanian and Swedish ministers found a bank for NordBalt shares in Riga", NOW, feed=2)
    first, second = (it.publish(MORNING + n * DAY)[0] for n in range(2))
    told = [len(each.edition.stories) for each in (first, second)]

    assert told[0] == 1
    assert first.edition.omitted + told[0] == sum(told)


class Mailbox:
    """A transport that takes everything."""

    def send(self, delivery: Delivery, hold: Hold) -> None:
        """Take it."""

    def close(self) -> None:
        """Nothing is held open."""


def test_what_is_left_out_is_found_by_what_the_edition_says(world: Made) -> None:
    """The search in the edition finds the stories that it counts, and no other."""
    it = world(f"{DAILY}\nlimit = 1")
    it.say(CABLE, NOW)
    it.say("Lithuanian and Swedish ministers found a bank for NordBalt shares in Riga", NOW, feed=2)
    it.say("A cat in Oslo is found again", NOW, feed=2)
    (frozen,) = it.publish(MORNING)
    deliver(it.store, {"email": Mailbox()}, MORNING)
    kept = it.store.editions.get(frozen.id)
    assert kept is not None
    typed = kept.outline.archive_hint.removeprefix("monitor search '").removesuffix("'")
    found = it.store.search(parse(typed), 10, MORNING)

    assert len(found) == frozen.edition.omitted == 1
    assert found[0].article.id != frozen.edition.stories[0].lead.article.id


# --- urgent ---------------------------------------------------------------------------------------

URGENT = 'when = "score >= 40"\nquiet_hours = "22:00-07:00"'


def test_urgent_sends_at_once_and_never_twice(world: Made) -> None:
    """No schedule: the edition is due as soon as the article is; its story is told once."""
    it = world(URGENT)
    assert it.publish(NOW) == []
    it.say(CABLE, NOW)
    (frozen,) = it.publish(NOW)
    it.say(SAME, NOW + timedelta(hours=1), feed=2)

    assert "NordBalt" in frozen.rendered.subject
    assert it.publish(NOW + timedelta(hours=2)) == []
    assert upcoming(it.setup, NOW) is None


def test_urgent_waits_half_an_hour_and_for_the_morning(world: Made) -> None:
    """At most one mail in 30 minutes, none between 22:00 and 07:00."""
    it = world(URGENT)
    it.say(CABLE, NOW)
    it.publish(NOW)
    other = "Lithuanian president receives the Swedish king and an anchor at the harbour"
    it.say(other, NOW + timedelta(minutes=5))
    early = it.publish(NOW + timedelta(minutes=29))
    (second,) = it.publish(NOW + timedelta(minutes=30))
    third = "Swedish and Lithuanian universities agree on a treaty about degrees"
    it.say(third, NOW + timedelta(hours=5))
    at_night = it.publish(NOW + timedelta(hours=6))
    (by_day,) = it.publish(NOW + timedelta(hours=13))

    assert (early, at_night) == ([], [])
    assert "anchor" in second.rendered.subject and "treaty" in by_day.rendered.subject


def test_two_schedulers_freeze_one_urgent_edition(world: Made) -> None:
    """Its slot is found from what is stored, so that both mean the same edition."""
    it = world(URGENT)
    it.say(CABLE, NOW)
    with open_store(it.setup.configuration.database) as other:
        shown = preview(other, it.setup, "daily", NOW + timedelta(seconds=3))
        (frozen,) = it.publish(NOW)
        kept = it.store.editions.get(frozen.id)

    assert kept is not None and kept.slot == shown.slot
    assert publish(it.store, it.setup, NOW + timedelta(seconds=3)) == []


@pytest.mark.parametrize(
    ("digest", "problem"),
    [
        ("", "needs a schedule"),
        (f'{DAILY}\nwhen = "score >= 85"', "not both"),
        ('when = "now"', 'is no condition; write one like "score >= 85"'),
        (f'{DAILY}\nquiet_hours = "22:00-07:00"', "a schedule names its hour"),
        ('when = "score >= 85"\nquiet_hours = "at night"', "write them like"),
    ],
)
def test_mistakes_in_a_digest_are_named(world: Made, digest: str, problem: str) -> None:
    """In a sentence, before anything is sent."""
    with pytest.raises(ConfigError, match=problem):
        world(digest)


# --- by hand --------------------------------------------------------------------------------------


def test_an_edition_by_hand_takes_nothing_from_the_next(world: Made) -> None:
    """Sent though none is due; the one in time goes on where it ended."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    (by_hand,) = publish_now(it.store, it.setup, "daily", NOW)
    (in_time,) = it.publish(MORNING)

    assert len(by_hand.edition.stories) == 1
    assert in_time.edition.window.since == by_hand.edition.window.until
    assert in_time.edition.stories == ()


def test_two_editions_by_hand_at_once_tell_nothing_twice(world: Made) -> None:
    """What another process freezes while an edition is made is not frozen once more."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    known = it.store.editions.newest("daily", "")
    (first,) = publish_now(it.store, it.setup, "daily", NOW)
    late = replace(first.edition, window=Window(NOW + timedelta(seconds=1), None, NOW))

    assert it.store.editions.freeze(late, first.rendered, [], NOW, after=known) is None
    assert it.store.editions.freeze(late, first.rendered, [], NOW, after=first.id) is not None


def test_an_edition_is_sent_again_byte_for_byte(world: Made) -> None:
    """To someone else, or to the same once more under the same Message-ID."""
    it = world(DAILY)
    it.say(CABLE, NOW)
    (frozen,) = it.publish(MORNING)
    kept = it.store.editions.get(frozen.id)
    assert kept is not None
    (first,) = it.store.editions.claim(MORNING, timedelta(minutes=5), 9)
    for to in ("reader@example.org", "new@example.org"):
        resend(it.store, it.setup, kept, to, MORNING)
    again = it.store.editions.claim(MORNING, timedelta(minutes=5), 9)

    assert [each.subscriber for each in again] == ["reader@example.org", "new@example.org"]
    assert again[0].message_id == first.message_id != again[1].message_id
    assert {each.edition.rendered for each in again} == {kept.rendered}
    states = [state for _, _, state in it.store.editions.sent_to(frozen.id)]
    assert states == [DeliveryState.SENDING] * 2


def test_the_measured_past(world: Made) -> None:
    """After a fortnight of one article a day, a day of nine is a spike."""
    it = world(DAILY)
    for day in range(16):
        it.say(
            f"Sweden and Lithuania test NordBalt in act {day} of a trial {day * 7}", NOW + day * DAY
        )
        it.publish(MORNING + day * DAY)
    for more in range(9):
        it.say(
            f"Lithuania and Sweden argue over NordBalt, chapter {more * 11} of {more * 5}",
            MORNING + 15 * DAY + timedelta(hours=1 + more),
        )
    (frozen,) = it.publish(MORNING + 16 * DAY)
    trends = frozen.edition.trends

    assert trends is not None and trends.whole.number == 9
    assert trends.whole.verdict == "spike"
    assert len(trends.whole.earlier) >= 14
    assert "more than chance explains" in frozen.rendered.text

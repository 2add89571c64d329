"""Feeds: due, claimed, recorded, and their health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import (
    FeedListing,
    FeedState,
    Gap,
    Habits,
    Memory,
    Notice,
    PollOutcome,
    Validators,
)
from monitor.store import Store
from monitor.store.feeds import Recording

LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)


def test_new_feeds_are_due_at_once(make: Any, store: Store) -> None:
    """What was just added is polled at the next tick."""
    assert [feed.id for feed in store.feeds.due(make.now)] == [1, 2]


def test_unlisted_feeds_are_kept_but_not_polled(make: Any, store: Store) -> None:
    """A feed that left the list is disabled with its articles; listed again it comes back."""
    make.article("one")
    store.feeds.sync([FeedListing("https://b.example/rss", "Renamed", "zh")], make.now)

    assert [feed.outlet for feed in store.feeds.enabled()] == ["Renamed"]
    assert store.counts().articles == 1

    store.feeds.sync([FeedListing("https://a.example/rss", "Back")], make.now)

    assert [feed.id for feed in store.feeds.enabled()] == [1]


def test_an_empty_list_disables_all(make: Any, store: Store) -> None:
    """No wishes, no polls."""
    store.feeds.sync([], make.now)

    assert store.feeds.due(make.now) == []


def test_a_feed_is_claimed_once(make: Any, store: Store) -> None:
    """The second poller is refused until the lease has run out."""
    assert store.feeds.claim(1, make.now, LEASE) == 1
    assert store.feeds.claim(1, make.now, LEASE) is None
    assert [feed.id for feed in store.feeds.due(make.now)] == [2]
    assert store.feeds.claim(1, make.now + LEASE, LEASE) == 2


def test_a_released_feed_is_due_again(make: Any, store: Store) -> None:
    """Who gives a feed back unpolled leaves it to the next; a lost claim gives nothing back."""
    stale = store.feeds.claim(1, make.now, LEASE)
    current = store.feeds.claim(1, make.now + LEASE, LEASE)
    assert stale is not None and current is not None
    store.feeds.release_all({1: stale})
    assert [feed.id for feed in store.feeds.due(make.now + LEASE)] == [2]

    store.feeds.release_all({1: current})
    assert [feed.id for feed in store.feeds.due(make.now + LEASE)] == [1, 2]


def test_a_stale_token_records_nothing(make: Any, store: Store) -> None:
    """A poller that slept past its lease is refused; the one that took over is not."""
    stale = store.feeds.claim(1, make.now, LEASE)
    current = store.feeds.claim(1, make.now + LEASE, LEASE)

    assert not store.feeds.record(make.outcome(), [make.finding("one")], stale)
    assert store.counts().articles == 0
    assert store.feeds.record(make.outcome(), [make.finding("one")], current)
    assert store.counts().articles == 1


def test_the_next_feed_that_is_due(make: Any, store: Store) -> None:
    """The soonest of the enabled feeds counts; without feeds there is none."""
    make.poll(feed_id=1, at=make.now + timedelta(minutes=2))
    make.poll(feed_id=2, at=make.now)
    assert store.feeds.next_due() == make.now + timedelta(hours=1)

    store.feeds.sync([], make.now)
    assert store.feeds.next_due() is None


def test_a_feed_that_is_not_due_is_not_claimed(make: Any, store: Store) -> None:
    """Another poller may have finished between looking and claiming."""
    make.poll()

    assert not store.feeds.claim(1, make.now, LEASE)
    assert store.feeds.claim(1, make.now + timedelta(hours=1), LEASE)


def test_the_longest_overdue_feed_comes_first(make: Any, store: Store) -> None:
    """Feeds are handed out in the order of their due times."""
    make.poll(feed_id=1, at=make.now + timedelta(minutes=2))
    make.poll(feed_id=2, at=make.now)

    assert [feed.id for feed in store.feeds.due(make.now + timedelta(days=1))] == [2, 1]


def test_a_poll_is_remembered(make: Any, store: Store) -> None:
    """Validators are kept byte for byte, and the feed is released."""
    store.feeds.claim(1, make.now, LEASE)
    make.poll()
    feed = store.feeds.enabled()[0]

    assert Validators('"e1"', "Sun, 01 Mar 2026 08:00:00 GMT") == feed.validators
    assert (feed.body_hash, feed.state, feed.failures) == ("b1", FeedState.OK, 0)
    assert make.now == feed.first_polled_at == feed.polled_at == feed.succeeded_at
    assert make.now + timedelta(hours=1) == feed.next_poll_at
    assert store.feeds.claim(1, make.now + timedelta(hours=1), LEASE)


def test_a_failure_keeps_what_the_last_success_left(make: Any, store: Store) -> None:
    """Failures are counted, and the validators survive them."""
    make.poll()
    later = make.now + timedelta(hours=1)
    for _ in range(2):
        store.feeds.record(PollOutcome(1, later, FeedState.UNREACHABLE, error="no route"), [])
    feed = store.feeds.enabled()[0]

    assert (feed.failures, feed.error, feed.state) == (2, "no route", FeedState.UNREACHABLE)
    assert feed.validators.etag == '"e1"'
    assert feed.body_hash == "b1"
    assert (make.now, later) == (feed.succeeded_at, feed.polled_at)


def test_unchanged_without_validators_withdraws_nothing(make: Any, store: Store) -> None:
    """A bare 304 leaves the validators that it answered to."""
    make.poll()
    store.feeds.record(PollOutcome(1, make.now, FeedState.UNCHANGED, status=304), [])

    assert store.feeds.enabled()[0].validators.etag == '"e1"'


def test_a_full_answer_without_validators_withdraws_them(make: Any, store: Store) -> None:
    """A server that stops giving an ETag is no longer asked with the old one."""
    make.poll()
    store.feeds.record(PollOutcome(1, make.now, FeedState.OK, status=200), [])

    assert Validators() == store.feeds.enabled()[0].validators


def test_health_is_the_last_poll_in_the_window(make: Any, store: Store) -> None:
    """Later polls and feeds without one are left out; the window is half-open."""
    make.poll(at=make.now)
    later = make.now + timedelta(hours=2)
    store.feeds.record(PollOutcome(1, later, FeedState.BLOCKED, error="403"), [])

    assert [each.state for each in store.feeds.health(make.now, later)] == [FeedState.OK]
    assert [each.error for each in store.feeds.health(later, later + LEASE)] == ["403"]
    assert store.feeds.health(None, make.now) == ()


def test_an_unknown_feed_cannot_be_recorded(make: Any, store: Store) -> None:
    """A poll of a feed that is not there is refused in words."""
    with pytest.raises(StoreError, match="no feed 77"):
        make.poll(feed_id=77)


# --- many at once --------------------------------------------------------------------------------


def test_many_polls_are_one_change(make: Any, store: Store) -> None:
    """Two feeds that bring one article at the same time: one article, claimed by both, counted."""
    one, twin = make.finding("one"), make.finding("one", title="one", text="It says more.")
    recorded = store.feeds.record_all(
        [Recording(make.outcome(1), [one]), Recording(make.outcome(2), [twin, make.finding("two")])]
    )

    assert recorded == [True, True]
    assert store.counts().articles == 2
    assert store.feeds.kept() == {1: 1, 2: 2}
    assert [article.wording.text for article in store.articles.unassessed(9)] == [
        "It says more.",
        "",
    ]


def test_one_stale_claim_does_not_spoil_the_others(make: Any, store: Store) -> None:
    """What is refused is left out, all else is kept."""
    tokens = store.feeds.claim_all([1, 2, 3], make.now, LEASE)
    assert tokens == {1: 1, 2: 1}
    assert store.feeds.claim_all([1, 2], make.now, LEASE) == {}
    recordings = [
        Recording(make.outcome(1), [make.finding("one")], 99),
        Recording(make.outcome(2), [make.finding("two")], 1),
    ]
    assert store.feeds.record_all(recordings) == [False, True]
    assert store.counts().articles == 1


def test_known_articles_of_many_feeds(make: Any, store: Store) -> None:
    """Each feed is told of what it carries itself, and of what only others do."""
    make.poll(make.finding("one"), feed_id=1)
    found = store.articles.known_to({1: ["guid:one"], 2: ["guid:one", "guid:none"]})

    assert [(key, found[1][key].carried, found[1][key].speaks) for key in found[1]] == [
        ("guid:one", True, True)
    ]
    assert [(key, found[2][key].carried) for key in found[2]] == [("guid:one", False)]


# --- what is remembered --------------------------------------------------------------------------


def test_what_a_document_taught_is_remembered(make: Any, store: Store) -> None:
    """Stamps, habits, interval and moves come back as they were; a poll without them keeps them."""
    habits = Habits(
        arrivals=(make.now, make.now + LEASE),
        entries=3,
        oldest=make.now,
        newest=make.now + LEASE,
        ttl=LEASE,
        skip_hours=frozenset({1, 2}),
        skip_days=frozenset({6}),
    )
    taught = replace(
        make.outcome(),
        memory=Memory(frozenset({"a1", "b2"}), habits),
        interval=LEASE,
        whole=True,
        moved_to="https://c.example/",
        moves=3,
    )
    store.feeds.record(taught, [])
    store.feeds.record(replace(make.outcome(), moved_to="https://c.example/", moves=3), [])
    feed = store.feeds.enabled()[0]

    assert (feed.stamps, feed.habits) == (frozenset({"a1", "b2"}), habits)
    assert (feed.interval, feed.whole_at) == (LEASE, make.now)
    assert feed.address == "https://c.example/"


def test_a_paused_feed_is_listed_and_not_polled(make: Any, store: Store) -> None:
    """Pausing is a fact of the database that a changed configuration leaves alone."""
    assert store.feeds.pause("https://a.example/rss")
    assert not store.feeds.pause("https://nowhere.example/")
    store.feeds.sync([FeedListing("https://a.example/rss", "Again")], make.now)
    assert store.feeds.due(make.now) == []
    assert store.feeds.next_due() is None
    assert [feed.paused for feed in store.feeds.enabled()] == [True]

    store.feeds.pause("https://a.example/rss", paused=False)
    assert [feed.id for feed in store.feeds.due(make.now)] == [1]


def test_strikes_belong_to_a_body(make: Any, store: Store) -> None:
    """A parse that began is counted until a poll is recorded; another body begins anew."""
    for begun in (1, 2):
        store.feeds.strike({1: "x"})
        feed = store.feeds.enabled()[0]
        assert (feed.struck, feed.begun, feed.strikes) == ("x", begun, 0)
    store.feeds.record(replace(make.outcome(state=FeedState.BROKEN), strikes=1), [])
    store.feeds.strike({1: "x"})
    assert next((feed.begun, feed.strikes) for feed in store.feeds.enabled()) == (1, 1)
    store.feeds.strike({1: "y"})
    assert next((feed.begun, feed.strikes) for feed in store.feeds.enabled()) == (1, 0)


def test_a_host_rests_with_all_its_feeds(make: Any, store: Store) -> None:
    """Due times are put off, never brought forward, and other hosts go on."""
    store.feeds.sync([FeedListing(f"https://a.example/{n}", "A") for n in range(3)], make.now)
    store.feeds.rest("a.example", make.now + LEASE)
    store.feeds.rest("a.example", make.now)

    assert store.feeds.due(make.now) == []
    assert len(store.feeds.due(make.now + LEASE)) == 3


def test_failures_of_an_outage_are_taken_back(make: Any, store: Store) -> None:
    """Those since anybody was reached, and no others."""
    store.feeds.record(PollOutcome(1, make.now, FeedState.UNREACHABLE), [])
    store.feeds.record(PollOutcome(2, make.now, FeedState.UNREACHABLE, status=500), [])
    for _ in range(2):
        store.feeds.record(PollOutcome(1, make.now, FeedState.UNREACHABLE), [])
        store.feeds.record(PollOutcome(2, make.now, FeedState.UNREACHABLE), [])
    assert store.feeds.silence() == (0, 2)
    assert store.feeds.excuse(make.now + LEASE) == 2
    assert [feed.failures for feed in store.feeds.enabled()] == [1, 1]
    assert store.feeds.excuse(make.now + LEASE) == 0
    assert [feed.next_poll_at for feed in store.feeds.enabled()] == [make.now + LEASE] * 2


def test_gaps_and_notices_stand_in_their_window(make: Any, store: Store) -> None:
    """Each in one window only, and a notice once for each spell of failures."""
    gap = Gap("Astana Wire", make.now - LEASE, make.now)
    told = Notice("Astana Wire", "https://a.example/rss", 3, make.now - 3 * DAY, "has failed")
    store.feeds.record(replace(make.outcome(), gap=gap), [])
    for at in (make.now, make.now + LEASE):
        failed = PollOutcome(1, at, FeedState.BROKEN, notice=told)
        store.feeds.record(failed, [])
    until = make.now + timedelta(seconds=1)

    assert store.feeds.gaps(None, until) == (gap,)
    assert store.feeds.gaps(until, until + DAY) == ()
    assert store.feeds.notices(make.now, until + DAY) == (told,)
    assert store.feeds.notices(until, until + DAY) == ()


def test_old_polls_are_forgotten(make: Any, store: Store) -> None:
    """The oldest first and no more than asked for at a time; younger ones stay."""
    for day in range(6):
        make.poll(at=make.now + timedelta(days=day))
    before = make.now + timedelta(days=4)
    assert [store.feeds.forget_polls(before, limit=3) for _ in range(3)] == [3, 1, 0]
    assert store.feeds.health(None, before) == ()
    assert len(store.feeds.health(before, before + timedelta(days=9))) == 1

"""Feeds: due, claimed, recorded, and their health."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import FeedListing, FeedState, PollOutcome, Validators
from monitor.store import Store

LEASE = timedelta(minutes=5)


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
    store.feeds.release(1, stale)
    assert [feed.id for feed in store.feeds.due(make.now + LEASE)] == [2]

    store.feeds.release(1, current)
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

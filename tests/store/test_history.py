"""What happened: polls, judgements, editions and deliveries as they are told afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.model import DeliveryOutcome, DeliveryState, FeedState
from monitor.store import Store

HOUR = timedelta(hours=1)


def test_polls_count_what_was_new_to_the_feed(make: Any, store: Store) -> None:
    """The newest poll comes first; what a feed showed before is not new to it."""
    first, second = make.finding("one"), make.finding("two")
    make.poll(first)
    make.poll(first, second, at=make.now + HOUR)

    polls = store.history.polls(1, 10)
    assert [poll.at for poll in polls] == [make.now + HOUR, make.now]
    assert polls[1].new == 1
    assert [poll.at for poll in store.history.polls(1, 1)] == [make.now + HOUR]
    assert store.history.polls(2, 10) == []


def test_failing_since_is_the_first_of_the_last_row_of_failures(make: Any, store: Store) -> None:
    """A poll that worked ends a row; without any that worked the first failure counts."""
    states = [FeedState.GONE, FeedState.OK, FeedState.BROKEN, FeedState.GONE]
    assert store.history.failing_since(1) is None
    seen = []
    for hour, state in enumerate(states):
        store.feeds.record(make.outcome(1, make.now + hour * HOUR, state), [])
        seen.append(store.history.failing_since(1))

    assert seen == [make.now, None, make.now + 2 * HOUR, make.now + 2 * HOUR]
    assert store.history.last_good_poll(1, make.now + 4 * HOUR) == make.now + HOUR
    assert store.history.last_good_poll(1, make.now + HOUR) is None


def test_a_feed_that_is_listed_no_longer_is_known_as_off(make: Any, store: Store) -> None:
    """Facts outlive wishes."""
    make.poll(make.finding("one"))
    store.feeds.sync([], make.now)

    assert [(feed.id, feed.enabled) for feed in store.history.feeds()] == [(1, False), (2, False)]
    assert store.history.feeds()[0].polled_at == make.now


def test_reading_tells_how_far_judging_came(make: Any, store: Store) -> None:
    """Pending until judged; then the time and the watchlist."""
    article = make.article("one")
    before = store.history.reading(article.id)
    make.judge(make.assessment(article))
    after = store.history.reading(article.id)

    assert before is not None
    assert (before.pending, before.at, before.fingerprint) == (True, None, None)
    assert after is not None
    assert (after.pending, after.at, after.fingerprint) == (False, make.now, make.fingerprint)
    assert store.history.reading(99) is None


def test_carriages_tell_the_editions_of_an_article_and_of_its_story(
    make: Any, store: Store
) -> None:
    """Who asks for one article of a story hears of the edition that carried another."""
    first, second = make.article("one"), make.article("two")
    (story_id,) = make.judge(make.assessment(first))
    make.judge(make.assessment(second, story_id=story_id))
    member = store.articles.get(first.id)
    assert member is not None
    edition = make.edition(make.story(member))
    addressed = [("a@example.org", "email", "<1@x>"), ("b@example.org", "email", "<2@x>")]
    edition_id = store.editions.freeze(edition, make.rendered, addressed, make.now)
    assert edition_id is not None

    (carriage,) = store.history.carriages(second.id, [story_id])
    assert (carriage.article_id, carriage.story_id) == (first.id, story_id)
    assert (carriage.issue.id, carriage.issue.digest) == (edition_id, "daily")
    assert carriage.issue.until == edition.window.until
    assert store.history.carriages(second.id, []) == []
    assert store.history.first_issue("daily", edition.window.until) == carriage.issue
    assert store.history.first_issue("daily", edition.window.until + HOUR) is None


def test_dispatches_tell_how_each_delivery_stands(make: Any, store: Store) -> None:
    """In the order of the addresses, with the time and the error of the last attempt."""
    addressed = [("a@example.org", "email", "<1@x>"), ("b@example.org", "email", "<2@x>")]
    edition_id = store.editions.freeze(make.edition(), make.rendered, addressed, make.now)
    assert edition_id is not None
    (claimed,) = store.editions.claim(make.now, HOUR, 1)
    retry = DeliveryOutcome(DeliveryState.RETRY, "refused", make.now + HOUR)
    store.editions.settle(claimed, retry, make.now)

    first, second = store.history.dispatches([edition_id])[edition_id]
    assert (first.subscriber, first.state) == ("a@example.org", DeliveryState.RETRY)
    assert (first.attempts, first.error, first.retry_at) == (1, "refused", make.now + HOUR)
    assert first.settled_at == make.now
    assert (second.subscriber, second.state) == ("b@example.org", DeliveryState.NEW)

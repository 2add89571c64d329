"""Editions: eligible once, frozen once, delivered by one sender at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Delivery, DeliveryOutcome, DeliveryState
from monitor.store import Store, open_store

LEASE = timedelta(minutes=5)
LATER = timedelta(minutes=6)
TO_ANN = ("ann@example.org", "smtp", "<1.ann@monitor>")
TO_BOB = ("bob@example.org", "smtp", "<1.bob@monitor>")
SENT = DeliveryOutcome(DeliveryState.SENT)


@pytest.fixture
def story(make: Any, store: Store) -> Any:
    """A story of one eligible article."""
    (story_id,) = make.judge(make.assessment(make.article("one")))
    return make.story(*store.stories.members([story_id])[story_id])


@pytest.fixture
def delivery(make: Any, store: Store, story: Any) -> Delivery:
    """A claimed delivery of an edition with that story."""
    store.editions.freeze(make.edition(story), make.rendered, [TO_ANN], make.now)
    return store.editions.claim(make.now, LEASE, 10)[0]


def test_an_article_is_eligible_once_in_a_digest(make: Any, store: Store, story: Any) -> None:
    """Carried by one edition, it is not in the next of that digest; other digests still have it."""
    before = store.editions.eligible("daily", "", 50, make.now)
    store.editions.freeze(make.edition(story), make.rendered, [], make.now)

    assert list(story.articles) == before
    assert store.editions.eligible("daily", "", 50, make.now) == []
    assert len(store.editions.eligible("daily", "zh", 50, make.now)) == 1
    assert len(store.editions.eligible("weekly", "", 50, make.now)) == 1


@pytest.mark.parametrize(("threshold", "minutes", "found"), [(70, 0, 1), (71, 0, 0), (70, -1, 0)])
def test_eligible_means_at_the_threshold_and_in_time(
    make: Any, store: Store, story: Any, threshold: float, minutes: int, found: int
) -> None:
    """A score of exactly the threshold counts, and so does the last moment."""
    until = make.now + timedelta(minutes=minutes)

    assert found == len(store.editions.eligible("daily", "", threshold, until))


def test_backlog_is_never_eligible(make: Any, store: Store) -> None:
    """What was judged without an eligibility enters no edition."""
    make.judge(make.assessment(make.article("old"), eligible_at=None))

    assert store.editions.eligible("daily", "", 0, make.now + timedelta(days=9)) == []


def test_a_new_digest_may_leave_out_what_came_before_it(
    make: Any, store: Store, story: Any
) -> None:
    """``since`` is the beginning of its first window."""
    until = make.now + timedelta(days=1)

    assert len(store.editions.eligible("new", "", 50, until, make.now)) == 1
    assert store.editions.eligible("new", "", 50, until, make.now + LEASE) == []


def test_a_slot_is_frozen_once(make: Any, store: Store, story: Any) -> None:
    """The second attempt changes nothing and adds no delivery."""
    edition = make.edition(story)
    first = store.editions.freeze(edition, make.rendered, [TO_ANN], make.now)
    again = store.editions.freeze(edition, make.rendered, [TO_ANN, TO_BOB], make.now)

    assert first is not None
    assert again is None
    assert store.editions.pending() == 1


def test_the_latest_edition_is_that_of_the_last_slot(make: Any, store: Store, story: Any) -> None:
    """Variants are apart, and an empty edition is an edition."""
    day = timedelta(days=1)
    store.editions.freeze(make.edition(story, slot=make.now + day), make.rendered, [], make.now)
    store.editions.freeze(make.edition(slot=make.now), make.rendered, [], make.now)
    latest = store.editions.latest("daily")

    assert latest is not None
    assert (make.now + day, 1, make.rendered) == (latest.slot, latest.story_count, latest.rendered)
    assert store.editions.latest("daily", "zh") is None
    assert [make.now, make.now + day] == [each.slot for each in store.editions.recent(5)]


def test_a_story_that_goes_on_may_show_carried_articles(
    make: Any, store: Store, story: Any
) -> None:
    """The next edition freezes although one of its articles was carried before."""
    store.editions.freeze(make.edition(story), make.rendered, [], make.now)
    tomorrow = make.now + timedelta(days=1)
    again = store.editions.freeze(make.edition(story, slot=tomorrow), make.rendered, [], tomorrow)

    assert again is not None


def test_a_delivery_is_claimed_by_one_sender(make: Any, store: Store, delivery: Delivery) -> None:
    """While the lease runs, nobody else gets it."""
    assert store.editions.claim(make.now, LEASE, 10) == []
    assert (delivery.subscriber, delivery.message_id) == ("ann@example.org", "<1.ann@monitor>")
    assert (1, 1, make.rendered) == (delivery.attempts, delivery.token, delivery.edition.rendered)


def test_a_sent_delivery_is_done(make: Any, store: Store, delivery: Delivery) -> None:
    """It is not pending, and never claimed again."""
    assert store.editions.settle(delivery, SENT, make.now)
    assert store.editions.pending() == 0
    assert store.editions.claim(make.now + timedelta(days=1), LEASE, 10) == []


def test_a_stale_token_settles_nothing(make: Any, store: Store, delivery: Delivery) -> None:
    """A sender that slept past its lease is refused; the one that took over is not."""
    (taken,) = store.editions.claim(make.now + LATER, LEASE, 10)

    assert (2, 2, delivery.message_id) == (taken.token, taken.attempts, taken.message_id)
    assert not store.editions.settle(delivery, SENT, make.now + LATER)
    assert store.editions.pending() == 1
    assert store.editions.settle(taken, SENT, make.now + LATER)
    assert not store.editions.settle(taken, SENT, make.now + LATER)


def test_a_retry_waits_for_its_time(make: Any, store: Store, delivery: Delivery) -> None:
    """It is claimed when its time has come, not before."""
    retry_at = make.now + timedelta(hours=1)
    store.editions.settle(
        delivery, DeliveryOutcome(DeliveryState.RETRY, "451 busy", retry_at), make.now
    )

    assert store.editions.claim(retry_at - LEASE, LEASE, 10) == []
    assert [each.attempts for each in store.editions.claim(retry_at, LEASE, 10)] == [2]


def test_an_unknown_outcome_is_tried_again_with_the_same_id(
    make: Any, store: Store, delivery: Delivery
) -> None:
    """It may have arrived, so it goes out once more under the same Message-ID."""
    doubt = DeliveryOutcome(DeliveryState.UNKNOWN, "no answer", make.now + LATER)
    store.editions.settle(delivery, doubt, make.now)

    assert store.editions.claim(make.now, LEASE, 10) == []
    assert [delivery.message_id] == [
        each.message_id for each in store.editions.claim(make.now + LATER, LEASE, 10)
    ]


def test_a_dead_delivery_stays_dead(make: Any, store: Store, delivery: Delivery) -> None:
    """What was given up is not tried again."""
    store.editions.settle(delivery, DeliveryOutcome(DeliveryState.DEAD, "550"), make.now)

    assert store.editions.pending() == 0
    assert store.editions.claim(make.now + timedelta(days=9), LEASE, 10) == []


def test_claims_are_limited_and_in_order(make: Any, store: Store, story: Any) -> None:
    """Two senders share the outbox without meeting."""
    store.editions.freeze(make.edition(story), make.rendered, [TO_ANN, TO_BOB], make.now)
    (first,) = store.editions.claim(make.now, LEASE, 1)
    (second,) = store.editions.claim(make.now, LEASE, 1)

    assert [first.subscriber, second.subscriber] == ["ann@example.org", "bob@example.org"]


def test_a_crash_while_freezing_leaves_no_edition(make: Any, store: Store, story: Any) -> None:
    """A delivery that cannot be written takes the edition and what it carries with it."""
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.editions.freeze(make.edition(story), make.rendered, [TO_ANN, TO_ANN], make.now)

    assert store.editions.latest("daily") is None
    assert len(store.editions.eligible("daily", "", 50, make.now)) == 1


def test_what_became_due_meanwhile_may_be_left(make: Any, store: Store, delivery: Delivery) -> None:
    """Leases count from now, while only what was due at an earlier moment is taken."""
    retry = DeliveryOutcome(DeliveryState.RETRY, "451 busy", make.now + LEASE)
    store.editions.settle(delivery, retry, make.now)

    assert store.editions.claim(make.now + LATER, LEASE, 10, due_by=make.now) == []
    assert len(store.editions.claim(make.now + LATER, LEASE, 10)) == 1
    assert store.editions.claim(make.now + LATER + LEASE / 2, LEASE, 10) == []


def test_each_installation_has_a_name_of_its_own(store: Store, url: str, tmp_path: Path) -> None:
    """It stays with the database, and another database has another."""
    name = store.editions.installation()
    with open_store(url) as again, open_store(f"sqlite:///{tmp_path}/other.db") as other:
        assert again.editions.installation() == name
        assert other.editions.installation() != name
    assert len(name) == 32

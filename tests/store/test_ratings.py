"""Ratings: one for each article, and what has one is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.model import FindingKind, Rating
from monitor.store import Store


def test_the_latest_rating_counts_and_none_takes_it_away(make: Any, store: Store) -> None:
    """They are listed with their articles, the latest first."""
    one, two = (make.article(name, f"Rail {name}") for name in "12")
    make.judge(make.assessment(one, 70))
    store.ratings.rate(one.id, Rating.NOISE, make.now)
    store.ratings.rate(two.id, Rating.MUST_CATCH, make.now)
    store.ratings.rate(one.id, Rating.USEFUL, make.now + timedelta(hours=1))

    rated = store.ratings.all()

    assert [(each.article_id, each.rating, each.score) for each in rated] == [
        (one.id, Rating.USEFUL, 70), (two.id, Rating.MUST_CATCH, 0)
    ]  # fmt: skip
    assert (rated[0].title, rated[0].outlet, rated[0].lang) == ("Rail 1", "Astana Wire", "en")
    store.ratings.rate(one.id, None, make.now)
    assert [each.article_id for each in store.ratings.all()] == [two.id]


def test_what_is_rated_is_not_forgotten(make: Any, store: Store) -> None:
    """An article far below the threshold stays for the next change to be measured by."""
    one, two = (make.article(name, f"Rail {name}") for name in "12")
    make.judge(*(make.assessment(each, 5, eligible_at=None) for each in (one, two)))
    store.ratings.rate(one.id, Rating.MUST_CATCH, make.now)

    step = store.retention.forget(make.now + timedelta(days=100), 50)

    assert step is not None
    assert step.forgotten == 1
    assert [each.id for batch in store.replays.batches() for each in batch] == [one.id]


def test_the_archive_is_replayed_in_batches(make: Any, store: Store, monkeypatch: Any) -> None:
    """Every judged article once, the oldest first, with the watchlist that judged it."""
    monkeypatch.setattr("monitor.store.replays._BATCH", 2)
    made = [make.article(str(number), f"Rail {number}") for number in range(5)]
    make.judge(*(make.assessment(each, 5) for each in made))
    make.article("waits", "It waits")

    batches = list(store.replays.batches())

    assert [[each.id for each in batch] for batch in batches] == [
        [made[0].id, made[1].id], [made[2].id, made[3].id], [made[4].id]
    ]  # fmt: skip
    assert batches[0][0].wording == made[0].wording
    assert {each.watchlist for batch in batches for each in batch} == {make.fingerprint}
    assert store.replays.total() == 5
    assert store.replays.watchlists() == {make.fingerprint: '{"terms": []}'}


def test_a_wording_that_awaits_its_judgement_is_replayed_without_a_watchlist(
    make: Any, store: Store
) -> None:
    """An edited article, and one that was rated before it was judged, are not left out."""
    edited, rated = make.article("edited"), make.article("rated")
    make.article("waits")
    make.judge(make.assessment(edited, 70))
    changed = {"kind": FindingKind.CHANGED, "article_id": edited.id, "revision": "2"}
    make.poll(make.finding("edited", "Other words", **changed))
    store.ratings.rate(rated.id, Rating.MUST_CATCH, make.now)

    (batch,) = store.replays.batches()

    assert [(each.id, each.watchlist) for each in batch] == [(edited.id, ""), (rated.id, "")]
    assert batch[0].wording.title == "Other words"
    assert store.replays.total() == 2

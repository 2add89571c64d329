"""Judgements: kept with their watchlist, once for each revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import FindingKind
from monitor.query import parse
from monitor.store import Store


def test_a_judgement_comes_back_whole(make: Any, store: Store) -> None:
    """Score, receipt, countries, topics and entities are what was recorded."""
    assessment = make.assessment(make.article("one"))
    (story_id,) = make.judge(assessment)
    judged = store.articles.get(assessment.article.id)

    assert judged is not None
    assert assessment.judgement == judged.judgement
    assert (story_id, make.now) == (judged.story_id, judged.article.eligible_at)
    assert assessment.judgement.receipt == store.articles.receipt(assessment.article.id)


def test_receipts_are_kept_where_asked(make: Any, store: Store) -> None:
    """The others are None, so that a caller knows to make them again."""
    assessments = [
        make.assessment(make.article(name), score) for name, score in (("a", 70), ("b", 5))
    ]
    store.judgements.record(
        assessments, make.fingerprint, make.now, keep_receipt=lambda each: each.judgement.score > 50
    )
    kept, left = (store.articles.receipt(each.article.id) for each in assessments)

    assert assessments[0].judgement.receipt == kept
    assert left is None
    assert store.articles.get(assessments[1].article.id).judgement.receipt == ()  # type: ignore[union-attr]


def test_the_watchlist_of_a_judgement_can_be_had_again(make: Any, store: Store) -> None:
    """Fingerprint and body are what the article was judged with, kept only once."""
    article = make.article("one")
    make.judge(make.assessment(article))
    store.judgements.keep_watchlist(make.fingerprint, "other", make.now)

    assert (make.fingerprint, '{"terms": []}') == store.judgements.watchlist(article.id)
    assert store.judgements.watchlist(article.id + 1) is None


def test_an_unkept_watchlist_is_refused(make: Any, store: Store) -> None:
    """Nothing is judged with a watchlist that could not be looked up later."""
    with pytest.raises(StoreError, match="fp-unknown must be kept"):
        store.judgements.record([make.assessment(make.article("one"))], "fp-unknown", make.now)


def test_recording_twice_opens_one_story(make: Any, store: Store) -> None:
    """The replay of an assessment finds the article in its story."""
    assessment = make.assessment(make.article("one"))

    assert make.judge(assessment) == make.judge(assessment)
    assert store.counts().stories == 1


def test_provisional_stories_are_opened_together(make: Any, store: Store) -> None:
    """Equal negative ids share a story, None opens one alone, real ids stand."""
    one, two, three, four = (make.article(name) for name in ("a", "b", "c", "d"))
    (first,) = make.judge(make.assessment(one))
    ids = make.judge(
        make.assessment(two, story_id=-1),
        make.assessment(three, story_id=-1),
        make.assessment(four, story_id=first),
    )

    assert ids[0] == ids[1] != first == ids[2]
    assert store.counts().stories == 2


def test_new_stories_are_numbered_in_the_order_of_their_articles(make: Any, store: Store) -> None:
    """Those that are opened at once have rising ids, whatever order a database gives them in."""
    ids = make.judge(*(make.assessment(make.article(str(number))) for number in range(30)))
    assert ids == sorted(set(ids))


def test_eligibility_stands_unless_a_later_one_is_given(make: Any, store: Store) -> None:
    """Judging again makes nothing eligible anew, but may do so on purpose."""
    article = make.article("one")
    later = make.now + timedelta(days=1)

    def eligible() -> object:
        return store.articles.get(article.id).article.eligible_at  # type: ignore[union-attr]

    make.judge(make.assessment(article, eligible_at=make.now))
    make.judge(make.assessment(article, eligible_at=None))
    assert make.now == eligible()
    make.judge(make.assessment(article, eligible_at=later))
    assert later == eligible()
    make.judge(make.assessment(article, eligible_at=make.now))
    assert later == eligible()


def test_an_article_that_changed_meanwhile_stays_unassessed(make: Any, store: Store) -> None:
    """A verdict on the old wording does not count for the new one."""
    article = make.article("one")
    make.poll(make.finding("one", kind=FindingKind.CHANGED, article_id=article.id, revision="2"))
    make.judge(make.assessment(article))

    assert [article.id] == [each.id for each in store.articles.unassessed(10)]
    assert store.articles.get(article.id).judgement.receipt == ()  # type: ignore[union-attr]


def test_labels_follow_the_last_judgement(make: Any, store: Store) -> None:
    """What an article is no longer about does not find it."""
    article = make.article("one")
    make.judge(make.assessment(article, countries=("KZ", "CN")))
    make.judge(make.assessment(article, countries=("UZ", "UZ")))

    assert store.search(parse("country:KZ"), 10, make.now) == []
    assert len(store.search(parse("country:UZ"), 10, make.now)) == 1


def test_another_watchlist_replaces_what_counts(make: Any, store: Store) -> None:
    """Judged again with new keywords, an article shows the new verdict."""
    article = make.article("one")
    make.judge(make.assessment(article, 70))
    store.judgements.keep_watchlist("fp-2", "{}", make.now)
    store.judgements.record([make.assessment(article, 30)], "fp-2", make.now)

    assert store.articles.get(article.id).judgement.score == 30  # type: ignore[union-attr]
    assert store.judgements.watchlist(article.id) == ("fp-2", "{}")


def test_a_hundred_articles_are_recorded_at_once(make: Any, store: Store) -> None:
    """Story ids come in the order of the assessments."""
    make.poll(*(make.finding(f"n{number}") for number in range(600)))
    assessments = [make.assessment(article) for article in store.articles.unassessed(1_000)]
    ids = make.judge(*assessments)

    assert 600 == len(set(ids)) == store.counts().stories
    for assessment, story_id in list(zip(assessments, ids, strict=True))[::97]:
        assert story_id == store.articles.get(assessment.article.id).story_id  # type: ignore[union-attr]


def test_no_assessments_change_nothing(make: Any, store: Store) -> None:
    """An empty batch is fine."""
    assert make.judge() == []


def test_unscored_lines_survive_storing(make: Any, store: Store) -> None:
    """A line that only lowers has no alias, form or place, and comes back so."""
    assessment = make.assessment(make.article("one"))
    bare = replace(
        assessment.judgement.receipt[0], alias=None, form=None, field=None, start=None, end=None
    )
    lowered = replace(assessment, judgement=replace(assessment.judgement, receipt=(bare,)))
    make.judge(lowered)

    assert (bare,) == store.articles.receipt(assessment.article.id)

"""Evidence in the store: read once, forgotten when the promises change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.model import Claim, Evidence
from monitor.store import Store


def found(name: str = "bridge", claim: Claim = Claim.PROGRESS) -> Evidence:
    """A sentence about a promise."""
    return Evidence(name, claim, "opened", "It was opened.", "summary", 3, 17)


def judged(make: Any, *names: str, score: float = 70.0) -> list[int]:
    """Ids of articles with these names, judged with that score."""
    ids = []
    for name in names:
        article = make.article(name)
        make.judge(make.assessment(article, score))
        ids.append(article.id)
    return ids


def test_what_was_read_is_not_read_again(make: Any, store: Store) -> None:
    """Each judged article is handed out once, a few at a time, then only new ones."""
    one, two, three = judged(make, "one", "two", "three")

    first = store.commitments.unread("fp", 20, 2)
    store.commitments.record("fp", first.up_to, {})
    second = store.commitments.unread("fp", 20, 2)
    store.commitments.record("fp", second.up_to, {})

    assert [each.article.id for each in first.articles] == [one, two]
    assert [each.article.id for each in second.articles] == [three]
    assert store.commitments.is_read("fp")
    (four,) = judged(make, "four")
    assert not store.commitments.is_read("fp")
    assert [each.article.id for each in store.commitments.unread("fp", 20, 9).articles] == [four]


def test_low_scores_and_unjudged_articles_are_not_read(make: Any, store: Store) -> None:
    """A wording that waits for its judgement is read after it, and so is what came behind it."""
    (one,) = judged(make, "one")
    judged(make, "faint", score=20.0)
    waiting = make.article("waiting")
    make.poll(make.finding("behind"))

    unread = store.commitments.unread("fp", 20, 9)
    store.commitments.record("fp", unread.up_to, {})
    make.judge(*(make.assessment(each) for each in store.articles.unassessed(9)))
    later = store.commitments.unread("fp", 20, 9)

    assert [each.article.id for each in unread.articles] == [one]
    assert later.articles[0].article.id == waiting.id
    assert len(later.articles) == 2


def test_proofs_tell_where_they_come_from(make: Any, store: Store) -> None:
    """The sentence, with outlet, language, time, story and link of its article."""
    (one,) = judged(make, "one")
    store.commitments.record("fp", 1, {one: (found(),)})

    (proof,) = store.commitments.proofs()["bridge"]

    assert proof.evidence == found()
    assert (proof.article_id, proof.outlet, proof.lang) == (one, "Astana Wire", "en")
    assert (proof.at, proof.url) == (make.now, "https://a.example/one")
    assert proof.story_id is not None


def test_a_new_reading_replaces_the_old_one(make: Any, store: Store) -> None:
    """Under other promises nothing old stands, and everything is read again."""
    one, two = judged(make, "one", "two")
    store.commitments.record("fp", 2, {one: (found(),), two: (found("canal"),)})

    again = store.commitments.unread("other", 20, 9)
    store.commitments.record("other", again.up_to, {one: (found("ferry"),), two: ()})

    assert [each.article.id for each in again.articles] == [one, two]
    assert list(store.commitments.proofs()) == ["ferry"]
    assert store.commitments.is_read("other")
    assert not store.commitments.is_read("fp")


def test_a_new_wording_takes_its_old_evidence_back(make: Any, store: Store) -> None:
    """What an outlet no longer says is no longer evidence."""
    (one,) = judged(make, "one")
    store.commitments.record("fp", 1, {one: (found(), found("canal", Claim.DONE))})
    store.commitments.record("fp", 2, {one: (found(),)})

    assert list(store.commitments.proofs()) == ["bridge"]


def test_an_empty_archive_began_never(make: Any, store: Store) -> None:
    """There is nothing to read, and no first article; then there is."""
    assert store.commitments.since() is None
    assert store.commitments.is_read("fp")
    assert store.commitments.proofs() == {}

    make.poll(make.finding("one"), at=make.now + timedelta(days=1))
    assert store.commitments.since() == make.now + timedelta(days=1)

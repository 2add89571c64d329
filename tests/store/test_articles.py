"""Articles: one for each identity, with its revisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.model import FeedListing, FindingKind, KnownArticle
from monitor.query import parse
from monitor.store import Store


def test_keys_lead_to_the_article(make: Any, store: Store) -> None:
    """Each identity key finds the article and the hashes of its revisions."""
    article = make.article("one")
    known = store.articles.known(["guid:one", "url:a.example/one", "guid:none"])

    expected = KnownArticle(
        article.id,
        frozenset({"one-1"}),
        length=len("one"),
        title="one",
        url="https://a.example/one",
    )
    assert {"guid:one": expected, "url:a.example/one": expected} == known


def test_a_feed_knows_what_it_showed_itself(make: Any, store: Store) -> None:
    """An article of another feed is known, but neither carried nor spoken for by this one."""
    store.feeds.sync([FeedListing("https://b.example/feed", "B")], make.now)
    make.article("one")

    theirs, ours = (store.articles.known(["guid:one"], feed_id)["guid:one"] for feed_id in (1, 2))

    assert (theirs.carried, theirs.speaks) == (True, True)
    assert (ours.carried, ours.speaks) == (False, False)


def test_thousands_of_keys_can_be_asked_for(make: Any, store: Store) -> None:
    """More keys than a statement may have parameters are no problem."""
    make.article("one")
    keys = [f"guid:{number}" for number in range(3_000)]

    assert list(store.articles.known([*keys, "guid:one"])) == ["guid:one"]


def test_an_article_comes_back_as_it_was_found(make: Any, store: Store) -> None:
    """Outlet, country and camp are those of its feed."""
    article = make.article("one", "Khorgos", text="Long text", lang="en")

    assert (article.url, article.outlet) == ("https://a.example/one", "Astana Wire")
    assert (article.country, article.camp, article.feed_id) == ("KZ", "state", 1)
    assert (
        article.wording.title,
        article.wording.text,
        article.wording.lang,
    ) == ("Khorgos", "Long text", "en")
    assert make.now == article.first_seen == article.published


def test_recording_a_poll_twice_adds_nothing(make: Any, store: Store) -> None:
    """A replay after a crash finds everything there."""
    findings = [make.finding("one", "Khorgos"), make.finding("two", "Khorgos")]
    make.poll(*findings)
    make.poll(*findings)

    assert store.counts().articles == 2
    assert len(store.search(parse("khorgos"), 10, make.now)) == 2


def test_two_feeds_with_one_article_store_it_once(make: Any, store: Store) -> None:
    """Both called it new; the second only adds the keys that were missing."""
    first = make.finding("one")
    second = make.finding("one", "Another summary", revision="2")
    make.poll(first)
    make.poll(second, feed_id=2)

    assert store.counts().articles == 1
    assert store.articles.unassessed(1)[0].wording.title == "one"


def test_one_article_twice_in_a_feed_is_one(make: Any, store: Store) -> None:
    """Findings that share a key within one poll are one article."""
    make.poll(make.finding("one"), make.finding("one", revision="2"))

    assert store.counts().articles == 1


def test_a_changed_article_moves_to_its_new_revision(make: Any, store: Store) -> None:
    """The wording changes, the article stays, the index follows, and it is judged again."""
    article = make.article("one", "Khorgos opens")
    make.judge(make.assessment(article))
    changed = make.finding(
        "one", "Alashankou opens", kind=FindingKind.CHANGED, article_id=article.id, revision="2"
    )
    make.poll(changed)
    (waiting,) = store.articles.unassessed(10)

    assert (article.id, "Alashankou opens") == (waiting.id, waiting.wording.title)
    assert waiting.revision_id > article.revision_id
    assert store.search(parse("khorgos"), 10, make.now) == []
    assert [article.id] == [
        found.article.id for found in store.search(parse("alashankou opens"), 10, make.now)
    ]
    assert frozenset({"one-1", "one-2"}) == store.articles.known(["guid:one"])["guid:one"].hashes


def test_a_change_recorded_twice_is_one_revision(make: Any, store: Store) -> None:
    """The replay of a change leaves the judged article alone."""
    article = make.article("one", "Khorgos")
    changed = make.finding(
        "one", "Second", kind=FindingKind.CHANGED, article_id=article.id, revision="2"
    )
    make.poll(changed)
    (waiting,) = store.articles.unassessed(10)
    make.judge(make.assessment(waiting))
    make.poll(changed)

    assert store.articles.unassessed(10) == []


def test_a_known_article_only_gains_keys(make: Any, store: Store) -> None:
    """A finding that is the same stores its new keys and nothing else."""
    article = make.article("one")
    make.poll(make.finding("moved", kind=FindingKind.SAME, article_id=article.id))

    assert article.id == store.articles.known(["guid:moved"])["guid:moved"].id
    assert store.counts().articles == 1


def test_the_oldest_unassessed_come_first(make: Any, store: Store) -> None:
    """Judging follows the order of arrival, in portions."""
    make.poll(*(make.finding(name) for name in ("one", "two", "three")))

    assert [each.wording.title for each in store.articles.unassessed(2)] == ["one", "two"]


def test_a_broken_character_does_not_stop_a_poll(make: Any, store: Store) -> None:
    """Lone surrogates, which no encoding has, are replaced."""
    make.poll(make.finding("bad\ud800", "Kho\udfffrgos"))

    assert store.articles.unassessed(1)[0].wording.title == "Kho?rgos"
    assert list(store.articles.known(["guid:bad\ud800"])) == ["guid:bad\ud800"]


def test_an_article_is_found_by_link_or_key(make: Any, store: Store) -> None:
    """Its link and its keys lead to it, nothing else does."""
    article = make.article("one")

    for name in ("https://a.example/one", "guid:one"):
        assert article.id == store.articles.by_url(name).article.id  # type: ignore[union-attr]
    assert store.articles.by_url("https://a.example/none") is None


def test_an_unknown_article_is_none(store: Store) -> None:
    """Ids that do not exist are answered, not raised."""
    assert store.articles.get(7) is None
    assert store.articles.get(10**30) is None
    assert store.articles.receipt(7) is None


def test_reading_is_counted_in_the_half_open_window(make: Any, store: Store) -> None:
    """Articles seen from ``since`` up to but not at ``until`` count, matched ones at the score."""
    hour = timedelta(hours=1)
    for number, score in enumerate((80.0, 20.0, 80.0)):
        make.poll(make.finding(f"n{number}"), at=make.now + number * hour)
        make.judge(make.assessment(store.articles.unassessed(1)[0], score))

    assert store.articles.read_between(make.now, make.now + 2 * hour, 50) == (2, 1)
    assert store.articles.read_between(None, make.now + 3 * hour, 50) == (3, 2)


def test_near_misses_are_the_best_below_the_threshold(make: Any, store: Store) -> None:
    """The best come first; what is relevant, scoreless or outside the window is left out."""
    for number, score in enumerate((80.0, 20.0, 40.0, 0.0, 49.9)):
        make.poll(make.finding(f"n{number}"), at=make.now + timedelta(hours=number))
        make.judge(make.assessment(store.articles.unassessed(1)[0], score))
    until = make.now + timedelta(hours=4)

    near = store.articles.best_below(50, make.now, until, limit=2)
    assert [each.judgement.score for each in near] == [40.0, 20.0]
    (best,) = store.articles.best_below(50, None, until + timedelta(hours=1), limit=1)
    assert best.judgement.score == 49.9

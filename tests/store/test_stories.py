"""Stories: candidates by what they have in common, members, and what was told."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from monitor.store import Store

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WITHIN = 3


def asked(make: Any, *marks: str, days: int = 0) -> list[tuple[str, int]]:
    """Marks to look for around the maker's day, or so many days later."""
    return [(mark, (make.now - EPOCH).days + days) for mark in marks]


def found(store: Store, wanted: list[tuple[str, int]], most: int = 9) -> list[set[int]]:
    """The stories that each mark proposes."""
    posted = store.stories.posted(wanted, WITHIN, most)
    return [{story for _, story in posted.get(each, [])} for each in wanted]


def test_common_entities_propose_a_story(make: Any, store: Store) -> None:
    """What an article speaks of leads to its story, and nothing else does."""
    (story_id,) = make.judge(make.assessment(make.article("one"), entities=("khorgos", "ktz")))
    wanted = asked(make, "ektz", "ekhorgos", "esamarkand")

    assert [{story_id}, {story_id}, set()] == found(store, wanted)


def test_words_count_within_one_language_only(make: Any, store: Store) -> None:
    """The same letters in another language are another word."""
    (story_id,) = make.judge(make.assessment(make.article("one"), entities=(), words=("bank",)))

    assert [{story_id}, set()] == found(store, asked(make, "en:bank", "uz:bank"))


def test_proposals_lie_within_the_time_given(make: Any, store: Store) -> None:
    """An event of last month is no candidate, before or after."""
    (story_id,) = make.judge(make.assessment(make.article("one")))
    for days, near in ((2, {story_id}), (-2, {story_id}), (30, set()), (-30, set())):
        assert [near] == found(store, asked(make, "ekhorgos", days=days))


def test_of_many_stories_the_newest_are_proposed(make: Any, store: Store) -> None:
    """What is said daily proposes the latest only."""
    ids = [make.judge(make.assessment(make.article(name)))[0] for name in ("a", "b", "c")]

    assert [set(ids[1:])] == found(store, asked(make, "ekhorgos"), most=2)


def test_a_story_is_known_by_its_newest_articles(make: Any, store: Store) -> None:
    """Signatures come with their article's id, newest first, as many as asked for."""
    one, two, three = (make.article(name) for name in ("a", "b", "c"))
    (story_id,) = make.judge(make.assessment(one))
    make.judge(
        *(
            make.assessment(each, story_id=story_id, words=(each.wording.title,))
            for each in (two, three)
        )
    )
    signatures = store.stories.signatures([story_id, 999], 2)

    assert {story_id: {three.id: {"c"}, two.id: {"b"}}, 999: {}} == {
        story: {article: set(one.words) for article, one in kept}
        for story, kept in signatures.items()
    }


def test_articles_in_stories_are_told_from_those_in_none(make: Any, store: Store) -> None:
    """An article that awaits its first judgement is in no story."""
    judged, waiting = make.article("a"), make.article("b")
    (story_id,) = make.judge(make.assessment(judged))

    assert {judged.id: story_id} == store.stories.of([judged.id, waiting.id])


def test_the_newest_signatures_tell_what_is_usual(make: Any, store: Store) -> None:
    """They come in the order of their articles and are limited."""
    for name in ("one", "two", "three"):
        make.judge(make.assessment(make.article(name), words=(name,)))

    assert [{"two"}, {"three"}] == [set(one.words) for _, one in store.stories.newest(2)]


def test_a_name_in_every_article_stays_cheap(make: Any, store: Store) -> None:
    """A mark of a thousand stories costs no more than one of a few."""
    make.poll(*(make.finding(f"n{number}") for number in range(1_000)))
    waiting = store.articles.unassessed(1_000)
    make.judge(*(make.assessment(each, words=("a", each.wording.title)) for each in waiting))
    wanted = asked(make, "ekhorgos", "en:a", "en:n5")
    store.stories.posted(wanted, WITHIN, 20)
    began = time.process_time()
    for _ in range(10):
        posted = store.stories.posted(wanted, WITHIN, 20)

    assert (time.process_time() - began) / 10 < 0.005
    assert [len(posted[each]) for each in wanted] == [20, 20, 1]


def test_members_come_by_story_in_order(make: Any, store: Store) -> None:
    """Each story's articles are listed as they were first seen."""
    one, two, three = (make.article(name) for name in ("a", "b", "c"))
    (first,) = make.judge(make.assessment(one))
    (second,) = make.judge(make.assessment(two))
    make.judge(make.assessment(three, story_id=first))
    members = store.stories.members([second, first, 999])

    assert {first: [one.id, three.id], second: [two.id]} == {
        story_id: [each.article.id for each in articles] for story_id, articles in members.items()
    }


def test_told_stories_are_known_by_digest_and_variant(make: Any, store: Store) -> None:
    """A story is told, with its article, in the digest that carried it and in no other."""
    article = make.article("one")
    (story_id,) = make.judge(make.assessment(article))
    story = make.story(*store.stories.members([story_id])[story_id])
    store.editions.freeze(make.edition(story), make.rendered, [], make.now, "zh")

    assert store.stories.carried("daily", "zh", [story_id, 999]) == {story_id: {article.id}}
    assert store.stories.carried("daily", "", [story_id]) == {}
    assert store.stories.carried("weekly", "zh", [story_id]) == {}

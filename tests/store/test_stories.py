"""Stories: candidates by what they have in common, members, and what was told."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from monitor.model import Signature
from monitor.store import Store

WITHIN = timedelta(days=3)


def signature(make: Any, *, lang: str = "en", at: Any = None, **parts: set[str]) -> Signature:
    """A signature at the maker's time."""
    sets = {name: frozenset(parts.get(name, ())) for name in ("entities", "figures", "words")}
    return Signature(at or make.now, lang, **sets)


def test_common_entities_propose_a_story_in_any_language(make: Any, store: Store) -> None:
    """A Chinese article finds the English one by the names in it."""
    (story_id,) = make.judge(make.assessment(make.article("one"), entities=("khorgos", "ktz")))
    (candidate,) = store.stories.candidates(signature(make, lang="zh", entities={"ktz"}), WITHIN)

    assert story_id == candidate.story_id
    assert [frozenset({"khorgos", "ktz"})] == [each.entities for each in candidate.signatures]


def test_words_count_within_one_language_only(make: Any, store: Store) -> None:
    """The same letters in another language are another word."""
    make.judge(make.assessment(make.article("one"), entities=(), words=("bank",)))

    assert store.stories.candidates(signature(make, words={"bank"}), WITHIN)
    assert not store.stories.candidates(signature(make, lang="uz", words={"bank"}), WITHIN)


def test_candidates_lie_within_the_time_given(make: Any, store: Store) -> None:
    """An event of last month is no candidate, before or after."""
    make.judge(make.assessment(make.article("one")))
    for days, found in ((2, 1), (-2, 1), (30, 0), (-30, 0)):
        at = make.now + timedelta(days=days)
        near = store.stories.candidates(signature(make, at=at, entities={"khorgos"}), WITHIN)
        assert found == len(near)


def test_the_story_with_most_in_common_comes_first(make: Any, store: Store) -> None:
    """Two shared names weigh more than one."""
    make.judge(make.assessment(make.article("one"), entities=("khorgos",)))
    (both,) = make.judge(make.assessment(make.article("two"), entities=("khorgos", "ktz")))
    found = store.stories.candidates(signature(make, entities={"khorgos", "ktz"}), WITHIN)

    assert both == found[0].story_id
    assert len(found) == 2


def test_nothing_in_common_proposes_nothing(make: Any, store: Store) -> None:
    """An empty signature and a strange one have no candidates."""
    make.judge(make.assessment(make.article("one")))

    assert store.stories.candidates(signature(make), WITHIN) == []
    assert store.stories.candidates(signature(make, entities={"samarkand"}), WITHIN) == []


def test_a_name_in_every_article_stays_cheap(make: Any, store: Store) -> None:
    """A mark of a thousand stories proposes a few of them, in a few milliseconds."""
    make.poll(*(make.finding(f"n{number}") for number in range(1_000)))
    waiting = store.articles.unassessed(1_000)
    make.judge(*(make.assessment(each, words=("a", "b", each.wording.title)) for each in waiting))
    wanted = signature(make, entities={"khorgos"}, words={"a", "b", "n5"})
    store.stories.candidates(wanted, WITHIN)
    began = time.process_time()
    for _ in range(10):
        found = store.stories.candidates(wanted, WITHIN)

    assert (time.process_time() - began) / 10 < 0.02
    assert len(found) <= 24
    assert any("n5" in each.words for story in found for each in story.signatures)


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
    """A story is told in the digest that carried it and in no other."""
    (story_id,) = make.judge(make.assessment(make.article("one")))
    story = make.story(*store.stories.members([story_id])[story_id])
    store.editions.freeze(make.edition(story), make.rendered, [], make.now, "zh")

    assert frozenset({story_id}) == store.stories.carried("daily", "zh", [story_id, 999])
    assert frozenset() == store.stories.carried("daily", "", [story_id])
    assert frozenset() == store.stories.carried("weekly", "zh", [story_id])

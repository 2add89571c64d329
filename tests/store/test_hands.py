"""What a hand decides of stories stays; the ledger is read once for each wording."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.errors import InputError
from monitor.model import Figure, Statement

SAID = Statement(
    Figure(8_000_000_000, "USD", "$8 billion", 4, 14),
    "cost",
    ("khorgos",),
    "The $8 billion line.",
    "title",
)


def stories_of(make: Any, *names: str) -> list[int]:
    """Articles with these names, each judged and in a story of its own."""
    return [make.judge(make.assessment(make.article(name)))[0] for name in names]


def test_of_merged_stories_the_older_id_survives(make: Any) -> None:
    """The younger is its alias, and its articles move."""
    older, younger = stories_of(make, "one", "two")
    hands = make.store.hands

    assert hands.merge([younger, older], make.now) == older
    assert hands.surviving(younger) == older
    assert hands.aliases(older) == (younger,)
    assert len(make.store.stories.members([older])[older]) == 2


def test_a_merge_outlives_folding(make: Any) -> None:
    """An article that is judged again stays where the hand has put it."""
    older, younger = stories_of(make, "one", "two")
    make.store.hands.merge([older, younger], make.now)
    moved = make.store.stories.members([older])[older][1].article

    assert make.judge(make.assessment(moved, story_id=younger)) == [older]
    assert make.judge(make.assessment(moved, story_id=-1)) == [older]


def test_split_articles_have_a_story_of_their_own(make: Any) -> None:
    """A new id, that folding does not undo."""
    older, younger = stories_of(make, "one", "two")
    make.store.hands.merge([older, younger], make.now)
    second = make.store.stories.members([older])[older][1].article

    new = make.store.hands.split(older, [second.id], make.now)

    assert new not in {older, younger}
    assert make.judge(make.assessment(second, story_id=older)) == [new]


def test_a_pinned_article_stays(make: Any) -> None:
    """Wherever its own wording would lead."""
    older, younger = stories_of(make, "one", "two")
    second = make.store.stories.members([younger])[younger][0].article

    assert make.store.hands.pin(older, [second.id], make.now) == older
    assert make.store.hands.placed([second.id]) == {second.id: older}
    assert make.judge(make.assessment(second, story_id=younger)) == [older]


def test_a_mistaken_hand_changes_nothing(make: Any) -> None:
    """Unknown stories and articles, and splits that leave nothing behind, are refused."""
    (story,) = stories_of(make, "one")
    with pytest.raises(InputError, match="no story 99"):
        make.store.hands.merge([story, 99], make.now)
    with pytest.raises(InputError, match="not in story"):
        make.store.hands.split(story, [99], make.now)
    with pytest.raises(InputError, match="some, but not all"):
        make.store.hands.split(story, [1], make.now)
    with pytest.raises(InputError, match="no article 99"):
        make.store.hands.pin(story, [99], make.now)

    assert make.store.hands.surviving(story) == story
    assert make.store.hands.surviving(99) is None


def test_figures_are_read_once_for_each_wording(make: Any) -> None:
    """And again with other rules; what is under the threshold is not read."""
    article = make.article("one")
    make.judge(make.assessment(article, 70))
    figures = make.store.figures
    (unread,) = figures.uncounted("fp", 35, 10)

    figures.record("fp", {article.id: unread.revision_id}, {article.id: [SAID]})

    assert figures.uncounted("fp", 35, 10) == []
    assert figures.uncounted("fp", 71, 10) == []
    assert len(figures.uncounted("other", 35, 10)) == 1
    assert [each.statement for each in figures.about(["khorgos"])] == [SAID]
    assert figures.about(["elsewhere"]) == []


def test_what_is_read_again_replaces_what_was_said(make: Any) -> None:
    """Nothing stands twice in the ledger."""
    article = make.article("one")
    make.judge(make.assessment(article, 70))
    for _ in range(2):
        make.store.figures.record("fp", {article.id: 1}, {article.id: [SAID]})

    assert len(make.store.figures.of_articles([article.id])) == 1


@pytest.mark.parametrize("number", [10**21, 2**63, 0, -1, -(10**21)])
def test_numbers_that_no_row_can_have_are_no_stories(make: Any, number: int) -> None:
    """However large a number is, the answer is the sentence of one that is not there."""
    (story,) = stories_of(make, "one")
    hands = make.store.hands

    assert hands.surviving(number) is None
    for decide in (
        lambda: hands.merge([story, number], make.now),
        lambda: hands.split(number, [1], make.now),
        lambda: hands.pin(number, [1], make.now),
    ):
        with pytest.raises(InputError, match=f"^there is no story {number}$"):
            decide()
    with pytest.raises(InputError, match=f"^article {number} is not in story {story}$"):
        hands.split(story, [number], make.now)
    with pytest.raises(InputError, match=f"^there is no article {number}$"):
        hands.pin(story, [number], make.now)

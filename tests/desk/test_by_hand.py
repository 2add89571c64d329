"""What a hand decided of stories stands, whatever the next rounds bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOW = datetime(2026, 6, 12, 6, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
LAST = NOW + timedelta(hours=6)
REWORDED = (
    "harbour",
    "Sweden and Lithuania: the NordBalt cable is repaired",
    "The NordBalt power cable between Sweden and Lithuania is back in service.",
)
COPY = ("copy", f"{REWORDED[1]} again", REWORDED[2])


def round_of(world: Any, at: datetime, *entries: Any) -> None:
    """Let the feed show entries, and do all steps."""
    world.show(world.rss(*entries, at=NOW))
    world.all_steps(at)


def story_of(world: Any, number: int) -> int:
    """The story of an article."""
    story: int = world.store.articles.get(number).story_id
    return story


@pytest.mark.parametrize("together", [True, False])
def test_a_pinned_article_stays(world: Any, together: bool) -> None:
    """Reworded into an event that has a story already, it stays where it was put.

    Whoever repeats its words comes to it there, in the same round as in the next one.
    """
    round_of(world, NOW, world.harbour, world.cable)
    harbour, cable = story_of(world, 1), story_of(world, 2)
    world.store.hands.pin(harbour, [1], NOW)
    entries = (REWORDED, world.cable)

    round_of(world, LATER, *entries, *((COPY,) if together else ()))
    round_of(world, LAST, *entries, COPY)

    assert cable != harbour
    assert (story_of(world, 1), story_of(world, 3)) == (harbour, harbour)


def test_a_split_outlives_the_next_round(world: Any) -> None:
    """Two articles of one event that were parted stay apart, though both are reworded."""
    round_of(world, NOW, world.cable, world.same)
    assert story_of(world, 1) == story_of(world, 2)
    new = world.store.hands.split(story_of(world, 1), [2], NOW)

    name, title, summary = world.same
    round_of(world, LATER, world.cable, (name, f"{title} at last", summary))

    assert story_of(world, 2) == new != story_of(world, 1)


def test_a_merge_outlives_the_next_rounds(world: Any) -> None:
    """Both go on under the older number, reworded as they are; the younger is never used again."""
    round_of(world, NOW, world.harbour, world.cable)
    younger = story_of(world, 2)
    into = world.store.hands.merge([story_of(world, 1), younger], NOW)

    name, title, summary = world.cable
    round_of(world, LATER, world.harbour, (name, f"{title} again", summary))
    round_of(world, LAST, world.harbour, world.faint, (name, f"{title} at last", summary))

    assert (story_of(world, 1), story_of(world, 2)) == (into, into)
    assert younger not in {into, story_of(world, 3)}

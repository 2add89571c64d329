"""Editions to set and send: a busy one in eight languages, a quiet one, and one with one story."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import (
    Article,
    Coverage,
    Edition,
    FeedHealth,
    FeedState,
    JudgedArticle,
    Judgement,
    ReceiptLine,
    Story,
    Topic,
    Window,
    Wording,
)
from monitor.publish.digest import compose

RECORDED = Path(__file__).resolve().parents[1] / "data" / "publish"
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
WINDOW = Window(slot=NOW, since=NOW - timedelta(days=1), until=NOW)
TOPICS = tuple(
    Topic(slug, {"en": slug.capitalize()})
    for slug in (
        "diplomacy",
        "security",
        "trade",
        "investment",
        "transport",
        "energy",
        "mining",
        "technology",
        "agriculture",
        "education",
        "culture",
        "tourism",
        "environment",
        "society",
    )
)


def judged_of(number: int, row: dict[str, Any], story: dict[str, Any]) -> JudgedArticle:
    """One article of the recorded edition; without a receipt its score stands for one line."""
    article = Article(
        id=number,
        revision_id=number,
        url=f"https://news.example/{row['lang']}/{number}",
        outlet=row["outlet"],
        wording=Wording(title=row["title"], summary=row["summary"], lang=row["lang"]),
        first_seen=NOW - timedelta(minutes=number),
        camp=row["camp"],
    )
    lines = row.get("receipt", [["evidence", None, None, row["score"]]])
    receipt = tuple(
        ReceiptLine(rule, points, alias=alias, form=alias, field=field)
        for rule, alias, field, points in lines
    )
    judgement = Judgement(
        score=row["score"],
        receipt=receipt,
        countries=tuple(story.get("countries", ())),
        topics=tuple(story.get("topics", ())),
        lang=row["lang"],
    )
    return JudgedArticle(article, judgement)


def story_of(number: int, story: dict[str, Any]) -> Story:
    """One recorded story; article ids are 100 times its id and up."""
    rows = enumerate(story["articles"], start=100 * number)
    return Story(number, tuple(judged_of(place, row, story) for place, row in rows))


def coverage_of(recorded: dict[str, Any]) -> Coverage:
    """The recorded coverage: failed feeds by name, the others by number."""
    failed = [
        FeedHealth(row["outlet"], "https://feed.example/", FeedState(row["state"]), row["error"])
        for row in recorded["failed"]
    ]
    answered = [
        FeedHealth(f"Outlet {n}", f"https://feed.example/{n}", FeedState.OK)
        for n in range(recorded["answered"])
    ]
    return Coverage((*failed, *answered), recorded["read"], recorded["matched"])


@pytest.fixture(scope="session")
def recorded() -> dict[str, Any]:
    """The recorded edition as read from its file."""
    read: dict[str, Any] = json.loads((RECORDED / "busy.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def stories(recorded: dict[str, Any]) -> tuple[Story, ...]:
    """Fifteen stories of the day, and after them two that were carried before (ids 16, 17)."""
    return tuple(
        story_of(n, story)
        for n, story in enumerate([*recorded["stories"], *recorded["again"]], start=1)
    )


@pytest.fixture(scope="session")
def near_misses(recorded: dict[str, Any]) -> tuple[JudgedArticle, ...]:
    """Three articles just below the threshold."""
    return tuple(judged_of(9000 + n, row, {}) for n, row in enumerate(recorded["near_misses"]))


@pytest.fixture(scope="session")
def busy(
    recorded: dict[str, Any],
    stories: tuple[Story, ...],
    near_misses: tuple[JudgedArticle, ...],
) -> Edition:
    """A full working day."""
    return compose(
        "daily",
        "China–Central Asia Daily",
        WINDOW,
        "Asia/Almaty",
        stories,
        frozenset({16, 17}),
        coverage_of(recorded),
        TOPICS,
        near_misses,
        limit=30,
    )


@pytest.fixture(scope="session")
def quiet(recorded: dict[str, Any], near_misses: tuple[JudgedArticle, ...]) -> Edition:
    """A day on which nothing passed the threshold."""
    return compose(
        "daily",
        "China–Central Asia Daily",
        WINDOW,
        "Asia/Almaty",
        (),
        frozenset(),
        coverage_of(recorded),
        TOPICS,
        near_misses,
        limit=30,
    )


@pytest.fixture(scope="session")
def single(recorded: dict[str, Any], stories: tuple[Story, ...]) -> Edition:
    """One story, late, in the first edition after two days."""
    late = Window(
        slot=NOW, since=NOW - timedelta(days=2), until=NOW + timedelta(hours=3), late=True
    )
    return compose(
        "daily",
        "China–Central Asia Daily",
        late,
        "Asia/Almaty",
        stories[2:3],
        frozenset(),
        coverage_of({**recorded, "failed": []}),
        TOPICS,
        (),
        limit=30,
    )

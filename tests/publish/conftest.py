"""Editions to set and send: a busy one in eight languages, a quiet one, and one with one story."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.match.lead import lead
from monitor.model import (
    Article,
    Change,
    Claim,
    Commitment,
    CommitmentState,
    CommitmentStatus,
    Coverage,
    Edition,
    Evidence,
    FeedHealth,
    FeedState,
    Figure,
    Gap,
    JudgedArticle,
    Judgement,
    Promises,
    Proof,
    ReceiptLine,
    Story,
    StoryFigure,
    Topic,
    Trend,
    Trends,
    Verdict,
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


def told_more(story: Story) -> Story:
    """The story with what an archive knows of it: figures, and a name of its headline."""
    first = story.lead
    lorries = StoryFigure(Figure(120, "trucks", "120 lorries", 0, 11), "", first, 3)
    money = StoryFigure(Figure(94.8e9, "USD", "$94.8 billion", 0, 13), "", first, 2)
    names = () if first.article.wording.lang == "en" else (("霍尔果斯", "Khorgos"),)
    return replace(story, figures=(lorries, money) if story.id % 3 == 1 else (), names=names)


def updates(stories: tuple[Story, ...]) -> list[Story]:
    """The stories, of which two were told before and go on, and one brings nothing new."""
    figure = StoryFigure(Figure(4.6e9, "CNY", "46亿元", 0, 4), "", stories[15].lead)
    change = Change(figures=(figure,), camps=("state",), actors=("Kabar",))
    return [
        *map(told_more, stories[:15]),
        replace(stories[15], change=change),
        replace(stories[16], change=Change(confirmed=(stories[16].lead.article.outlet,))),
        replace(stories[16], id=18, change=Change(others=("Copyist",))),
    ]


EARLIER = (9, 12, 7, 11, 10, 14, 6, 5, 12, 13, 9, 10, 11, 8, 4, 6, 12, 10, 9, 13, 11, 7, 5, 12)
TRENDS = Trends(
    1.0,
    14,
    Trend("", 49, EARLIER, 10, Verdict.SPIKE),
    (
        Trend("Transport", 17, EARLIER, 2, Verdict.SPIKE),
        Trend("Mining", 0, EARLIER, 6.5, Verdict.SILENCE),
    ),
)


def worded(edition: Edition) -> Edition:
    """The edition with the sentences that speak for its stories."""

    def spoken(story: Story) -> Story:
        return replace(story, words=lead(story.articles, edition.lang, {}))

    sections = (
        replace(each, stories=tuple(map(spoken, each.stories))) for each in edition.sections
    )
    return replace(edition, sections=tuple(sections))


def standing(
    status: CommitmentStatus, days: int, sentence: str = "", lang: str = "en", deadline: str = ""
) -> CommitmentState:
    """A promise that stands so, with a last sentence if there is one."""
    promise = Commitment(
        f"{status}-{days}",
        "China, Kyrgyzstan and Uzbekistan",
        "The railway is finished",
        NOW.date(),
        "paper",
        "page 1",
        deadline,
    )
    found = Evidence(promise.id, Claim.PROGRESS, "bored", sentence, "summary", 0, len(sentence))
    url = f"https://news.example/{lang}/promise"
    last = Proof(found, NOW - timedelta(hours=3), 7, "Kabar", lang, "A title", url, 3)
    return CommitmentState(promise, status, days, 1, last if sentence else None)


PROMISES = Promises(
    moved=(
        standing(CommitmentStatus.DONE, 0, "Тоннель пробит на всю длину.", "ru", "2027"),
        standing(CommitmentStatus.OVERDUE, 3, deadline="2025"),
        standing(CommitmentStatus.PROGRESS, 1, "隧道已经贯通。", "zh"),
    ),
    quiet=(
        standing(CommitmentStatus.SILENT, 121, "The first loan was signed <in May> & sent."),
        *(standing(CommitmentStatus.SILENT, 200 + n) for n in range(6)),
    ),
)


def in_frame(
    lang: str,
    recorded: dict[str, Any],
    stories: tuple[Story, ...],
    near_misses: tuple[JudgedArticle, ...],
) -> Edition:
    """A full working day in the frame of ``lang``."""
    gap = Gap("Kloop", NOW - timedelta(hours=9), NOW - timedelta(hours=6, minutes=40))
    coverage = replace(coverage_of(recorded), gaps=(gap,))
    edition = compose(
        "daily",
        "China–Central Asia Daily",
        WINDOW,
        "Asia/Almaty",
        updates(stories),
        frozenset({16, 17, 18}),
        coverage,
        TOPICS,
        near_misses,
        limit=30,
        lang=lang,
    )
    return replace(worded(edition), trends=TRENDS)


@pytest.fixture(scope="session")
def busy(
    recorded: dict[str, Any],
    stories: tuple[Story, ...],
    near_misses: tuple[JudgedArticle, ...],
) -> Edition:
    """A full working day."""
    return in_frame("en", recorded, stories, near_misses)


@pytest.fixture(scope="session")
def promising(busy: Edition) -> Edition:
    """The same day, and what it did to the beat's promises."""
    return replace(busy, promises=PROMISES)


@pytest.fixture(scope="session", params=["ru", "zh"])
def foreign(
    request: pytest.FixtureRequest,
    recorded: dict[str, Any],
    stories: tuple[Story, ...],
    near_misses: tuple[JudgedArticle, ...],
) -> Edition:
    """The same day in the other languages of the frame, in turn."""
    return in_frame(request.param, recorded, stories, near_misses)


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

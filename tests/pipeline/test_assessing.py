"""Assessing in batches: the same stories as one by one, and nothing twice."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import Configuration
from monitor.match.scoring import judge
from monitor.model import (
    Entry,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    PollOutcome,
)
from monitor.pipeline.assess import assess
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
"""
WHO = ("Swedish minister Lindqvist", "Lithuanian envoy Kazlauskas", "Estonian mayor Tamm")
DID = ("opens the NordBalt cable", "bans herring imports", "signs a visa agreement")
WHERE = ("in Klaipeda", "in Malmo for $4.7 billion", "on 25 June")
TITLES = [f"{who} {did} {where}" for who in WHO for did in DID for where in WHERE]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database just created, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def setup(configured: Callable[[str], Configuration]) -> Setup:
    """Settings with the small beat."""
    return prepare(configured(CONFIG))


def poll(store: Store, titles: list[str], now: datetime, first: int = 0) -> None:
    """Let a feed bring articles with these titles, hours apart."""
    store.feeds.sync([FeedListing("https://press.example/rss", "Press", "en")], now)
    findings = [
        Finding(
            kind=FindingKind.NEW,
            entry=Entry(f"{number}", "", title, published=now + timedelta(hours=5 * number)),
            url=f"https://press.example/{number}",
            keys=(f"guid:{number}",),
            hash=f"{number}",
            lang="en",
        )
        for number, title in enumerate(titles, first)
    ]
    store.feeds.record(PollOutcome(1, now, FeedState.OK), findings)


def stories(store: Store) -> list[int | None]:
    """The story of every article, in their order."""
    placed: list[int | None] = []
    while (found := store.articles.get(len(placed) + 1)) is not None:
        placed.append(found.story_id)
    return placed


def assessed(
    setup: Setup, polls: list[list[str]], now: datetime, empty: Path, batch: int
) -> list[int | None]:
    """The stories of articles that came in several polls, assessed in batches of a size."""
    with TemporaryDirectory() as folder:
        copied = shutil.copy(empty, folder)
        with open_store(f"sqlite:///{copied}") as store:
            for number, titles in enumerate(polls):
                poll(store, titles, now, first=sum(map(len, polls[:number])))
                assess(store, setup, now, batch=batch)
            return stories(store)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(st.sampled_from(TITLES), min_size=1, max_size=20), min_size=1, max_size=2))
def test_batches_make_the_same_stories(
    setup: Setup, now: datetime, empty: Path, polls: list[list[str]]
) -> None:
    """One by one, a few at a time or all at once: each article gets into the same story."""
    alone, few, many = (assessed(setup, polls, now, empty, batch) for batch in (1, 7, 256))
    assert alone == few == many


def test_articles_of_one_batch_find_each_other(setup: Setup, now: datetime, tmp_path: Path) -> None:
    """An article joins one that is not stored yet, and strangers stay apart."""
    title = "Swedish minister Lindqvist opens the NordBalt cable in Klaipeda"
    again = "NordBalt cable opened in Klaipeda by Swedish minister Lindqvist"
    other = "Wool prices fall for the third week as sheep farmers worry"
    with open_store(f"sqlite:///{tmp_path}/monitor.db") as store:
        poll(store, [title, other, again], now)
        assess(store, setup, now)
        first, stranger, second = stories(store)
    assert first == second != stranger


def test_assessing_again_changes_nothing(setup: Setup, now: datetime, tmp_path: Path) -> None:
    """What was judged is not read again."""
    with open_store(f"sqlite:///{tmp_path}/monitor.db") as store:
        poll(store, TITLES, now)
        assess(store, setup, now)
        before = stories(store), store.counts()
        assert assess(store, setup, now).read == 0
        assert (stories(store), store.counts()) == before


def test_signatures_come_back_whatever_release_kept_them(
    setup: Setup, now: datetime, tmp_path: Path
) -> None:
    """What is stored is what was made; of the first release's form nothing is taken."""
    path = tmp_path / "monitor.db"
    with open_store(f"sqlite:///{path}") as store:
        poll(store, TITLES[:1], now)
        (article,) = store.articles.unassessed(1)
        assess(store, setup, now)
        judgement = judge(setup.watchlist, article.wording)
        made = setup.signer.sign(article.wording, judgement, article.published)
        assert store.stories.newest(9) == [(article.id, made)]
        for body, kept in (('[["e1"],["w"]]', {"e1"}), ('[["a"],[],["b"],[]]', set())):
            with sqlite3.connect(path) as database:
                database.execute("UPDATE signatures SET body = ?", (body,))
            ((_, read),) = store.stories.newest(9)
            assert read.marks == kept

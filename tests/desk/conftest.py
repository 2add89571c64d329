"""Two feeds on the loopback, a database, and the real steps to fill it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from monitor.beat.places import beat_folder
from monitor.cli.why import readers
from monitor.config import Configuration, parse
from monitor.demo.servers import Document, FeedServer
from monitor.desk.accounts import Account, Wishes, switched_off
from monitor.desk.why import why, why_not
from monitor.http import Door
from monitor.pipeline.assess import assess
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import poll
from monitor.pipeline.publish import publish
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

BOTH_FEEDS = """
[[feeds]]
url = "http://ADDRESS/grid"
outlet = "Grid Post"

[[feeds]]
url = "http://ADDRESS/sea"
outlet = "Sea Times"
"""
DAILY = """
[[digests]]
name = "daily"
schedule = "daily 07:30"
"""
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false
backlog_days = 3

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
poll_minutes = 60

[watchlist]
threshold = 50
"""

Entry = tuple[str, str, str]  # its name, which ends its link, its title and its summary


class World:
    """Two feeds, settings, and a database that the four steps fill."""

    both_feeds = BOTH_FEEDS
    one_feed = BOTH_FEEDS.partition("\n\n")[0] + "\n"
    daily = DAILY
    limited = f"{DAILY}limit = 1\nthreshold = 1\n"
    link = "https://press.example/"
    cable = (
        "cable",
        "Sweden and Lithuania repair the NordBalt cable",
        "Swedish and Lithuanian operators put the NordBalt power cable back into service.",
    )
    same = (
        "kabel",
        "Lithuania and Sweden: NordBalt cable repaired",
        "The NordBalt power cable between Sweden and Lithuania is back in service.",
    )
    harbour = ("harbour", "A quiet day at the harbour", "Fishermen mended their nets.")
    one_sided = ("polls", "Lithuania votes", "Lithuanian polling stations closed at eight.")
    faint = ("visit", "A week of visits", "A Swedish choir sang. Later a Lithuanian chef cooked.")

    def __init__(
        self,
        feeds: FeedServer,
        door: Door,
        configured: Callable[[str], Configuration],
        store: Store,
    ) -> None:
        self.feeds = feeds
        self.store = store
        self._door = door
        self._configured = configured
        self.configure()

    def configure(self, *tables: str, replacing: tuple[str, str] = ("", "")) -> None:
        """Take new settings: ``tables``, or both feeds and a daily digest."""
        source = CONFIG.replace(*replacing) if replacing[0] else CONFIG
        source += "".join(tables or (BOTH_FEEDS, DAILY))
        self.setup: Setup = prepare(self._configured(source.replace("ADDRESS", self.feeds.address)))

    def rss(self, *entries: Entry, at: datetime | None = None) -> Document:
        """An RSS document with ``entries``, stated to be of ``at``."""
        stated = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>" if at else ""
        rows = "".join(
            f"<item><title>{title}</title><description>{summary}</description>"
            f"<link>{self.link}{name}</link>{stated}</item>"
            for name, title, summary in entries
        )
        text = f"<rss version='2.0'><channel><title>Press</title>{rows}</channel></rss>"
        return Document(text.encode(), ".xml")

    def show(self, grid: Document, sea: Document | None = None) -> None:
        """Let the feeds show these documents."""
        self.feeds.documents = {"grid": grid, "sea": sea or self.rss()}

    def poll(self, at: datetime) -> None:
        """The first step."""
        poll(self.store, self._door, self.setup, at, jitter=lambda: 0.0)

    def assess(self, at: datetime) -> None:
        """The second step."""
        assess(self.store, self.setup, at)

    def publish(self, at: datetime) -> None:
        """The third step."""
        publish(self.store, self.setup, at)

    def deliver(self, at: datetime) -> None:
        """The fourth step."""
        deliver(self.store, transports(self.setup), at)

    def all_steps(self, at: datetime) -> None:
        """The four steps."""
        for step in (self.poll, self.assess, self.publish, self.deliver):
            step(at)

    def why(self, name: str, at: datetime) -> Account:
        """What `monitor why` answers."""
        return why(self.store, self.wishes(), name, at)

    def why_not(self, name: str, at: datetime) -> Account:
        """What `monitor why-not` answers; a bare name is that of an entry."""
        asked = name if "/" in name or name.isdecimal() else self.link + name
        return why_not(self.store, self.wishes(), asked, at)

    def wishes(self) -> Wishes:
        """What is asked for at the moment."""
        return Wishes(
            settings=self.setup.settings,
            beat=self.setup.beat,
            watchlist=self.setup.watchlist,
            polled=self.setup.listings,
            switched_off=switched_off(beat_folder(self.setup.configuration), self.setup.settings),
            readers=partial(readers, self.store, self.setup),
        )

    def told(self, account: Account, name: str) -> str:
        """The lines of a step as one text."""
        steps = [step for step in account.steps if step.name == name]
        return "\n".join(line for step in steps for line in step.lines)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database just created, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[FeedServer, Door]]:
    """A feed server, and a door that may go there; both take long to make."""
    with FeedServer().serving() as feeds:
        settings = parse(CONFIG.replace("ADDRESS", feeds.address))
        with open_door(settings) as door:
            yield feeds, door


@pytest.fixture
def world(
    served: tuple[FeedServer, Door],
    configured: Callable[[str], Configuration],
    empty_database: Path,
    tmp_path: Path,
) -> Iterator[World]:
    """Two feeds that nobody polled yet."""
    path = tmp_path / "monitor.db"
    shutil.copyfile(empty_database, path)
    with open_store(f"sqlite:///{path}") as store:
        yield World(*served, configured, store)

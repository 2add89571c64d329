"""Equal subscribers share an edition; who changes wishes misses nothing and gets nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Configuration, DigestSettings
from monitor.demo.servers import Document, FeedServer
from monitor.model import FrozenEdition, Rendered
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import poll
from monitor.pipeline.publish import publish, upcoming
from monitor.pipeline.setup import prepare
from monitor.pipeline.variants import Variant, cohorts, is_same_day, variants
from monitor.store import open_store

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
DIGEST = {"name": "daily", "schedule": "daily 07:30", "zone": "Asia/Almaty"}


def digest(**more: Any) -> DigestSettings:
    """A digest with subscribers over files, who are easy to look at."""
    rows = [{"transport": "files", "to": row["name"], **row} for row in more.pop("subscribers", [])]
    return DigestSettings.model_validate({**DIGEST, **more, "subscribers": rows})


def frozen(number: int, variant: str, slot: datetime = NOW, zone: str = "UTC") -> FrozenEdition:
    """An edition that somebody had."""
    return FrozenEdition(number, "daily", slot, slot, Rendered("", "", ""), 0, variant, zone)


# --- who shares what -----------------------------------------------------------------------------


def test_equal_subscribers_share_a_variant() -> None:
    """What is the digest's own is no wish; the order of filters does not matter."""
    made = digest(
        subscribers=[
            {"name": "plain"},
            {"name": "same", "zone": "Asia/Almaty", "lang": "en"},
            {"name": "ru", "lang": "ru", "countries": ["SE", "LT"]},
            {"name": "ru2", "lang": "ru", "countries": ["LT", "SE", "LT"]},
            {"name": "far", "zone": "Europe/Berlin", "topics": ["energy"], "threshold": 70},
        ]
    )
    shared = {
        each.key: [one.name for one in each.receivers] for each in variants(made, made.receivers)
    }

    assert shared == {
        "": ["plain", "same"],
        "lang=ru countries=LT,SE": ["ru", "ru2"],
        "zone=Europe/Berlin topics=energy threshold=70": ["far"],
    }


def test_the_digests_own_edition_is_always_made() -> None:
    """The archive has it, though nobody gets it."""
    made = digest(subscribers=[{"name": "ru", "lang": "ru"}])

    assert [each.key for each in variants(made, made.receivers)] == ["", "lang=ru"]


def test_who_moved_gets_an_edition_of_their_own_once() -> None:
    """In step are those of the variant and the new ones; movers go on after their last edition."""
    made = digest(subscribers=[{"name": name} for name in ("here", "new", "moved", "again")])
    (variant,) = variants(made, made.receivers)
    last = {
        ("here", "files"): frozen(1, ""),
        ("moved", "files"): frozen(2, "lang=ru"),
        ("again", "files"): frozen(3, " moved after 2"),
    }
    found = {each.key: [one.name for one in each.receivers] for each in cohorts(variant, last)}

    assert found == {"": ["here", "new", "again"], " moved after 2": ["moved"]}


@pytest.mark.parametrize(
    ("slot", "schedule", "same"),
    [
        ("2026-06-12T05:30", "daily 07:30", True),
        ("2026-06-13T05:30", "daily 07:30", False),
        ("2026-06-12T05:30", "30 7,19 * * *", False),
    ],
)
def test_a_change_of_zone_brings_no_second_edition_on_a_date(
    slot: str, schedule: str, same: bool
) -> None:
    """T14: from Almaty to Berlin at 07:59; digests of several times a day go on."""
    had = frozen(1, "", datetime(2026, 6, 12, 2, 30, tzinfo=UTC), "Asia/Almaty")
    variant = Variant("zone=Europe/Berlin", "Europe/Berlin")
    due = datetime.fromisoformat(slot).replace(tzinfo=UTC)
    made = digest(schedule=schedule)

    assert is_same_day(made.schedule, variant, had, due) is same
    assert not is_same_day(made.schedule, Variant("", "Asia/Almaty"), had, due)


# --- on a real archive ---------------------------------------------------------------------------

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"

[watchlist]
threshold = 5

[[digests]]
name = "daily"
schedule = "daily 07:30"
zone = "UTC"

SUBSCRIBERS

[network]
allow_private = ["ADDRESS"]
host_spacing_seconds = 0
poll_minutes = 1
"""


EVENTS = {
    "1001": (
        "Sweden and Lithuania repair the NordBalt cable",
        "Swedish and Lithuanian operators put the power cable back into service.",
    ),
    "2002": ("Lithuania buys Swedish combat boats", "Vilnius signed for CB90 boats from Sweden."),
    "3003": (
        "Swedish bank leaves Lithuania",
        "A bank of Stockholm sells its Lithuanian branches to a fund.",
    ),
    "4004": (
        "Furniture maker of Sweden opens a plant in Lithuania",
        "Three hundred carpenters will work for the Swedish firm in Lithuania.",
    ),
    "5005": (
        "Lithuanian choir sings in Sweden",
        "Schools of Sweden invite children of Lithuania to a festival of songs.",
    ),
}


def subscriber(name: str, **wishes: object) -> str:
    """A row of ``[[digests.subscribers]]``."""
    fields = {"name": name, "transport": "files", "to": f"out/{name}", **wishes}
    rows = "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())
    return f"[[digests.subscribers]]\n{rows}"


@dataclass
class Newsroom:
    """A feed, and a folder for each subscriber."""

    feeds: FeedServer
    folder: Path
    write: Callable[[str], Configuration]

    def day(self, at: datetime, news: list[str], *subscribers: str) -> None:
        """Poll a feed that has ``news`` on top, publish and deliver, in a process of its own."""
        source = CONFIG.replace("ADDRESS", self.feeds.address)
        setup = prepare(self.write(source.replace("SUBSCRIBERS", "\n".join(subscribers))))
        rows = "".join(
            f"<item><title>{EVENTS[name][0]}</title><link>https://press.example/{name}</link>"
            f"<description>{EVENTS[name][1]}</description></item>"
            for name in news
        )
        feed = f"<rss version='2.0'><channel>{rows}</channel></rss>".encode()
        self.feeds.documents = {"grid": Document(feed, ".xml")}
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            poll(store, door, setup, at)
            publish(store, setup, at)
            deliver(store, transports(setup), at)

    def told(self, name: str) -> list[list[str]]:
        """For each edition that a subscriber got, in order, what it told."""
        files = sorted((self.folder / "out" / name).glob("*.json"))
        return [
            sorted(
                story["url"].rpartition("/")[2]
                for section in json.loads(path.read_text())["sections"]
                for story in section["stories"]
            )
            for path in files
        ]


@pytest.fixture
def newsroom(configured: Callable[[str], Configuration], tmp_path: Path) -> Iterator[Newsroom]:
    """An empty archive."""
    with FeedServer().serving() as feeds:
        yield Newsroom(feeds, tmp_path, configured)


DAY = timedelta(days=1)
MORNING = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)


def test_each_hears_once_what_they_want(newsroom: Newsroom) -> None:
    """Filters leave out, zones and languages do not; every variant has its own account."""
    everybody = [
        subscriber("plain"),
        subscriber("swedes", countries=["SE"]),
        subscriber("kazakhs", countries=["KZ"]),
        subscriber("berlin", zone="Europe/Berlin"),
        subscriber("ru", lang="ru"),
    ]
    newsroom.day(MORNING, ["1001"], *everybody)
    newsroom.day(MORNING + DAY, ["2002"], *everybody)

    assert newsroom.told("plain") == newsroom.told("swedes") == [["1001"], ["2002"]]
    assert newsroom.told("berlin") == newsroom.told("ru") == [["1001"], ["2002"]]
    assert newsroom.told("kazakhs") == [[], []]


@pytest.mark.slow
def test_who_changes_wishes_misses_nothing_and_hears_nothing_twice(newsroom: Newsroom) -> None:
    """From one variant to another and back, while somebody else stays in each."""
    stay = [subscriber("plain"), subscriber("ru", lang="ru")]
    for number, wishes in enumerate([{}, {"lang": "ru"}, {"lang": "ru"}, {}, {}]):
        news = [f"{number + 1}00{number + 1}"]
        newsroom.day(MORNING + number * DAY, news, *stay, subscriber("mover", **wishes))

    days = [["1001"], ["2002"], ["3003"], ["4004"], ["5005"]]
    assert newsroom.told("plain") == newsroom.told("ru") == newsroom.told("mover") == days


@pytest.mark.slow
def test_a_move_between_zones_loses_nothing(newsroom: Newsroom) -> None:
    """T14: one edition a date, though the slots are hours apart; what came between is told."""
    west, east = subscriber("mover", zone="America/New_York"), subscriber("mover")
    stay = [subscriber("plain"), subscriber("york", zone="America/New_York")]
    newsroom.day(MORNING, ["1001"], *stay, east)  # 07:30 in London
    newsroom.day(MORNING + timedelta(hours=4), ["2002"], *stay, west)  # 07:30 in New York
    newsroom.day(MORNING + DAY, ["3003"], *stay, west)
    newsroom.day(MORNING + DAY + timedelta(hours=4), ["4004"], *stay, west)

    assert newsroom.told("mover") == [["1001"], ["2002", "3003", "4004"]]
    assert newsroom.told("plain") == [["1001"], ["2002", "3003"]]
    assert newsroom.told("york")[-1] == ["3003", "4004"]


def test_who_is_new_goes_on_where_the_digest_stands(newsroom: Newsroom) -> None:
    """A new variant tells nothing of what the digest has told, and all that came since."""
    newsroom.day(MORNING, ["1001"], subscriber("plain"))
    newsroom.day(MORNING + DAY, ["2002"], subscriber("plain"), subscriber("ru", lang="ru"))

    assert newsroom.told("ru") == [["2002"]]


def test_nobody_is_sent_what_they_paused(newsroom: Newsroom) -> None:
    """Who is paused in the settings hears nothing, and goes on with the others afterwards."""
    paused = subscriber("desk", paused=True)
    newsroom.day(MORNING, ["1001"], subscriber("plain"), subscriber("desk"))
    newsroom.day(MORNING + DAY, ["2002"], subscriber("plain"), paused)
    newsroom.day(MORNING + 2 * DAY, ["3003"], subscriber("plain"), subscriber("desk"))

    assert newsroom.told("desk") == [["1001"], ["3003"]]


def test_the_next_edition_is_that_of_any_zone(configured: Callable[[str], Configuration]) -> None:
    """Polling is broken off for a subscriber in Tokyo as for the digest itself."""
    source = CONFIG.replace("ADDRESS", "127.0.0.1:9").replace(
        "SUBSCRIBERS", subscriber("tokyo", zone="Asia/Tokyo")
    )
    found = upcoming(prepare(configured(source)), NOW)

    assert found is not None
    assert found[1] == datetime(2026, 6, 12, 22, 30, tzinfo=UTC)

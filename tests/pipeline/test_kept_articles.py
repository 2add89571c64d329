"""As many articles are kept as a feed has brought, whatever it calls them: no fake but the network.

What an entry is, is decided over values; this is about what becomes of it in the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from monitor.collect.worker import Parsers
from monitor.config import Configuration
from monitor.http import Errand, Reply
from monitor.http.pacing import Pacer
from monitor.pipeline.poll import poll
from monitor.pipeline.setup import wishes
from monitor.store import open_store

CONFIG = """
[monitor]
beat_feeds = false
[[feeds]]
url = "https://a.example/rss"
"""
ANOTHER = """
[[feeds]]
url = "https://b.example/rss"
"""
LATEST = "one place, one after the other"
Row = tuple[str, str, str]
DAY = "Sun, 22 Nov 2026 08:00:00 GMT"
RAIL = "Kazakhstan opens the new railway line today"
GAS = "Uzbek exports of gas to the neighbours rise sharply"
LAW = "Tajik parliament ratifies a treaty about borders"


def rss(rows: Sequence[Row]) -> bytes:
    """A feed with an item for each title, path and guid; without a guid where that is empty."""
    items = "".join(
        f"<item><title>{title}</title><link>https://a.example/{path}</link>"
        + (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
        + f"<pubDate>{DAY}</pubDate></item>"
        for title, path, guid in rows
    )
    return f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()


# Name: how many articles are kept after each poll, and what the feed shows at each.
_KEPT: dict[str, tuple[list[int], list[list[Row]]]] = {
    "guids used again": (
        [2, 4, 6],
        [[(f"Story {turn} {n}", f"{turn}/{n}", f"{n}") for n in (1, 2)] for turn in "abc"],
    ),
    "one title at two places": ([2, 2], [[("Rates", "usd", ""), ("Rates", "eur", "")]] * 2),
    "one title at two places, with guids": (
        [2, 2],
        [[("Rates", "usd", "g-usd-1234"), ("Rates", "eur", "g-eur-1234")]] * 2,
    ),
    "three titles at one place": (
        [3, 3],
        [[(RAIL, "press", "g-1234-a"), (GAS, "press", "g-1234-b"), (LAW, "press", "g-1234-c")]] * 2,
    ),
    LATEST: (
        [1, 2, 3, 3, 3],
        [[(title, "latest", f"g-1234-{title[0]}")] for title in (RAIL, GAS, LAW, LAW, GAS)],
    ),
    "another system": (
        [2, 2],
        [
            [(RAIL, "a1", "g-1234-a"), (GAS, "a2", "g-1234-b")],
            [(RAIL, "news/rail", "node/1"), (GAS, "news/gas", "node/2")],
        ],
    ),
}


class Server:
    """A door to a host that shows what it is told to, and to another that shows the same."""

    pacer = Pacer(0)
    body = b""

    def step(self, errand: Errand) -> Reply:
        """One request."""
        return Reply(200, errand.url, {}, self.body)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    """One child for all tests of this file."""
    with Parsers() as started:
        yield started


@pytest.fixture
def kept(
    configured: Callable[[str], Configuration], now: datetime, parsers: Parsers
) -> Callable[[str, str], list[int]]:
    """Counts the articles that are kept after each poll of a case."""

    def count(name: str, config: str) -> list[int]:
        wished, server, counts = wishes(configured(config)), Server(), []
        with open_store(wished.configuration.database) as store:
            for number, rows in enumerate(_KEPT[name][1]):
                server.body = rss(rows)
                poll(store, server, wished, now + number * timedelta(days=8), parsers=parsers)
                counts.append(store.counts().articles)
        return counts

    return count


@pytest.mark.parametrize("name", _KEPT)
def test_each_article_is_kept_once(name: str, kept: Callable[[str, str], list[int]]) -> None:
    """None is lost in another, and none is kept twice."""
    assert kept(name, CONFIG) == _KEPT[name][0]


@pytest.mark.parametrize("name", sorted(_KEPT.keys() - {LATEST}))
def test_two_feeds_bring_each_article_once(
    name: str, kept: Callable[[str, str], list[int]]
) -> None:
    """What two feeds of an outlet show, in one poll or one after the other, is one article."""
    assert kept(name, CONFIG + ANOTHER) == _KEPT[name][0]

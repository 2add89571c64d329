"""Judging again: today's watchlist over what is stored, and nothing of it becomes news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from monitor.config import Configuration
from monitor.demo.servers import Document, FeedServer
from monitor.pipeline.again import Again, assess_again
from monitor.pipeline.assess import assess
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import poll
from monitor.pipeline.setup import Setup, prepare
from monitor.query import parse
from monitor.store import Store, open_store

CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[feeds]]
url = "http://ADDRESS/grid"

[watchlist.keywords]
KEYWORDS

[[digests]]
name = "low"
schedule = "daily 07:30"

[[digests]]
name = "high"
schedule = "daily 07:30"
threshold = 90

[network]
allow_private = ["ADDRESS"]
"""
RELEVANT = "Sweden and Lithuania repair the NordBalt cable"
OTHER = ("Herring returns to the harbour", "Wool prices fall", "Herring prices rise")


def rss(titles: tuple[str, ...], at: str) -> Document:
    """A feed with entries of these titles."""
    rows = "".join(
        f"<item><title>{title}</title><link>https://press.example/{title.replace(' ', '-')}</link>"
        f"<description>{title}, said the harbour master.</description>"
        f"<pubDate>{at}</pubDate></item>"
        for title in titles
    )
    return Document(f"<rss version='2.0'><channel>{rows}</channel></rss>".encode(), ".xml")


@pytest.fixture
def setup(configured: Callable[[str], Configuration], now: datetime) -> Iterator[Setup]:
    """Settings with which four articles were fetched and judged just now."""
    with FeedServer().serving() as feeds:
        feeds.documents = {"grid": rss((RELEVANT, *OTHER), "Fri, 12 Jun 2026 12:00:00 +0000")}
        setup = prepare(configured(changed("cable = -20", feeds.address)))
        with open_store(setup.configuration.database) as store, open_door(setup.settings) as door:
            poll(store, door, setup, now)
            assess(store, setup, now)
        yield setup


def changed(keywords: str, address: str = "127.0.0.1:1") -> str:
    """The settings with other keywords."""
    return CONFIG.replace("ADDRESS", address).replace("KEYWORDS", keywords)


@pytest.fixture
def store(setup: Setup) -> Iterator[Store]:
    """The store with the four articles."""
    with open_store(setup.configuration.database) as opened:
        yield opened


@pytest.fixture
def herring(setup: Setup, configured: Callable[[str], Configuration]) -> Setup:
    """The same settings a day later, when somebody cares for herring."""
    return prepare(configured(changed("herring = 60\ncable = -20")))


def eligible(store: Store, now: datetime, digest: str = "low", threshold: float = 50) -> list[str]:
    """The titles that wait for an edition."""
    waiting = store.editions.eligible(digest, "", threshold, now + timedelta(days=9))
    return [one.article.wording.title for one in waiting]


def test_what_matches_now_is_found_but_is_no_news(
    store: Store, setup: Setup, herring: Setup, now: datetime
) -> None:
    """Scores, labels and receipts are today's; the next edition has what it would have had."""
    done = assess_again(store, herring, parse(""), now)

    assert done == Again(looked=4, judged=4, risen=2, fallen=0)
    assert len(store.search(parse("score:>=50"), 9, now)) == 3
    assert eligible(store, now) == [RELEVANT]


def test_what_is_to_be_delivered_becomes_news(store: Store, herring: Setup, now: datetime) -> None:
    """Only what rose to a threshold becomes eligible, at the time of judging."""
    later = now + timedelta(hours=1)
    assess_again(store, herring, parse(""), later, deliver=True)

    assert sorted(eligible(store, now)) == sorted([RELEVANT, OTHER[0], OTHER[2]])
    found = {one.article.wording.title: one.article.eligible_at
             for one in store.search(parse(""), 9, now)}  # fmt: skip
    assert found[OTHER[0]] == later
    assert found[RELEVANT] == now
    assert found[OTHER[1]] is None


def test_a_search_limits_what_is_judged(store: Store, herring: Setup, now: datetime) -> None:
    """Only what it finds is looked at."""
    assert assess_again(store, herring, parse("prices"), now) == Again(2, 2, 1, 0)


def test_a_run_that_was_broken_off_goes_on(
    store: Store, herring: Setup, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one run judged the next leaves alone; together they judged everything once."""
    monkeypatch.setattr("monitor.pipeline.again._BATCH", 3)
    batches: list[Again] = []
    first = assess_again(
        store, herring, parse(""), now, on_batch=batches.append, stopping=lambda: bool(batches)
    )
    second = assess_again(store, herring, parse(""), now)

    assert (first.judged, second.judged) == (3, 1)
    assert assess_again(store, herring, parse(""), now).judged == 0


def test_what_is_not_judged_yet_is_left_to_assess(
    store: Store, setup: Setup, herring: Setup, now: datetime
) -> None:
    """An article that waits for its first judgement is not robbed of becoming news."""
    with FeedServer().serving() as feeds:
        feeds.documents = {"grid": rss(("Herring swarms",), "Fri, 12 Jun 2026 12:30:00 +0000")}
        path = setup.configuration.path
        path.write_text(path.read_text().replace("127.0.0.1:1", feeds.address))
        from monitor.config import load

        fresh = prepare(load(path))
        with open_door(fresh.settings) as door:
            poll(store, door, fresh, now)
    assert assess_again(store, herring, parse(""), now).judged == 4

    assess(store, herring, now)

    assert "Herring swarms" in eligible(store, now)


def test_an_old_article_does_not_enter_the_edition_it_was_not_worthy_of(
    store: Store, configured: Callable[[str], Configuration], now: datetime
) -> None:
    """Eligible for one digest long ago, it stays out of the one whose threshold it reaches now."""
    score = store.search(parse("nordbalt"), 1, now)[0].judgement.score
    assert 50 <= score < 90
    assert eligible(store, now, "high", 90) == []
    cables = prepare(configured(changed("nordbalt = 95")))

    assess_again(store, cables, parse(""), now + timedelta(days=30))

    assert eligible(store, now, "high", 90) == []


def test_old_judgements_do_not_pile_up(store: Store, herring: Setup, now: datetime) -> None:
    """Of articles that no edition carried only the judgement that counts is kept."""
    assess_again(store, herring, parse(""), now)

    with store._database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM judgements").scalar_one()
    assert kept == 4

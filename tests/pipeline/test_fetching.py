"""Feeds under way: politeness towards each host, and no host in the way of another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from monitor.config import Configuration
from monitor.http import Door, Errand, Reply
from monitor.http.pacing import Pacer
from monitor.model import FeedListing
from monitor.pipeline.fetching import Answer, Fetching
from monitor.pipeline.setup import Setup, prepare
from monitor.store import Store, open_store

Site = Callable[[str], Reply | str]


class Hosts(Door):
    """A door to made-up hosts, which keeps when each was asked; a text is a redirect to it."""

    def __init__(self, answer: Site, spacing: float = 0) -> None:
        super().__init__(user_agent="monitor/0", pacer=Pacer(spacing))
        self._answer = answer
        self._guard = threading.Lock()
        self.asked: list[tuple[str, str, float, float]] = []

    def step(self, errand: Errand) -> Reply | Errand:
        """Answer, and write down who was asked from when to when."""
        began = time.monotonic()
        answer = self._answer(errand.url)
        with self._guard:
            self.asked.append((errand.host, errand.url, began, time.monotonic()))
        if isinstance(answer, str):
            moved = Reply(302, errand.url, {"location": answer}, b"")
            return errand.redirected(moved, 0.0)
        return answer

    def times(self, host: str) -> list[tuple[float, float]]:
        """When ``host`` was asked, and when it had answered."""
        return sorted((began, ended) for its, _, began, ended in self.asked if its == host)


def ok(url: str, status: int = 200) -> Reply:
    """A plain answer."""
    return Reply(status, url, {}, b"")


class World:
    """A store with feeds, and the settings for fetching them."""

    def __init__(self, store: Store, setup: Setup, now: datetime) -> None:
        self.store, self.setup, self.now = store, setup, now

    def fetch(self, door: Door, *urls: str) -> list[tuple[str, Answer]]:
        """Fetch ``urls`` once, as a poll does."""
        self.store.feeds.sync([FeedListing(url=url, outlet="x") for url in urls], self.now)
        fetching = Fetching(
            self.store, door, self.store.feeds.due(self.now), self.setup, lambda: self.now
        )
        with closing(fetching.answers(lambda: False)) as answers:
            return [(claim.feed.url, answer) for claim, answer in answers]

    def unclaimed(self) -> list[str]:
        """Feeds that another poller could take."""
        return [feed.url for feed in self.store.feeds.due(self.now)]


@pytest.fixture
def world(configured: Callable[[str], Configuration], now: datetime) -> World:
    """Eight threads and no feeds yet."""
    setup = prepare(configured('[monitor]\nbeat = "BEAT"\nbeat_feeds = false\n'))
    with open_store(setup.configuration.database) as store:
        yield World(store, setup, now)


def test_a_host_is_asked_once_at_a_time_with_pauses(world: World) -> None:
    """Twenty feeds of one host: never two in flight, never sooner than the spacing."""
    door = Hosts(ok, spacing=0.03)
    fetched = world.fetch(door, *(f"https://one.example/{number}" for number in range(20)))
    times = door.times("one.example")
    assert len(fetched) == len(times) == 20
    gaps = [began - ended for (_, ended), (began, _) in pairwise(times)]
    assert min(gaps) >= 0.03


def test_a_host_with_many_feeds_stops_no_other(world: World) -> None:
    """While thirty feeds of one slow host wait in line, all other hosts have long answered."""

    def answer(url: str) -> Reply:
        time.sleep(0.05 if "slow" in url else 0)
        return ok(url)

    door = Hosts(answer)
    slow = [f"https://slow.example/{number}" for number in range(30)]
    world.fetch(door, *slow, *(f"https://h{number}.example/" for number in range(40)))
    began = min(times[2] for times in door.asked)
    others = [times[3] - began for times in door.asked if "slow" not in times[0]]
    assert len(others) == 40
    assert max(others) < 0.5
    assert door.times("slow.example")[-1][1] - began > 1.4


def test_too_many_requests_slows_the_host(world: World) -> None:
    """After a 429 the host's other feeds are neither asked nor claimed; other hosts go on."""
    door = Hosts(lambda url: ok(url, 429 if "busy" in url else 200))
    busy = [f"https://busy.example/{number}" for number in range(10)]
    fetched = world.fetch(door, *busy, "https://other.example/1", "https://other.example/2")
    assert len(door.times("busy.example")) == 1
    assert len(door.times("other.example")) == 2
    assert len(fetched) == 3
    assert set(world.unclaimed()) == set(busy[1:])


def test_an_outage_slows_only_the_feed(world: World) -> None:
    """A 503 of one feed says nothing of the others of its host."""
    door = Hosts(lambda url: ok(url, 503))
    fetched = world.fetch(door, *(f"https://down.example/{number}" for number in range(5)))
    assert len(fetched) == len(door.asked) == 5


def test_a_redirect_waits_for_the_turn_of_its_new_host(world: World) -> None:
    """Twelve hosts that all lead to one other ask it one after the other, and none is lost."""

    def answer(url: str) -> Reply | str:
        if "hub" not in url:
            return f"https://hub.example/{url[8:11]}"
        time.sleep(0.005)
        return ok(url)

    door = Hosts(answer, spacing=0.02)
    fetched = world.fetch(door, *(f"https://h{number:02}.example/" for number in range(12)))
    times = door.times("hub.example")
    assert len(times) == 12
    gaps = [began - ended for (_, ended), (began, _) in pairwise(times)]
    assert min(gaps) >= 0.02
    urls = {answer.url for _, answer in fetched if isinstance(answer, Reply)}
    assert urls == {f"https://hub.example/h{number:02}" for number in range(12)}


def test_a_redirect_to_a_slowed_host_is_not_followed(world: World) -> None:
    """Whoever is sent to a host that wants fewer requests is told so and asks nobody."""
    door = Hosts(lambda url: ok(url, 429) if "hub" in url else "https://hub.example/")
    fetched = world.fetch(door, *(f"https://h{number}.example/" for number in range(6)))
    told = [str(answer) for _, answer in fetched if isinstance(answer, Exception)]
    assert len(door.times("hub.example")) == 1
    assert told == ["it is redirected to hub.example, which asks for fewer requests"] * 5


def test_one_silent_server_costs_the_others_nothing(world: World) -> None:
    """N2: a server that never answers holds one thread, and all others have their answers."""
    silence, answered = threading.Event(), []

    def answer(url: str) -> Reply:
        if "silent" in url:
            silence.wait(20)
        return ok(url)

    door = Hosts(answer)
    urls = ["https://silent.example/", *(f"https://h{n}.example/" for n in range(100))]
    world.store.feeds.sync([FeedListing(url=url, outlet="x") for url in urls], world.now)
    feeds = world.store.feeds.due(world.now)
    fetching = Fetching(world.store, door, feeds, world.setup, lambda: world.now)
    began = time.monotonic()
    with closing(fetching.answers(lambda: len(answered) == 100)) as answers:
        for claim, _ in answers:
            answered.append(claim.feed.url)
    took = time.monotonic() - began
    silence.set()
    assert "https://silent.example/" not in answered
    assert took < 5


def test_an_address_that_cannot_be_read_is_an_answer(world: World) -> None:
    """A feed without a host fails by itself."""
    with Door(user_agent="monitor/0") as door:
        ((_, answer),) = world.fetch(door, "https://u:p@a.example/")
    assert "user name" in str(answer)


def test_feeds_are_claimed_many_at_a_time(world: World) -> None:
    """A hundred hosts take a few transactions, and what was claimed ahead is given back."""
    urls = [f"https://h{number}.example/" for number in range(100)]
    world.store.feeds.sync([FeedListing(url=url, outlet="x") for url in urls], world.now)
    claiming: list[int] = []
    taken = world.store.feeds.claim_all

    def counted(ids: Iterable[int], *times: Any) -> dict[int, int]:
        claiming.append(len(wanted := list(ids)))
        return taken(wanted, *times)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.store.feeds, "claim_all", counted)
        fetching = Fetching(
            world.store, Hosts(ok), world.store.feeds.due(world.now), world.setup, lambda: world.now
        )
        with closing(fetching.answers(lambda: False)) as answers:
            first, _ = next(answers)
            world.store.feeds.release_all({first.feed.id: first.token})
    assert claiming[0] > 32
    assert sorted(world.unclaimed()) == sorted(urls)

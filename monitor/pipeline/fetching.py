"""Feeds under way: threads fetch, and one thread claims, hands out turns and takes the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from monitor.collect import polling
from monitor.errors import FetchError
from monitor.http import Door, Errand, Reply
from monitor.http.pacing import Line
from monitor.model import Feed
from monitor.pipeline.pages import Permissions, in_its_turn
from monitor.pipeline.setup import Wishes
from monitor.store import Store

_LEASE = timedelta(minutes=5)
# Feeds that are claimed together, which takes as long as one. Those ahead are first in their host's
# line, so that their leases do not run out in it.
_TOGETHER = 32
# How long to wait for an answer before asking whether to stop.
_PATIENCE = 0.5
_SLOW_DOWN = 429
Answer = Reply | Exception


@dataclass(frozen=True, slots=True)
class Claim:
    """A feed taken to be polled, and the token that proves it."""

    feed: Feed
    token: int


@dataclass(frozen=True, slots=True)
class _Visit:
    """A feed's errand, which waits for its host or is under way; claimed once it was begun."""

    number: int
    feed: Feed
    errand: Errand
    host: str
    token: int | None = None


class Fetching:
    """Feeds under way: each is claimed shortly before a thread takes it, by the thread that writes.

    A feed waits in line until its host is free, and no thread waits with it. A host that answers
    429 is asked nothing more: its other feeds are left unclaimed.
    """

    def __init__(
        self,
        store: Store,
        door: Door,
        feeds: Iterable[Feed],
        wishes: Wishes,
        clock: Callable[[], datetime],
    ) -> None:
        network = wishes.settings.network
        self._store = store
        self._door = door
        self._threads = network.threads
        self._lease = _LEASE + 2 * timedelta(seconds=network.timeout_seconds)
        self._clock = clock
        self._line: Line[_Visit] = Line()
        for number, feed in enumerate(feeds):
            errand = Errand(feed.address, polling.conditions(feed.validators))
            self._line.add(errand.host, _Visit(number, feed, errand, errand.host))
        self._claims: dict[int, Claim] = {}
        # Of feeds that are next, by their numbers: None where another poller was faster.
        self._ahead: dict[int, Claim | None] = {}
        self._under_way = 0
        self._begun: SimpleQueue[_Visit | None] = SimpleQueue()
        self._finished: SimpleQueue[tuple[_Visit, Answer | Errand]] = SimpleQueue()
        self._answered: dict[int, Answer] = {}
        self._slowed: set[str] = set()

    def answers(self, stopping: Callable[[], bool]) -> Generator[tuple[Claim, Answer]]:
        """Answers as they come, those that come together in the feeds' order.

        What has not been answered at the end, or not been recorded, is released.
        """
        self._start()
        try:
            while not stopping() and self._ask():
                self._take_in()
                if self._answered:
                    number = min(self._answered)
                    yield self._claims[number], self._answered.pop(number)
                    del self._claims[number]
        finally:
            for _ in range(self._threads):
                self._begun.put(None)
            left = [claim for claim in (*self._claims.values(), *self._ahead.values()) if claim]
            self._store.feeds.release_all({claim.feed.id: claim.token for claim in left})

    def _start(self) -> None:
        """Threads that may be left behind while a server keeps silent, so that we can end."""
        permissions = Permissions(self._store, in_its_turn(self._door), self._clock)
        work = (self._door, permissions, self._begun, self._finished)
        for _ in range(min(self._threads, len(self._line))):
            threading.Thread(target=_work, args=work, name="fetch", daemon=True).start()

    def _ask(self) -> bool:
        """Give every idle thread a feed whose host is free; False when all have answered."""
        while self._under_way < self._threads and (visits := self._next()):
            for visit in self._claimed(visits):
                self._begun.put(visit)
                self._under_way += 1
        return bool(self._line or self._claims)

    def _next(self) -> list[_Visit]:
        """As many visits as there are idle threads, each with its host's turn."""
        visits: list[_Visit] = []
        while self._under_way + len(visits) < self._threads:
            visit = self._line.next(self._door.pacer.take)
            if visit is None:
                break
            visits.append(visit)
        return visits

    def _claimed(self, visits: list[_Visit]) -> list[_Visit]:
        """Those that are claimed; the turns of feeds that another poller has are given back."""
        if unclaimed := self._unclaimed(visits):
            self._claim([*unclaimed, *self._unclaimed(self._line.heads(_TOGETHER))])
        claimed = []
        for visit in visits:
            claim = self._claims.get(visit.number) or self._ahead.pop(visit.number)
            if claim is None:
                self._door.pacer.give_back(visit.host)
            else:
                self._claims[visit.number] = claim
                claimed.append(replace(visit, token=claim.token))
        return claimed

    def _unclaimed(self, visits: Iterable[_Visit]) -> list[_Visit]:
        return [each for each in visits if each.token is None and each.number not in self._ahead]

    def _claim(self, visits: list[_Visit]) -> None:
        ids = [visit.feed.id for visit in visits]
        tokens = self._store.feeds.claim_all(ids, self._clock(), self._lease)
        for visit in visits:
            token = tokens.get(visit.feed.id)
            self._ahead[visit.number] = None if token is None else Claim(visit.feed, token)

    def _take_in(self) -> None:
        """Take what has come in; wait for something only while nobody waits for it already."""
        patience = 0.0 if self._answered else min(_PATIENCE, self._until_a_host_is_free())
        with suppress(Empty):
            visit, answer = self._finished.get(timeout=patience)
            self._end(visit, answer)
            while True:
                self._end(*self._finished.get_nowait())

    def _until_a_host_is_free(self) -> float:
        idle = self._under_way < self._threads
        return self._line.wait(self._door.pacer.wait) if idle else _PATIENCE

    def _end(self, visit: _Visit, answer: Answer | Errand) -> None:
        self._under_way -= 1
        self._door.pacer.end(visit.host)
        if isinstance(answer, Errand):
            self._send_on(visit, answer)
            return
        self._answered[visit.number] = answer
        if isinstance(answer, Reply) and answer.status == _SLOW_DOWN:
            self._slow_down(visit.host)

    def _send_on(self, visit: _Visit, onward: Errand) -> None:
        """Let a redirected visit wait for the turn of the host that it was sent to."""
        host = onward.host
        if host in self._slowed:
            self._answered[visit.number] = _unasked(host)
        else:
            self._line.add_first(host, replace(visit, errand=onward, host=host))

    def _slow_down(self, host: str) -> None:
        """Ask nothing more of ``host``; feeds of others that were sent there are told so."""
        self._slowed.add(host)
        for visit in self._line.leave(host):
            if visit.token is not None:
                self._answered[visit.number] = _unasked(host)


def _unasked(host: str) -> FetchError:
    message = f"it is redirected to {host}, which asks for fewer requests"
    return FetchError(message, status=302)


def _work(
    door: Door,
    permissions: Permissions,
    begun: SimpleQueue[_Visit | None],
    finished: SimpleQueue[tuple[_Visit, Answer | Errand]],
) -> None:
    while visit := begun.get():
        finished.put((visit, _step(door, permissions, visit)))


def _step(door: Door, permissions: Permissions, visit: _Visit) -> Answer | Errand:
    """What came back; errors are values, which the thread that records them tells of."""
    try:
        if visit.feed.recipe:
            permissions.check(visit.errand.url)
        return door.step(visit.errand)
    except Exception as error:  # noqa: BLE001  whatever it is, one feed must not stop the others
        return error

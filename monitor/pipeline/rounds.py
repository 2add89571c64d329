"""The four steps in a row: one round, as ``monitor once`` does it, or rounds without end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from monitor.collect.worker import Parsers
from monitor.config import Configuration
from monitor.http import Door
from monitor.model import DeliveryState
from monitor.pipeline.assess import Assessed, assess
from monitor.pipeline.boundary import Boundary
from monitor.pipeline.commitments import read_evidence
from monitor.pipeline.deliver import Delivered, deliver, transports
from monitor.pipeline.door import open_door
from monitor.pipeline.extract import Extracted, Extracting, extract
from monitor.pipeline.forget import Forgetting, Forgotten
from monitor.pipeline.ledger import read_figures
from monitor.pipeline.poll import Polled, poll, poll_due
from monitor.pipeline.publish import Published, publish, upcoming
from monitor.pipeline.setup import Setup
from monitor.pipeline.watching import Watch, watch_of
from monitor.publish.transports import Transport
from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did, step by step."""

    polled: tuple[Polled, ...]
    assessed: Assessed
    published: tuple[Published, ...]
    delivered: tuple[Delivered, ...]

    @property
    def sent(self) -> int:
        """Deliveries that arrived."""
        return sum(one.outcome.state is DeliveryState.SENT for one in self.delivered)


def once(
    store: Store,
    door: Door,
    setup: Setup,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
) -> Round:
    """Poll, assess, publish, deliver and forget what is due at ``now``.

    Leases count from ``clock``. InputError, before anything is done, for settings with which no
    mail can be sent.
    """
    named = transports(setup, store.editions.installation())
    polled = poll(store, door, setup, now, on_polled=on_polled, stopping=stopping, clock=clock)
    extract(store, door, setup, clock or (lambda: now))
    assessed = assess(store, setup, now, stopping=stopping)
    read_evidence(store, setup, stopping=stopping)
    read_figures(store, setup, stopping=stopping)
    published = [] if stopping() else publish(store, setup, now)
    delivered = deliver(store, named, now, stopping=stopping, clock=clock)
    Forgetting(store).step(setup, now, stopping=stopping)
    return Round(tuple(polled), assessed, tuple(published), tuple(delivered))


Done = Polled | Extracted | Assessed | Forgotten | Published | Delivered


class Rounds:
    """The rounds of a program that stays: what the settings need is made ready once, and kept.

    Editions that are due go out before the feeds are polled, and polling is broken off when the
    next one is due, so that the promised minute never waits for a slow server. A step that fails
    is logged and keeps no other step from its work; ``tell`` hears of everything that was done.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool],
        tell: Callable[[Done], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._stopping = stopping
        self._tell = tell
        self._boundary = Boundary()
        self._forgetting = Forgetting(store)
        self._ready: _Ready | None = None

    def go(self, setup: Setup) -> None:
        """Do what is due now, and tell the watch when none of it failed."""
        failures = self._boundary.failures
        with self._boundary.around("a round"):
            self._store.check_room()
            ready = self._made_ready(setup)
            self._hand_out(setup, ready)
            self._poll(setup, ready)
            self._extract(setup, ready)
            self._assess(setup)
            self._read(setup)
            if not self._stopping():
                self._hand_out(setup, ready)
            self._forget(setup)
            if ready.watch and self._boundary.failures == failures and not self._stopping():
                ready.watch.tell()

    def _made_ready(self, setup: Setup) -> _Ready:
        if self._ready is None or self._ready.configuration is not setup.configuration:
            self.close()
            named = transports(setup, self._store.editions.installation())
            self._store.feeds.sync(setup.listings, self._clock())
            with ExitStack() as opening:
                door = open_door(setup.settings)
                opening.callback(door.close)
                parsers = opening.enter_context(Parsers())
                extracting = Extracting(self._store, door, self._clock)
                opening.callback(extracting.close)
                watch = watch_of(setup.settings)
                if watch:
                    opening.callback(watch.close)
                opened = opening.pop_all()
            self._ready = _Ready(
                setup.configuration, named, door, parsers, extracting, watch, opened
            )
        return self._ready

    def _hand_out(self, setup: Setup, ready: _Ready) -> None:
        """Publish and deliver."""
        with self._boundary.around("publishing"):
            for published in publish(self._store, setup, self._clock()):
                self._tell(published)
        with self._boundary.around("delivering"):
            for delivered in deliver(
                self._store,
                ready.named,
                self._clock(),
                clock=self._clock,
                stopping=self._stopping,
            ):
                self._tell(delivered)

    def _poll(self, setup: Setup, ready: _Ready) -> None:
        now = self._clock()
        with self._boundary.around("polling"):
            poll_due(
                self._store,
                ready.door,
                setup,
                now,
                on_polled=lambda polled, total: self._tell(polled),
                stopping=self._until_next_edition(setup),
                clock=self._clock,
                parsers=ready.parsers,
            )

    def _extract(self, setup: Setup, ready: _Ready) -> None:
        with self._boundary.around("reading pages"):
            for extracted in ready.extracting.step(setup):
                self._tell(extracted)

    def _assess(self, setup: Setup) -> None:
        with self._boundary.around("assessing"):
            assessed = assess(self._store, setup, self._clock(), stopping=self._stopping)
            if assessed.read:
                self._tell(assessed)

    def _read(self, setup: Setup) -> None:
        """Read what is new for promises and figures, until the next edition is due."""
        stopping = self._until_next_edition(setup)
        with self._boundary.around("reading for promises"):
            read_evidence(self._store, setup, stopping=stopping)
        with self._boundary.around("reading figures"):
            read_figures(self._store, setup, stopping=stopping)

    def _until_next_edition(self, setup: Setup) -> Callable[[], bool]:
        """Whether what can wait should stop now, since an edition is due or all is to end."""
        edition = upcoming(setup, self._clock())
        return lambda: self._stopping() or (edition is not None and self._clock() >= edition[1])

    def _forget(self, setup: Setup) -> None:
        with self._boundary.around("forgetting"):
            forgotten = self._forgetting.step(setup, self._clock(), stopping=self._stopping)
            if forgotten.articles:
                self._tell(forgotten)

    def close(self) -> None:
        """Close all connections, and end the parsers."""
        if self._ready is not None:
            self._ready.opened.close()
        self._ready = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a configuration needs to be worked with."""

    configuration: Configuration
    named: Mapping[str, Transport]
    door: Door
    parsers: Parsers
    extracting: Extracting
    watch: Watch | None
    opened: ExitStack

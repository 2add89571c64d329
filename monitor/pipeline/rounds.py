"""One round of the four steps, as ``monitor once``, the scheduler and the demo do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.http import Door
from monitor.model import DeliveryState
from monitor.pipeline.assess import Assessed, assess
from monitor.pipeline.deliver import Delivered, deliver, transports
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.publish import Published, publish
from monitor.pipeline.setup import Setup
from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did, step by step."""

    polled: tuple[Polled, ...]
    assessed: Assessed
    published: tuple[Published, ...]
    delivered: tuple[Delivered, ...]

    @property
    def failed_feeds(self) -> tuple[Polled, ...]:
        """Feeds that brought nothing because something is wrong."""
        return tuple(polled for polled in self.polled if polled.outcome.state.failed)

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
) -> Round:
    """Poll, assess, publish and deliver what is due at ``now``."""
    polled = poll(store, door, setup, now, on_polled=on_polled, stopping=stopping)
    assessed = assess(store, setup, now, stopping=stopping)
    published = [] if stopping() else publish(store, setup, now)
    delivered = deliver(store, transports(setup), now, stopping=stopping)
    return Round(tuple(polled), assessed, tuple(published), tuple(delivered))

"""Forget: articles that did not match and whose time has come -> nothing but their identities.

Polls are forgotten too, when their time has come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.pipeline.setup import Setup
from monitor.store import Store
from monitor.store.retention import Place

_AT_A_TIME = 5.0  # seconds of one round
_PAUSE = timedelta(hours=1)  # from the end of one pass over the archive to the next
_POLLS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many articles were forgotten."""

    articles: int


class Forgetting:
    """One pass after another over what is old enough, a little in each round.

    It keeps nothing that matters: a new process begins at the oldest article again, which costs
    a look.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._place: Place | None = None
        self._again_at: datetime | None = None

    def step(
        self,
        setup: Setup,
        now: datetime,
        *,
        stopping: Callable[[], bool] = lambda: False,
        seconds: float = _AT_A_TIME,
    ) -> Forgotten:
        """Forget what is due at ``now``, for at most about ``seconds``."""
        articles = 0
        if self._again_at is not None and now < self._again_at:
            return Forgotten(articles)
        before = now - timedelta(days=setup.settings.monitor.keep_unmatched_days)
        threshold = setup.settings.thresholds()[0]
        until = time.monotonic() + seconds
        while not stopping() and time.monotonic() < until:
            done = self._store.retention.forget(before, threshold, self._place)
            if done is None:
                break
            articles += done.forgotten
            self._place = done.place
            if done.place is None:
                self._store.feeds.forget_polls(now - _POLLS_KEPT)
                self._again_at = now + _PAUSE
                break
        return Forgotten(articles)

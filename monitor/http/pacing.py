"""One request at a time per host, with a pause between two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pacer:
    """Gives each host one turn at a time, ``spacing`` seconds apart."""

    def __init__(
        self,
        spacing: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._spacing = spacing
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._ended: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for the host's turn, and keep it while the block runs."""
        with self._guard:
            lock = self._turns.setdefault(host, threading.Lock())
        with lock:
            if host in self._ended:
                self._sleep(max(0.0, self._ended[host] + self._spacing - self._clock()))
            try:
                yield
            finally:
                self._ended[host] = self._clock()

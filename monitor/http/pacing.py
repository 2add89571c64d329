"""One request at a time per host, with a pause between two; and who goes next meanwhile."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Generic, TypeVar

Waiting = TypeVar("Waiting")


class Pacer:
    """Gives each host one turn at a time, ``spacing`` seconds apart. Threads may share it.

    ``take`` and ``end`` never wait, for whoever has other hosts to ask meanwhile; ``turn`` waits,
    for whoever has not.
    """

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
        self._ended = threading.Condition()
        # From when on a host may be asked: infinite while it is being asked.
        self._free_at: dict[str, float] = {}

    def wait(self, host: str) -> float:
        """Seconds until ``host`` may be asked: 0 when it may be, infinite while it is asked."""
        free_at = self._free_at.get(host)
        return 0.0 if free_at is None else max(0.0, free_at - self._clock())

    def take(self, host: str) -> bool:
        """Take the host's turn if it may be asked now; whoever takes it has to ``end`` it."""
        with self._ended:
            if self.wait(host):
                return False
            self._free_at[host] = math.inf
        return True

    def end(self, host: str) -> None:
        """The host has answered; its pause begins."""
        with self._ended:
            self._free_at[host] = self._clock() + self._spacing
            self._ended.notify_all()

    def give_back(self, host: str) -> None:
        """Nobody was asked in the turn that was taken: it is free again at once."""
        with self._ended:
            self._free_at.pop(host, None)
            self._ended.notify_all()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for the host's turn, and keep it while the block runs."""
        while not self.take(host):
            self._wait_for(host)
        try:
            yield
        finally:
            self.end(host)

    @contextmanager
    def elsewhere(self, host: str, other: str) -> Iterator[None]:
        """Keep the turn of ``other``, and not that of ``host`` meanwhile, while the block runs.

        Whoever waited for a second turn with one in hand might wait for somebody who does the same.
        """
        if other == host:
            yield
            return
        self.end(host)
        try:
            with self.turn(other):
                yield
        finally:
            while not self.take(host):
                self._wait_for(host)

    def _wait_for(self, host: str) -> None:
        with self._ended:
            self._ended.wait_for(lambda: self.wait(host) < math.inf)
            rest = self.wait(host)
        self._sleep(rest)


class Line(Generic[Waiting]):
    """Who waits for which host; hands out the next one whose host is free. Pure.

    Hosts take turns, the one that was asked longest ago first, so that a host with a hundred
    feeds delays its own feeds only.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[Waiting]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, host: str, waiting: Waiting) -> None:
        """Join the line of ``host`` at its end."""
        self._lines.setdefault(host, deque()).append(waiting)

    def add_first(self, host: str, waiting: Waiting) -> None:
        """Join the line of ``host`` at its head: for what is under way already."""
        self._lines.setdefault(host, deque()).appendleft(waiting)
        self._lines.move_to_end(host, last=False)

    def next(self, take: Callable[[str], bool]) -> Waiting | None:
        """The first in line whose host's turn one can ``take``; None when there is none."""
        host = next(filter(take, self._lines), None)
        if host is None:
            return None
        waiting = self._lines[host].popleft()
        if self._lines[host]:
            self._lines.move_to_end(host)
        else:
            del self._lines[host]
        return waiting

    def heads(self, limit: int) -> list[Waiting]:
        """The first in line of up to ``limit`` hosts, in the order of their turns."""
        return [waiting[0] for waiting in islice(self._lines.values(), limit)]

    def wait(self, seconds: Callable[[str], float]) -> float:
        """How long until the first host is free, by each host's ``seconds``; infinite for none."""
        return min(map(seconds, self._lines), default=math.inf)

    def leave(self, host: str) -> tuple[Waiting, ...]:
        """Everyone in the line of ``host``, which is no more."""
        return tuple(self._lines.pop(host, ()))

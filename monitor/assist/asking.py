"""Asking for many passages at the same time, and never longer than promised."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from monitor.assist.passages import Answer, Passage
from monitor.errors import AssistError

Ask = Callable[[Passage], Answer]
# Passages that nobody asked for yet, with their places.
_Waiting = deque[tuple[int, Passage]]
# So many answers in a row that cannot be read are a model that cannot do it.
_MOST_UNREADABLE = 3


@dataclass(slots=True)
class Lanes:
    """Threads that share one queue; whoever finds the model gone sends all of them home.

    ``until`` is when, on ``clock``, the last request may begin; ``problem`` says why none was
    begun any more before that, and holds for later runs.
    """

    until: float
    clock: Callable[[], float]
    problem: str = ""
    _unreadable: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def run(self, passages: Sequence[Passage], asks: Sequence[Ask]) -> dict[int, Answer | None]:
        """The answers by the places of ``passages``; each of ``asks`` has a thread of its own.

        None stands for one that cannot be read. What was not asked for in time is missing.
        """
        found: dict[int, Answer | None] = {}
        waiting = deque(enumerate(passages))
        threads = [
            threading.Thread(
                target=self._work, args=(ask, waiting, found), name="assist", daemon=True
            )
            for ask in asks[: len(passages)]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def _work(self, ask: Ask, waiting: _Waiting, found: dict[int, Answer | None]) -> None:
        while (one := self._next(waiting)) is not None:
            place, passage = one
            try:
                found[place] = ask(passage)
                self._unreadable = 0
            except AssistError as error:
                self._fail(error, place, found)
            except Exception as error:  # noqa: BLE001  nobody above a thread would hear of it
                # What it says may have the key in it.
                problem = AssistError(f"asking the model failed ({type(error).__name__})")
                self._fail(problem, place, found)

    def _next(self, waiting: _Waiting) -> tuple[int, Passage] | None:
        with self._guard:
            is_over = bool(self.problem) or self.clock() >= self.until
            return None if is_over or not waiting else waiting.popleft()

    def _fail(self, error: AssistError, place: int, found: dict[int, Answer | None]) -> None:
        with self._guard:
            self._unreadable += not error.is_gone
            if error.is_gone or self._unreadable >= _MOST_UNREADABLE:
                self.problem = str(error)
            if not error.is_gone:
                found[place] = None

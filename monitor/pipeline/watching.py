"""The dead man's watch: a service that is told of each complete round, and tells you of silence.

A GET of the address that it gave you is all that Healthchecks, Dead Man's Snitch, Uptime Kuma and
their like expect. A round that failed tells it nothing: that is what it waits for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from urllib.parse import urlsplit

from monitor.config import Settings
from monitor.errors import FetchError
from monitor.http import Door, Errand
from monitor.pipeline.boundary import Boundary
from monitor.pipeline.door import open_door

_SECONDS = 10.0
_APART = 20.0  # such services take a few calls a minute, and a round may take a second


class Watch:
    """Who is told, in a thread of its own, so that no round waits; ``ticking`` counts seconds.

    The address is a secret: whoever has it could pretend that all is well. It stands in no
    message. What goes wrong is one line in the log until it works again.
    """

    def __init__(self, url: str, door: Door, ticking: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._door = door
        self._ticking = ticking
        self._told_at: float | None = None
        self._telling: Thread | None = None
        self._boundary = Boundary()

    def tell(self) -> None:
        """Say that a round is complete, unless that was said just now or is being said."""
        now = self._ticking()
        if self._telling is not None and self._telling.is_alive():
            return
        if self._told_at is not None and now - self._told_at < _APART:
            return
        self._told_at = now
        self._telling = Thread(target=self._tell, name="watch", daemon=True)
        self._telling.start()

    def close(self, patience: float = 0.0) -> None:
        """Wait ``patience`` seconds for what is being said, and close the connection."""
        if self._telling is not None:
            self._telling.join(patience)
        self._door.close()

    def _tell(self) -> None:
        with self._boundary.around("telling the watch"):
            self._ask()

    def _ask(self) -> None:
        where = urlsplit(self._url).hostname
        try:
            answer = self._door.step(Errand(self._url))
        except FetchError as error:
            raise FetchError(f"{where}: {self._hidden(str(error))}") from None
        if isinstance(answer, Errand):
            raise FetchError(f"{where} sends elsewhere; [monitor] ping_url wants the address there")
        if answer.status >= 400:
            raise FetchError(f"{where} answered {answer.status}; is [monitor] ping_url right?")

    def _hidden(self, words: str) -> str:
        parts = urlsplit(self._url)
        for secret in filter(None, (self._url, parts.path.strip("/"), parts.query)):
            words = words.replace(secret, "***")
        return words


def watch_of(settings: Settings) -> Watch | None:
    """The watch that the settings name, if any."""
    url = settings.monitor.ping_url
    return Watch(url, open_door(settings, _SECONDS)) if url else None


def tell_once(settings: Settings) -> None:
    """Say that a round is complete, and wait until that is said, for at most ten seconds."""
    if watch := watch_of(settings):
        watch.tell()
        watch.close(_SECONDS)

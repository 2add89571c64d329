"""Where an error ends: what one step or tick cannot do must not keep the next from trying."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.errors import MonitorError

_log = logging.getLogger(__name__)


class Boundary:
    """Logs what goes wrong inside and lets the program go on.

    A ``MonitorError`` is one line. Any other error is a fault of the program: it is logged with
    its traceback, and while it repeats itself only as a line.
    """

    def __init__(self) -> None:
        self._last = ""

    @contextmanager
    def around(self, doing: str) -> Iterator[None]:
        """Outlive the block; ``doing`` says in a word what it does."""
        try:
            yield
        except MonitorError as error:
            _log.error("%s failed: %s", doing, error)
        except Exception as error:  # noqa: BLE001  whatever it is, the program stays
            self._tell(doing, error)

    def _tell(self, doing: str, error: Exception) -> None:
        words = f"{doing} failed unexpectedly: {type(error).__name__}: {error}"
        _log.error("%s", words, exc_info=None if words == self._last else error)
        self._last = words

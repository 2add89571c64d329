"""Where an error ends: what one step or tick cannot do must not keep the next from trying."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.errors import MonitorError

_log = logging.getLogger(__name__)


class Boundary:
    """Logs what goes wrong inside and lets the program go on.

    A ``MonitorError`` is one line, which is not repeated while the same goes wrong again. Any
    other error is a fault of the program: it is logged with its traceback, and while it repeats
    itself only as a line. ``failures`` counts both.
    """

    def __init__(self) -> None:
        self.failures = 0
        self._last = ""
        self._wrong: dict[str, str] = {}

    @contextmanager
    def around(self, doing: str) -> Iterator[None]:
        """Outlive the block; ``doing`` says in a word what it does."""
        try:
            yield
            if self._wrong.pop(doing, None):
                _log.info("%s works again", doing)
        except MonitorError as error:
            self.failures += 1
            if self._wrong.get(doing) != str(error):
                _log.error("%s failed: %s", doing, error)
            self._wrong[doing] = str(error)
        except Exception as error:  # noqa: BLE001  whatever it is, the program stays
            self.failures += 1
            self._tell(doing, error)

    def _tell(self, doing: str, error: Exception) -> None:
        words = f"{doing} failed unexpectedly: {type(error).__name__}: {error}"
        _log.error("%s", words, exc_info=None if words == self._last else error)
        self._last = words

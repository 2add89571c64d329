"""The log: one line an event, as text for people or as JSON for programs, and no secret in it.

A line of JSON has these keys, which stay, and the event's own beside them::

    at         when, in UTC
    level      info, warning or error
    event      polled, assessed, published, delivered …; "message" where it is only words
    message    what the line of text says
    traceback  of a fault of the program
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from monitor.cli.screen import clean
from monitor.text.addresses import masked

_PLAIN = "message"


def log_to_stderr(level: int, form: str = "text") -> None:
    """Write the log to standard error, in the ``form`` "text" or "json"."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        _Json() if form == "json" else _Lines("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(level=level, handlers=[lines])
    logging.raiseExceptions = False  # whoever reads the log may go away; the work goes on
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it tells the addresses it is given
    logging.getLogger("alembic").setLevel(logging.WARNING)


def say(level: int, event: str, words: str, **fields: str | int | None) -> None:
    """Log an event in ``words``; what it consists of are ``fields``."""
    logging.log(level, "%s", words, extra={"event": event, "fields": fields})


def _shown(text: str) -> str:
    """One clean line: feeds and servers put words into it, and addresses have secrets in them."""
    return masked(clean(text))


class _Lines(logging.Formatter):
    """One clean line a message; then its traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's name
        """The line without anything that could steer a terminal."""
        return _shown(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  the library's name
        """The traceback's lines, cleaned but indented as they were."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(" " * (len(line) - len(line.lstrip())) + _shown(line) for line in lines)


class _Json(logging.Formatter):
    """One object a line, the traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        """The event with its fields."""
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", _PLAIN),
            "message": _shown(record.getMessage()),
        }
        fields: dict[str, Any] = getattr(record, "fields", {})
        event |= {
            name: _shown(value) if isinstance(value, str) else value
            for name, value in fields.items()
        }
        if record.exc_info:
            lines = self.formatException(record.exc_info).splitlines()
            event["traceback"] = "\n".join(masked(line) for line in lines)
        return json.dumps(event, ensure_ascii=False)

"""What a look at one thing found: a verdict, a sentence, and the command that helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a thing stands; only ``wrong`` keeps the monitor from its work."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``command`` is what to type next, empty for nothing."""

    subject: str
    verdict: Verdict
    sentence: str
    command: str = ""

"""Mails that came back after the server had taken them, counted as if it had refused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import Standing
from monitor.pipeline.deliver import BOUNCES, stop_sending
from monitor.publish.returned import Report
from monitor.store import Store


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Whose mail came back, how many did so in a row, and whether nothing more is sent."""

    digest: str
    subscriber: str
    times: int
    stopped: bool


def take_back(store: Store, report: Report, now: datetime) -> TakenBack | None:
    """Count a final report; None when it is of no mail of ours, or was counted before."""
    found = store.subscriptions.returned(report.message_id, report.reason, BOUNCES, now)
    if found is None:
        return None
    key, times = found
    if times >= BOUNCES:
        stop_sending(store, key, Standing.BOUNCED, f"{times} editions came back", now)
    return TakenBack(key[0], key[1], times, times >= BOUNCES)

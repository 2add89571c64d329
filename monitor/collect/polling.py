"""When to poll next, and what an answer says of a feed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model import FeedState, Validators

_LONGEST = timedelta(days=1)
_LONGEST_WAIT = timedelta(days=7)


def next_poll_at(
    now: datetime,
    interval: timedelta,
    *,
    failures: int = 0,
    retry_after: timedelta | None = None,
    jitter: float = 0.0,
) -> datetime:
    """The due time after a poll at ``now``.

    Failures double the interval up to a day; a server's ``Retry-After`` is a floor, up to a week.
    ``jitter`` in 0–1 stretches the wait by up to a tenth, so that feeds do not march in step.
    """
    wait: timedelta = min(interval * 2 ** min(failures, 10), max(_LONGEST, interval))
    wait += wait * 0.1 * jitter
    return now + max(wait, min(retry_after or timedelta(0), _LONGEST_WAIT))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the server asks to be left alone, from seconds or a date; None when it does not."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal():
        # Cut to nine digits, which is decades: int() refuses numbers of thousands of digits.
        return min(timedelta(seconds=int(stated[:9])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(stated)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None


def conditions(validators: Validators) -> dict[str, str]:
    """Request headers that ask for an answer only if something changed."""
    headers = {}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def refreshed(old: Validators, headers: Mapping[str, str], status: int) -> Validators:
    """Validators to keep: what a 200 states; a 304 may renew either and leaves the other."""
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    if status == 304:
        return Validators(etag or old.etag, last_modified or old.last_modified)
    return Validators(etag, last_modified)


def state_of_status(
    status: int,
    headers: Mapping[str, str] = {},
) -> tuple[FeedState, str] | None:
    """State and sentence for an HTTP status that brings no document; None for one that does."""
    if 200 <= status < 300:
        return None
    if "cf-mitigated" in headers or "ddos-guard" in headers.get("server", "").lower():
        return FeedState.BLOCKED, f"a bot protection answered instead of the server ({status})"
    if status in (404, 410):
        return FeedState.GONE, f"the server says that there is no such feed ({status})"
    if status in (401, 403, 429):
        reason = "asks for fewer requests" if status == 429 else "refuses us"
        return FeedState.BLOCKED, f"the server {reason} ({status})"
    return FeedState.UNREACHABLE, f"the server answered {status}"

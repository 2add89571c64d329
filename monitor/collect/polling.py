"""What to ask a feed with, what its answer says, and when to ask again. Pure.

What a server or a publisher wishes is a floor: no poll comes sooner, though none is put off for
more than a week. Sources: RFC 9110 (Retry-After), RFC 9111 (max-age before Expires), RSS 2.0
(ttl, skipHours, skipDays).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model import Feed, FeedState, Habits, Validators

LONGEST_WAIT = timedelta(days=7)
_LONGEST_BACK_OFF = timedelta(days=1)
_WITHOUT_A_WHOLE_ANSWER = timedelta(days=7)
_FAILING, _SEVERAL = timedelta(days=1), 2
_STRIKES, _UNENDED = 3, 20
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)", re.I)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.I)
_REFUSES_READERS = re.compile(r"\b(?:user-agent|accept)\b(?!-)", re.I)


@dataclass(frozen=True, slots=True)
class Pace:
    """The usual time between two polls of a feed, and its bounds where the feed asks for others."""

    usual: timedelta
    fastest: timedelta
    slowest: timedelta


# --- asking --------------------------------------------------------------------------------------


def conditions(validators: Validators) -> dict[str, str]:
    """Request headers that ask for an answer only if something changed."""
    headers = {}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def wants_whole(feed: Feed, now: datetime) -> bool:
    """Whether to ask without conditions: some servers say "unchanged" for ever.

    Once in seven days at most, counted from the last answer that came whole; after a day of a feed
    that fails time after time, since some servers stumble over conditions that are not theirs.
    """
    longest = _FAILING if feed.failures >= _SEVERAL else _WITHOUT_A_WHOLE_ANSWER
    return feed.whole_at is not None and now - feed.whole_at >= longest


def is_quarantined(feed: Feed, body_hash: str) -> bool:
    """Whether this document took three readers down: it is not read again until it changes.

    That reading it began and no poll was recorded proves less, since the monitor may have been
    stopped; but when it happens time after time, the document may take everything down.
    """
    return feed.struck == body_hash and (feed.strikes >= _STRIKES or feed.begun >= _UNENDED)


# --- what an answer says -------------------------------------------------------------------------


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
    if is_bot_protection(status, headers):
        return FeedState.BLOCKED, f"a bot protection answered instead of the server ({status})"
    if status in (404, 410):
        return FeedState.GONE, f"the server says that there is no such feed ({status})"
    if status in (406, 415) or (status == 403 and is_picky(headers)):
        return FeedState.PICKY, f"the server refuses readers that it does not know ({status})"
    if reason := _REFUSALS.get(status):
        return FeedState.BLOCKED, f"the server {reason} ({status})"
    if 300 <= status < 400:
        return FeedState.UNREACHABLE, f"the server redirects us without saying where ({status})"
    return FeedState.UNREACHABLE, f"the server answered {status}"


_GUARDED = (403, 429, 503)
# What a server says by a status that refuses a document which is there.
_REFUSALS = {
    401: "asks for a login",
    402: "asks to be paid",
    403: "refuses us",
    429: "asks for fewer requests",
    451: "withholds it for legal reasons",
    # No status of the standard: what social networks answer to all that is no browser.
    999: "refuses us",
}


def is_bot_protection(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a refusal is that of a well-known guard before the server.

    Some put their name on all that they pass on, a missing page too.
    """
    is_guards = "ddos-guard" in headers.get("server", "").lower()
    return "cf-mitigated" in headers or (is_guards and status in _GUARDED)


def is_picky(headers: Mapping[str, str]) -> bool:
    """Whether the server says that its answer depends on who asks.

    To find out by pretending to be another reader would be a lie; its own word (Vary) is enough.
    """
    return bool(_REFUSES_READERS.search(headers.get("vary", "")))


def moved(feed: Feed, redirected_to: str | None, *, failed: bool) -> tuple[str | None, int]:
    """Where permanent redirects lead after this answer, and how many in a row have led there.

    A feed that was asked at its new address and answered stays there; one that failed there is
    looked for at its old address again.
    """
    if failed:
        return None, 0
    if redirected_to is None:
        is_there = feed.address != feed.url
        return (feed.moved_to, feed.moves) if is_there else (None, 0)
    repeated = redirected_to == feed.moved_to
    return redirected_to, (feed.moves + 1 if repeated else 1)


# --- when to ask again ---------------------------------------------------------------------------


def next_poll_at(
    now: datetime,
    interval: timedelta,
    *,
    failures: int = 0,
    floor: timedelta | None = None,
    jitter: float = 0.0,
    in_herd: bool = False,
) -> datetime:
    """The due time after a poll at ``now``.

    Failures double the interval up to a day; what the server wishes is a ``floor``, up to a week.
    ``jitter`` in 0–1 stretches the wait by up to a tenth, so that feeds do not march in step, and
    by up to its double for one that was polled ``in_herd``, so that the herd is spread evenly.
    """
    wait: timedelta = min(interval * 2 ** min(failures, 10), max(_LONGEST_BACK_OFF, interval))
    wait = max(wait, min(floor or timedelta(0), LONGEST_WAIT))
    stretched = min(wait * (1.0 + jitter * (1.0 if in_herd else 0.1)), max(LONGEST_WAIT, wait))
    return now + stretched


def is_in_herd(feed: Feed, now: datetime, interval: timedelta) -> bool:
    """Whether many others are probably polled now too: at a first poll, and after a long sleep."""
    due = feed.next_poll_at
    return feed.polled_at is None or due is None or now - due >= interval / 2


def wished(headers: Mapping[str, str], habits: Habits, now: datetime) -> timedelta:
    """How long the server and the publisher want to be left alone; zero when they do not say."""
    stated = (retry_after(headers, now), fresh_for(headers, now), habits.ttl)
    return max((wait for wait in stated if wait), default=timedelta(0))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the server asks to be left alone, from seconds or a date; None when it does not."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return _seconds(stated)
    return _until(stated, now)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the server calls its answer fresh; None when it does not say.

    ``max-age`` goes before ``Expires``, less the time that a cache has held it already.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    if found := _MAX_AGE.search(control):
        held = headers.get("age", "").strip()
        return _seconds(found[1]) - (_seconds(held) if held.isdecimal() else timedelta(0))
    answered = _date(headers.get("date", ""))
    return _until(headers.get("expires", ""), answered or now)


def outside(at: datetime, habits: Habits) -> datetime:
    """The first time from ``at`` on that the publisher does not want to be left alone in.

    A publisher that skips every hour or every day means something else, and is not heard.
    """
    hours, days = habits.skip_hours & _HOURS, habits.skip_days & _DAYS
    if (not hours and not days) or hours == _HOURS or days == _DAYS:
        return at
    while at.hour in hours or at.weekday() in days:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


_HOURS = frozenset(range(24))
_DAYS = frozenset(range(7))


def is_our_outage(silent_hosts: int, hosts: int) -> bool:
    """Whether it is our network that is down: a third of all hosts have fallen silent at once.

    Counted are hosts that answered before; a single host is never enough to tell.
    """
    return silent_hosts >= max(2, (hosts + 2) // 3)


def _seconds(digits: str) -> timedelta:
    # Cut to nine digits, which is decades: int() refuses numbers of thousands of digits.
    return min(timedelta(seconds=int(digits[:9])), LONGEST_WAIT)


def _until(stated: str, now: datetime) -> timedelta | None:
    moment = _date(stated)
    return None if moment is None else min(moment - now, LONGEST_WAIT)


def _date(stated: str) -> datetime | None:
    """RFC 9110, 5.6.7; some servers write ISO 8601 all the same."""
    try:
        is_iso = stated[:4].isdecimal()
        moment = datetime.fromisoformat(stated) if is_iso else parsedate_to_datetime(stated)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

"""What an answer means for its feed: values in, the outcome of the poll out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.collect import habits, polling, refusals, states
from monitor.collect.entries import absolute
from monitor.collect.polling import Pace
from monitor.collect.worker import Parsed, ParseRequest
from monitor.config import NetworkSettings
from monitor.errors import FetchError, RobotsError
from monitor.http import Reply
from monitor.model import (
    Entry,
    Feed,
    FeedState,
    Finding,
    FindingKind,
    Memory,
    ParsedFeed,
    PollOutcome,
    Validators,
)
from monitor.text.plain import one_line

_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Document:
    """A body that is to be parsed, and its hash."""

    reply: Reply
    hash: str

    def request(self, feed: Feed) -> ParseRequest:
        """How it is to be read: links are relative to where it says that it stands."""
        headers, url = self.reply.headers, self.reply.url
        return ParseRequest(
            self.reply.body,
            absolute(headers.get("content-location", ""), url) or url,
            headers.get("content-type", ""),
            feed.stamps,
            feed.recipe,
        )


def pace(network: NetworkSettings) -> Pace:
    """The times between two polls that the settings allow; the usual one is always allowed."""
    usual = network.poll_minutes
    fastest = min(network.fastest_poll_minutes or usual / 4, usual)
    slowest = max(network.slowest_poll_minutes or usual * 4, usual)
    return Pace(*(timedelta(minutes=minutes) for minutes in (usual, fastest, slowest)))


def read_answer(feed: Feed, answer: Reply | Exception, now: datetime) -> PollOutcome | Document:
    """The outcome of an answer without news, or the document that may have some.

    Raises an error that nobody foresaw.
    """
    if isinstance(answer, RobotsError):
        return _failure(feed, now, FeedState.BLOCKED, str(answer))
    if isinstance(answer, FetchError):
        return _failure(feed, now, FeedState.UNREACHABLE, str(answer), answer.status)
    if isinstance(answer, Exception):
        raise answer
    if answer.status == 304:
        return _not_modified(feed, answer, now)
    if bad := polling.state_of_status(answer.status, answer.headers):
        return _failure(feed, now, *_explained(bad, answer), answer.status)
    body_hash = hashlib.sha256(answer.body).hexdigest()
    if body_hash == feed.body_hash and feed.habits.entries:
        return replace(_unchanged(feed, answer, now), whole=True)
    if polling.is_quarantined(feed, body_hash):
        words = "its document broke the reader three times; it is read again when it changes"
        outcome = _failure(feed, now, FeedState.BROKEN, words, answer.status)
        return replace(outcome, strikes=feed.strikes)
    return Document(answer, body_hash)


def read_document(feed: Feed, document: Document, parsed: Parsed, now: datetime) -> PollOutcome:
    """The outcome of a document that was parsed; one that broke its reader keeps its strike."""
    state, error = parsed.feed.state, parsed.feed.error
    reply, strikes = document.reply, feed.strikes if feed.struck == document.hash else 0
    if state is FeedState.NOT_A_FEED and polling.is_picky(reply.headers):
        state, error = FeedState.PICKY, f"{error}; the server says that it depends on the reader"
    outcome = PollOutcome(
        feed.id,
        now,
        state,
        # What has neither title nor text cannot be judged or shown.
        entries=tuple(entry for entry in parsed.feed.entries if entry.title),
        status=reply.status,
        error=_short(error) if error else None,
        whole=True,
        strikes=strikes + 1 if parsed.killed else 0,
    )
    if state.failed:
        return outcome
    kept = polling.refreshed(feed.validators, reply.headers, 200)
    return replace(outcome, validators=kept, body_hash=document.hash)


def _explained(bad: tuple[FeedState, str], answer: Reply) -> tuple[FeedState, str]:
    """What a status means beside the page that came with it, by which a guard is known."""
    if bad[0] is FeedState.PICKY or not answer.body:
        return bad
    sentence = refusals.guard(answer.body)
    return (FeedState.BLOCKED, f"{sentence} ({answer.status})") if sentence else bad


def broken(feed: Feed, now: datetime, error: Exception) -> PollOutcome:
    """The outcome of an error that nobody foresaw."""
    words = f"it could not be read ({type(error).__name__}: {error})"
    return _failure(feed, now, FeedState.BROKEN, words)


def learned(
    feed: Feed,
    outcome: PollOutcome,
    parsed: ParsedFeed,
    findings: list[Finding],
    its_pace: Pace,
) -> PollOutcome:
    """``outcome`` with what its document teaches: what to remember, the interval, and a gap."""
    if parsed.state is FeedState.UNCHANGED:
        return _taught_its_wishes(feed, outcome, parsed)
    if outcome.state not in (FeedState.OK, FeedState.EMPTY):
        return outcome
    if not outcome.entries:
        # What it had shown before is no news when it comes back.
        nothing = replace(feed.habits, entries=0)
        return replace(outcome, memory=Memory(feed.stamps, nothing))
    fresh = [finding.entry for finding in findings if finding.kind is FindingKind.NEW]
    overlaps = any(entry.seen for entry in outcome.entries) or len(fresh) < len(findings)
    gap = habits.unseen(feed, outcome.entries, outcome.at, overlaps=overlaps)
    known = habits.learned(feed.habits, parsed, fresh, outcome.at)
    return replace(
        outcome,
        memory=Memory(_stamps(outcome.entries), known),
        interval=habits.interval(known, its_pace, feed.interval, missed=gap is not None),
        gap=gap,
    )


def _taught_its_wishes(feed: Feed, outcome: PollOutcome, parsed: ParsedFeed) -> PollOutcome:
    """``outcome`` of a document without news, in which nothing else can have changed."""
    known = replace(
        feed.habits,
        entries=feed.habits.entries or len(feed.stamps),
        ttl=parsed.ttl,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
    )
    return outcome if known == feed.habits else replace(outcome, memory=Memory(feed.stamps, known))


def timed(
    feed: Feed,
    outcome: PollOutcome,
    answer: Reply | Exception | None,
    its_pace: Pace,
    jitter: float,
) -> PollOutcome:
    """``outcome`` with the time of the next poll, the place to ask, and the notice that is due."""
    headers = answer.headers if isinstance(answer, Reply) else {}
    now, failed = outcome.at, outcome.state.failed
    known = outcome.memory.habits if outcome.memory else feed.habits
    interval = outcome.interval or feed.interval or its_pace.usual
    interval = min(max(interval, its_pace.fastest), its_pace.slowest)
    interval = habits.unhurried(interval, known, its_pace, now)
    due = polling.next_poll_at(
        now,
        interval,
        failures=feed.failures + 1 if failed else 0,
        floor=polling.wished(headers, known, now),
        jitter=jitter,
        in_herd=polling.is_in_herd(feed, now, interval),
    )
    redirected = answer.moved_to if isinstance(answer, Reply) else None
    moved_to, moves = polling.moved(feed, redirected, failed=failed)
    return replace(
        outcome,
        next_poll_at=polling.outside(due, known),
        moved_to=moved_to,
        moves=moves,
        notice=states.notice(feed, now, outcome.error or outcome.state) if failed else None,
    )


def _stamps(entries: tuple[Entry, ...]) -> frozenset[str]:
    return frozenset(entry.stamp for entry in entries if entry.stamp)


def _failure(
    feed: Feed, now: datetime, state: FeedState, error: str, status: int | None = None
) -> PollOutcome:
    return PollOutcome(
        feed.id, now, state, status=status, error=_short(error), strikes=feed.strikes
    )


def _not_modified(feed: Feed, answer: Reply, now: datetime) -> PollOutcome:
    if feed.validators == Validators():
        words = "the server says that nothing changed, though it was never asked"
        return replace(_failure(feed, now, FeedState.BROKEN, words, 304), whole=True)
    return _unchanged(feed, answer, now)


def _unchanged(feed: Feed, answer: Reply, now: datetime) -> PollOutcome:
    kept = polling.refreshed(feed.validators, answer.headers, answer.status)
    return PollOutcome(
        feed.id,
        now,
        FeedState.UNCHANGED,
        validators=kept,
        body_hash=feed.body_hash,
        status=answer.status,
        strikes=feed.strikes,
    )


def _short(error: str) -> str:
    """An error as it is kept: a server's words may steer a terminal, or go on for ever."""
    return one_line(error)[:_LONGEST_ERROR]

"""Poll: due feeds -> entries and validators in the database. Threads fetch, one thread writes."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.collect import identity, polling
from monitor.collect.entries import absolute
from monitor.collect.feeds import parse
from monitor.errors import FetchError, MonitorError
from monitor.http import Door, Reply
from monitor.model import (
    Feed,
    FeedState,
    Finding,
    FindingKind,
    ParsedFeed,
    PollOutcome,
    Validators,
)
from monitor.pipeline.setup import Setup
from monitor.store import Store
from monitor.text.language import identify
from monitor.text.plain import one_line
from monitor.text.urls import host

_log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=5)
# How long an outage of ours keeps a running monitor from asking again.
_OUTAGE_PAUSE = timedelta(minutes=1)
_Answer = Reply | Exception


@dataclass(frozen=True, slots=True)
class Polled:
    """What one feed brought: its outcome and the entries that were new to it or edited."""

    feed: Feed
    outcome: PollOutcome
    new: tuple[Finding, ...] = ()
    changed: tuple[Finding, ...] = ()

    @property
    def new_articles(self) -> int:
        """How many of the new entries no other feed had brought before."""
        return sum(finding.article_id is None for finding in self.new)


def poll(
    store: Store,
    door: Door,
    setup: Setup,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
    jitter: Callable[[], float] = random.random,
) -> list[Polled]:
    """Write down which feeds ``config.toml`` wants, and ``poll_due`` them."""
    store.feeds.sync(setup.listings, now)
    return poll_due(
        store,
        door,
        setup,
        now,
        on_polled=on_polled,
        stopping=stopping,
        clock=clock,
        jitter=jitter,
    )


def poll_due(
    store: Store,
    door: Door,
    setup: Setup,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
    jitter: Callable[[], float] = random.random,
) -> list[Polled]:
    """Poll every feed that is due at ``now`` once; one that fails is a value in the result.

    ``on_polled`` hears of each feed as it is finished, with the number of feeds in all; once
    ``stopping`` says so, what is not answered yet is left for the next poll. Leases count from
    ``clock``; without it time stands still at ``now``.
    """
    feeds = store.feeds.due(now)
    fetching = _Fetching(store, door, feeds, setup, clock or (lambda: now))
    done = []
    with closing(fetching.answers(stopping)) as answers:
        for claim, answer in answers:
            polled = _record(store, setup, claim, answer, now, jitter())
            if polled is not None:
                on_polled(polled, len(feeds))
                done.append(polled)
    if is_our_outage(done):
        store.feeds.excuse([polled.feed.id for polled in done], now + _OUTAGE_PAUSE)
    return done


def is_our_outage(done: Sequence[Polled]) -> bool:
    """Whether several hosts were asked and none was reached: then no feed is to blame."""
    hosts = {host(polled.feed.url) for polled in done}
    return len(hosts) > 1 and all(
        polled.outcome.state is FeedState.UNREACHABLE and polled.outcome.status is None
        for polled in done
    )


@dataclass(frozen=True, slots=True)
class _Claim:
    """A feed taken to be polled, and the token that proves it."""

    feed: Feed
    token: int


class _Fetching:
    """Feeds under way: each is claimed when a thread takes it, by the thread that also writes."""

    def __init__(
        self,
        store: Store,
        door: Door,
        feeds: Iterable[Feed],
        setup: Setup,
        clock: Callable[[], datetime],
    ) -> None:
        network = setup.settings.network
        self._store = store
        self._door = door
        self._waiting = iter(feeds)
        self._threads = network.threads
        self._lease = _LEASE + 2 * timedelta(seconds=network.timeout_seconds)
        self._clock = clock
        self._asked: dict[Future[_Answer], _Claim] = {}

    def answers(self, stopping: Callable[[], bool]) -> Generator[tuple[_Claim, _Answer]]:
        """Answers as they come, those that come together in the feeds' order.

        What has not been answered at the end, or not been recorded, is released.
        """
        pool = ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="fetch")
        try:
            while not stopping() and self._ask(pool):
                finished, _ = wait(self._asked, timeout=0.5, return_when=FIRST_COMPLETED)
                for answer in [one for one in self._asked if one in finished]:
                    yield self._asked[answer], answer.result()
                    del self._asked[answer]
                    if not stopping():
                        self._ask(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for claim in self._asked.values():
                self._store.feeds.release(claim.feed.id, claim.token)

    def _ask(self, pool: ThreadPoolExecutor) -> bool:
        """Give every idle thread a feed; False when all have answered."""
        while len(self._asked) < self._threads and (feed := next(self._waiting, None)):
            token = self._store.feeds.claim(feed.id, self._clock(), self._lease)
            if token is not None:
                self._asked[pool.submit(_fetch, self._door, feed)] = _Claim(feed, token)
        return bool(self._asked)


def _fetch(door: Door, feed: Feed) -> _Answer:
    """What came back; errors are values, which the thread that records them tells of."""
    try:
        return door.get(feed.url, polling.conditions(feed.validators))
    except Exception as error:  # noqa: BLE001  whatever it is, one feed must not stop the others
        return error


def _record(
    store: Store, setup: Setup, claim: _Claim, answer: _Answer, now: datetime, jitter: float
) -> Polled | None:
    """Keep what a feed brought; what nobody foresaw is a broken feed, and a traceback in the log.

    None when another poller was given the feed meanwhile.
    """
    feed = claim.feed
    try:
        outcome, parsed = _outcome(feed, answer, now)
        outcome = _timed(setup, feed, outcome, jitter, _retry_after(answer, now))
        return _keep(store, setup, claim, outcome, parsed)
    except MonitorError:
        raise
    except Exception as error:  # noqa: BLE001  it is logged, and the feed says so
        _log.exception("polling %s failed unexpectedly", feed.url)
        words = f"it could not be read ({type(error).__name__}: {error})"
        surprise = PollOutcome(feed.id, now, FeedState.BROKEN, error=words)
        return _keep(store, setup, claim, _timed(setup, feed, surprise, jitter), _NOTHING)


def _keep(
    store: Store, setup: Setup, claim: _Claim, outcome: PollOutcome, parsed: ParsedFeed
) -> Polled | None:
    """Entries before validators, in one transaction."""
    with store.transaction():
        findings = _findings(store, setup, claim.feed, outcome, parsed)
        if not store.feeds.record(outcome, findings, claim.token):
            return None
    return Polled(
        claim.feed,
        outcome,
        new=tuple(finding for finding in findings if finding.kind is FindingKind.NEW),
        changed=tuple(finding for finding in findings if finding.kind is FindingKind.CHANGED),
    )


def _findings(
    store: Store, setup: Setup, feed: Feed, outcome: PollOutcome, parsed: ParsedFeed
) -> list[Finding]:
    entry_keys = identity.keys(outcome.entries, feed, parsed.link)
    known = store.articles.known((key for its_keys in entry_keys for key in its_keys), feed.id)
    oldest = identity.oldest_news(feed, outcome.at, setup.backlog)
    findings = identity.fold(outcome.entries, entry_keys, known, newest_old=oldest)
    return [_with_language(finding, parsed.lang or feed.lang) for finding in findings]


def _with_language(finding: Finding, declared: str | None) -> Finding:
    """Language is found when the article is made; a known wording keeps what was found."""
    if finding.kind is FindingKind.SAME:
        return finding
    entry = finding.entry
    return replace(finding, lang=identify(entry.title, entry.summary or entry.text, declared))


def _timed(
    setup: Setup,
    feed: Feed,
    outcome: PollOutcome,
    jitter: float,
    retry_after: timedelta | None = None,
) -> PollOutcome:
    """``outcome`` with the time of the next poll."""
    at = polling.next_poll_at(
        outcome.at,
        timedelta(minutes=setup.settings.network.poll_minutes),
        failures=feed.failures + 1 if outcome.state.failed else 0,
        retry_after=retry_after,
        jitter=jitter,
    )
    return replace(outcome, next_poll_at=at)


def _retry_after(answer: _Answer, now: datetime) -> timedelta | None:
    return polling.retry_after(answer.headers, now) if isinstance(answer, Reply) else None


_NOTHING = ParsedFeed(FeedState.UNCHANGED)
_LONGEST_ERROR = 300


def _short(error: str) -> str:
    """An error as it is kept: a server's words may steer a terminal, or go on for ever."""
    return one_line(error)[:_LONGEST_ERROR]


def _outcome(feed: Feed, answer: _Answer, now: datetime) -> tuple[PollOutcome, ParsedFeed]:
    """What an answer means, and the document it brought; raises an error that nobody foresaw."""
    failed = PollOutcome(feed.id, now, FeedState.UNREACHABLE, body_hash=feed.body_hash)
    if isinstance(answer, FetchError):
        failed = replace(
            failed, validators=feed.validators, status=answer.status, error=_short(str(answer))
        )
        return failed, _NOTHING
    if isinstance(answer, Exception):
        raise answer
    failed = replace(failed, status=answer.status)
    if answer.status == 304:
        return _unchanged(feed, answer, failed), _NOTHING
    if bad := polling.state_of_status(answer.status, answer.headers):
        state, error = bad
        return replace(failed, state=state, error=error, validators=feed.validators), _NOTHING
    body_hash = hashlib.sha256(answer.body).hexdigest()
    if body_hash == feed.body_hash and feed.state in (FeedState.OK, FeedState.UNCHANGED):
        return _unchanged(feed, answer, failed), _NOTHING
    content_type = answer.headers.get("content-type", "")
    base = absolute(answer.headers.get("content-location", ""), answer.url) or answer.url
    parsed = parse(answer.body, url=base, content_type=content_type)
    whole = not parsed.state.failed
    outcome = PollOutcome(
        feed_id=feed.id,
        at=now,
        state=parsed.state,
        entries=parsed.entries,
        validators=polling.refreshed(feed.validators, answer.headers, 200)
        if whole
        else Validators(),
        body_hash=body_hash if whole else None,
        status=answer.status,
        error=_short(parsed.error) if parsed.error else None,
    )
    return outcome, parsed


def _unchanged(feed: Feed, answer: Reply, failed: PollOutcome) -> PollOutcome:
    if answer.status == 304 and feed.validators == Validators():
        error = "the server says that nothing changed, though it was never asked"
        return replace(failed, state=FeedState.BROKEN, error=error, body_hash=None)
    kept = polling.refreshed(feed.validators, answer.headers, answer.status)
    return replace(failed, state=FeedState.UNCHANGED, validators=kept)

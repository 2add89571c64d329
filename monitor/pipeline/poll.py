"""Poll: due feeds -> entries and validators in the database. Threads fetch, one thread writes."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

from monitor.collect import identity, polling
from monitor.collect.feeds import parse
from monitor.errors import FetchError
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

_LEASE = timedelta(minutes=5)


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


def due(store: Store, setup: Setup, now: datetime) -> list[Feed]:
    """Feeds whose time has come, after the wishes of ``config.toml`` are written down."""
    store.feeds.sync(setup.listings, now)
    return store.feeds.due(now)


def poll(
    store: Store,
    door: Door,
    setup: Setup,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    jitter: Callable[[], float] = random.random,
) -> list[Polled]:
    """Poll every due feed once; a feed that fails is a value in the result.

    ``on_polled`` hears of each feed as it is finished, with the number of feeds in all; once
    ``stopping`` says so, what is not answered yet is left for the next poll.
    """
    claimed = [feed for feed in due(store, setup, now) if store.feeds.claim(feed.id, now, _LEASE)]
    done = []
    for feed, answer in _answers(door, claimed, setup.settings.network.threads, stopping):
        polled = _record(store, setup, feed, answer, now, jitter())
        on_polled(polled, len(claimed))
        done.append(polled)
    return done


def _answers(
    door: Door, feeds: list[Feed], threads: int, stopping: Callable[[], bool]
) -> Iterator[tuple[Feed, Reply | FetchError]]:
    """Answers as they come, fetched in threads; those that come together in the feeds' order."""
    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="fetch")
    asked: dict[Future[Reply | FetchError], Feed] = {
        pool.submit(_fetch, door, feed): feed for feed in feeds
    }
    waiting = set(asked)
    try:
        while waiting and not stopping():
            finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            for answer in filter(finished.__contains__, asked):
                yield asked[answer], answer.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _fetch(door: Door, feed: Feed) -> Reply | FetchError:
    try:
        return door.get(feed.url, polling.conditions(feed.validators))
    except FetchError as error:
        return error


def _record(
    store: Store,
    setup: Setup,
    feed: Feed,
    answer: Reply | FetchError,
    now: datetime,
    jitter: float,
) -> Polled:
    """Entries before validators, in one transaction."""
    outcome, parsed = _outcome(feed, answer, now)
    outcome = replace(outcome, next_poll_at=_next_poll_at(setup, feed, outcome, answer, jitter))
    entry_keys = identity.keys(outcome.entries, feed, parsed.link)
    with store.transaction():
        asked = (key for its_keys in entry_keys for key in its_keys)
        known = store.articles.known(asked, feed.id)
        findings = identity.fold(
            outcome.entries,
            entry_keys,
            known,
            newest_old=identity.oldest_news(feed, now, setup.backlog),
        )
        declared = parsed.lang or feed.lang
        findings = [_with_language(finding, declared) for finding in findings]
        store.feeds.record(outcome, findings)
    return Polled(
        feed,
        outcome,
        new=tuple(finding for finding in findings if finding.kind is FindingKind.NEW),
        changed=tuple(finding for finding in findings if finding.kind is FindingKind.CHANGED),
    )


def _with_language(finding: Finding, declared: str | None) -> Finding:
    """Language is found when the article is made; a known wording keeps what was found."""
    if finding.kind is FindingKind.SAME:
        return finding
    entry = finding.entry
    return replace(finding, lang=identify(entry.title, entry.summary or entry.text, declared))


def _next_poll_at(
    setup: Setup, feed: Feed, outcome: PollOutcome, answer: Reply | FetchError, jitter: float
) -> datetime:
    asked = polling.retry_after(answer.headers, outcome.at) if isinstance(answer, Reply) else None
    return polling.next_poll_at(
        outcome.at,
        timedelta(minutes=setup.settings.network.poll_minutes),
        failures=feed.failures + 1 if outcome.state.failed else 0,
        retry_after=asked,
        jitter=jitter,
    )


_NOTHING = ParsedFeed(FeedState.UNCHANGED)


def _outcome(
    feed: Feed, answer: Reply | FetchError, now: datetime
) -> tuple[PollOutcome, ParsedFeed]:
    """What an answer means, and the document it brought."""
    failed = PollOutcome(feed.id, now, FeedState.UNREACHABLE, body_hash=feed.body_hash)
    if isinstance(answer, FetchError):
        failed = replace(
            failed, validators=feed.validators, status=answer.status, error=str(answer)
        )
        return failed, _NOTHING
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
    base = urljoin(answer.url, answer.headers.get("content-location", ""))
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
        error=parsed.error,
    )
    return outcome, parsed


def _unchanged(feed: Feed, answer: Reply, failed: PollOutcome) -> PollOutcome:
    if answer.status == 304 and feed.validators == Validators():
        error = "the server says that nothing changed, though it was never asked"
        return replace(failed, state=FeedState.BROKEN, error=error, body_hash=None)
    kept = polling.refreshed(feed.validators, answer.headers, answer.status)
    return replace(failed, state=FeedState.UNCHANGED, validators=kept)

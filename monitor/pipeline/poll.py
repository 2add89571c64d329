"""Poll: due feeds -> entries and validators in the database.

Threads fetch, a child process parses, and one thread claims, judges who is new and writes, many
feeds in one transaction.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.collect import identity, polling
from monitor.collect.worker import Parsed, Parsers
from monitor.errors import MonitorError
from monitor.http import Door, Reply
from monitor.model import (
    Entry,
    Feed,
    FeedState,
    Finding,
    FindingKind,
    KnownArticle,
    ParsedFeed,
    PollOutcome,
    Validators,
)
from monitor.pipeline.answers import (
    Document,
    broken,
    learned,
    pace,
    read_answer,
    read_document,
    timed,
)
from monitor.pipeline.fetching import Answer, Claim, Fetching
from monitor.pipeline.setup import Wishes
from monitor.store import Store
from monitor.store.feeds import Recording
from monitor.text.language import identify
from monitor.text.urls import host

_log = logging.getLogger(__name__)
# How long an outage of ours keeps a running monitor from asking again.
_OUTAGE_PAUSE = timedelta(minutes=1)
# Feeds that are written down together, and how long one may wait for others.
_TOGETHER = 32
_SECONDS_APART = 0.3
# In the place of a document where none was read.
_UNREAD = ParsedFeed(FeedState.NEW)
# In the place of an entry that was written down.
_FORGOTTEN = Entry(None, None, "")


@dataclass(frozen=True, slots=True)
class Polled:
    """What one feed brought: its outcome and the entries that were new to it or edited.

    The outcome has lost its entries here. Of the findings only the article and its address are
    left; the rest is in the database.
    """

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
    wishes: Wishes,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
    jitter: Callable[[], float] = random.random,
    parsers: Parsers | None = None,
) -> list[Polled]:
    """Write down which feeds ``config.toml`` wants, and ``poll_due`` them."""
    store.feeds.sync(wishes.listings, now)
    return poll_due(
        store,
        door,
        wishes,
        now,
        on_polled=on_polled,
        stopping=stopping,
        clock=clock,
        jitter=jitter,
        parsers=parsers,
    )


def poll_due(
    store: Store,
    door: Door,
    wishes: Wishes,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
    jitter: Callable[[], float] = random.random,
    parsers: Parsers | None = None,
) -> list[Polled]:
    """Poll every feed that is due at ``now`` once; one that fails is a value in the result.

    ``on_polled`` hears of each feed as it is finished, with the number of feeds in all; once
    ``stopping`` says so, what is not answered yet is left for the next poll. Leases count from
    ``clock``; without it time stands still at ``now``. Without ``parsers`` a child is started for
    this poll.
    """
    feeds = [_asked(feed, now) for feed in store.feeds.due(now)]
    fetching = Fetching(store, door, feeds, wishes, clock or (lambda: now))
    with nullcontext(parsers) if parsers else Parsers() as readers:
        writing = _Writing(store, wishes, readers, now, jitter, on_polled, len(feeds))

        def pausing() -> bool:
            # Asked while nothing is answered: the time to write down what was parsed meanwhile.
            writing.now_and_then()
            return stopping()

        try:
            with closing(fetching.answers(pausing)) as answers:
                for claim, answer in answers:
                    writing.take(claim, answer)
            writing.finish()
        finally:
            writing.give_back()
    return writing.done


def _asked(feed: Feed, now: datetime) -> Feed:
    """The feed as it is asked now: without conditions when it was "unchanged" for too long."""
    return replace(feed, validators=Validators()) if polling.wants_whole(feed, now) else feed


@dataclass(frozen=True, slots=True)
class _Read:
    """A feed with its answer, and the document in it that is parsed or waits for that."""

    claim: Claim
    answer: Reply
    document: Document


@dataclass(frozen=True, slots=True)
class _Ready:
    """A feed that can be written down: its outcome so far, and what its document said."""

    claim: Claim
    answer: Answer
    outcome: PollOutcome
    parsed: ParsedFeed = _UNREAD


@dataclass(slots=True)
class _Writing:
    """What is under way between an answer and the database."""

    store: Store
    wishes: Wishes
    parsers: Parsers
    now: datetime
    jitter: Callable[[], float]
    tell: Callable[[Polled, int], None]
    total: int
    done: list[Polled] = field(default_factory=list)
    _waiting: list[_Read] = field(default_factory=list)
    _reading: dict[Future[Parsed], _Read] = field(default_factory=dict)
    _ready: list[_Ready] = field(default_factory=list)
    _written_at: float = field(default_factory=time.monotonic)
    _pace: polling.Pace = field(init=False)

    def __post_init__(self) -> None:
        self._pace = pace(self.wishes.settings.network)

    def take(self, claim: Claim, answer: Answer) -> None:
        """Take an answer in: a document is given to the parsers, all else is ready."""
        try:
            found = read_answer(claim.feed, answer, self.now)
        except Exception as error:  # noqa: BLE001  it is logged, and the feed says so
            found = self._surprise(claim, error)
        if isinstance(found, PollOutcome):
            self._ready.append(_Ready(claim, answer, found))
        else:
            assert isinstance(answer, Reply)
            self._waiting.append(_Read(claim, answer, found))
        self._submit()
        self.now_and_then()
        while len(self._waiting) + len(self._reading) >= _TOGETHER:
            self._await_reader()

    def now_and_then(self) -> None:
        """Take in what was parsed; write when there is enough, or for long enough something."""
        self._collect()
        is_time = time.monotonic() - self._written_at > _SECONDS_APART
        if len(self._ready) >= _TOGETHER or (self._ready and is_time):
            self._write()

    def finish(self) -> None:
        """Wait for the parsers and write everything down."""
        while self._waiting or self._reading:
            self._await_reader()
        self._write()

    def give_back(self) -> None:
        """Release the feeds that could not be written down: they are due again."""
        left: tuple[_Read | _Ready, ...] = (*self._waiting, *self._reading.values(), *self._ready)
        self.store.feeds.release_all({each.claim.feed.id: each.claim.token for each in left})

    def _await_reader(self) -> None:
        """Wait until a document was parsed: no more bodies are held than are written together."""
        self._submit()
        wait(self._reading, return_when=FIRST_COMPLETED)
        self.now_and_then()

    def _submit(self) -> None:
        """Keep the parsers busy; what they are given is counted first, all at once."""
        if not self._waiting or len(self._reading) > 1:
            return
        self.store.feeds.strike({read.claim.feed.id: read.document.hash for read in self._waiting})
        for read in self._waiting:
            request = read.document.request(read.claim.feed)
            self._reading[self.parsers.submit(request)] = read
        self._waiting.clear()

    def _collect(self) -> None:
        for future in [future for future in self._reading if future.done()]:
            read, parsed = self._reading.pop(future), future.result()
            outcome = read_document(read.claim.feed, read.document, parsed, self.now)
            self._ready.append(_Ready(read.claim, read.answer, outcome, parsed.feed))
        self._submit()

    def _write(self) -> None:
        batch, self._ready = self._ready, []
        self._written_at = time.monotonic()
        if not batch:
            return
        # Silence first, so that an outage that ends in this very batch is seen.
        batch.sort(key=_answered)
        for polled in self._recorded(batch):
            self.done.append(polled)
            self.tell(polled, self.total)

    def _recorded(self, batch: Sequence[_Ready]) -> list[Polled]:
        """Write down a batch; where that fails unforeseen, each feed for itself."""
        try:
            recorded = self._record(batch)
        except MonitorError:
            self._ready.extend(batch)
            raise
        except Exception as error:  # noqa: BLE001  it is logged, and the feed says so
            if len(batch) > 1:
                return [polled for each in batch for polled in self._recorded([each])]
            outcome = self._surprise(batch[0].claim, error)
            recorded = self._record([replace(batch[0], outcome=outcome, parsed=_UNREAD)])
        self._rest(recorded, {each.claim.feed.id: each.answer for each in batch})
        return [_light(polled) for polled in recorded]

    def _record(self, batch: Sequence[_Ready]) -> list[Polled]:
        """Entries before validators, in one transaction.

        Left out are feeds that another poller was given meanwhile.
        """
        with self.store.transaction():
            recorded = [polled for part in _in_turn(batch) for polled in self._record_part(part)]
            self._excuse(recorded)
        return recorded

    def _record_part(self, batch: Sequence[_Ready]) -> list[Polled]:
        found = self._found(batch)
        valid = self.store.feeds.record_all(
            [
                Recording(polled.outcome, findings, each.claim.token)
                for each, (polled, findings) in zip(batch, found, strict=True)
            ]
        )
        return [polled for (polled, _), is_valid in zip(found, valid, strict=True) if is_valid]

    def _found(self, batch: Sequence[_Ready]) -> list[tuple[Polled, list[Finding]]]:
        """What each feed brought, as far as stored articles tell."""
        keys = [identity.keys(*_shown(each)) for each in batch]
        asked = {
            each.claim.feed.id: set(identity.asked(each.outcome.entries, its_keys, each.claim.feed))
            for each, its_keys in zip(batch, keys, strict=True)
        }
        known = self.store.articles.known_to({one: some for one, some in asked.items() if some})
        return [
            self._polled(each, self._findings(each, its_keys, known.get(each.claim.feed.id, {})))
            for each, its_keys in zip(batch, keys, strict=True)
        ]

    def _findings(
        self,
        ready: _Ready,
        its_keys: Sequence[tuple[str, ...]],
        known: Mapping[str, KnownArticle],
    ) -> list[Finding]:
        feed, outcome = ready.claim.feed, ready.outcome
        oldest = identity.oldest_news(feed, outcome.at, self.wishes.backlog)
        findings = identity.fold(outcome.entries, its_keys, known, newest_old=oldest, feed=feed)
        return [_with_language(finding, ready.parsed.lang or feed.lang) for finding in findings]

    def _polled(self, ready: _Ready, findings: list[Finding]) -> tuple[Polled, list[Finding]]:
        feed = ready.claim.feed
        outcome = learned(feed, ready.outcome, ready.parsed, findings, self._pace)
        outcome = timed(feed, outcome, ready.answer, self._pace, self.jitter())
        new, changed = (_of_kind(findings, kind) for kind in (FindingKind.NEW, FindingKind.CHANGED))
        return Polled(feed, outcome, new, changed), findings

    def _excuse(self, polled: Iterable[Polled]) -> None:
        """Blame no feed for an outage of ours."""
        if not any(_is_silent(each.outcome) for each in polled):
            return
        if polling.is_our_outage(*self.store.feeds.silence()):
            self.store.feeds.excuse(self.now + _OUTAGE_PAUSE)

    def _rest(self, recorded: Iterable[Polled], answers: Mapping[int, Answer]) -> None:
        """Leave hosts alone that ask for fewer requests, with all their feeds."""
        for each in recorded:
            answer, until = answers[each.feed.id], each.outcome.next_poll_at
            if isinstance(answer, Reply) and answer.status == 429 and until:
                self.store.feeds.rest(host(answer.url), until)

    def _surprise(self, claim: Claim, error: Exception) -> PollOutcome:
        if isinstance(error, MonitorError):
            raise error
        _log.error("polling %s failed unexpectedly", claim.feed.url, exc_info=error)
        return broken(claim.feed, self.now, error)


def _light(polled: Polled) -> Polled:
    """Without the texts, which are in the database: a round may bring more than memory holds."""
    return replace(
        polled,
        feed=replace(polled.feed, stamps=frozenset()),
        outcome=replace(polled.outcome, entries=(), memory=None),
        new=tuple(map(_named, polled.new)),
        changed=tuple(map(_named, polled.changed)),
    )


def _named(finding: Finding) -> Finding:
    return Finding(finding.kind, _FORGOTTEN, finding.url, (), "", article_id=finding.article_id)


def _in_turn(batch: Sequence[_Ready]) -> Iterator[list[_Ready]]:
    """The feeds in parts, each of which knows what those before it brought.

    What an aggregator passes on may stand in the publisher's own feed, or in another aggregator's,
    by another link.
    """
    if own := [each for each in batch if not _passes_on(each)]:
        yield own
    yield from ([each] for each in batch if _passes_on(each))


def _passes_on(ready: _Ready) -> bool:
    return any(entry.site and not entry.seen for entry in ready.outcome.entries)


def _shown(ready: _Ready) -> tuple[Sequence[Entry], Feed, str | None]:
    return ready.outcome.entries, ready.claim.feed, ready.parsed.link


def _answered(ready: _Ready) -> bool:
    return not _is_silent(ready.outcome)


def _is_silent(outcome: PollOutcome) -> bool:
    """Whether nobody was reached."""
    return outcome.state is FeedState.UNREACHABLE and outcome.status is None


def _of_kind(findings: Iterable[Finding], kind: FindingKind) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.kind is kind)


def _with_language(finding: Finding, declared: str | None) -> Finding:
    """Language is found when the article is made; a known wording keeps what was found."""
    if finding.kind is FindingKind.SAME:
        return finding
    entry = finding.entry
    return replace(finding, lang=identify(entry.title, entry.summary or entry.text, declared))

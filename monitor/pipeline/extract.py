"""Extract: articles of feeds that want it -> the text of their pages, as a new revision.

Its threads run beside the poll and are never waited for in it: what has been answered is kept at
the next step.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from monitor.collect.fulltext import article_text
from monitor.errors import FetchError
from monitor.http import Door
from monitor.model import Article, Entry, Finding, FindingKind
from monitor.pipeline.pages import Permissions
from monitor.pipeline.setup import Setup
from monitor.store import Store
from monitor.text.fingerprint import revision_hash
from monitor.text.language import identify
from monitor.text.plain import one_line

_log = logging.getLogger(__name__)
# A page is read for news: not what stood in the archive when a feed was given to us.
_NEWS = timedelta(days=2)
_AGAIN = timedelta(hours=6)
_AT_A_TIME, _THREADS, _LONGEST_WAIT = 50, 4, 60.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """What reading an article's page brought: its letters of text, or why there are none."""

    article: Article
    letters: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """The text of a page, empty where it has none; or why it was not read, and whether to retry."""

    text: str = ""
    error: str | None = None
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """An article whose page is to be read, and the CSS selector of the text on it, if known."""

    article: Article
    selector: str = ""


def due(store: Store, setup: Setup, now: datetime) -> list[Unit]:
    """Articles whose pages are to be read now, the newest first, at most fifty."""
    selectors = {listing.url: listing.text for listing in setup.listings if listing.full_text}
    if not selectors:
        return []
    found = store.pages.due(list(selectors), now, now - _NEWS, _AT_A_TIME)
    return [Unit(article, selectors[feed]) for article, feed in found]


def do(door: Door, permissions: Permissions, unit: Unit) -> PageAnswer:
    """Fetch and read one page; whatever goes wrong is in the answer."""
    url = unit.article.url
    try:
        permissions.check(url)
        reply = door.get(url)
        if not 200 <= reply.status < 300:
            again = reply.status >= 500 or reply.status == 429
            return PageAnswer(error=f"the server answered {reply.status}", retry=again)
        kind = reply.headers.get("content-type", "")
        return PageAnswer(article_text(reply.body, content_type=kind, selector=unit.selector))
    except FetchError as error:
        return PageAnswer(error=str(error), retry=error.retry)
    except Exception as error:  # noqa: BLE001  one page must not stop the others
        _log.exception("reading %s failed unexpectedly", url)
        return PageAnswer(error=f"{type(error).__name__}: {error}")


def extract(
    store: Store, door: Door, setup: Setup, clock: Callable[[], datetime]
) -> list[Extracted]:
    """Read what is due now, waiting a minute at most for all of it."""
    with closing(Extracting(store, door, clock)) as extracting:
        return extracting.step(setup, patience=_LONGEST_WAIT)


class Extracting:
    """Pages under way, in threads of their own, which may be left behind."""

    def __init__(self, store: Store, door: Door, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._clock = clock
        self._permissions = Permissions(store, door.get, clock)
        self._asked: set[int] = set()
        self._threads = 0
        self._begun: SimpleQueue[Unit | None] = SimpleQueue()
        self._finished: SimpleQueue[tuple[Unit, PageAnswer]] = SimpleQueue()

    def step(self, setup: Setup, *, patience: float = 0.0) -> list[Extracted]:
        """Ask for what is due, and keep what is answered within ``patience`` seconds."""
        for unit in due(self._store, setup, self._clock()):
            if unit.article.id not in self._asked and len(self._asked) < _AT_A_TIME:
                self._ask(unit)
        return list(self._kept(time.monotonic() + patience))

    def close(self) -> None:
        """Leave alone what is not answered yet; it is due again."""
        for _ in range(self._threads):
            self._begun.put(None)

    def _ask(self, unit: Unit) -> None:
        self._asked.add(unit.article.id)
        self._begun.put(unit)
        if self._threads < min(_THREADS, len(self._asked)):
            self._threads += 1
            threading.Thread(target=self._work, name="extract", daemon=True).start()

    def _work(self) -> None:
        while unit := self._begun.get():
            self._finished.put((unit, do(self._door, self._permissions, unit)))

    def _kept(self, until: float) -> Iterator[Extracted]:
        while self._asked:
            try:
                unit, answer = self._finished.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return
            self._asked.discard(unit.article.id)
            yield self._keep(unit.article, answer)

    def _keep(self, article: Article, answer: PageAnswer) -> Extracted:
        now = self._clock()
        finding = _finding(article, answer.text)
        next_at = now + _AGAIN if answer.retry else None
        self._store.pages.record(article, now, finding, next_at=next_at)
        return Extracted(article, len(answer.text), answer.error)


def _finding(article: Article, text: str) -> Finding | None:
    """The article's wording with the text of its page; None where that says no more."""
    wording = article.wording
    # Some repeat the title above the text, which is one mention and not two.
    text = one_line(text).removeprefix(wording.title).lstrip()
    if len(text) <= len(wording.text):
        return None
    entry = Entry(None, article.url, wording.title, wording.summary, text)
    return Finding(
        kind=FindingKind.CHANGED,
        entry=entry,
        url=article.url,
        keys=(),
        hash=revision_hash(entry.title, entry.summary, entry.text),
        article_id=article.id,
        revises=True,
        lang=identify(entry.title, text, wording.lang),
    )

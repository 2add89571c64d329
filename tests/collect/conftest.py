"""An archive in a dictionary, and the way to the folder of other people's feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.collect import identity
from monitor.collect.feeds import parse
from monitor.model import Entry, Feed, Finding, FindingKind, KnownArticle, ParsedFeed

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


class Archive:
    """What a store would remember of one feed's articles, and nothing more."""

    def __init__(self, url: str = "https://news.example/rss/all.xml") -> None:
        self.feed = Feed(id=1, url=url, outlet="News")
        self.known: dict[str, KnownArticle] = {}
        self.articles = 0

    def poll(self, body: bytes) -> tuple[ParsedFeed, list[Finding]]:
        """Parse a document, find what its entries are, and remember it."""
        parsed = parse(body, url=self.feed.url)
        return parsed, self.take(parsed.entries, parsed.link)

    def take(self, entries: tuple[Entry, ...], site: str | None = None) -> list[Finding]:
        """Find what ``entries`` are, and remember it."""
        keys = identity.keys(entries, self.feed, site)
        asked = set(identity.asked(entries, keys, self.feed))
        known = {key: self.known[key] for key in asked if key in self.known}
        oldest = NOW - timedelta(days=3)
        findings = identity.fold(entries, keys, known, newest_old=oldest, feed=self.feed)
        for finding in findings:
            self._remember(finding)
        return findings

    def _remember(self, finding: Finding) -> None:
        number = finding.article_id
        if number is None:
            number = self.articles = self.articles + 1
        earlier = [article for article in self.known.values() if article.id == number]
        hashes = frozenset({finding.hash}).union(*(article.hashes for article in earlier))
        url = earlier[0].url if earlier else finding.url
        latest = KnownArticle(number, hashes, title=finding.entry.title, url=url)
        for key in finding.keys:
            self.known.setdefault(key, latest)
        for key, article in self.known.items():
            if article.id == number:
                self.known[key] = latest


def of_kind(findings: list[Finding], kind: FindingKind) -> list[str | None]:
    """The links of the findings of one kind, in order."""
    return [finding.entry.link for finding in findings if finding.kind is kind]


@pytest.fixture
def archive() -> Archive:
    """An empty archive."""
    return Archive()


@pytest.fixture
def new_links() -> Callable[[list[Finding]], list[str | None]]:
    """Picks the links of new articles."""
    return lambda findings: of_kind(findings, FindingKind.NEW)


@pytest.fixture
def changed_links() -> Callable[[list[Finding]], list[str | None]]:
    """Picks the links of edited articles."""
    return lambda findings: of_kind(findings, FindingKind.CHANGED)


@pytest.fixture
def shared_feeds(shared: Path) -> Path:
    """The captured and hostile feeds beside the checkout."""
    return shared / "feeds"

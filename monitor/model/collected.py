"""Feed -> entry -> article: what collecting hands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?" with; kept byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


class FeedState(StrEnum):
    """What a feed's last poll showed, in words for a footer."""

    NEW = "new"
    OK = "ok"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    BROKEN = "broken"
    NOT_A_FEED = "not a feed"
    BLOCKED = "blocked"
    GONE = "gone"
    UNREACHABLE = "unreachable"

    @property
    def failed(self) -> bool:
        """Whether the poll brought nothing because something is wrong."""
        return self in _FAILED


_FAILED = {
    FeedState.BROKEN,
    FeedState.NOT_A_FEED,
    FeedState.BLOCKED,
    FeedState.GONE,
    FeedState.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled document and what is remembered of it between polls."""

    id: int
    url: str
    outlet: str
    lang: str | None = None
    country: str | None = None
    camp: str | None = None
    validators: Validators = Validators()
    body_hash: str | None = None
    state: FeedState = FeedState.NEW
    error: str | None = None
    failures: int = 0
    first_polled_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_poll_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of a feed as its publisher states it; texts are plain, links absolute."""

    id: str | None
    link: str | None
    title: str
    summary: str = ""
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What one document said: its state, and its entries where it had any.

    ``error`` is one sentence for a user, present when something was wrong even if entries were
    salvaged (``state`` is then still ``ok``).
    """

    state: FeedState
    title: str = ""
    link: str | None = None
    lang: str | None = None
    entries: tuple[Entry, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FeedListing:
    """A wish to poll a feed, from the beat or from ``config.toml``."""

    url: str
    outlet: str
    lang: str | None = None
    country: str | None = None
    camp: str | None = None


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What identity needs to know of a stored article: its id and the wordings known already.

    ``hashes`` are those of its revisions, and of what the feed at hand showed last. ``carried``
    tells whether that feed has shown it before, ``speaks`` whether the current wording is that
    feed's; ``length`` is the current wording's, in characters.
    """

    id: int
    hashes: frozenset[str]
    carried: bool = True
    speaks: bool = True
    length: int = 0


class FindingKind(StrEnum):
    """What an entry turned out to be, to the feed that shows it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry after identity: ``keys`` all name the article, ``hash`` the revision.

    ``article_id`` is None for a new article; ``keys`` not stored yet are stored with it. With
    ``revises`` the entry's wording becomes the current revision of an article that is known.
    """

    kind: FindingKind
    entry: Entry
    url: str
    keys: tuple[str, ...]
    hash: str
    article_id: int | None = None
    revises: bool = False
    backlog: bool = False
    lang: str = "und"


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll of one feed brought, ready to be stored in one transaction."""

    feed_id: int
    at: datetime
    state: FeedState
    entries: tuple[Entry, ...] = ()
    validators: Validators = Validators()
    body_hash: str | None = None
    status: int | None = None
    error: str | None = None
    next_poll_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """The three fields that a judgement may depend on, and the language they are in."""

    title: str
    summary: str = ""
    text: str = ""
    lang: str = "und"

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Field names with their texts, in reading order."""
        return (("title", self.title), ("summary", self.summary), ("text", self.text))


@dataclass(frozen=True, slots=True)
class Article:
    """What stands behind a link, with its current revision's wording."""

    id: int
    revision_id: int
    url: str
    outlet: str
    wording: Wording
    first_seen: datetime
    published: datetime | None = None
    country: str | None = None
    camp: str | None = None
    feed_id: int | None = None
    backlog: bool = False
    eligible_at: datetime | None = None

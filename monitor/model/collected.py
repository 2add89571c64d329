"""Feed -> entry -> article: what collecting hands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?" with; kept byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


class FeedState(StrEnum):
    """What a feed's last poll showed, or what its history tells of it, in words for a footer.

    ``quiet`` to ``archive dump`` are told from history only: such a feed answers, and yet brings
    nothing, or too much. ``picky`` is a server that refuses readers for what they are called.
    """

    NEW = "new"
    OK = "ok"
    UNCHANGED = "unchanged"
    QUIET = "quiet"
    STALE = "stale"
    ZOMBIE = "zombie"
    ARCHIVE_DUMP = "archive dump"
    EMPTY = "empty"
    BROKEN = "broken"
    NOT_A_FEED = "not a feed"
    BLOCKED = "blocked"
    PICKY = "picky"
    GONE = "gone"
    UNREACHABLE = "unreachable"

    @property
    def failed(self) -> bool:
        """Whether the poll brought nothing because something is wrong."""
        return self in _FAILED


# A permanent redirect is often a slip; the third in a row is meant.
MOVES_BELIEVED = 3

_FAILED = {
    FeedState.BROKEN,
    FeedState.NOT_A_FEED,
    FeedState.BLOCKED,
    FeedState.PICKY,
    FeedState.GONE,
    FeedState.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a list page is read as a feed; an empty field leaves it to the reader of pages.

    ``link`` is a pattern on addresses (a glob, or a regular expression from ``^``) or the CSS
    selector of the links; ``title`` a CSS selector; ``date`` one too, or a pattern on addresses
    with YYYY, MM and DD in it.
    """

    link: str = ""
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a feed's documents have shown so far: how often it speaks, and how far it looks back.

    ``arrivals`` are the times of its latest entries, as stated and never after they were seen,
    oldest first. ``entries``, ``oldest`` and ``newest`` are those of its last good document, as
    are the publisher's wishes: ``ttl``, and hours (UTC) and weekdays (Monday is 0) without polls.
    """

    arrivals: tuple[datetime, ...] = ()
    entries: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled document and what is remembered of it between polls.

    ``whole_at`` is when it was last asked for without conditions or came whole, ``interval`` the
    time between two polls that was found to suit it. ``moves`` permanent redirects in a row led
    to ``moved_to``. The body ``struck`` took its reader down ``strikes`` times, and was ``begun``
    since a poll was recorded. ``stamps`` are those of the entries of its last good document.
    """

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
    recipe: Recipe | None = None
    paused: bool = False
    failing_since: datetime | None = None
    whole_at: datetime | None = None
    interval: timedelta | None = None
    moved_to: str | None = None
    moves: int = 0
    struck: str | None = None
    strikes: int = 0
    begun: int = 0
    stamps: frozenset[str] = frozenset()
    habits: Habits = Habits()

    @property
    def address(self) -> str:
        """Where the feed is asked for: its URL, or where three answers in a row said it moved."""
        return self.moved_to if self.moved_to and self.moves >= MOVES_BELIEVED else self.url


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of a feed as its publisher states it; texts are plain, links absolute.

    ``stamp`` is a short hash of all that is stated, as it stands in the document. ``seen`` tells
    that the feed's last document had the same stamp: then the texts are not read again (empty).
    ``outlet`` and ``site`` name the publisher and its home page where the feed only passes on
    what others published.
    """

    id: str | None
    link: str | None
    title: str
    summary: str = ""
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    site: str | None = None
    stamp: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What one document said: its state, and its entries where it had any.

    ``error`` is one sentence for a user, present when something was wrong even if entries were
    salvaged (``state`` is then still ``ok``). ``ttl`` and the hours (UTC) and weekdays (Monday
    is 0) in which it wants no polls are the publisher's wishes.
    """

    state: FeedState
    title: str = ""
    link: str | None = None
    lang: str | None = None
    entries: tuple[Entry, ...] = ()
    error: str | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FeedListing:
    """A wish to poll a feed, from the beat or from ``config.toml``.

    With a ``recipe`` it is a list page. With ``full_text`` the page behind each new entry is
    read too, where the CSS selector ``text`` finds it.
    """

    url: str
    outlet: str
    lang: str | None = None
    country: str | None = None
    camp: str | None = None
    recipe: Recipe | None = None
    full_text: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The ``robots.txt`` of a site, and when it was asked for."""

    text: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What identity needs to know of a stored article: its id and the wordings known already.

    ``hashes`` are those of its revisions, and of what the feed at hand showed last. ``carried``
    tells whether that feed has shown it before, ``speaks`` whether the current wording is that
    feed's; ``length`` is the current wording's, in characters, and ``title`` its title.
    """

    id: int
    hashes: frozenset[str]
    carried: bool = True
    speaks: bool = True
    length: int = 0
    title: str = ""
    url: str = ""


class FindingKind(StrEnum):
    """What an entry turned out to be, to the feed that shows it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry after identity: ``keys`` all name the article, ``hash`` the revision.

    ``article_id`` is None for a new article; ``keys`` not stored yet are stored with it. So are
    those in ``told``, by which an aggregator's entry and its publisher's know each other. With
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
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which entries of a feed may have come and gone unseen: ``(since, until)``."""

    outlet: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """That a feed has failed for ``days`` days; told once for each spell of failures."""

    outlet: str
    url: str
    days: int
    failing_since: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What a document that was read well leaves behind."""

    stamps: frozenset[str] = frozenset()
    habits: Habits = Habits()


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll of one feed brought, ready to be stored in one transaction.

    ``memory`` of None leaves what is remembered as it is; ``whole`` tells that the feed was asked
    without conditions or came whole.
    """

    feed_id: int
    at: datetime
    state: FeedState
    entries: tuple[Entry, ...] = ()
    validators: Validators = Validators()
    body_hash: str | None = None
    status: int | None = None
    error: str | None = None
    next_poll_at: datetime | None = None
    interval: timedelta | None = None
    whole: bool = False
    moved_to: str | None = None
    moves: int = 0
    strikes: int = 0
    memory: Memory | None = None
    gap: Gap | None = None
    notice: Notice | None = None


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
    """What stands behind a link, with its current revision's wording.

    ``via`` names the aggregator, where only one has shown the outlet's article so far.
    """

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
    via: str | None = None

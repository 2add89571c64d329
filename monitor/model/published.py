"""Story -> edition -> delivery: what publishing composes and sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.collected import FeedState
from monitor.model.judged import JudgedArticle


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a digest is due, as cron fields; a minute matches when every field does.

    ``days`` and ``weekdays`` (Monday is 0) of None mean any; when both are given, either is
    enough, as in cron. With ``clamp`` a day past the month's end means its last day.
    """

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    clamp: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, best first; ``articles[0]`` is the lead article."""

    id: int
    articles: tuple[JudgedArticle, ...]

    @property
    def lead(self) -> JudgedArticle:
        """The article that speaks for the story."""
        return self.articles[0]

    @property
    def score(self) -> float:
        """The best score among the articles."""
        return max(member.judgement.score for member in self.articles)


@dataclass(frozen=True, slots=True)
class Section:
    """A named group of stories in an edition."""

    slug: str
    name: str
    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed's last poll within a window, for the coverage footer."""

    outlet: str
    url: str
    state: FeedState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at in a window: the proof behind an edition, and behind an empty one."""

    feeds: tuple[FeedHealth, ...]
    articles_read: int
    articles_matched: int

    @property
    def failed(self) -> tuple[FeedHealth, ...]:
        """Feeds whose last poll failed."""
        return tuple(health for health in self.feeds if health.state.failed)


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open time ``[since, until)`` that an edition covers, and the slot it was due at."""

    slot: datetime
    since: datetime | None
    until: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a digest, composed and not yet rendered."""

    digest: str
    title: str
    window: Window
    zone: str
    sections: tuple[Section, ...]
    coverage: Coverage
    near_misses: tuple[JudgedArticle, ...] = ()
    omitted: int = 0

    @property
    def stories(self) -> tuple[Story, ...]:
        """All stories, in the order in which they are printed."""
        return tuple(story for section in self.sections for story in section.stories)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An edition as its readers get it; frozen in the database before the first byte is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """An edition row: what was said, in which digest, for which slot."""

    id: int
    digest: str
    slot: datetime
    frozen_at: datetime
    rendered: Rendered
    story_count: int


class DeliveryState(StrEnum):
    """Where one delivery stands; ``unknown`` means that the receiver may have it."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one subscriber over one transport, claimed with a fencing ``token``."""

    id: int
    edition: FrozenEdition
    subscriber: str
    transport: str
    message_id: str
    attempts: int = 0
    token: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """How an attempt ended; ``retry_at`` is set in the states ``retry`` and ``unknown``."""

    state: DeliveryState
    error: str | None = None
    retry_at: datetime | None = None

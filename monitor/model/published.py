"""Story -> edition -> delivery: what publishing composes and sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.collected import FeedState, Gap, Notice
from monitor.model.judged import CommitmentState, Figure, JudgedArticle, StoryCoverage, Voice
from monitor.model.ledger import Lead, Quotation


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
class StoryFigure:
    """A number that a story quotes, the article that says it, and how many outlets do."""

    figure: Figure
    sentence: str
    article: JudgedArticle
    outlets: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """How articles differ from what was told of their story before; nothing is no news.

    ``confirmed`` are official outlets where none had told it, ``camps`` the other new ones,
    ``actors`` what acts in it for the first time, and ``others`` all outlets that are new in it.
    """

    figures: tuple[StoryFigure, ...] = ()
    camps: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether the difference is worth a line."""
        return bool(self.figures or self.camps or self.actors or self.confirmed)


@dataclass(frozen=True, slots=True)
class MachineWords:
    """What a model wrote in place of a story's own words, each empty where those stand."""

    headline: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, best first; ``articles[0]`` is the lead article.

    ``change`` is set where the event was told before and only what is new stands in ``articles``.
    ``coverage`` is who carries it, None where nobody looked for copies; ``names`` are the
    recognised names of the lead article, as written and as the reader knows them. ``words`` are the
    sentences that speak for it; ``machine`` is printed instead of its own words, and marked.
    ``quotations`` are what people and offices of the beat say in its articles.
    """

    id: int
    articles: tuple[JudgedArticle, ...]
    change: Change | None = None
    figures: tuple[StoryFigure, ...] = ()
    coverage: StoryCoverage | None = None
    names: tuple[tuple[str, str], ...] = ()
    machine: MachineWords | None = None
    words: Lead | None = None
    quotations: tuple[Quotation, ...] = ()

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The independent ones; none where nobody looked for copies."""
        return self.coverage.voices if self.coverage else ()

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
    """What was looked at in a window: the proof behind an edition, and behind an empty one.

    ``silent`` are feeds that answer and yet bring nothing, or too much, each with its evidence.
    """

    feeds: tuple[FeedHealth, ...]
    articles_read: int
    articles_matched: int
    silent: tuple[FeedHealth, ...] = ()
    notices: tuple[Notice, ...] = ()
    gaps: tuple[Gap, ...] = ()

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


class Verdict(StrEnum):
    """What a number is, measured against its own past; ``short`` means that this is unknown."""

    SHORT = "short"
    USUAL = "usual"
    SPIKE = "spike"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Trend:
    """Relevant articles of one subject in a window, beside the ``earlier`` windows before it.

    ``subject`` is a topic or a country, empty for all; ``earlier`` are the numbers of the windows
    of the same length in which anything was read, the oldest first.
    """

    subject: str
    number: int
    earlier: tuple[int, ...]
    usual: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trends:
    """All relevant articles, and the subjects that stand out, by windows of ``days``.

    ``needed`` is how many windows must have been measured before anything is said.
    """

    days: float
    needed: int
    whole: Trend
    unusual: tuple[Trend, ...] = ()


@dataclass(frozen=True, slots=True)
class Promises:
    """What happened to the beat's promises in a window, the most telling first.

    Of the ``moved`` something new is known; of the ``quiet`` nothing was heard for too long.
    """

    moved: tuple[CommitmentState, ...] = ()
    quiet: tuple[CommitmentState, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of a digest, composed and not yet rendered.

    ``lang`` is the language of its frame. ``held`` are stories that were told before and of which
    there is nothing new to say: carried, and not printed.
    """

    digest: str
    title: str
    window: Window
    zone: str
    sections: tuple[Section, ...]
    coverage: Coverage
    near_misses: tuple[JudgedArticle, ...] = ()
    omitted: int = 0
    lang: str = "en"
    held: tuple[Story, ...] = ()
    trends: Trends | None = None
    promises: Promises = Promises()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that it could tell of."""
        return not (self.sections or self.promises.moved or self.promises.quiet)

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
class OutlinedStory:
    """What chats, feeds and programs get of a story; ``lead`` is its first sentences, or empty."""

    headline: str
    url: str
    lead: str = ""
    outlets: tuple[str, ...] = ()
    lang: str = ""
    score: float = 0.0
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutlinedSection:
    """A named group of stories in an outline."""

    name: str
    stories: tuple[OutlinedStory, ...]


@dataclass(frozen=True, slots=True)
class OutlinedPromise:
    """A promise in an outline: ``standing`` in the words of the frame, and the last evidence."""

    promise: str
    actor: str
    status: str
    standing: str
    deadline: str = ""
    days_silent: int = 0
    sentence: str = ""
    outlet: str = ""
    lang: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutlinedPromises:
    """A named group of promises in an outline."""

    name: str
    promises: tuple[OutlinedPromise, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """An edition without its looks, frozen with it: what transports other than mail set anew.

    ``promises`` come first. ``more`` tells of the ``omitted`` stories in the words of the frame;
    ``archive_hint`` is what finds them.
    """

    title: str = ""
    sections: tuple[OutlinedSection, ...] = ()
    notices: tuple[str, ...] = ()
    omitted: int = 0
    archive_hint: str = ""
    promises: tuple[OutlinedPromises, ...] = ()
    more: str = ""

    @property
    def stories(self) -> tuple[OutlinedStory, ...]:
        """All stories, in the order in which they are printed."""
        return tuple(story for section in self.sections for story in section.stories)


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """An edition row: what was said, in which digest and variant, for which slot.

    ``zone`` is that of its slot and of the times in it.
    """

    id: int
    digest: str
    slot: datetime
    frozen_at: datetime
    rendered: Rendered
    story_count: int
    variant: str = ""
    zone: str = "UTC"
    outline: Outline = Outline()


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
    """One edition to one subscriber over one transport, claimed with a fencing ``token``.

    ``parts`` of it were taken by the receiver already, where it takes an edition in several.
    ``queued_at`` is when it was put into the outbox.
    """

    id: int
    edition: FrozenEdition
    subscriber: str
    transport: str
    message_id: str
    attempts: int = 0
    token: int = 0
    parts: int = 0
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """How an attempt ended; ``retry_at`` is set in the states ``retry`` and ``unknown``."""

    state: DeliveryState
    error: str | None = None
    retry_at: datetime | None = None


class Standing(StrEnum):
    """Whether a subscriber gets editions; ``bounced`` and ``gone`` are the receiver's doing."""

    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber of a digest over a transport, and what is known of them beside the settings."""

    digest: str
    subscriber: str
    transport: str
    standing: Standing = Standing.ACTIVE
    since: datetime | None = None
    reason: str = ""
    bounces: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return (self.digest, self.subscriber, self.transport)

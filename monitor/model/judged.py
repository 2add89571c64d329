"""Article -> judgement -> story: what matching needs, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.collected import Article


@dataclass(frozen=True, slots=True)
class Alias:
    """One written form of an entity or term, before any folding.

    ``exact`` aliases match only as written and are never inflected; ``weak`` ones count only
    beside other evidence of the same side; ``prefix`` ones match every word that begins so.
    """

    text: str
    lang: str
    exact: bool = False
    weak: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing of the beat; with both sides it is a carrier and implies both."""

    id: str
    name: str
    kind: str
    sides: tuple[str, ...]
    aliases: tuple[Alias, ...]
    points: float
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of the beat that names nothing in particular, or a user's keyword."""

    id: str
    aliases: tuple[Alias, ...]
    points: float
    topics: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another partner of one side; found without the side it ``explains``, it lowers the score."""

    id: str
    name: str
    explains: str
    aliases: tuple[Alias, ...]
    partner: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Trap:
    """A look-alike; what it covers is no evidence of anything."""

    id: str
    hides: str
    aliases: tuple[Alias, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides of the gate."""

    id: str
    name: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A slug and what it is called in the frame languages."""

    slug: str
    names: dict[str, str] = field(default_factory=dict)

    def name(self, lang: str) -> str:
        """The topic's name in ``lang``, in English or as its slug where there is none."""
        return self.names.get(lang) or self.names.get("en") or self.slug


@dataclass(frozen=True, slots=True)
class Beat:
    """A subject as data: everything that the engine knows about what it watches."""

    id: str
    title: str
    sides: tuple[Side, ...]
    topics: tuple[Topic, ...]
    entities: tuple[Entity, ...]
    terms: tuple[Term, ...]
    rivals: tuple[Rival, ...]
    traps: tuple[Trap, ...]
    weights: dict[str, float]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Match:
    """Evidence: ``form`` stands in ``field`` at ``start:end``, in characters as given."""

    rule: str
    alias: str
    form: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the arithmetic; evidence lines carry a match, the others only lower or cap."""

    rule: str
    points: float
    alias: str | None = None
    form: str | None = None
    field: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one wording: the receipt's points sum to the score."""

    score: float
    receipt: tuple[ReceiptLine, ...] = ()
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    lang: str = "und"


@dataclass(frozen=True, slots=True)
class JudgedArticle:
    """An article with the judgement of its current revision."""

    article: Article
    judgement: Judgement
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What assessing one article decided, ready to be stored; ``story_id`` None opens a story."""

    article: Article
    judgement: Judgement
    signature: Signature
    story_id: int | None = None
    eligible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What an article says of an event without its wording: language-neutral.

    ``entities`` are entity ids and, in capitals, country codes; ``figures`` normalised numbers;
    ``words`` folded content words of the title (used within one language only); ``at`` the time
    it stands for.
    """

    at: datetime
    lang: str
    entities: frozenset[str]
    figures: frozenset[str]
    words: frozenset[str]
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoryCandidate:
    """A story that an article may belong to: its id and its members' signatures."""

    story_id: int
    signatures: tuple[Signature, ...]

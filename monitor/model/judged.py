"""Article -> judgement -> story: what matching needs, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.model.collected import Article
from monitor.model.embedded import Embedding


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
    """A named thing of the beat; with both sides it is a carrier and implies both.

    ``several`` says that it stands for several things of a kind, so that no name is that of all.
    """

    id: str
    name: str
    kind: str
    sides: tuple[str, ...]
    aliases: tuple[Alias, ...]
    points: float
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    origin: str = ""
    several: bool = False

    def name_in(self, lang: str) -> str:
        """What it is called in ``lang``; its usual name where the beat has none in it."""
        own = (alias.text for alias in self.aliases if alias.lang == lang)
        return self.name if lang == "en" else next(own, self.name)


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
    commitments: tuple[Commitment, ...] = ()

    def names(self, lang: str) -> dict[str, str]:
        """What each entity is called in ``lang``, by id.

        Those that stand for several things are left out: the name of one would be put beside
        another.
        """
        return {each.id: each.name_in(lang) for each in self.entities if not each.several}


@dataclass(frozen=True, slots=True)
class Target:
    """The figure that a promise names: at least ``value`` of ``unit``, as in `Figure`."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise with the document it stands in, and what tells that something was done about it.

    A sentence is about it with one of ``about`` (ids of entities and terms) and one of ``words``
    (beginnings of words, by language) where there are any. It needs both ``sides`` that are
    named, and an act: one of ``acts`` is progress, one of ``done`` fulfils it, of the whole and
    not of a part unless ``parts`` count, and with the figure of a ``target`` if there are any.
    ``deadline`` is as stated (2030, 2027-06, 2027-06-17), ``silent_after`` in days. Actor and
    promise in other languages than English are in ``actor_in`` and ``promise_in``.
    """

    id: str
    actor: str
    promise: str
    made: date
    document: str
    passage: str
    deadline: str = ""
    due: date | None = None
    about: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    sides: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    parts: bool = False
    silent_after: int | None = None
    actor_in: dict[str, str] = field(default_factory=dict)
    promise_in: dict[str, str] = field(default_factory=dict)

    def told(self, lang: str) -> tuple[str, str]:
        """Actor and promise in ``lang``, in English where the beat does not have both in it."""
        if lang in self.actor_in and lang in self.promise_in:
            return self.actor_in[lang], self.promise_in[lang]
        return self.actor, self.promise


class Claim(StrEnum):
    """What a sentence claims of a promise."""

    PROGRESS = "progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that says that something was done: it stands in ``field`` at ``start:end``."""

    commitment: str
    claim: Claim
    act: str
    sentence: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence with the article that it was found in, and the time that it stands for.

    ``news_at`` is when it first could be told as news, None for what was old when it was found.
    ``edited_at`` is when the wording that has it was seen, None for an article's first wording.
    """

    evidence: Evidence
    at: datetime
    article_id: int
    outlet: str
    lang: str
    title: str
    url: str
    story_id: int | None = None
    news_at: datetime | None = None
    edited_at: datetime | None = None


class CommitmentStatus(StrEnum):
    """Where a promise stands, as far as the archive tells."""

    OPEN = "open"
    PROGRESS = "progress"
    DONE = "done as claimed"
    OVERDUE = "overdue"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CommitmentState:
    """A promise, where it stands, what was said last, and for how many days nothing was."""

    commitment: Commitment
    status: CommitmentStatus
    days_silent: int
    proofs: int = 0
    last: Proof | None = None


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
class Figure:
    """A quoted number: ``text`` stands at ``start:end``, in characters as given.

    ``value`` has its magnitude applied; ``unit`` is a code such as ``USD``, ``t`` or ``percent``
    (``text/data/units.toml``), empty where what is counted has none.
    """

    value: float
    unit: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signature:
    """What an article says of an event: ``marks`` in no language, ``words`` in its own.

    A mark begins with a letter for its kind (`monitor.match.signing`); words are folded roots of
    title and summary. ``at`` is the time that the article stands for, None when nobody knows.
    ``embedding`` is None where no model was asked.
    """

    at: datetime | None
    lang: str
    marks: frozenset[str]
    words: frozenset[str] = frozenset()
    embedding: Embedding | None = None

    def telling(self) -> list[str]:
        """The marks that bring articles together: no countries and acts, and nothing twice."""
        return [mark for mark in self.marks if mark[0] not in "cahos"]

    def longest(self, most: int = 16) -> list[str]:
        """So many of the words: the longest, which are mostly the rarest."""
        return sorted(sorted(self.words), key=len, reverse=True)[:most]

    def proposing(self) -> list[str]:
        """What proposes its story to others: marks, and words as ``lang:word``."""
        return [*self.telling(), *(f"{self.lang}:{word}" for word in self.longest())]


@dataclass(frozen=True, slots=True)
class Camp:
    """An interest that outlets speak for, with the languages and countries of these outlets.

    What an ``official`` one says is said for a government.
    """

    id: str
    name: str
    langs: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    official: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """All articles with one origin: what one outlet wrote, and its copies under other brands.

    ``articles`` are in the order in which they appeared; ``agency`` is the credited one, if any.
    """

    articles: tuple[JudgedArticle, ...]
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class CampCoverage:
    """What one camp does with a story; without voices it is silent."""

    camp: Camp
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sole:
    """A figure or an entity that only one camp speaks of, with the sentence where it does.

    ``what`` is the figure as written, or the entity's id.
    """

    camp: str
    what: str
    sentence: str
    article_id: int
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class StoryCoverage:
    """Who carries a story: the first publisher, the independent voices, and the camps."""

    first: JudgedArticle
    voices: tuple[Voice, ...]
    camps: tuple[CampCoverage, ...]
    sole: tuple[Sole, ...] = ()

    @property
    def silent(self) -> tuple[Camp, ...]:
        """The camps that could have carried the story and did not."""
        return tuple(each.camp for each in self.camps if not each.voices)

    @property
    def independent(self) -> int:
        """How many outlets tell it in their own words; copies count once."""
        return len(self.voices)

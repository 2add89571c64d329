"""The figures ledger: what was said in numbers of what, by whom, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.judged import Figure


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure with its sentence, which stands in ``field``, and what it is of.

    ``subjects`` are ids of entities; ``kind`` is what the value is (``cost``, ``finish``; empty
    where no word tells). Of the kind ``stage`` the figure's text says how far a work is, as a slug.
    """

    figure: Figure
    kind: str
    subjects: tuple[str, ...]
    sentence: str
    field: str


@dataclass(frozen=True, slots=True)
class Account:
    """A statement, and the article that makes it; ``at`` is when it appeared."""

    statement: Statement
    article_id: int
    outlet: str
    lang: str
    url: str
    first_seen: datetime
    at: datetime
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Accounts of one subject, unit and kind whose values cannot all be right.

    One account of each value, the first that made it.
    """

    subject: str
    kind: str
    unit: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """Sentences that speak for a story, as ``outlet`` wrote them in ``lang``.

    ``glosses`` are recognised names as written with what they are called in English; there are
    none where the sentences are in the reader's language.
    """

    text: str
    lang: str
    outlet: str
    article_id: int
    glosses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a person or an office of the beat is quoted with in an article, word for word.

    ``speaker`` is written as in the article and ``entity`` its id; ``known`` is what the reader
    knows it as, empty where that is plain.
    """

    words: str
    speaker: str
    entity: str
    lang: str
    outlet: str
    article_id: int
    url: str
    known: str = ""

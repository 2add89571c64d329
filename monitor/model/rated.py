"""What a user thinks of an article, and an article as a changed watchlist is tried on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.collected import Wording


class Rating(StrEnum):
    """A user's verdict: worth reading, not worth it, or never to be missed."""

    USEFUL = "useful"
    NOISE = "noise"
    MUST_CATCH = "must-catch"


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating with the article it is of."""

    article_id: int
    rating: Rating
    at: datetime
    score: float
    outlet: str
    lang: str
    title: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as it is replayed: its wording, and the watchlist that gave it the score.

    ``watchlist`` is empty where the wording awaits its judgement; ``score`` is then of no use.
    """

    id: int
    score: float
    watchlist: str
    wording: Wording

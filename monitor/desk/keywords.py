"""Which terms bring articles, which bring none, and what no term covers yet; read-only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.match.matching import Watchlist
from monitor.match.seeding import Document, Proposal, propose
from monitor.model import Beat, JudgedArticle
from monitor.query import And, Label, Node, Query, Score, Within
from monitor.query.grouping import Grouping
from monitor.query.paging import Sort
from monitor.store import Store
from monitor.text.scripts import has_han

WEEKS = 13
_UNTIL_NOW = Within("first-seen", end=timedelta())
_LATELY = Within("first-seen", start=timedelta(weeks=WEEKS), end=timedelta())
_READ = 300  # articles that are read for names: the newest
_FEWEST_STORIES = 2
_LEAST_SCORE = 45.0  # of a proposal: about a name that two sentences speak of


@dataclass(frozen=True, slots=True)
class TermUse:
    """How many articles a term was found in, by week, and when last; ``points`` of a keyword."""

    name: str
    points: float | None
    weeks: tuple[tuple[str, int], ...]
    last: datetime | None

    @property
    def articles(self) -> int:
        """How many in all of these weeks."""
        return sum(number for _, number in self.weeks)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A name in articles that match, which the watchlist does not know, and in how many stories."""

    name: str
    kind: str
    stories: int
    sentences: int
    example: str


def used(
    store: Store, beat: Beat, keywords: dict[str, float], now: datetime
) -> tuple[list[TermUse], list[TermUse]]:
    """The terms that were found in the last 13 weeks, and those that were not.

    Of both the user's keywords come first, then the beat's terms; those that bring the most lead.
    """
    names: dict[str, float | None] = {**keywords, **{term.id: None for term in beat.terms}}
    names |= keywords  # a keyword that is called like a term counts as the user's own
    found = [_use(store, name, points, now) for name, points in names.items()]
    found.sort(key=lambda use: (use.points is None, -use.articles, use.name))
    return [use for use in found if use.articles], [use for use in found if not use.articles]


def _use(store: Store, name: str, points: float | None, now: datetime) -> TermUse:
    term = Label("term", name, (name,), 0)
    numbers = dict(store.count(_asking(term, _LATELY), Grouping.WEEK, now))
    weeks = tuple((week, numbers.get(week, 0)) for week in _weeks(now))
    newest = store.page(_asking(term, _UNTIL_NOW), 1, now, Sort.NEWEST).articles
    return TermUse(name, points, weeks, _at(newest[0]) if newest else None)


def _asking(*nodes: Node) -> Query:
    return Query("", And(nodes))


def _at(judged: JudgedArticle) -> datetime:
    article = judged.article
    return min(article.published or article.first_seen, article.first_seen)


def _weeks(now: datetime) -> list[str]:
    """The last weeks as ``2026-W24``, this one last."""
    days = (now - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1))
    return [f"{day.isocalendar().year}-W{day.isocalendar().week:02}" for day in days]


def uncovered(
    store: Store, watchlist: Watchlist, threshold: float, now: datetime, limit: int
) -> list[Uncovered]:
    """Names in at least two stories that match, those in most stories first.

    The newest 300 articles of the last 13 weeks are read.
    """
    wanted = _asking(Score(">=", threshold), _LATELY)
    kept = store.page(wanted, _READ, now, Sort.NEWEST).articles
    proposals = propose(list(_documents(kept)), watchlist)
    frequent = [each for each in proposals if _is_frequent(each) and _is_free(each, watchlist)]
    frequent.sort(key=lambda each: (-len(each.documents), -each.score))
    return [
        Uncovered(each.name, each.kind, len(each.documents), each.sentences, each.example)
        for each in frequent[:limit]
    ]


def _is_frequent(proposal: Proposal) -> bool:
    is_name = proposal.kind != "concept"
    is_often = len(proposal.documents) >= _FEWEST_STORIES and proposal.score >= _LEAST_SCORE
    return is_name and is_often


def _is_free(proposal: Proposal, watchlist: Watchlist) -> bool:
    """Whether it is no part of a known name: Chinese, where nothing parts words, gives such."""
    name, example = proposal.name, proposal.example
    if not has_han(name):
        return True
    known = watchlist.find([("text", example)], proposal.lang)
    places = [found.start() for found in re.finditer(re.escape(name), example)]
    return any(all(one.end <= at or at + len(name) <= one.start for one in known) for at in places)


def _documents(kept: Sequence[JudgedArticle]) -> Iterable[Document]:
    """The articles, called after their stories, so that one told ten times counts once."""
    for judged in kept:
        wording = judged.article.wording
        parts = (wording.summary, wording.text) if not wording.text else (wording.text,)
        body = "\n".join(part for part in (f"{wording.title}.", *parts) if part)
        yield Document(str(judged.story_id or -judged.article.id), body, wording.lang)

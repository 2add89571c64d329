"""Assess: articles that nobody judged yet -> judgements, and their place among the stories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.beat.kept import written
from monitor.match.scoring import judge
from monitor.match.stories import place, signature
from monitor.model import Article, Assessment, Judgement
from monitor.pipeline.setup import Setup
from monitor.store import Store

_BATCH = 200
_EVENT_WINDOW = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Assessed:
    """How many articles were read, and how many of them are relevant."""

    read: int = 0
    matched: int = 0


def assess(
    store: Store,
    setup: Setup,
    now: datetime,
    *,
    on_batch: Callable[[Assessed], None] = lambda so_far: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Assessed:
    """Judge and place everything unjudged, a batch in a transaction, oldest first."""
    done = Assessed()
    while not stopping() and (articles := store.articles.unassessed(_BATCH)):
        _keep_watchlist(store, setup, now)
        scores = _assess_batch(store, setup, articles, now)
        threshold = setup.settings.watchlist.threshold
        done = Assessed(
            done.read + len(scores), done.matched + sum(score >= threshold for score in scores)
        )
        on_batch(done)
    return done


def _keep_watchlist(store: Store, setup: Setup, now: datetime) -> None:
    """Keep what receipts are made with, so that each can be made again."""
    fingerprint = setup.watchlist.fingerprint
    if not store.judgements.keeps_watchlist(fingerprint):
        body = written(setup.beat, setup.settings.watchlist.keywords)
        store.judgements.keep_watchlist(fingerprint, body, now)


def _assess_batch(
    store: Store, setup: Setup, articles: list[Article], now: datetime
) -> list[float]:
    judged = [(article, judge(setup.watchlist, article.wording)) for article in articles]
    with store.transaction():
        for article, judgement in judged:
            _place(store, setup, article, judgement, now)
    return [judgement.score for _, judgement in judged]


def _place(
    store: Store, setup: Setup, article: Article, judgement: Judgement, now: datetime
) -> None:
    at = article.published or article.first_seen
    its_signature = signature(setup.watchlist, article.wording, judgement, at)
    candidates = store.stories.candidates(its_signature, _EVENT_WINDOW)
    assessment = Assessment(
        article=article,
        judgement=judgement,
        signature=its_signature,
        story_id=place(its_signature, candidates),
        eligible_at=_eligible_at(setup, article, judgement, now),
    )
    store.judgements.record(
        [assessment],
        setup.watchlist.fingerprint,
        now,
        keep_receipt=lambda kept: kept.judgement.score >= setup.settings.thresholds()[0] / 2,
    )


def _eligible_at(
    setup: Setup, article: Article, judgement: Judgement, now: datetime
) -> datetime | None:
    """``now`` for what may enter a digest; an edit that lifts an article makes it eligible anew."""
    if article.backlog or judgement.score < setup.settings.thresholds()[0]:
        return None
    return now

"""Assess: articles that nobody judged yet -> judgements, and their place among the stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from monitor.beat.kept import written
from monitor.match.rarity import FROM_NEWS, News, step_of
from monitor.match.scoring import judge
from monitor.match.stories import MEMBERS, NEWEST, SAME_EVENT_WITHIN, OpenStories, asked
from monitor.model import Article, Assessment, Judgement, Signature
from monitor.pipeline.setup import Setup
from monitor.store import Store

if TYPE_CHECKING:
    from monitor.pipeline.embedding import Embedder

_BATCH = 256


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
    batch: int = _BATCH,
) -> Assessed:
    """Judge and place everything unjudged, a batch in a transaction, oldest first.

    The stories are the same whatever the size of a batch.
    """
    done, news = Assessed(), None
    if setup.embedder:
        batch = min(batch, setup.embedder.batch)
    while not stopping() and (articles := store.articles.unassessed(batch)):
        keep_watchlist(store, setup, now)
        news = news or _news(store, setup.embedder)
        scores = _assess_batch(store, setup, news, articles, now)
        threshold = setup.settings.watchlist.threshold
        done = Assessed(
            done.read + len(scores), done.matched + sum(score >= threshold for score in scores)
        )
        on_batch(done)
    return done


def keep_watchlist(store: Store, setup: Setup, now: datetime) -> None:
    """Keep what receipts are made with, so that each can be made again."""
    fingerprint = setup.watchlist.fingerprint
    if not store.judgements.keeps_watchlist(fingerprint):
        body = written(setup.beat, setup.settings.watchlist.keywords)
        store.judgements.keep_watchlist(fingerprint, body, now)


def _assess_batch(
    store: Store, setup: Setup, news: News, articles: list[Article], now: datetime
) -> list[float]:
    judged = [judged_anew(setup, article) for article in articles]
    signed = _signed(judged, setup.embedder)
    with store.transaction():
        story_ids = placed(store, news, signed, setup.embedder)
        assessments = [
            Assessment(
                article=article,
                judgement=judgement,
                signature=its_signature,
                story_id=story_ids[article.id],
                eligible_at=_eligible_at(setup, article, judgement, now),
            )
            for article, judgement, its_signature in judged
        ]
        keep(store, setup, assessments, now)
        if setup.embedder:
            setup.embedder.keep(store, news, signed)
    return [judgement.score for _, judgement, _ in judged]


_Signed = tuple[int, Signature]  # an article's id, and what it says


def _news(store: Store, embedder: Embedder | None) -> News:
    return embedder.news(store) if embedder else News(store.stories.newest(FROM_NEWS))


def _signed(
    judged: Sequence[tuple[Article, Judgement, Signature]], embedder: Embedder | None
) -> list[_Signed]:
    """What was judged with its signature, and its embedding where a model is asked for it."""
    if embedder is None:
        return [(article.id, one) for article, _, one in judged]
    worded = [(article.wording, one) for article, _, one in judged]
    found = embedder.embedded(worded, if_it_can=True)
    return [(article.id, one) for (article, _, _), one in zip(judged, found, strict=True)]


def placed(
    store: Store, news: News, signed: Sequence[_Signed], embedder: Embedder | None = None
) -> dict[int, int | None]:
    """The story of each article among those of the archive and of the articles before it."""
    stored = store.stories.of(article_id for article_id, _ in signed)
    stories = OpenStories(stored, store.hands.placed(stored))
    found: dict[int, int | None] = {}
    for _, step in groupby(signed, key=lambda one: step_of(one[0])):
        found |= _step_placed(store, stories, news, list(step), embedder)
    return found


def _step_placed(
    store: Store,
    stories: OpenStories,
    news: News,
    signed: Sequence[_Signed],
    embedder: Embedder | None,
) -> dict[int, int | None]:
    """The stories of articles that are judged by the same news."""
    usual = news.rarity(signed[0][0])
    wanted = {article_id: asked(one, usual) for article_id, one in signed}
    marks = stories.unasked(mark for each in wanted.values() for mark in each)
    stories.learn_posted(marks, store.stories.posted(marks, SAME_EVENT_WITHIN, NEWEST))
    proposed = (one for each in wanted.values() for one in stories.proposed(each))
    _learn(store, stories, proposed, embedder)
    found: dict[int, int | None] = {}
    for article_id, one in signed:
        near = stories.proposed(wanted[article_id])
        _learn(store, stories, near, embedder)
        found[article_id] = stories.place(article_id, one, near, usual)
        news.add(article_id, one)
    return found


def _learn(
    store: Store, stories: OpenStories, story_ids: Iterable[int], embedder: Embedder | None
) -> None:
    if unknown := stories.unknown(story_ids):
        members = store.stories.signatures(unknown, MEMBERS)
        if embedder:
            known = dict(
                embedder.recalled(store, (one for each in members.values() for one in each))
            )
            members = {
                story: [(article_id, known[article_id]) for article_id, _ in each]
                for story, each in members.items()
            }
        stories.learn_members(members)


def judged_anew(setup: Setup, article: Article) -> tuple[Article, Judgement, Signature]:
    """An article with what the watchlist says of it, and what its story is found by."""
    judgement = judge(setup.watchlist, article.wording)
    at = article.published or article.first_seen
    return article, judgement, setup.signer.sign(article.wording, judgement, at)


def keep(store: Store, setup: Setup, assessments: Sequence[Assessment], now: datetime) -> None:
    """Store what was decided, with the receipt where anybody may ask for it."""
    store.judgements.record(
        assessments,
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

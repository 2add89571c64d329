"""Assess again: stored articles -> what today's watchlist says of them. Nothing becomes news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Assessment, JudgedArticle
from monitor.pipeline.assess import judged_anew, keep, keep_watchlist
from monitor.pipeline.setup import Setup
from monitor.query import Query
from monitor.query.paging import Sort
from monitor.store import Store

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Again:
    """How many articles were looked at and judged, and how many crossed the threshold."""

    looked: int = 0
    judged: int = 0
    risen: int = 0
    fallen: int = 0


def assess_again(
    store: Store,
    setup: Setup,
    query: Query,
    now: datetime,
    *,
    deliver: bool = False,
    on_batch: Callable[[Again], None] = lambda so_far: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Again:
    """Judge what ``query`` finds by today's watchlist, a batch in a transaction, oldest first.

    Articles that were judged by it stay as they are, so that a run that was broken off goes on
    where it was. Each stays in its story. Nothing becomes eligible, and what waits for an edition
    of which it was not worthy before does not enter it, unless ``deliver``; backlog never does.
    """
    done, place = Again(), None
    keep_watchlist(store, setup, now)
    while not stopping():
        page = store.page(query, _BATCH, now, Sort.OLDEST, place)
        stale = store.judgements.judged_otherwise(
            [one.article.id for one in page.articles], setup.watchlist.fingerprint
        )
        batch = [one for one in page.articles if one.article.id in stale]
        pairs = [(old, _assessment(setup, old, now, deliver=deliver)) for old in batch]
        with store.transaction():
            _store(store, setup, pairs, now, deliver=deliver)
        done = _counted(done, len(page.articles), pairs, setup.settings.watchlist.threshold)
        on_batch(done)
        place = page.more
        if place is None:
            break
    return done


_Pair = tuple[JudgedArticle, Assessment]


def _assessment(setup: Setup, old: JudgedArticle, now: datetime, *, deliver: bool) -> Assessment:
    article, judgement, its_signature = judged_anew(setup, old.article)
    is_news = deliver and not article.backlog
    risen = _rises(setup, old.judgement.score, judgement.score)
    return Assessment(
        article=article,
        judgement=judgement,
        signature=its_signature,
        story_id=old.story_id,
        eligible_at=now if is_news and risen else None,
    )


def _rises(setup: Setup, before: float, after: float) -> bool:
    """Whether an article gets to a threshold at which it was not."""
    return any(before < threshold <= after for threshold in setup.settings.thresholds())


def _store(
    store: Store, setup: Setup, pairs: Sequence[_Pair], now: datetime, *, deliver: bool
) -> None:
    keep(store, setup, [new for _, new in pairs], now)
    if not deliver:
        # Eligible for one digest, it must not enter another whose threshold it reaches only now.
        # What was first seen lately is news to both, and nobody else would bring it.
        newest_old = now - setup.backlog
        store.judgements.withdraw(
            [
                old.article.id
                for old, new in pairs
                if old.article.eligible_at is not None
                and old.article.eligible_at < newest_old
                and _rises(setup, old.judgement.score, new.judgement.score)
            ]
        )
    store.judgements.drop_replaced([old.article.id for old, _ in pairs])


def _counted(done: Again, looked: int, pairs: Sequence[_Pair], threshold: float) -> Again:
    matches = [
        (old.judgement.score >= threshold, new.judgement.score >= threshold) for old, new in pairs
    ]
    return Again(
        done.looked + looked,
        done.judged + len(pairs),
        done.risen + matches.count((False, True)),
        done.fallen + matches.count((True, False)),
    )

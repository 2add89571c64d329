"""What an edition tells of the beat's promises: stored evidence -> what moved, what went quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.match.commitments import evidence, fell_silent, moved, state
from monitor.match.matching import Watchlist
from monitor.model import (
    Beat,
    Claim,
    Commitment,
    CommitmentState,
    CommitmentStatus,
    Evidence,
    Promises,
    Proof,
    Window,
)
from monitor.pipeline.setup import Setup
from monitor.pipeline.variants import Variant
from monitor.store import Store

# Only what comes about once a week has the calm to tell of what did not happen.
_CALM = timedelta(days=6)
# What is told first.
_ORDER = (CommitmentStatus.DONE, CommitmentStatus.OVERDUE, CommitmentStatus.PROGRESS)
_Pair = tuple[CommitmentState | None, CommitmentState]


def promises(store: Store, setup: Setup, its_window: Window, variant: Variant) -> Promises:
    """What happened in ``its_window`` to the promises that the variant's readers want.

    Evidence counts from when its article could be news, and from the wording that first had it;
    what was old when it was found moves nothing. Silence is told in windows of six days and more,
    when it crosses a bound.
    """
    wanted = [each for each in setup.beat.commitments if _wants(variant, setup.beat, each)]
    began, until, since = store.commitments.since(), its_window.until, its_window.since
    if not wanted or began is None:
        return Promises()
    found = store.commitments.proofs()
    proofs = {each.id: _dated(store, setup, found.get(each.id, ()), since) for each in wanted}
    pairs = [_pair(each, proofs[each.id], began, its_window) for each in wanted]
    is_calm = since is not None and until - since >= _CALM
    return Promises(
        moved=tuple(sorted(_moved(pairs), key=_telling)),
        quiet=tuple(sorted(_quiet(pairs), key=_missed)) if is_calm else (),
    )


def _wants(variant: Variant, beat: Beat, promise: Commitment) -> bool:
    """Whether what a promise is about touches the countries and topics that are asked for."""
    if not (variant.countries or variant.topics):
        return True
    about = set(promise.about)
    entities = [each for each in beat.entities if each.id in about]
    terms = [each for each in beat.terms if each.id in about]
    countries = {code for each in entities for code in each.countries}
    topics = {topic for each in entities for topic in each.topics}
    topics |= {topic for each in terms for topic in each.topics}
    return (not variant.countries or not variant.countries.isdisjoint(countries)) and (
        not variant.topics or not variant.topics.isdisjoint(topics)
    )


def _dated(
    store: Store, setup: Setup, proofs: Iterable[Proof], since: datetime | None
) -> list[Proof]:
    """The evidence, where an edit after ``since`` left it as it was with the time of before."""
    return [
        _first_told(store, setup.watchlist, each)
        if each.news_at and each.edited_at and (since is None or each.edited_at > since)
        else each
        for each in proofs
    ]


def _first_told(store: Store, watchlist: Watchlist, proof: Proof) -> Proof:
    """As news of when the article first had it; an edit tells what it brings, and no more."""
    said = _said(proof.evidence)
    for seen_at, wording in store.commitments.superseded(proof.article_id):
        if said in map(_said, evidence(watchlist, wording)):
            return replace(proof, news_at=seen_at)
    return proof


def _said(found: Evidence) -> tuple[str, Claim, str]:
    return found.commitment, found.claim, found.act


def _pair(
    promise: Commitment, proofs: Sequence[Proof], began: datetime, its_window: Window
) -> _Pair:
    """Where a promise stood when the window began, if it did, and where it stands now."""
    now = state(promise, _known(proofs, its_window.until), began, its_window.until)
    if its_window.since is None:
        return None, now
    return state(promise, _known(proofs, its_window.since), began, its_window.since), now


def _known(proofs: Iterable[Proof], at: datetime) -> Iterator[Proof]:
    """The evidence that could have been told at a time; what was old when found was known."""
    return (each for each in proofs if (each.news_at or each.at) <= at)


def _moved(pairs: Iterable[_Pair]) -> Iterator[CommitmentState]:
    return (now for before, now in pairs if _is_news(now) and moved(before, now))


def _is_news(now: CommitmentState) -> bool:
    overdue = now.status is CommitmentStatus.OVERDUE
    return overdue or (now.last is not None and now.last.news_at is not None)


def _quiet(pairs: Iterable[_Pair]) -> Iterator[CommitmentState]:
    return (now for before, now in pairs if before is not None and fell_silent(before, now))


def _telling(now: CommitmentState) -> tuple[int, float, str]:
    """Fulfilled ones first, then those whose time is over; the latest first."""
    place = _ORDER.index(now.status) if now.status in _ORDER else len(_ORDER)
    return place, -now.last.at.timestamp() if now.last else 0.0, now.commitment.id


def _missed(now: CommitmentState) -> tuple[bool, str, str]:
    """Those first of which anything was ever heard, then by deadline."""
    return now.last is None, now.commitment.deadline or "9999", now.commitment.id

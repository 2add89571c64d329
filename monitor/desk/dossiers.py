"""All that the archive has of one project or person: stories, figures, promises; read-only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from monitor.desk.commitments import commitments
from monitor.desk.figures import Ledger, is_told, ledger
from monitor.match.coverage import coverage, told_at
from monitor.match.lead import lead
from monitor.match.ledger import agree
from monitor.match.matching import Watchlist
from monitor.match.quotations import said_by
from monitor.model import Account, Camp, CommitmentState, Entity, JudgedArticle, Lead, Quotation
from monitor.publish.digest import order_articles
from monitor.query import Query
from monitor.query.nodes import And, Label, Node, Or, Score
from monitor.store import Store

# The kind of entities that articles are about without a word of theirs.
_COUNTRY = "country"
# How many of the newest articles are looked through for what somebody says.
_HEARD = 300
_SAYINGS = 10


@dataclass(frozen=True, slots=True)
class Chapter:
    """A story in a dossier: when it began, what it is called, and who tells it."""

    story_id: int
    at: datetime
    headline: JudgedArticle
    lead: Lead | None
    outlets: int
    independent: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure of a kind as one outlet has it, since when, and how many outlets quote it."""

    told: Account
    outlets: int


@dataclass(frozen=True, slots=True)
class Saying:
    """What the subject is quoted with, and when that was told."""

    at: datetime
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class Dossier:
    """What there is of an entity; ``outlets`` and ``camps`` count articles, most first.

    ``series`` are the figures of the ledger, each once, the oldest first; ``said`` are the newest
    sayings of a person or an office, the oldest of them first.
    """

    subject: Entity
    chapters: tuple[Chapter, ...]
    ledger: Ledger
    series: tuple[Quoted, ...]
    promises: tuple[CommitmentState, ...]
    outlets: tuple[tuple[str, int], ...]
    camps: tuple[tuple[str, int], ...]
    silent: tuple[str, ...]
    said: tuple[Saying, ...] = ()


def dossier(
    store: Store,
    watchlist: Watchlist,
    camps: Sequence[Camp],
    name: str,
    now: datetime,
    lang: str = "en",
    *,
    threshold: float,
) -> Dossier:
    """All about the entity called ``name``; InputError when the beat has none.

    Of a country also the articles of a score of ``threshold`` or more that are about it without
    its name, since they name its people, places or works.
    """
    beat = watchlist.beat
    found = ledger(store, beat, name)
    subject = found.subject
    about = list(store.stream(Query(subject.name, _about(subject, threshold)), now))
    called = {each.id: each.name for each in camps}
    told = Counter(each.article.camp for each in about if each.article.camp)
    names = beat.names("en")
    return Dossier(
        subject=subject,
        chapters=tuple(_chapters(store, about, camps, lang, names)),
        ledger=found,
        series=tuple(_series(found.accounts, lang)),
        promises=tuple(
            each for each in commitments(store, beat, now) if subject.id in each.commitment.about
        ),
        outlets=tuple(Counter(each.article.outlet for each in about).most_common()),
        camps=tuple((called.get(camp, camp), number) for camp, number in told.most_common()),
        silent=tuple(each.name for each in camps if each.id not in told) if about else (),
        said=tuple(_said(about, subject, watchlist)),
    )


def _said(
    about: Sequence[JudgedArticle], subject: Entity, watchlist: Watchlist
) -> Iterator[Saying]:
    newest = sorted(about, key=lambda each: told_at(each.article), reverse=True)[:_HEARD]
    heard = list(islice(said_by(newest, subject.id, watchlist), _SAYINGS))
    return (Saying(told_at(each.article), said) for each, said in reversed(heard))


def _about(subject: Entity, threshold: float) -> Node:
    named = Label("entity", subject.name, (subject.id,), 0)
    if subject.kind != _COUNTRY:
        return named
    inside = tuple(Label("country", code, (code,), 0) for code in subject.countries)
    return Or((named, And((Or(inside), Score(">=", threshold)))))


def _series(accounts: Sequence[Account], lang: str) -> Iterator[Quoted]:
    """Each figure once, with its day and kind, in a sentence of ``lang`` where there is one.

    Spans of time are no figures here.
    """
    measured = [each for each in accounts if is_told(each)]
    groups: list[list[Account]] = []
    for each in sorted(measured, key=lambda one: (one.at, one.article_id)):
        known = next((group for group in groups if _is_one(group[0], each)), None)
        if known is None:
            groups.append([each])
        else:
            known.append(each)
    for group in groups:
        told = min(group, key=lambda each: (each.lang != lang, not each.statement.kind))
        kind = next((each.statement.kind for each in group if each.statement.kind), "")
        told = replace(told, at=group[0].at, statement=replace(told.statement, kind=kind))
        yield Quoted(told, len({each.outlet for each in group}))


def _is_one(one: Account, other: Account) -> bool:
    mine, theirs = one.statement, other.statement
    same_kind = mine.kind == theirs.kind or not (mine.kind and theirs.kind)
    units = mine.figure.unit == theirs.figure.unit
    return same_kind and units and agree(mine.figure, theirs.figure)


def _chapters(
    store: Store,
    about: Iterable[JudgedArticle],
    camps: Sequence[Camp],
    lang: str,
    names: dict[str, str],
) -> list[Chapter]:
    """The stories of some articles, the first to be told first."""
    ids = {each.story_id for each in about if each.story_id is not None}
    chapters = [
        _chapter(story_id, members, camps, lang, names)
        for story_id, members in store.stories.members(ids).items()
    ]
    return sorted(chapters, key=lambda each: (each.at, each.story_id))


def _chapter(
    story_id: int,
    members: Sequence[JudgedArticle],
    camps: Sequence[Camp],
    lang: str,
    names: dict[str, str],
) -> Chapter:
    ordered = order_articles(members, lang)
    return Chapter(
        story_id=story_id,
        at=min(told_at(each.article) for each in members),
        headline=ordered[0],
        lead=lead(ordered, lang, names),
        outlets=len({each.article.outlet for each in members}),
        independent=coverage(members, camps).independent,
    )

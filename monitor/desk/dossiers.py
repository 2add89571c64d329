"""All that the archive has of one project or person: stories, figures, promises; read-only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.desk.commitments import commitments
from monitor.desk.figures import Ledger, ledger
from monitor.match.coverage import coverage, told_at
from monitor.match.lead import lead
from monitor.model import Beat, Camp, CommitmentState, Entity, JudgedArticle, Lead
from monitor.query import Query
from monitor.query.nodes import Label
from monitor.store import Store


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
class Dossier:
    """What there is of an entity; ``outlets`` and ``camps`` count articles, most first."""

    subject: Entity
    chapters: tuple[Chapter, ...]
    ledger: Ledger
    promises: tuple[CommitmentState, ...]
    outlets: tuple[tuple[str, int], ...]
    camps: tuple[tuple[str, int], ...]
    silent: tuple[str, ...]


def dossier(
    store: Store, beat: Beat, camps: Sequence[Camp], name: str, now: datetime, lang: str = "en"
) -> Dossier:
    """All about the entity called ``name``; InputError when the beat has none."""
    found = ledger(store, beat, name)
    subject = found.subject
    query = Query(subject.name, Label("entity", subject.name, (subject.id,), 0))
    about = list(store.stream(query, now))
    told = Counter(each.article.camp for each in about if each.article.camp)
    names = {each.id: each.name for each in beat.entities}
    return Dossier(
        subject=subject,
        chapters=tuple(_chapters(store, about, camps, lang, names)),
        ledger=found,
        promises=tuple(
            each for each in commitments(store, beat, now) if subject.id in each.commitment.about
        ),
        outlets=tuple(Counter(each.article.outlet for each in about).most_common()),
        camps=tuple(told.most_common()),
        silent=tuple(each.name for each in camps if each.id not in told) if about else (),
    )


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
    ours = [each for each in members if each.article.wording.lang == lang]
    return Chapter(
        story_id=story_id,
        at=min(told_at(each.article) for each in members),
        headline=max(ours or members, key=lambda each: (each.judgement.score, -each.article.id)),
        lead=lead(members, lang, names),
        outlets=len({each.article.outlet for each in members}),
        independent=coverage(members, camps).independent,
    )

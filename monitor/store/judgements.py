"""Judgements: verdicts with the watchlist that they were made with, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from monitor.errors import StoreError
from monitor.model import Assessment, Judgement, ReceiptLine
from monitor.store.database import Database, chunks
from monitor.store.hands import placed_by_hand
from monitor.store.schema import (
    articles,
    carried,
    judgements,
    labels,
    revisions,
    stories,
    watchlists,
)
from monitor.store.signatures import keep_signatures
from monitor.store.statements import insert, upsert


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an article has from earlier assessments, and which revision is current."""

    revision_id: int
    story_id: int | None
    eligible_at: datetime | None
    judged: bool


class Judgements:
    """Verdicts; each belongs to a revision and to a watchlist's fingerprint."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_watchlist(self, fingerprint: str, body: str, now: datetime) -> None:
        """Keep a watchlist, so that every receipt made with it can be made again."""
        row = {"fingerprint": fingerprint, "body": body, "kept_at": now}
        with self._database.writing() as connection:
            connection.execute(insert(watchlists).values(row).on_conflict_do_nothing())

    def keeps_watchlist(self, fingerprint: str) -> bool:
        """Whether the watchlist with this fingerprint is kept."""
        known = select(watchlists.c.id).where(watchlists.c.fingerprint == fingerprint)
        with self._database.reading() as connection:
            return connection.execute(known).first() is not None

    def watchlist(self, article_id: int) -> tuple[str, str] | None:
        """Fingerprint and body of the watchlist that an article was last judged with."""
        used = (
            select(watchlists.c.fingerprint, watchlists.c.body)
            .join(articles, articles.c.watchlist_id == watchlists.c.id)
            .where(articles.c.id == article_id)
        )
        with self._database.reading() as connection:
            row = connection.execute(used).one_or_none()
        return None if row is None else (row.fingerprint, row.body)

    def judged_otherwise(self, article_ids: Iterable[int], fingerprint: str) -> frozenset[int]:
        """Those of the articles whose judgement, by another watchlist, counts as it is.

        An article that awaits the judgement of a new wording is none of them.
        """
        this = select(watchlists.c.id).where(watchlists.c.fingerprint == fingerprint)
        found: set[int] = set()
        with self._database.reading() as connection:
            for chunk in chunks(article_ids):
                ours = (articles.c.id.in_(chunk), articles.c.pending.is_(False))
                other = articles.c.watchlist_id != this.scalar_subquery()
                found.update(connection.scalars(select(articles.c.id).where(*ours, other)))
        return frozenset(found)

    def withdraw(self, article_ids: Iterable[int]) -> None:
        """Make articles eligible for nothing from now on; what carried them keeps them."""
        with self._database.writing() as connection:
            for chunk in chunks(article_ids):
                these = update(articles).where(articles.c.id.in_(chunk))
                connection.execute(these.values(eligible_at=None))

    def drop_replaced(self, article_ids: Iterable[int]) -> None:
        """Forget judgements that count no more, of articles that no edition has carried."""
        with self._database.writing() as connection:
            for chunk in chunks(article_ids):
                told = select(carried.c.article_id).where(carried.c.article_id == articles.c.id)
                counting = (
                    select(articles.c.id)
                    .join(revisions, revisions.c.article_id == articles.c.id)
                    .where(
                        revisions.c.id == judgements.c.revision_id,
                        articles.c.id.in_(chunk),
                        articles.c.watchlist_id != judgements.c.watchlist_id,
                        ~told.exists(),
                    )
                )
                theirs = select(revisions.c.id).where(revisions.c.article_id.in_(chunk))
                old = judgements.c.revision_id.in_(theirs)
                connection.execute(delete(judgements).where(old, counting.exists()))

    def record(
        self,
        assessments: Sequence[Assessment],
        fingerprint: str,
        now: datetime,
        *,
        keep_receipt: Callable[[Assessment], bool] = lambda _: True,
    ) -> list[int]:
        """Store what was decided, all in one transaction; the story ids, in the same order.

        An article that has a story stays in it when ``story_id`` is None. Negative story ids are
        provisional: assessments with the same one open a single story together. The first
        ``eligible_at`` stands unless a later one is given. An article whose wording has changed
        meanwhile stays unassessed. StoreError when the watchlist was not kept.
        """
        if not assessments:
            return []
        with self._database.writing() as connection:
            watchlist_id = _watchlist_id(connection, fingerprint)
            standing = _standing(connection, [each.article.id for each in assessments])
            story_ids = _story_ids(connection, assessments, standing, now)
            rows = [_judgement(each, watchlist_id, now, keep_receipt(each)) for each in assessments]
            connection.execute(_KEEP, rows)
            _mark_judged(connection, assessments, standing, story_ids, watchlist_id)
            _relabel(connection, assessments, standing)
            keep_signatures(connection, assessments, story_ids)
        return story_ids


def _watchlist_id(connection: Connection, fingerprint: str) -> int:
    this = select(watchlists.c.id).where(watchlists.c.fingerprint == fingerprint)
    found: int | None = connection.scalars(this).one_or_none()
    if found is None:
        raise StoreError(f"the watchlist {fingerprint} must be kept before it is judged with")
    return found


def _standing(connection: Connection, ids: Iterable[int]) -> dict[int, _Standing]:
    columns = (
        revisions.c.id.label("revision_id"),
        articles.c.story_id,
        articles.c.eligible_at,
        articles.c.watchlist_id.is_not(None).label("judged"),
    )
    current = revisions.c.current.is_(True)
    found: dict[int, _Standing] = {}
    for chunk in chunks(ids):
        rows = (
            select(articles.c.id, *columns)
            .join(revisions, revisions.c.article_id == articles.c.id)
            .where(articles.c.id.in_(chunk), current)
        )
        found.update((row[0], _Standing(*row[1:])) for row in connection.execute(rows))
    return found


def _story_ids(
    connection: Connection,
    assessments: Sequence[Assessment],
    standing: dict[int, _Standing],
    now: datetime,
) -> list[int]:
    """The story of each assessment, first of all where a hand has put it; new ones are opened."""
    placed = placed_by_hand(connection, standing)
    wishes: list[int | tuple[str, int]] = []
    for each in assessments:
        if each.article.id in placed:
            wishes.append(placed[each.article.id])
        elif each.story_id is None:
            stored = standing[each.article.id].story_id
            wishes.append(("article", each.article.id) if stored is None else stored)
        elif each.story_id < 0:
            wishes.append(("provisional", each.story_id))
        else:
            wishes.append(each.story_id)
    new = list(dict.fromkeys(wish for wish in wishes if isinstance(wish, tuple)))
    opened = dict(zip(new, _open_stories(connection, len(new), now), strict=True))
    return [opened[wish] if isinstance(wish, tuple) else wish for wish in wishes]


def _open_stories(connection: Connection, count: int, now: datetime) -> list[int]:
    if not count:
        return []
    # They are all alike: asked for in their order, each would take a statement of its own.
    opening = insert(stories).returning(stories.c.id)
    return sorted(connection.scalars(opening, [{"opened_at": now}] * count))


def _judgement(
    assessment: Assessment, watchlist_id: int, now: datetime, with_receipt: bool
) -> dict[str, Any]:
    judgement = assessment.judgement
    return {
        "revision_id": assessment.article.revision_id,
        "watchlist_id": watchlist_id,
        "at": now,
        "score": judgement.score,
        "lang": judgement.lang,
        "countries": judgement.countries,
        "topics": judgement.topics,
        "entities": judgement.entities,
        "receipt": [_line(line) for line in judgement.receipt] if with_receipt else None,
    }


def _line(line: ReceiptLine) -> list[Any]:
    """A receipt's line as an array in the order of its fields, without the empty end."""
    values = [line.rule, line.points, line.alias, line.form, line.field, line.start, line.end]
    while values[-1] is None:
        values.pop()
    return values


_KEEP = upsert(judgements)
_LABEL = insert(labels).on_conflict_do_nothing()
_MARK_JUDGED = (
    update(articles)
    .where(articles.c.id == bindparam("judged_id"))
    .values({name: bindparam(name) for name in ("watchlist_id", "score", "eligible_at")})
    .values(story_id=bindparam("in_story"), pending=bindparam("still_pending"))
)


def _mark_judged(
    connection: Connection,
    assessments: Sequence[Assessment],
    standing: dict[int, _Standing],
    story_ids: Sequence[int],
    watchlist_id: int,
) -> None:
    rows = [
        {
            "judged_id": each.article.id,
            "watchlist_id": watchlist_id,
            "score": each.judgement.score,
            "eligible_at": _later(standing[each.article.id].eligible_at, each.eligible_at),
            "in_story": story_id,
            "still_pending": standing[each.article.id].revision_id != each.article.revision_id,
        }
        for each, story_id in zip(assessments, story_ids, strict=True)
    ]
    connection.execute(_MARK_JUDGED, rows)


def _later(stored: datetime | None, given: datetime | None) -> datetime | None:
    return max((each for each in (stored, given) if each), default=None)


def _relabel(
    connection: Connection, assessments: Sequence[Assessment], standing: dict[int, _Standing]
) -> None:
    again = [each.article.id for each in assessments if standing[each.article.id].judged]
    for chunk in chunks(again):
        connection.execute(delete(labels).where(labels.c.article_id.in_(chunk)))
    if rows := [row for each in assessments for row in _labels(each)]:
        connection.execute(_LABEL, rows)


def _terms(judgement: Judgement) -> tuple[str, ...]:
    """The terms and keywords that a judgement has lines for, each once."""
    rules = (line.rule.partition(":") for line in judgement.receipt)
    return tuple(dict.fromkeys(name for kind, _, name in rules if kind in _TERMS))


_TERMS = ("term", "keyword")


def _labels(assessment: Assessment) -> Iterable[dict[str, Any]]:
    judgement = assessment.judgement
    kinds = (
        ("country", judgement.countries),
        ("topic", judgement.topics),
        ("entity", judgement.entities),
        ("term", _terms(judgement)),
    )
    for kind, values in kinds:
        for value in values:
            yield {"kind": kind, "label": value, "article_id": assessment.article.id}

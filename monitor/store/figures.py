"""The figures ledger: what articles say in numbers, read once for each wording."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select

from monitor.model import Account, Article, Figure, Statement
from monitor.store.articles import load
from monitor.store.database import Database, Record, chunks
from monitor.store.schema import (
    articles,
    counted,
    feeds,
    figure_subjects,
    figures,
    revisions,
)
from monitor.store.statements import upsert


@dataclass(frozen=True, slots=True)
class Uncounted:
    """An article whose figures were not read, and the revision that its wording is of."""

    article: Article
    revision_id: int


class Figures:
    """What is said in numbers, under the fingerprint of what it was read with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def uncounted(self, fingerprint: str, least: float, limit: int) -> list[Uncounted]:
        """At most ``limit`` judged articles at or over ``least`` that were not read so yet."""
        wanted = (
            select(articles.c.id, revisions.c.id)
            .join(revisions, _is_current())
            .outerjoin(counted, counted.c.article_id == articles.c.id)
            .where(articles.c.score >= least, articles.c.pending.is_(False))
            .where(
                or_(
                    counted.c.article_id.is_(None),
                    counted.c.revision_id != revisions.c.id,
                    counted.c.fingerprint != fingerprint,
                )
            )
            .order_by(articles.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            revision_of = {row[0]: row[1] for row in connection.execute(wanted)}
            found = load(connection, list(revision_of))
        return [Uncounted(each.article, revision_of[each.article.id]) for each in found]

    def record(
        self, fingerprint: str, read: Mapping[int, int], found: Mapping[int, Sequence[Statement]]
    ) -> None:
        """Keep what articles say, by id, in place of what they said; ``read`` are revisions."""
        rows = [
            {"article_id": article_id, "revision_id": revision_id, "fingerprint": fingerprint}
            for article_id, revision_id in read.items()
        ]
        with self._database.writing() as connection:
            _forget(connection, read)
            for article_id, said in found.items():
                _keep(connection, article_id, said)
            if rows:
                connection.execute(upsert(counted), rows)

    def about(self, subjects: Collection[str]) -> list[Account]:
        """What was said of any of ``subjects``, the oldest article first."""
        named = select(figure_subjects.c.figure_id).where(figure_subjects.c.subject.in_(subjects))
        return self._accounts(figures.c.id.in_(named))

    def of_articles(self, article_ids: Iterable[int]) -> list[Account]:
        """What these articles say, the oldest first."""
        found: list[Account] = []
        for chunk in chunks(article_ids):
            found += self._accounts(figures.c.article_id.in_(chunk))
        return found

    def _accounts(self, which: ColumnElement[bool]) -> list[Account]:
        with self._database.reading() as connection:
            rows = connection.execute(_ACCOUNTS.where(which)).all()
            subjects = _subjects(connection, [row.id for row in rows])
        return [_account(row, tuple(subjects.get(row.id, ()))) for row in rows]


def _is_current() -> ColumnElement[bool]:
    return (revisions.c.article_id == articles.c.id) & revisions.c.current.is_(True)


def _forget(connection: Connection, article_ids: Iterable[int]) -> None:
    for chunk in chunks(article_ids):
        theirs = select(figures.c.id).where(figures.c.article_id.in_(chunk))
        connection.execute(delete(figure_subjects).where(figure_subjects.c.figure_id.in_(theirs)))
        connection.execute(delete(figures).where(figures.c.article_id.in_(chunk)))


def _keep(connection: Connection, article_id: int, said: Sequence[Statement]) -> None:
    for statement in said:
        added = connection.execute(figures.insert().values(_row(article_id, statement)))
        figure_id = added.inserted_primary_key[0]  # type: ignore[index]
        rows = [
            {"subject": subject, "figure_id": figure_id}
            for subject in dict.fromkeys(statement.subjects)
        ]
        if rows:
            connection.execute(figure_subjects.insert(), rows)


def _row(article_id: int, statement: Statement) -> dict[str, Any]:
    figure = statement.figure
    return {
        "article_id": article_id,
        "value": figure.value,
        "unit": figure.unit,
        "text": figure.text,
        "field": statement.field,
        "start": figure.start,
        "end": figure.end,
        "kind": statement.kind,
        "sentence": statement.sentence,
    }


_ACCOUNTS = (
    select(
        figures,
        articles.c.url,
        articles.c.story_id,
        articles.c.first_seen,
        articles.c.published,
        func.coalesce(articles.c.outlet, feeds.c.outlet).label("outlet"),
        revisions.c.lang,
    )
    .join(articles, articles.c.id == figures.c.article_id)
    .join(feeds, feeds.c.id == articles.c.feed_id)
    .join(revisions, _is_current())
    .order_by(articles.c.first_seen, articles.c.id, figures.c.id)
)


def _subjects(connection: Connection, figure_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chunk in chunks(figure_ids):
        inside = select(figure_subjects).where(figure_subjects.c.figure_id.in_(chunk))
        for subject, figure_id in connection.execute(inside):
            found.setdefault(figure_id, []).append(subject)
    return found


def _account(row: Record, subjects: tuple[str, ...]) -> Account:
    value = int(row.value) if row.value == int(row.value) else row.value
    figure = Figure(value, row.unit, row.text, row.start, row.end)
    return Account(
        statement=Statement(figure, row.kind, subjects, row.sentence, row.field),
        article_id=row.article_id,
        outlet=row.outlet,
        lang=row.lang,
        url=row.url,
        first_seen=row.first_seen,
        at=min(row.published or row.first_seen, row.first_seen),
        story_id=row.story_id,
    )

"""Turning a poll's findings into articles, identities and revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from monitor.model import Finding, FindingKind
from monitor.store import sqlite
from monitor.store.database import chunks
from monitor.store.schema import articles, entries, identities, revisions
from monitor.store.sqlite import insert


def keep(
    connection: Connection, feed_id: int, at: datetime, findings: Sequence[Finding]
) -> tuple[int, int]:
    """Store ``findings``; tell how many articles are new and how many have changed.

    A finding called new whose keys are known by now, because another feed or an earlier try
    brought the article first, only adds its keys.
    """
    fresh, known = _divided(connection, findings)
    ids = _add_articles(connection, feed_id, at, fresh)
    shown = [*zip(ids, fresh, strict=True), *known]
    _add_identities(connection, shown)
    _claim(connection, feed_id, at, shown)
    first = _revisions(zip(ids, fresh, strict=True), at)
    if first:
        connection.execute(insert(revisions), first)
        sqlite.index(connection, first)
    changed = _move(connection, known, at)
    return len(ids), changed


def identified(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Article ids by those of ``keys`` that are stored."""
    asked = {readable(key): key for key in keys}
    found: dict[str, int] = {}
    for chunk in chunks(asked):
        rows = select(identities.c.key, identities.c.article_id).where(identities.c.key.in_(chunk))
        found.update((asked[key], article_id) for key, article_id in connection.execute(rows))
    return found


def _divided(
    connection: Connection, findings: Sequence[Finding]
) -> tuple[list[Finding], list[tuple[int, Finding]]]:
    """New articles, and findings of stored ones with their article's id."""
    claimed = [finding for finding in findings if finding.article_id is None]
    stored = identified(connection, {key for finding in claimed for key in finding.keys})
    taken: set[str] = set()
    fresh: list[Finding] = []
    known = [(each.article_id, each) for each in findings if each.article_id is not None]
    for finding in claimed:
        if article_id := next((stored[key] for key in finding.keys if key in stored), None):
            known.append((article_id, finding))
        elif taken.isdisjoint(finding.keys):
            fresh.append(finding)
            taken.update(finding.keys)
    return fresh, known


def _add_articles(
    connection: Connection, feed_id: int, at: datetime, fresh: Sequence[Finding]
) -> list[int]:
    """Ids of the new articles, in the order of ``fresh``."""
    rows = [
        {
            "url": readable(finding.url),
            "feed_id": feed_id,
            "first_seen": at,
            "published": finding.entry.published,
            "backlog": finding.backlog,
            "pending": True,
        }
        for finding in fresh
    ]
    if not rows:
        return []
    adding = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(adding, rows))


def _add_identities(connection: Connection, known: Iterable[tuple[int, Finding]]) -> None:
    rows = [
        {"key": readable(key), "article_id": article_id}
        for article_id, finding in known
        for key in finding.keys
    ]
    if rows:
        connection.execute(insert(identities).on_conflict_do_nothing(), rows)


def _claim(
    connection: Connection, feed_id: int, at: datetime, shown: Iterable[tuple[int, Finding]]
) -> None:
    """Remember that the feed showed these articles, and in which wording."""
    rows = [
        {"feed_id": feed_id, "article_id": article_id, "hash": finding.hash, "seen_at": at}
        for article_id, finding in shown
        if finding.kind is not FindingKind.SAME
    ]
    if rows:
        claiming = insert(entries)
        latest = {"hash": claiming.excluded.hash}
        key = [entries.c.feed_id, entries.c.article_id]
        connection.execute(claiming.on_conflict_do_update(key, set_=latest), rows)


def _revisions(found: Iterable[tuple[int, Finding]], at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "article_id": article_id,
            "hash": finding.hash,
            "title": readable(finding.entry.title),
            "summary": readable(finding.entry.summary),
            "text": readable(finding.entry.text),
            "lang": finding.lang,
            "seen_at": at,
            "current": True,
        }
        for article_id, finding in found
    ]


def _move(connection: Connection, known: Sequence[tuple[int, Finding]], at: datetime) -> int:
    """Give changed articles their new revision; one stored before is never taken up again."""
    last = {article_id: (article_id, finding) for article_id, finding in known if finding.revises}
    rows = [row for row in _revisions(last.values(), at) if not _is_stored(connection, row)]
    if not rows:
        return 0
    ids = [{"moved": row["article_id"]} for row in rows]
    for row in rows:
        sqlite.forget(connection, _current_wording(connection, row["article_id"]))
    connection.execute(_SUPERSEDE, ids)
    connection.execute(insert(revisions), rows)
    connection.execute(_AWAIT_JUDGEMENT, ids)
    sqlite.index(connection, rows)
    return len(rows)


_SUPERSEDE = (
    update(revisions)
    .values(current=False)
    .where(revisions.c.article_id == bindparam("moved"), revisions.c.current.is_(True))
)
_AWAIT_JUDGEMENT = update(articles).values(pending=True).where(articles.c.id == bindparam("moved"))


def _is_stored(connection: Connection, row: dict[str, Any]) -> bool:
    same = (revisions.c.article_id == row["article_id"], revisions.c.hash == row["hash"])
    return connection.execute(select(revisions.c.id).where(*same)).first() is not None


def _current_wording(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    current = sqlite.indexed().where(revisions.c.article_id == article_id)
    return [dict(row) for row in connection.execute(current).mappings()]


def readable(text: str) -> str:
    """``text`` as it can be stored: a lone surrogate, which no encoding has, becomes ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")

"""Turning a poll's findings into articles, identities and revisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select, update

from monitor.model import Finding, FindingKind
from monitor.store.columns import readable
from monitor.store.database import chunks
from monitor.store.full_text import full_text
from monitor.store.indexing import indexed
from monitor.store.schema import articles, days, entries, identities, revisions
from monitor.store.statements import insert
from monitor.text.fingerprint import checksum


@dataclass(frozen=True, slots=True)
class Shown:
    """What one poll of a feed found."""

    feed_id: int
    at: datetime
    findings: Sequence[Finding]


class _Known(NamedTuple):
    """A finding of a stored article."""

    article_id: int
    finding: Finding
    poll: Shown


def keep(connection: Connection, shown: Sequence[Shown]) -> list[tuple[int, int]]:
    """Store what polls found; tell for each how many articles are new, how many have changed.

    A finding called new whose keys are known by now, because another feed or an earlier try
    brought the article first, only adds its keys.
    """
    found = [(finding, poll) for poll in shown for finding in poll.findings]
    if not found:
        return [(0, 0) for _ in shown]
    fresh, places = _divided(connection, found)
    ids = _add_articles(connection, fresh)
    all_known = [
        _Known(ids[place] if is_fresh else place, finding, poll)
        for (finding, poll), (is_fresh, place) in zip(found, places, strict=True)
    ]
    _add_identities(connection, all_known)
    _bring_home(connection, all_known)
    _claim(connection, all_known)
    said = _wordings(found, places, fresh)
    first = [_revision(each, *found) for each, found in zip(ids, said, strict=True)]
    if first:
        connection.execute(insert(revisions), first)
        full_text(connection).index(first)
    changed = _move(connection, all_known)
    new = Counter(poll.feed_id for _, poll in fresh)
    return [(new[poll.feed_id], changed[poll.feed_id]) for poll in shown]


def identified(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Article ids by those of ``keys`` that are stored."""
    asked = {readable(key): key for key in keys}
    found: dict[str, int] = {}
    for chunk in chunks(asked):
        rows = select(identities.c.key, identities.c.article_id).where(identities.c.key.in_(chunk))
        found.update((asked[key], article_id) for key, article_id in connection.execute(rows))
    return found


_Found = tuple[Finding, Shown]


def _divided(
    connection: Connection, found: Sequence[_Found]
) -> tuple[list[_Found], list[tuple[bool, int]]]:
    """New articles, each once, and for each finding where its article is.

    That is ``(True, place among the new ones)`` or ``(False, id of a stored article)``.
    """
    claimed = {key for finding, _ in found if finding.article_id is None for key in finding.keys}
    stored = identified(connection, claimed)
    taken: dict[str, int] = {}
    fresh: list[_Found] = []
    places: list[tuple[bool, int]] = []
    for finding, poll in found:
        article_id = finding.article_id or next(
            (stored[key] for key in finding.keys if key in stored), None
        )
        if article_id is not None:
            places.append((False, article_id))
            continue
        place = next((taken[key] for key in finding.keys if key in taken), None)
        if place is None:
            place = len(fresh)
            fresh.append((finding, poll))
        taken.update((key, place) for key in finding.keys if key not in taken)
        places.append((True, place))
    return fresh, places


def _wordings(
    found: Sequence[_Found], places: Sequence[tuple[bool, int]], fresh: Sequence[_Found]
) -> list[_Found]:
    """What is said of each new article: where two feeds bring it at once, by the one with more."""
    said = list(fresh)
    for (finding, poll), (is_fresh, place) in zip(found, places, strict=True):
        if is_fresh and _length(finding) > _length(said[place][0]):
            said[place] = (finding, poll)
    return said


def _length(finding: Finding) -> int:
    return len(finding.entry.title) + len(finding.entry.summary) + len(finding.entry.text)


def _add_articles(connection: Connection, fresh: Sequence[_Found]) -> list[int]:
    """Ids of the new articles, in the order of ``fresh``."""
    rows = [
        {
            "url": readable(finding.url),
            "feed_id": poll.feed_id,
            "outlet": readable(finding.entry.outlet or "")[:_LONGEST_NAME] or None,
            "first_seen": poll.at,
            "published": finding.entry.published,
            "backlog": finding.backlog,
            "pending": True,
        }
        for finding, poll in fresh
    ]
    if not rows:
        return []
    # RETURNING would take a statement a row; nobody else writes meanwhile, and ids only grow.
    last = connection.scalars(select(func.coalesce(func.max(articles.c.id), 0))).one()
    connection.execute(insert(articles), rows)
    added = select(articles.c.id).where(articles.c.id > last).order_by(articles.c.id)
    ids = list(connection.scalars(added))
    _note_days(
        connection, {article_id: poll.at for article_id, (_, poll) in zip(ids, fresh, strict=True)}
    )
    return ids


# Of an outlet, in characters; what is longer is no name, and fits into no index of a server.
_LONGEST_NAME = 500


def _note_days(connection: Connection, seen: Mapping[int, datetime]) -> None:
    """Widen the ids between which the articles of each day are found."""
    by_day: dict[int, list[int]] = {}
    for article_id, at in seen.items():
        by_day.setdefault(int(at.timestamp() // _DAY), []).append(article_id)
    rows = [{"day": day, "first_id": min(ids), "last_id": max(ids)} for day, ids in by_day.items()]
    noting = insert(days)
    fresh = noting.excluded
    wider = {
        "first_id": case((fresh.first_id < days.c.first_id, fresh.first_id), else_=days.c.first_id),
        "last_id": case((fresh.last_id > days.c.last_id, fresh.last_id), else_=days.c.last_id),
    }
    connection.execute(noting.on_conflict_do_update(index_elements=["day"], set_=wider), rows)


_DAY = 86_400


def _add_identities(connection: Connection, known: Iterable[_Known]) -> None:
    rows = [
        {"key": readable(key), "article_id": article_id}
        for article_id, finding, _ in known
        for key in (*finding.keys, *finding.told)
    ]
    if rows:
        connection.execute(insert(identities).on_conflict_do_nothing(), rows)


def _bring_home(connection: Connection, known: Iterable[_Known]) -> None:
    """Give articles that an aggregator brought to the publisher whose own entry comes now."""
    rows = [
        {"moved": article_id, "its_url": readable(finding.url), "its_feed": poll.feed_id}
        for article_id, finding, poll in known
        if finding.article_id and finding.kind is FindingKind.NEW and not finding.entry.outlet
    ]
    if rows:
        connection.execute(_BRING_HOME, rows)


_BRING_HOME = (
    update(articles)
    .values(url=bindparam("its_url"), feed_id=bindparam("its_feed"), outlet=None)
    .where(articles.c.id == bindparam("moved"), articles.c.outlet.is_not(None))
)


def _claim(connection: Connection, known: Iterable[_Known]) -> None:
    """Remember which articles each feed showed, and in which wording."""
    rows = [
        {
            "feed_id": poll.feed_id,
            "article_id": article_id,
            "hash": finding.hash,
            "seen_at": poll.at,
        }
        for article_id, finding, poll in known
        if finding.kind is not FindingKind.SAME
    ]
    if rows:
        claiming = insert(entries)
        latest = {"hash": claiming.excluded.hash}
        key = ["feed_id", "article_id"]
        connection.execute(claiming.on_conflict_do_update(index_elements=key, set_=latest), rows)


def _revision(article_id: int, finding: Finding, poll: Shown) -> dict[str, Any]:
    entry = finding.entry
    texts = [readable(text) for text in (entry.title, entry.summary, entry.text)]
    return {
        "article_id": article_id,
        "hash": finding.hash,
        **dict(zip(("title", "summary", "text"), texts, strict=True)),
        "lang": finding.lang,
        "seen_at": poll.at,
        "current": True,
        "checksum": checksum(map(str.encode, texts)),
    }


def _move(connection: Connection, known: Sequence[_Known]) -> Counter[int]:
    """Give changed articles their new revision, and count them by feed.

    A wording stored before is never taken up again.
    """
    last = {each.article_id: each for each in known if each.finding.revises}
    stored = _stored_hashes(connection, last)
    moved = [each for each in last.values() if (each.article_id, each.finding.hash) not in stored]
    if moved:
        rows = [_revision(*each) for each in moved]
        ids = [{"moved": row["article_id"]} for row in rows]
        index = full_text(connection)
        index.forget(_current_wordings(connection, [row["moved"] for row in ids]))
        connection.execute(_SUPERSEDE, ids)
        connection.execute(insert(revisions), rows)
        connection.execute(_AWAIT_JUDGEMENT, ids)
        index.index(rows)
    return Counter(each.poll.feed_id for each in moved)


_SUPERSEDE = (
    update(revisions)
    .values(current=False)
    .where(revisions.c.article_id == bindparam("moved"), revisions.c.current.is_(True))
)
_AWAIT_JUDGEMENT = update(articles).values(pending=True).where(articles.c.id == bindparam("moved"))


def _stored_hashes(connection: Connection, ids: Iterable[int]) -> set[tuple[int, str]]:
    """Articles with the hashes of their wordings."""
    stored: set[tuple[int, str]] = set()
    wordings = select(revisions.c.article_id, revisions.c.hash)
    for chunk in chunks(ids):
        rows = connection.execute(wordings.where(revisions.c.article_id.in_(chunk)))
        stored.update((article_id, digest) for article_id, digest in rows)
    return stored


def _current_wordings(connection: Connection, ids: Iterable[int]) -> list[dict[str, Any]]:
    wordings: list[dict[str, Any]] = []
    for chunk in chunks(ids):
        current = indexed().where(revisions.c.article_id.in_(chunk))
        wordings += [dict(row) for row in connection.execute(current).mappings()]
    return wordings

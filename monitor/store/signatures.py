"""Signatures and marks: finding the few stories that an article may belong to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, select

from monitor.model import Assessment, Signature
from monitor.store import postgres_marks, sqlite_marks
from monitor.store.database import Record
from monitor.store.schema import signatures
from monitor.store.statements import upsert

# Between the marks, and the words, of one signature; it stands in none of them.
_BETWEEN = "|"
_EPOCH = 719_163  # the ordinal of 1970-01-01

# A mark and a day (since 1970-01-01) to look around for it; day and story of an article with it.
Asked = tuple[str, int]
Posted = tuple[int, int]


def keep_signatures(
    connection: Connection, assessments: Sequence[Assessment], story_ids: Sequence[int]
) -> None:
    """Store each assessment's signature, and let its marks propose its story from now on."""
    connection.execute(_KEEP, [_signature_row(each) for each in assessments])
    marked = [
        (mark, day, story_id)
        for each, story_id in zip(assessments, story_ids, strict=True)
        for day in (_day(_at(each)),)
        for mark in each.signature.proposing()
    ]
    connection.execute(_at_once(connection).KEEP, {"kept": json.dumps(marked)})


def _at(assessment: Assessment) -> datetime:
    return assessment.signature.at or assessment.article.first_seen


def _day(at: datetime) -> int:
    return at.toordinal() - _EPOCH


_KEEP = upsert(signatures)


def newest(connection: Connection, most: int) -> list[tuple[int, Signature]]:
    """The last article ids that have a signature, rising, with it."""
    columns = signatures.c
    wanted = (
        select(columns.article_id, columns.at, columns.lang, columns.body)
        .order_by(columns.article_id.desc())
        .limit(most)
    )
    return [(row.article_id, _signature(row)) for row in connection.execute(wanted)][::-1]


def posted(
    connection: Connection, asked: Collection[Asked], within: int, most: int
) -> dict[Asked, list[Posted]]:
    """For each mark the newest stories that have it within so many days of its day."""
    wanted = list(asked)
    limits = {"asked": json.dumps(wanted), "within": within, "most": most}
    rows = connection.execute(_at_once(connection).POSTED, limits).all()
    found = [(wanted[row.key], row.found) for row in rows if row.found]
    # One text is read sooner than one for each mark.
    lists = iter(json.loads(f"[{','.join(lists for _, lists in found)}]"))
    return {
        each: list(zip(days, stories, strict=True))
        for (each, _), days, stories in zip(found, lists, lists, strict=True)
    }


def members(
    connection: Connection, story_ids: Iterable[int], most: int
) -> dict[int, list[tuple[int, Signature]]]:
    """Article ids and signatures of the newest articles of each story."""
    found: dict[int, list[tuple[int, Signature]]] = {story_id: [] for story_id in story_ids}
    limits = {"asked": json.dumps(list(found)), "most": most}
    for row in connection.execute(_at_once(connection).MEMBERS, limits).all():
        found[row.story_id].append((row.article_id, _signature(row)))
    return found


def _at_once(connection: Connection) -> ModuleType:
    """The statements for very many marks or stories at once, in the database's own words."""
    return postgres_marks if connection.dialect.name == "postgresql" else sqlite_marks


def _signature_row(assessment: Assessment) -> dict[str, Any]:
    signature = assessment.signature
    return {
        "article_id": assessment.article.id,
        "at": _at(assessment),
        "lang": signature.lang,
        "body": [_BETWEEN.join(sorted(each)) for each in (signature.marks, signature.words)],
    }


def _signature(row: Record) -> Signature:
    marks, words = map(_set, row.body if len(row.body) == 2 else ("", ""))
    return Signature(row.at, row.lang, marks, words)


def _set(kept: str | Sequence[str]) -> frozenset[str]:
    # Earlier releases kept lists; of the first there were four, which say nothing here.
    if isinstance(kept, str):
        return frozenset(kept.split(_BETWEEN)) if kept else frozenset()
    return frozenset(kept)

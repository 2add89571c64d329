"""Signatures and marks: finding the few stories that an article may belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from heapq import nlargest
from math import log2
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Integer,
    String,
    TextClause,
    TextualSelect,
    column,
    text,
)

from monitor.model import Assessment, Signature, StoryCandidate
from monitor.store.database import Record
from monitor.store.schema import Utc, marks, signatures
from monitor.store.sqlite import insert, upsert

NEWEST = 40  # stories that one mark proposes; what is said daily proposes the latest only
MARKS = 100  # of one article that are looked up
STORIES = 24  # candidates for one article
MEMBERS = 12  # signatures of one candidate
_DAY = timedelta(days=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def keep_signatures(
    connection: Connection, assessments: Sequence[Assessment], story_ids: Sequence[int]
) -> None:
    """Store each assessment's signature, and mark its story with it."""
    connection.execute(_KEEP, [_signature_row(each) for each in assessments])
    marked = [
        {"mark": mark, "day": _day(each.signature.at), "story_id": story_id}
        for each, story_id in zip(assessments, story_ids, strict=True)
        for mark in marks_of(each.signature)
    ]
    if marked:
        connection.execute(_MARK, marked)


_KEEP = upsert(signatures)
_MARK = insert(marks).on_conflict_do_nothing()


def marks_of(signature: Signature) -> list[str]:
    """What two accounts of one event may have in common, as short strings.

    Entities and figures are the same in all languages; words count within one.
    """
    return [
        *(f"e:{entity}" for entity in sorted(signature.entities)),
        *(f"f:{figure}" for figure in sorted(signature.figures)),
        *(f"{signature.lang}:{word}" for word in sorted(signature.words)),
    ]


def propose(
    connection: Connection, signature: Signature, within: timedelta
) -> list[StoryCandidate]:
    """Stories that share marks with ``signature`` in its time, most in common first."""
    story_ids = _sharing(connection, signature, within)
    members: dict[int, list[Signature]] = defaultdict(list)
    if story_ids:
        limits = {"members": MEMBERS, **_numbered(story_ids)}
        for row in connection.execute(_of_members(len(story_ids)), limits):
            members[row.story_id].append(_signature(row))
    return [StoryCandidate(story_id, tuple(members[story_id])) for story_id in story_ids]


def _sharing(connection: Connection, signature: Signature, within: timedelta) -> list[int]:
    """Ids of the stories that share most; a mark weighs more the rarer it is, as in tf–idf."""
    wanted = marks_of(signature)[:MARKS]
    if not wanted:
        return []
    days = {"first": _day(signature.at - within), "last": _day(signature.at + within)}
    limits = {"newest": NEWEST, **days, **_numbered(wanted)}
    sharing: dict[int, set[int]] = defaultdict(set)
    for mark, story_id in connection.execute(_of_marks(len(wanted)), limits):
        sharing[mark].add(story_id)
    weights: dict[int, float] = defaultdict(float)
    for story_ids in sharing.values():
        for story_id in story_ids:
            weights[story_id] += log2(1 + 2 * NEWEST / len(story_ids))
    return nlargest(STORIES, weights, key=lambda story_id: (weights[story_id], story_id))


# One statement with a limited arm for each value is several times faster than one statement each,
# and an IN list has no limit for each of its values.
_MARKED = """
SELECT {n} AS mark, story_id FROM (
    SELECT story_id FROM marks WHERE mark = :value{n} AND day BETWEEN :first AND :last
    ORDER BY day DESC, story_id DESC LIMIT :newest
) AS arm{n}"""
_MEMBER = """
SELECT story_id, at, lang, body FROM (
    SELECT articles.story_id, signatures.at, signatures.lang, signatures.body
    FROM articles JOIN signatures ON signatures.article_id = articles.id
    WHERE articles.story_id = :value{n} ORDER BY articles.id DESC LIMIT :members
) AS arm{n}"""


@cache
def _of_marks(count: int) -> TextClause:
    return text(_arms(_MARKED, count))


@cache
def _of_members(count: int) -> TextualSelect:
    statement = text(_arms(_MEMBER, count))
    return statement.columns(
        column("story_id", Integer), column("at", Utc), column("lang", String), column("body", JSON)
    )


def _arms(arm: str, count: int) -> str:
    return "\nUNION ALL".join(arm.format(n=number) for number in range(count))


def _numbered(values: Iterable[object]) -> dict[str, object]:
    return {f"value{number}": value for number, value in enumerate(values)}


def _day(at: datetime) -> int:
    return (at - _EPOCH) // _DAY


def _signature_row(assessment: Assessment) -> dict[str, Any]:
    signature = assessment.signature
    sets = (signature.entities, signature.figures, signature.words, signature.topics)
    return {
        "article_id": assessment.article.id,
        "at": signature.at,
        "lang": signature.lang,
        "body": [sorted(each) for each in sets],
    }


def _signature(row: Record) -> Signature:
    entities, figures, words, topics = map(frozenset, row.body)
    return Signature(row.at, row.lang, entities, figures, words, topics)

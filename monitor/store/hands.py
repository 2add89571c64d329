"""What a hand decides of stories, and no folding undoes: merged, split, pinned.

Of stories that are one event the older id survives and the younger is its alias; editions that
were sent keep what they said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from monitor.errors import InputError
from monitor.store.columns import is_id
from monitor.store.database import Database, chunks
from monitor.store.schema import (
    articles,
    carried,
    marks,
    placements,
    stories,
    story_aliases,
)
from monitor.store.signatures import members
from monitor.store.statements import insert, upsert

_EPOCH = 719_163  # the ordinal of 1970-01-01
_ALL = 1_000_000_000


class Hands:
    """Decisions about stories, each for good until the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def merge(self, story_ids: Collection[int], now: datetime) -> int:
        """Make stories one, under the oldest id; InputError for an id that is none."""
        with self._database.writing() as connection:
            ids = sorted({_known(connection, story_id) for story_id in story_ids})
            into, younger = ids[0], ids[1:]
            if younger:
                _move_all(connection, younger, into, now)
                _place(connection, _members(connection, into), into, now)
        return into

    def split(self, story_id: int, article_ids: Collection[int], now: datetime) -> int:
        """Give articles of a story one of their own; its id. InputError for others, and for all."""
        with self._database.writing() as connection:
            story_id = _known(connection, story_id)
            members = set(_members(connection, story_id))
            leaving = set(article_ids)
            for stranger in sorted(leaving - members):
                raise InputError(f"article {stranger} is not in story {story_id}")
            if not leaving or leaving == members:
                raise InputError(f"name some, but not all, of the articles of story {story_id}")
            added = connection.execute(stories.insert().values(opened_at=now))
            new: int = added.inserted_primary_key[0]  # type: ignore[index]
            _place(connection, leaving, new, now)
            _place(connection, members - leaving, story_id, now)
        return new

    def pin(self, story_id: int, article_ids: Collection[int], now: datetime) -> int:
        """Put articles into a story, and keep them there; the story's id."""
        with self._database.writing() as connection:
            story_id = _known(connection, story_id)
            wanted = articles.c.id.in_(filter(is_id, article_ids))
            known = set(connection.scalars(select(articles.c.id).where(wanted)))
            for missing in sorted(set(article_ids) - known):
                raise InputError(f"there is no article {missing}")
            _place(connection, known, story_id, now)
        return story_id

    def placed(self, article_ids: Iterable[int]) -> dict[int, int]:
        """The stories that hands put articles into, by article id; of most there is none."""
        with self._database.reading() as connection:
            return placed_by_hand(connection, article_ids)

    def surviving(self, story_id: int) -> int | None:
        """The story that an id stands for now; None for an id that was never given."""
        with self._database.reading() as connection:
            return _surviving(connection, story_id) if _is_story(connection, story_id) else None

    def aliases(self, story_id: int) -> tuple[int, ...]:
        """The younger ids that a story goes on under, rising."""
        merged = select(story_aliases.c.story_id).where(story_aliases.c.into_id == story_id)
        with self._database.reading() as connection:
            return tuple(connection.scalars(merged.order_by(story_aliases.c.story_id)))


def placed_by_hand(connection: Connection, article_ids: Iterable[int]) -> dict[int, int]:
    """The stories that hands put articles into, by article id; of most there is none."""
    found: dict[int, int] = {}
    for chunk in chunks(article_ids):
        rows = select(placements.c.article_id, placements.c.story_id)
        chosen = connection.execute(rows.where(placements.c.article_id.in_(chunk)))
        found.update((article_id, story_id) for article_id, story_id in chosen)
    return found


def _surviving(connection: Connection, story_id: int) -> int:
    into = select(story_aliases.c.into_id).where(story_aliases.c.story_id == story_id)
    found: int | None = connection.scalars(into).one_or_none()
    return story_id if found is None else found


def _known(connection: Connection, story_id: int) -> int:
    """The surviving id of a story; InputError when there is none."""
    if not _is_story(connection, story_id):
        raise InputError(f"there is no story {story_id}")
    return _surviving(connection, story_id)


def _is_story(connection: Connection, story_id: int) -> bool:
    given = select(stories.c.id).where(stories.c.id == story_id)
    return is_id(story_id) and connection.scalars(given).first() is not None


def _members(connection: Connection, story_id: int) -> list[int]:
    inside = select(articles.c.id).where(articles.c.story_id == story_id)
    return list(connection.scalars(inside.order_by(articles.c.id)))


def _move_all(connection: Connection, younger: Collection[int], into: int, now: datetime) -> None:
    """Let all that belongs to younger stories belong to one; none of them is ever used again."""
    for table in (articles, carried, placements):
        theirs = update(table).where(table.c.story_id.in_(younger))
        connection.execute(theirs.values(story_id=into))
    earlier = update(story_aliases).where(story_aliases.c.into_id.in_(younger))
    connection.execute(earlier.values(into_id=into))
    rows = [{"story_id": story_id, "into_id": into, "at": now} for story_id in younger]
    connection.execute(upsert(story_aliases), rows)
    connection.execute(delete(marks).where(marks.c.story_id.in_(younger)))


def _place(
    connection: Connection, article_ids: Collection[int], story_id: int, now: datetime
) -> None:
    """Put articles into a story for good, and let what they say propose it."""
    for chunk in chunks(article_ids):
        moved = update(articles).where(articles.c.id.in_(chunk))
        connection.execute(moved.values(story_id=story_id))
        rows = [{"article_id": each, "story_id": story_id, "at": now} for each in chunk]
        connection.execute(upsert(placements), rows)
    proposed = _marks(connection, set(article_ids), story_id)
    if proposed:
        connection.execute(insert(marks).on_conflict_do_nothing(), proposed)


def _marks(
    connection: Connection, article_ids: Collection[int], story_id: int
) -> list[dict[str, int | str]]:
    """What lets articles propose their story, from their signatures."""
    signed = members(connection, [story_id], _ALL).get(story_id, ())
    return [
        {"mark": mark, "day": signature.at.toordinal() - _EPOCH, "story_id": story_id}
        for article_id, signature in signed
        if article_id in article_ids and signature.at is not None
        for mark in signature.proposing()
    ]

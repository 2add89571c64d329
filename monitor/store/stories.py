"""Stories: what may belong together, what does, and what was already told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from monitor.model import JudgedArticle, Signature, StoryCandidate
from monitor.store.articles import load
from monitor.store.database import Database, chunks
from monitor.store.schema import articles, carried
from monitor.store.signatures import propose


class Stories:
    """Articles about one event, under an id that is never used again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def candidates(self, signature: Signature, within: timedelta) -> list[StoryCandidate]:
        """Stories that share entities, figures or words with ``signature`` around its time.

        The most likely come first; their number and their signatures are limited, so that the
        cost does not grow with the archive.
        """
        with self._database.reading() as connection:
            return propose(connection, signature, within)

    def members(self, story_ids: Iterable[int]) -> dict[int, list[JudgedArticle]]:
        """The articles of each story, in the order in which they were first seen."""
        found: dict[int, list[JudgedArticle]] = {}
        with self._database.reading() as connection:
            for chunk in chunks(story_ids):
                inside = select(articles.c.id).where(articles.c.story_id.in_(chunk))
                ids = connection.scalars(inside.order_by(articles.c.id)).all()
                for member in load(connection, ids):
                    if member.story_id is not None:
                        found.setdefault(member.story_id, []).append(member)
        return found

    def carried(self, digest: str, variant: str, story_ids: Iterable[int]) -> frozenset[int]:
        """Which of ``story_ids`` had an article in an earlier edition of that digest."""
        ours = (carried.c.digest == digest, carried.c.variant == variant)
        told: set[int] = set()
        with self._database.reading() as connection:
            for chunk in chunks(story_ids):
                rows = select(carried.c.story_id).where(*ours, carried.c.story_id.in_(chunk))
                told.update(connection.scalars(rows))
        return frozenset(told)

"""Stories: what may belong together, what does, and what was already told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from monitor.model import FrozenEdition, JudgedArticle, Signature
from monitor.store.articles import load
from monitor.store.database import Database, chunks
from monitor.store.editions import told_to
from monitor.store.schema import articles, carried
from monitor.store.signatures import Asked, Posted, members, newest, posted


class Stories:
    """Articles about one event, under an id that is never used again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def posted(self, asked: Collection[Asked], within: int, most: int) -> dict[Asked, list[Posted]]:
        """Days and stories of articles with a mark, at most so many days around its day.

        The newest ``most`` of each mark, so that the cost does not grow with the archive.
        """
        with self._database.reading() as connection:
            return posted(connection, asked, within, most)

    def signatures(
        self, story_ids: Iterable[int], most: int
    ) -> dict[int, list[tuple[int, Signature]]]:
        """Article ids and signatures of the newest articles of each story."""
        with self._database.reading() as connection:
            return members(connection, story_ids, most)

    def newest(self, most: int) -> list[tuple[int, Signature]]:
        """The last article ids with their signatures, rising: what is usual in the news."""
        with self._database.reading() as connection:
            return newest(connection, most)

    def of(self, article_ids: Iterable[int]) -> dict[int, int]:
        """The stories that articles are in, by article id; those that are in none are missing."""
        inside = articles.c.story_id.is_not(None)
        found: dict[int, int] = {}
        with self._database.reading() as connection:
            for chunk in chunks(article_ids):
                wanted = select(articles.c.id, articles.c.story_id)
                rows = connection.execute(wanted.where(articles.c.id.in_(chunk), inside))
                found.update((article_id, story_id) for article_id, story_id in rows)
        return found

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

    def carried(
        self,
        digest: str,
        variant: str,
        story_ids: Iterable[int],
        *,
        moved_from: FrozenEdition | None = None,
    ) -> dict[int, set[int]]:
        """The articles that earlier editions of that digest carried, by their story.

        Stories of ``story_ids`` that had none are missing. Editions up to ``moved_from``, in its
        variant, count, too.
        """
        ours = (carried.c.digest == digest, told_to(variant, moved_from))
        told: dict[int, set[int]] = {}
        with self._database.reading() as connection:
            for chunk in chunks(story_ids):
                rows = select(carried.c.story_id, carried.c.article_id).where(
                    *ours, carried.c.story_id.in_(chunk)
                )
                for story_id, article_id in connection.execute(rows):
                    told.setdefault(story_id, set()).add(article_id)
        return told

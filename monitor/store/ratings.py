"""What a user thinks of articles: one rating each, the latest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from monitor.model import Rated, Rating
from monitor.store.database import Database
from monitor.store.schema import articles, feeds, ratings, revisions


class Ratings:
    """Ratings by article; an article with one is never forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rate(self, article_id: int, rating: Rating | None, now: datetime) -> None:
        """Keep ``rating`` in place of an earlier one; None takes that away."""
        with self._database.writing() as connection:
            connection.execute(delete(ratings).where(ratings.c.article_id == article_id))
            if rating is not None:
                row = {"article_id": article_id, "rating": rating.value, "at": now}
                connection.execute(ratings.insert().values(row))

    def all(self) -> list[Rated]:
        """Every rating with its article, the latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_RATED).all()
        return [Rated(row[0], Rating(row[1]), *row[2:]) for row in rows]


_RATED = (
    select(
        ratings.c.article_id,
        ratings.c.rating,
        ratings.c.at,
        func.coalesce(articles.c.score, 0.0),
        func.coalesce(articles.c.outlet, feeds.c.outlet),
        revisions.c.lang,
        revisions.c.title,
    )
    .join(articles, articles.c.id == ratings.c.article_id)
    .join(feeds, feeds.c.id == articles.c.feed_id)
    .join(revisions, revisions.c.article_id == articles.c.id)
    .where(revisions.c.current.is_(True))
    .order_by(ratings.c.at.desc(), ratings.c.article_id.desc())
)

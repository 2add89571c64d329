"""The archive read once from end to end, for trying what a changed watchlist would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import case, func, or_, select

from monitor.model import JudgedArticle, Stored, Wording
from monitor.store.articles import load
from monitor.store.database import Database
from monitor.store.schema import articles, ratings, revisions, watchlists

_BATCH = 1_000


class Replays:
    """Articles with their wordings, and the watchlists that judged them. Only read.

    All that were ever judged or rated are replayed. Of a wording that awaits its judgement the
    stored score says nothing: it comes with no watchlist, and so it is judged.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def watchlists(self) -> dict[str, str]:
        """Fingerprint and body of each watchlist by which some article was judged last."""
        used = select(articles.c.watchlist_id).where(articles.c.watchlist_id.is_not(None))
        kept = select(watchlists.c.fingerprint, watchlists.c.body)
        with self._database.reading() as connection:
            ids = connection.scalars(used.distinct()).all()
            rows = connection.execute(kept.where(watchlists.c.id.in_(ids)))
            return {row[0]: row[1] for row in rows}

    def total(self) -> int:
        """How many articles there are to replay."""
        with self._database.reading() as connection:
            counted = select(func.count()).select_from(articles).where(_REPLAYED)
            return connection.scalars(counted).one()

    def batches(self) -> Iterator[list[Stored]]:
        """All articles to replay, oldest first, some at a time."""
        last = 0
        while batch := self._after(last):
            yield batch
            last = batch[-1].id

    def articles(self, ids: Iterable[int]) -> list[JudgedArticle]:
        """Articles with the judgements that count, in the order of ``ids``."""
        with self._database.reading() as connection:
            return load(connection, list(ids))

    def _after(self, last: int) -> list[Stored]:
        wanted = _STORED.where(articles.c.id > last).order_by(articles.c.id).limit(_BATCH)
        with self._database.reading() as connection:
            return [
                Stored(article_id, score, fingerprint, Wording(*wording))
                for article_id, score, fingerprint, *wording in connection.execute(wanted)
            ]


_REPLAYED = or_(
    articles.c.score.is_not(None), articles.c.id.in_(select(ratings.c.article_id).correlate(None))
)
_STORED = (
    select(
        articles.c.id,
        func.coalesce(articles.c.score, 0.0),
        case((articles.c.pending, ""), else_=func.coalesce(watchlists.c.fingerprint, "")),
        revisions.c.title,
        revisions.c.summary,
        revisions.c.text,
        revisions.c.lang,
    )
    .join(revisions, revisions.c.article_id == articles.c.id)
    .outerjoin(watchlists, watchlists.c.id == articles.c.watchlist_id)
    .where(_REPLAYED, revisions.c.current.is_(True))
)

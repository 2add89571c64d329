"""The archive read once from end to end, for trying what a changed watchlist would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from monitor.model import JudgedArticle, Stored, Wording
from monitor.store.articles import load
from monitor.store.database import Database
from monitor.store.schema import articles, revisions, watchlists

_BATCH = 1_000


class Replays:
    """Judged articles with their wordings, and the watchlists that judged them. Only read."""

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
            counted = select(func.count()).select_from(articles).where(*_JUDGED)
            return connection.scalars(counted).one()

    def batches(self) -> Iterator[list[Stored]]:
        """All judged articles that await no other judgement, oldest first, some at a time."""
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


_JUDGED = (articles.c.score.is_not(None), articles.c.pending.is_(False))
_STORED = (
    select(
        articles.c.id,
        articles.c.score,
        watchlists.c.fingerprint,
        revisions.c.title,
        revisions.c.summary,
        revisions.c.text,
        revisions.c.lang,
    )
    .join(watchlists, watchlists.c.id == articles.c.watchlist_id)
    .join(revisions, revisions.c.article_id == articles.c.id)
    .where(*_JUDGED, revisions.c.current.is_(True))
)

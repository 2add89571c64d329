"""Pages behind articles: which are to be read for their text; what sites allow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from monitor.model import Article, Finding, SiteRules
from monitor.store.articles import load
from monitor.store.database import Database, chunks
from monitor.store.findings import Shown, keep
from monitor.store.schema import articles, entries, extracts, feeds, revisions, robots
from monitor.store.statements import insert


class Pages:
    """What is remembered of pages that are no feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self, site: str) -> SiteRules | None:
        """The robots.txt that ``site`` answered with last; None when it was never asked."""
        asked = select(robots.c.text, robots.c.asked_at).where(robots.c.site == site)
        with self._database.reading() as connection:
            row = connection.execute(asked).one_or_none()
        return SiteRules(row.text, row.asked_at) if row else None

    def keep_rules(self, site: str, text: str, asked_at: datetime) -> None:
        """Remember a site's robots.txt."""
        row = insert(robots).values(site=site, text=text, asked_at=asked_at)
        anew = {"text": row.excluded.text, "asked_at": row.excluded.asked_at}
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["site"], set_=anew))

    def due(
        self, feed_urls: Sequence[str], now: datetime, since: datetime, limit: int
    ) -> list[tuple[Article, str]]:
        """Articles whose pages are to be read, with the address of their feed, one of these.

        That is once for each wording that the feed gave, and again where it failed, if they were
        first seen after ``since``; the newest first, and no backlog.
        """
        waiting = or_(
            extracts.c.article_id.is_(None),
            extracts.c.hash != entries.c.hash,
            extracts.c.next_at <= now,
        )
        wanted = (
            select(articles.c.id, feeds.c.url)
            .join(feeds, feeds.c.id == articles.c.feed_id)
            .join(entries, _shown_by_its_feed())
            .outerjoin(extracts, extracts.c.article_id == articles.c.id)
            .where(articles.c.first_seen > since, articles.c.backlog.is_(False), waiting)
            .order_by(articles.c.id.desc())
            .limit(limit)
        )
        feed_of: dict[int, str] = {}
        with self._database.reading() as connection:
            for chunk in chunks(feed_urls):
                rows = connection.execute(wanted.where(feeds.c.url.in_(chunk)))
                feed_of.update((row.id, row.url) for row in rows)
            ids = sorted(feed_of, reverse=True)[:limit]
            return [(one.article, feed_of[one.article.id]) for one in load(connection, ids)]

    def record(
        self,
        article: Article,
        at: datetime,
        finding: Finding | None = None,
        *,
        next_at: datetime | None = None,
    ) -> None:
        """Keep what reading an article's page brought: its wording with the text, or nothing.

        With ``next_at`` it is tried again then. Nothing is kept of a page when its article got a
        new wording meanwhile; it is due again.
        """
        with self._database.writing() as connection:
            if _current(connection, article.id) != article.revision_id:
                return
            if finding and article.feed_id is not None:
                keep(connection, [Shown(article.feed_id, at, [finding])])
            shown = select(entries.c.hash).where(_shown_by_its_feed(), articles.c.id == article.id)
            values = {"hash": connection.scalars(shown).one(), "next_at": next_at}
            row = insert(extracts).values(article_id=article.id, **values)
            connection.execute(
                row.on_conflict_do_update(index_elements=["article_id"], set_=values)
            )


def _current(connection: Connection, article_id: int) -> int | None:
    current = (revisions.c.article_id == article_id, revisions.c.current.is_(True))
    return connection.scalars(select(revisions.c.id).where(*current)).one_or_none()


def _shown_by_its_feed() -> ColumnElement[bool]:
    """Joins an article to what the feed that brought it shows."""
    return and_(entries.c.feed_id == articles.c.feed_id, entries.c.article_id == articles.c.id)

"""Articles: what was fetched, with the wording and the judgement that count now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.model import Article, JudgedArticle, Judgement, KnownArticle, ReceiptLine, Wording
from monitor.store.database import Database, Record, chunks
from monitor.store.findings import identified, readable
from monitor.store.schema import articles, entries, feeds, identities, judgements, revisions

_LARGEST_ID = 2**63 - 1


class Articles:
    """Everything that was ever fetched, matched or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Iterable[str], feed_id: int | None = None) -> dict[str, KnownArticle]:
        """The stored articles that ``keys`` name, as ``feed_id`` knows them; others are left out.

        Without a feed, every article counts as carried.
        """
        with self._database.reading() as connection:
            ids = identified(connection, keys)
            found = _known(connection, set(ids.values()), feed_id)
        return {key: found[article_id] for key, article_id in ids.items()}

    def unassessed(self, limit: int) -> list[Article]:
        """Articles whose current revision was not judged yet, the oldest first."""
        waiting = (
            _with_wording(*_ARTICLE)
            .where(articles.c.pending.is_(True))
            .order_by(articles.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_article(row) for row in connection.execute(waiting)]

    def get(self, article_id: int) -> JudgedArticle | None:
        """One article with its judgement, whose receipt is empty where none was kept."""
        if not 0 < article_id <= _LARGEST_ID:
            return None
        with self._database.reading() as connection:
            return next(iter(load(connection, [article_id])), None)

    def receipt(self, article_id: int) -> tuple[ReceiptLine, ...] | None:
        """The receipt of the judgement that counts; None where it was not kept."""
        kept = _with_judgement(judgements.c.receipt).where(articles.c.id == article_id)
        with self._database.reading() as connection:
            lines = connection.scalars(kept).one_or_none()
        return None if lines is None else _receipt(lines)

    def by_url(self, url: str) -> JudgedArticle | None:
        """The article behind a link, or behind any other of its identity keys."""
        known = select(identities.c.article_id).where(identities.c.key == readable(url))
        named = or_(articles.c.url == readable(url), articles.c.id.in_(known))
        with self._database.reading() as connection:
            ids = connection.scalars(select(articles.c.id).where(named).order_by(articles.c.id))
            return next(iter(load(connection, ids.all()[:1])), None)

    def read_between(
        self, since: datetime | None, until: datetime, threshold: float
    ) -> tuple[int, int]:
        """How many articles were first seen in ``[since, until)``, how many at ``threshold``."""
        matched = func.count().filter(articles.c.score >= threshold)
        counted = select(func.count(), matched).where(*_seen(since, until))
        with self._database.reading() as connection:
            row = connection.execute(counted).one()
        return row[0], row[1]

    def best_below(
        self, threshold: float, since: datetime | None, until: datetime, limit: int
    ) -> list[JudgedArticle]:
        """The near misses first seen in ``[since, until)``: the best scores under ``threshold``.

        Backlog is no near miss, nor is a score of 0.
        """
        near = (
            articles.c.score < threshold,
            articles.c.score > 0,
            articles.c.backlog.is_(False),
            articles.c.pending.is_(False),
        )
        best = select(articles.c.id).where(*_seen(since, until), *near)
        best = best.order_by(articles.c.score.desc(), articles.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return load(connection, connection.scalars(best).all())


def _seen(since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    after = [] if since is None else [articles.c.first_seen >= since]
    return [articles.c.first_seen < until, *after]


# --- rows to values ------------------------------------------------------------------------------

_ARTICLE = (
    articles.c.id,
    articles.c.url,
    articles.c.first_seen,
    articles.c.published,
    articles.c.feed_id,
    articles.c.backlog,
    articles.c.eligible_at,
    feeds.c.outlet,
    feeds.c.country,
    feeds.c.camp,
    revisions.c.id.label("revision_id"),
    revisions.c.title,
    revisions.c.summary,
    revisions.c.text,
    revisions.c.lang,
)
_JUDGEMENT = (
    articles.c.story_id,
    articles.c.score,
    judgements.c.lang.label("judged_lang"),
    judgements.c.countries,
    judgements.c.topics,
    judgements.c.entities,
    judgements.c.receipt,
)


def load(connection: Connection, ids: Sequence[int]) -> list[JudgedArticle]:
    """Articles with their judgements, in the order of ``ids``; unknown ids are left out.

    While a new revision awaits its judgement, an article keeps its score without the reasons.
    """
    found: dict[int, JudgedArticle] = {}
    for chunk in chunks(ids):
        rows = connection.execute(
            _with_judgement(*_ARTICLE, *_JUDGEMENT).where(articles.c.id.in_(chunk))
        )
        found.update((row.id, _judged(row)) for row in rows)
    return [found[article_id] for article_id in ids if article_id in found]


def _counting() -> ColumnElement[bool]:
    """Joins an article's current revision to the judgement that counts."""
    return and_(
        judgements.c.revision_id == revisions.c.id,
        judgements.c.watchlist_id == articles.c.watchlist_id,
    )


def _with_wording(*columns: ColumnElement[Any]) -> Select[Any]:
    current = and_(revisions.c.article_id == articles.c.id, revisions.c.current.is_(True))
    return (
        select(*columns)
        .select_from(articles)
        .join(feeds, feeds.c.id == articles.c.feed_id)
        .join(revisions, current)
    )


def _with_judgement(*columns: ColumnElement[Any]) -> Select[Any]:
    return _with_wording(*columns).outerjoin(judgements, _counting())


def _known(
    connection: Connection, ids: Iterable[int], feed_id: int | None
) -> dict[int, KnownArticle]:
    wanted = sorted(ids)
    stated = {} if feed_id is None else _stated(connection, wanted, feed_id)
    hashes: dict[int, set[str]] = defaultdict(set)
    current: dict[int, tuple[str, int]] = {}
    for chunk in chunks(wanted):
        rows = _WORDINGS.where(revisions.c.article_id.in_(chunk))
        for article_id, digest, is_current, length in connection.execute(rows):
            hashes[article_id].add(digest)
            if is_current:
                current[article_id] = (digest, length)
    return {
        article_id: KnownArticle(
            article_id,
            frozenset(hashes[article_id] | {stated.get(article_id, current[article_id][0])}),
            carried=feed_id is None or article_id in stated,
            speaks=feed_id is None or stated.get(article_id) == current[article_id][0],
            length=current[article_id][1],
        )
        for article_id in wanted
    }


_WORDINGS = select(
    revisions.c.article_id,
    revisions.c.hash,
    revisions.c.current,
    func.length(revisions.c.title)
    + func.length(revisions.c.summary)
    + func.length(revisions.c.text),
)


def _stated(connection: Connection, ids: Iterable[int], feed_id: int) -> dict[int, str]:
    """The wording's hash that a feed showed last, by article."""
    stated: dict[int, str] = {}
    shown = select(entries.c.article_id, entries.c.hash).where(entries.c.feed_id == feed_id)
    for chunk in chunks(ids):
        rows = connection.execute(shown.where(entries.c.article_id.in_(chunk)))
        stated.update((article_id, digest) for article_id, digest in rows)
    return stated


def _article(row: Record) -> Article:
    return Article(
        id=row.id,
        revision_id=row.revision_id,
        url=row.url,
        outlet=row.outlet,
        wording=Wording(row.title, row.summary, row.text, row.lang),
        first_seen=row.first_seen,
        published=row.published,
        country=row.country,
        camp=row.camp,
        feed_id=row.feed_id,
        backlog=row.backlog,
        eligible_at=row.eligible_at,
    )


def _judged(row: Record) -> JudgedArticle:
    judgement = Judgement(
        score=row.score or 0.0,
        receipt=_receipt(row.receipt or ()),
        countries=tuple(row.countries or ()),
        topics=tuple(row.topics or ()),
        entities=tuple(row.entities or ()),
        lang=row.judged_lang or row.lang,
    )
    return JudgedArticle(_article(row), judgement, row.story_id)


def _receipt(lines: Iterable[Sequence[Any]]) -> tuple[ReceiptLine, ...]:
    return tuple(ReceiptLine(*line) for line in lines)

"""Articles: what was fetched, with the wording and the judgement that count now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from monitor.model import Article, JudgedArticle, Judgement, KnownArticle, ReceiptLine, Wording
from monitor.store.columns import is_id, readable
from monitor.store.database import Database, Record, chunks
from monitor.store.findings import identified
from monitor.store.schema import articles, entries, feeds, identities, judgements, revisions


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
            wordings = _wordings(connection, ids.values())
            stated = _stated(connection, wordings, [] if feed_id is None else [feed_id])
        return {
            key: _known(article_id, wordings[article_id], feed_id, stated)
            for key, article_id in ids.items()
        }

    def known_to(self, asked: Mapping[int, Collection[str]]) -> dict[int, dict[str, KnownArticle]]:
        """``known`` for many feeds at once: by feed, the articles behind the keys it asks for."""
        with self._database.reading() as connection:
            ids = identified(connection, {key for keys in asked.values() for key in keys})
            wordings = _wordings(connection, ids.values())
            stated = _stated(connection, wordings, asked) if ids else {}
        return {
            feed_id: {
                key: _known(ids[key], wordings[ids[key]], feed_id, stated)
                for key in keys
                if key in ids
            }
            for feed_id, keys in asked.items()
        }

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
        if not is_id(article_id):
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
    func.coalesce(articles.c.outlet, feeds.c.outlet).label("outlet"),
    case((articles.c.outlet.is_not(None), feeds.c.outlet)).label("via"),
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


@dataclass(slots=True)
class _Wordings:
    """The hashes of an article's wordings, and what stands in the current one."""

    hashes: set[str] = field(default_factory=set)
    current: str = ""
    length: int = 0
    title: str = ""
    url: str = ""


def _wordings(connection: Connection, ids: Iterable[int]) -> dict[int, _Wordings]:
    found: dict[int, _Wordings] = defaultdict(_Wordings)
    for chunk in chunks(sorted(set(ids))):
        rows = _WORDINGS.where(articles.c.id.in_(chunk))
        for article_id, url, digest, is_current, length, title in connection.execute(rows):
            wordings = found[article_id]
            wordings.url = url
            if digest is None:  # forgotten: all that is left of it is who it was
                continue
            wordings.hashes.add(digest)
            if is_current:
                wordings.current, wordings.length, wordings.title = digest, length, title
    return found


def _known(
    article_id: int,
    wordings: _Wordings,
    feed_id: int | None,
    stated: Mapping[tuple[int, int], str],
) -> KnownArticle:
    """The article as the feed knows it, which has ``stated`` some wording of it, or none."""
    said = wordings.current if feed_id is None else stated.get((feed_id, article_id))
    return KnownArticle(
        article_id,
        frozenset(wordings.hashes | {said or wordings.current}),
        carried=said is not None,
        speaks=said == wordings.current,
        length=wordings.length,
        title=wordings.title,
        url=wordings.url,
    )


_WORDINGS = select(
    articles.c.id,
    articles.c.url,
    revisions.c.hash,
    revisions.c.current,
    func.length(revisions.c.title)
    + func.length(revisions.c.summary)
    + func.length(revisions.c.text),
    revisions.c.title,
).outerjoin(revisions, revisions.c.article_id == articles.c.id)


def _stated(
    connection: Connection, ids: Collection[int], feed_ids: Iterable[int]
) -> dict[tuple[int, int], str]:
    """The wording's hash that each feed showed last, by feed and article."""
    stated: dict[tuple[int, int], str] = {}
    shown = select(entries.c.feed_id, entries.c.article_id, entries.c.hash)
    for some_feeds in chunks(feed_ids):
        carrying = shown.where(entries.c.feed_id.in_(some_feeds))
        for chunk in chunks(ids):
            rows = connection.execute(carrying.where(entries.c.article_id.in_(chunk)))
            stated.update(((row.feed_id, row.article_id), row.hash) for row in rows)
    return stated


def _article(row: Record) -> Article:
    return Article(
        id=row.id,
        revision_id=row.revision_id,
        url=row.url,
        outlet=row.outlet,
        via=row.via,
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

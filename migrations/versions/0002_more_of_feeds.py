"""What feeds are known to do; pages behind articles; days and checksums of what is kept.

Revision 0002, after 0001. Each step leaves rows as they were and fills in what is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY = 86_400
_BATCH = 1_000
# What every feed has: name, type, and what it is for the feeds that are there already.
_FILLED: tuple[tuple[str, sa.types.TypeEngine[Any], Any], ...] = (
    ("host", sa.Text(), ""),
    ("paused", sa.Boolean(), False),
    ("moves", _WHOLE, 0),
    ("stamps", sa.Text(), ""),
    ("habits", sa.JSON(), {}),
    ("strikes", _WHOLE, 0),
    ("begun", _WHOLE, 0),
)
_EMPTY: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("recipe", sa.JSON()),
    ("moved_to", sa.Text()),
    ("failing_since", _UTC),
    ("whole_at", _UTC),
    ("interval", sa.Interval(native=False)),
    ("struck", sa.Text()),
)
_ADDED = (*((name, kind) for name, kind, _ in _FILLED), *_EMPTY)
_feeds = sa.table(
    "feeds",
    sa.column("id"),
    sa.column("url"),
    *(sa.column(name, kind) for name, kind in _ADDED),
)
_articles = sa.table("articles", sa.column("id"), sa.column("first_seen", _UTC))
_days = sa.table("days", sa.column("day"), sa.column("first_id"), sa.column("last_id"))
_revisions = sa.table(
    "revisions",
    *(sa.column(name) for name in ("id", "title", "summary", "text", "checksum")),
)


def upgrade() -> None:
    """Widen feeds, articles and revisions; add the tables around them."""
    _widen_feeds()
    _widen_articles()
    _widen_revisions()
    _create_gaps_and_notices()
    _create_extracts_and_robots()
    _create_days()


def downgrade() -> None:
    """Drop what was added, and what the full-text index would not let go without."""
    op.execute("DROP TABLE IF EXISTS article_search_words")
    for table in ("days", "robots", "extracts", "notices", "gaps"):
        op.drop_table(table)
    op.drop_index("ix_revisions_lang", "revisions")
    op.drop_column("revisions", "checksum")
    for index in ("forgettable", "outlet", "feed_id"):
        op.drop_index(f"ix_articles_{index}", "articles")
    op.drop_column("articles", "outlet")
    op.drop_index("ix_feeds_host", "feeds")
    for name, _ in _ADDED:
        op.drop_column("feeds", name)


def _widen_feeds() -> None:
    for name, kind in _ADDED:
        op.add_column("feeds", sa.Column(name, kind))
    connection = op.get_bind()
    connection.execute(_feeds.update().values({name: value for name, _, value in _FILLED}))
    hosts = [
        {"this": feed_id, "at": (urlsplit(url).hostname or "").removeprefix("www.")}
        for feed_id, url in connection.execute(sa.select(_feeds.c.id, _feeds.c.url))
    ]
    if hosts:
        naming = _feeds.update().where(_feeds.c.id == sa.bindparam("this"))
        connection.execute(naming.values(host=sa.bindparam("at")), hosts)
    with op.batch_alter_table("feeds", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for name, kind, _ in _FILLED:
            batch.alter_column(name, existing_type=kind, nullable=False)
    op.create_index("ix_feeds_host", "feeds", ["host"])


def _widen_articles() -> None:
    op.add_column("articles", sa.Column("outlet", sa.Text()))
    op.create_index("ix_articles_feed_id", "articles", ["feed_id"])
    _index("ix_articles_outlet", "articles", ["outlet"], sa.text("outlet IS NOT NULL"))
    unseen = sa.text("score IS NOT NULL AND eligible_at IS NULL")
    _index("ix_articles_forgettable", "articles", ["first_seen", "id"], unseen)


def _widen_revisions() -> None:
    op.add_column("revisions", sa.Column("checksum", sa.String(16)))
    connection = op.get_bind()
    summing = _revisions.update().where(_revisions.c.id == sa.bindparam("this"))
    for rows in _in_batches(_revisions):
        sums = [{"this": row.id, "sum": _checksum(row)} for row in rows]
        connection.execute(summing.values(checksum=sa.bindparam("sum")), sums)
    current = sa.column("current", sa.Boolean()).is_(True)
    _index("ix_revisions_lang", "revisions", ["article_id", "lang"], current)


def _checksum(row: sa.Row[Any]) -> str:
    texts = (row.title.encode(), row.summary.encode(), row.text.encode())
    return hashlib.blake2b(b"\xff".join(texts), digest_size=8).hexdigest()


def _index(name: str, table: str, columns: list[str], where: sa.ColumnElement[bool]) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _in_batches(table: sa.TableClause) -> Iterator[list[sa.Row[Any]]]:
    """All rows by their ids; memory stays the same however many there are."""
    connection, last = op.get_bind(), 0
    following = sa.select(table).order_by(table.c.id).limit(_BATCH)
    while rows := list(connection.execute(following.where(table.c.id > last))):
        yield rows
        last = rows[-1].id


def _create_gaps_and_notices() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("feed_id", _WHOLE, nullable=False),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("until", _UTC, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        _reference("gaps", "feed_id", "feeds"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_at", "gaps", ["at"])
    op.create_table(
        "notices",
        sa.Column("feed_id", _WHOLE, nullable=False),
        sa.Column("failing_since", _UTC, nullable=False),
        sa.Column("days", _WHOLE, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        _reference("notices", "feed_id", "feeds"),
        sa.PrimaryKeyConstraint("feed_id", "failing_since", "days", name="pk_notices"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notices_at", "notices", ["at"])


def _create_extracts_and_robots() -> None:
    op.create_table(
        "extracts",
        sa.Column("article_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("next_at", _UTC),
        _reference("extracts", "article_id", "articles"),
        sa.PrimaryKeyConstraint("article_id", name="pk_extracts"),
    )
    op.create_table(
        "robots",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_robots"),
    )


def _create_days() -> None:
    op.create_table(
        "days",
        sa.Column("day", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("first_id", _WHOLE, nullable=False),
        sa.Column("last_id", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_days"),
    )
    bounds: dict[int, tuple[int, int]] = {}
    for rows in _in_batches(_articles):
        for article_id, first_seen in rows:
            day = int(_aware(first_seen).timestamp() // _DAY)
            bounds[day] = (bounds.get(day, (article_id,))[0], article_id)
    found = [{"day": day, "first_id": low, "last_id": high} for day, (low, high) in bounds.items()]
    if found:
        op.get_bind().execute(_days.insert(), found)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)

"""The first tables.

Revision 0001, after nothing.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
# Compared as the other databases do, whatever the language of the server is.
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = (
    "feeds",
    "polls",
    "stories",
    "watchlists",
    "articles",
    "identities",
    "entries",
    "revisions",
    "judgements",
    "labels",
    "signatures",
    "marks",
    "installation",
    "editions",
    "carried",
    "deliveries",
)


def upgrade() -> None:
    """Create all tables; the full-text index is made by the store."""
    _create_feeds()
    _create_polls()
    _create_stories_and_watchlists()
    _create_articles()
    _create_identities_entries_and_revisions()
    _create_judgements()
    _create_labels()
    _create_signatures_and_marks()
    _create_installation()
    _create_editions()
    _create_carried()
    _create_deliveries()


def downgrade() -> None:
    """Drop all tables and the full-text index."""
    op.execute("DROP TABLE IF EXISTS article_search")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _id() -> sa.Column[int]:
    return sa.Column("id", _WHOLE, nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _create_feeds() -> None:
    op.create_table(
        "feeds",
        _id(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(16)),
        sa.Column("country", sa.String(2)),
        sa.Column("camp", sa.Text()),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("failures", _WHOLE, nullable=False),
        sa.Column("first_polled_at", _UTC),
        sa.Column("polled_at", _UTC),
        sa.Column("succeeded_at", _UTC),
        sa.Column("next_poll_at", _UTC),
        sa.Column("leased_until", _UTC),
        sa.Column("token", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
        sqlite_autoincrement=True,
    )


def _create_polls() -> None:
    op.create_table(
        "polls",
        _id(),
        sa.Column("feed_id", _WHOLE, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("status", _WHOLE),
        sa.Column("entries", _WHOLE, nullable=False),
        sa.Column("new", _WHOLE, nullable=False),
        sa.Column("changed", _WHOLE, nullable=False),
        sa.Column("error", sa.Text()),
        _reference("polls", "feed_id", "feeds"),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
    )
    op.create_index("ix_polls_feed_id_at", "polls", ["feed_id", "at"])


def _create_stories_and_watchlists() -> None:
    op.create_table(
        "stories",
        _id(),
        sa.Column("opened_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "watchlists",
        _id(),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watchlists"),
        sa.UniqueConstraint("fingerprint", name="uq_watchlists_fingerprint"),
    )


def _create_articles() -> None:
    op.create_table(
        "articles",
        _id(),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("feed_id", _WHOLE, nullable=False),
        sa.Column("first_seen", _UTC, nullable=False),
        sa.Column("published", _UTC),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("watchlist_id", _WHOLE),
        sa.Column("score", sa.Float()),
        sa.Column("eligible_at", _UTC),
        sa.Column("story_id", _WHOLE),
        _reference("articles", "feed_id", "feeds"),
        _reference("articles", "watchlist_id", "watchlists"),
        _reference("articles", "story_id", "stories"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_url", "articles", ["url"])
    op.create_index("ix_articles_first_seen", "articles", ["first_seen"])
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index(
        "ix_articles_pending",
        "articles",
        ["id"],
        sqlite_where=sa.text("pending IS 1"),
        postgresql_where=sa.text("pending IS true"),
    )
    op.create_index(
        "ix_articles_eligible_at",
        "articles",
        ["eligible_at"],
        sqlite_where=sa.text("eligible_at IS NOT NULL"),
        postgresql_where=sa.text("eligible_at IS NOT NULL"),
    )


def _create_identities_entries_and_revisions() -> None:
    op.create_table(
        "identities",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        _reference("identities", "article_id", "articles"),
        sa.PrimaryKeyConstraint("key", name="pk_identities"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entries",
        sa.Column("feed_id", _WHOLE, nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("seen_at", _UTC, nullable=False),
        _reference("entries", "feed_id", "feeds"),
        _reference("entries", "article_id", "articles"),
        sa.PrimaryKeyConstraint("feed_id", "article_id", name="pk_entries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entries_article_id", "entries", ["article_id"])
    op.create_table(
        "revisions",
        _id(),
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("seen_at", _UTC, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        _reference("revisions", "article_id", "articles"),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("article_id", "hash", name="uq_revisions_article_id_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_revisions_current",
        "revisions",
        ["article_id"],
        unique=True,
        sqlite_where=sa.text("current IS 1"),
        postgresql_where=sa.text("current IS true"),
    )


def _create_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("revision_id", _WHOLE, nullable=False),
        sa.Column("watchlist_id", _WHOLE, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON()),
        _reference("judgements", "revision_id", "revisions"),
        _reference("judgements", "watchlist_id", "watchlists"),
        sa.PrimaryKeyConstraint("revision_id", "watchlist_id", name="pk_judgements"),
        sqlite_with_rowid=False,
    )


def _create_labels() -> None:
    op.create_table(
        "labels",
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        _reference("labels", "article_id", "articles"),
        sa.PrimaryKeyConstraint("kind", "label", "article_id", name="pk_labels"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_labels_article_id", "labels", ["article_id"])


def _create_signatures_and_marks() -> None:
    op.create_table(
        "signatures",
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _reference("signatures", "article_id", "articles"),
        sa.PrimaryKeyConstraint("article_id", name="pk_signatures"),
    )
    op.create_table(
        "marks",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("day", _WHOLE, nullable=False),
        sa.Column("story_id", _WHOLE, nullable=False),
        _reference("marks", "story_id", "stories"),
        sa.PrimaryKeyConstraint("mark", "day", "story_id", name="pk_marks"),
        sqlite_with_rowid=False,
    )


def _create_installation() -> None:
    installation = op.create_table(
        "installation",
        sa.Column("name", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_installation"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(installation, [{"name": secrets.token_hex(16)}])


def _create_editions() -> None:
    op.create_table(
        "editions",
        _id(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("slot", _UTC, nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("since", _UTC),
        sa.Column("until", _UTC, nullable=False),
        sa.Column("frozen_at", _UTC, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("story_count", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("digest", "variant", "slot", name="uq_editions_digest_variant_slot"),
        sqlite_autoincrement=True,
    )


def _create_carried() -> None:
    op.create_table(
        "carried",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("story_id", _WHOLE, nullable=False),
        sa.Column("edition_id", _WHOLE, nullable=False),
        _reference("carried", "article_id", "articles"),
        _reference("carried", "story_id", "stories"),
        _reference("carried", "edition_id", "editions"),
        sa.PrimaryKeyConstraint("digest", "variant", "article_id", name="pk_carried"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_carried_story_id", "carried", ["story_id"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        _id(),
        sa.Column("edition_id", _WHOLE, nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", _WHOLE, nullable=False),
        sa.Column("token", _WHOLE, nullable=False),
        sa.Column("leased_until", _UTC),
        sa.Column("retry_at", _UTC),
        sa.Column("settled_at", _UTC),
        sa.Column("error", sa.Text()),
        _reference("deliveries", "edition_id", "editions"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "edition_id",
            "subscriber",
            "transport",
            name="uq_deliveries_edition_id_subscriber_transport",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state"])

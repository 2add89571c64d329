"""The ledger of figures, and what hands decide of stories.

Revision 0005, after 0004. Nothing is filled in: the archive is read when figures are asked for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add figures with what they are said of, whose were read, placements and aliases."""
    op.create_table(
        "figures",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("field", sa.String(8), nullable=False),
        sa.Column("start", _WHOLE, nullable=False),
        sa.Column("end", _WHOLE, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        _reference("figures", "article_id", "articles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_figures"),
    )
    op.create_index("ix_figures_article_id", "figures", ["article_id"])
    op.create_table(
        "figure_subjects",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("figure_id", _WHOLE, nullable=False),
        _reference("figure_subjects", "figure_id", "figures", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject", "figure_id", name="pk_figure_subjects"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_subjects_figure_id", "figure_subjects", ["figure_id"])
    op.create_table(
        "counted",
        sa.Column("article_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("revision_id", _WHOLE, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        _reference("counted", "article_id", "articles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_counted"),
    )
    _add_hands()


def _add_hands() -> None:
    op.create_table(
        "placements",
        sa.Column("article_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("story_id", _WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _reference("placements", "article_id", "articles"),
        _reference("placements", "story_id", "stories"),
        sa.PrimaryKeyConstraint("article_id", name="pk_placements"),
    )
    op.create_index("ix_placements_story_id", "placements", ["story_id"])
    op.create_table(
        "story_aliases",
        sa.Column("story_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("into_id", _WHOLE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _reference("story_aliases", "story_id", "stories"),
        _reference("story_aliases", "into_id", "stories"),
        sa.PrimaryKeyConstraint("story_id", name="pk_story_aliases"),
    )
    op.create_index("ix_story_aliases_into_id", "story_aliases", ["into_id"])


def _reference(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete=ondelete
    )


def downgrade() -> None:
    """Drop them all."""
    for table in ("story_aliases", "placements", "counted", "figure_subjects", "figures"):
        op.drop_table(table)

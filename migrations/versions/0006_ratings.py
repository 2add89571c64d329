"""What users think of articles, and figures found by their values.

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add ratings, and an index of the figures."""
    op.create_table(
        "ratings",
        sa.Column("article_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("rating", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_ratings_article_id_articles"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_ratings"),
    )
    op.create_index("ix_figures_unit_value", "figures", ["unit", "value"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_figures_unit_value", table_name="figures")
    op.drop_table("ratings")

"""Where models of language place articles, and the means of each language.

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add embeddings and their means; both stay empty where no model is asked."""
    op.create_table(
        "embeddings",
        sa.Column("article_id", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("dimension", _WHOLE, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_embeddings_article_id_articles"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_embeddings"),
    )
    op.create_table(
        "embedding_means",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("texts", _WHOLE, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("until", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("model", "lang", name="pk_embedding_means"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("embedding_means")
    op.drop_table("embeddings")

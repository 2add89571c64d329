"""What was found for the promises of the beat.

Revision 0004, after 0003. Nothing is filled in: the archive is read when promises are asked for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add evidence, and how far the archive was read for it."""
    op.create_table(
        "evidence",
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("article_id", _WHOLE, nullable=False),
        sa.Column("claim", sa.String(16), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("field", sa.String(8), nullable=False),
        sa.Column("start", _WHOLE, nullable=False),
        sa.Column("end", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_evidence_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("commitment", "article_id", name="pk_evidence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evidence_article_id", "evidence", ["article_id"])
    op.create_table(
        "readings",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("revision_id", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_readings"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("readings")
    op.drop_table("evidence")

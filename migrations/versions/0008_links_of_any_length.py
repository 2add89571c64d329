"""Links of any length on a server: found by their hash there.

Revision 0008, after 0007. An index in order has no room for a value beyond 2,704 bytes, and a
batch of articles with one such link could not be kept. Files have no such limit.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of links anew on a server."""
    _make_anew("hash")


def downgrade() -> None:
    """Put it back in order."""
    _make_anew("btree")


def _make_anew(kind: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_articles_url", table_name="articles")
        op.create_index("ix_articles_url", "articles", ["url"], postgresql_using=kind)

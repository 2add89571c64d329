"""Who gets editions, what became of them, and editions in more shapes than a mail.

Revision 0003, after 0002. Waiting deliveries count as queued when their edition was frozen.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UTC = sa.DateTime(timezone=True)
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ADDED = {
    "editions": {"zone": sa.Text(), "outline": sa.JSON()},
    "deliveries": {"parts": _WHOLE, "queued_at": _UTC},
}
_editions = sa.table(
    "editions",
    *(sa.column(name) for name in ("id", "frozen_at", "zone")),
    sa.column("outline", sa.JSON()),
)
_deliveries = sa.table(
    "deliveries", *(sa.column(name) for name in ("edition_id", "parts", "queued_at"))
)


def upgrade() -> None:
    """Widen editions and deliveries; add what is known of subscribers, and alerts."""
    for table, columns in _ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind))
    _fill()
    for table, columns in _ADDED.items():
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
            for name, kind in columns.items():
                batch.alter_column(name, existing_type=kind, nullable=False)
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber"])
    _create_subscriptions_and_alerts()


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("alerts")
    op.drop_table("subscriptions")
    op.drop_index("ix_deliveries_subscriber", "deliveries")
    for table, columns in _ADDED.items():
        for name in columns:
            op.drop_column(table, name)


def _fill() -> None:
    frozen_at = sa.select(_editions.c.frozen_at).where(_editions.c.id == _deliveries.c.edition_id)
    connection = op.get_bind()
    connection.execute(_editions.update().values(zone="UTC", outline={}))
    queued_at = frozen_at.scalar_subquery()
    connection.execute(_deliveries.update().values(parts=0, queued_at=queued_at))


def _create_subscriptions_and_alerts() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bounces", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("digest", "subscriber", "transport", name="pk_subscriptions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alerts",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_at", "alerts", ["at"])

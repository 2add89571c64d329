"""What Alembic runs: on the connection that ``monitor.store.migrating`` hands over."""

from __future__ import annotations

from alembic import context
from alembic.runtime.environment import NameFilterParentNames, NameFilterType

from monitor.store.schema import FULL_TEXT, metadata


def _ours(name: str | None, kind: NameFilterType, _parents: NameFilterParentNames) -> bool:
    """Leave the tables of the full-text index to the dialect that makes them."""
    return kind != "table" or not (name or "").startswith(FULL_TEXT)


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        include_name=_ours,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()

"""Inserting rows that may be there already, in the words that all our databases share."""

from __future__ import annotations

from sqlalchemy import Table

# SQLite took ON CONFLICT over from PostgreSQL; SQLAlchemy writes this one out for both.
from sqlalchemy.dialects.postgresql import Insert, insert

__all__ = ["Insert", "insert", "upsert"]


def upsert(table: Table) -> Insert:
    """Insert rows, or overwrite those that have the same primary key."""
    fresh = insert(table)
    others = {each.name: fresh.excluded[each.name] for each in table.c if not each.primary_key}
    return fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)

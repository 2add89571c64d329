"""What is remembered: feeds, articles, judgements, stories, editions, in one database.

``open_store`` gives a ``Store``, whose attributes are the families; one file holds each. Values go
in and values come out, never rows or connections. Only this package imports sqlalchemy.
"""

from __future__ import annotations

from monitor.store.migrating import upgrade
from monitor.store.opening import Counts, Store, open_store

__all__ = ["Counts", "Store", "open_store", "upgrade"]

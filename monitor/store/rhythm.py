"""When relevant articles came, and of what they speak: the measured past of a digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, select

from monitor.store.schema import articles, labels

Spoken = tuple[datetime, tuple[str, ...]]
_KINDS = ("topic", "country")


def relevant(
    connection: Connection, threshold: float, since: datetime, until: datetime
) -> list[Spoken]:
    """When each article at ``threshold`` became eligible in ``(since, until]``, and its labels."""
    within = (
        articles.c.eligible_at > since,
        articles.c.eligible_at <= until,
        articles.c.score >= threshold,
    )
    moments = select(articles.c.id, articles.c.eligible_at).where(*within)
    about = (
        select(labels.c.article_id, labels.c.label)
        .join(articles, articles.c.id == labels.c.article_id)
        .where(*within, labels.c.kind.in_(_KINDS))
    )
    spoken: dict[int, list[str]] = defaultdict(list)
    for article_id, label in connection.execute(about):
        spoken[article_id].append(label)
    return [(at, tuple(spoken[article_id])) for article_id, at in connection.execute(moments)]


def anything_read(
    connection: Connection, windows: Sequence[tuple[datetime, datetime]]
) -> list[bool]:
    """For each of ``windows`` whether any article was first seen in it."""
    seen = articles.c.first_seen
    return [
        bool(connection.scalar(select(exists().where(seen > since, seen <= until))))
        for since, until in windows
    ]

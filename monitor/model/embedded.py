"""Where a model of language places a text among all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from struct import pack, unpack

_BYTES = 2


@dataclass(frozen=True, slots=True)
class Embedding:
    """A vector of length 1, and the name of the model that it means something to.

    ``packed`` has its components as little-endian IEEE 754 numbers of 16 bits, which are far finer
    than what a vector tells.
    """

    model: str
    packed: bytes

    @classmethod
    def of(cls, model: str, components: Sequence[float]) -> Embedding:
        """A vector scaled to length 1; ValueError for one without a direction."""
        largest = max(map(abs, components), default=0.0)
        if not all(map(isfinite, components)) or not largest:
            raise ValueError("a vector needs finite numbers, and one of them other than 0")
        scaled = [each / largest for each in components]
        length = sqrt(sum(each * each for each in scaled))
        return cls(model, pack(f"<{len(scaled)}e", *(each / length for each in scaled)))

    @property
    def dimension(self) -> int:
        """How many components there are."""
        return len(self.packed) // _BYTES

    def components(self) -> tuple[float, ...]:
        """The numbers themselves."""
        return unpack(f"<{self.dimension}e", self.packed)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the embeddings of ``texts`` texts in a language, by one model.

    ``until`` is the last article that was counted.
    """

    model: str
    lang: str
    texts: int
    components: tuple[float, ...]
    until: int

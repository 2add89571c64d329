"""How likely languages are by the sequences of bytes in a text: py3langid's model, made lean.

As the library loads it, the model takes 80 MB and most of a second. Here the same numbers are a
trie of sequences with links to the longest shorter one (Aho and Corasick, 1975) and a column for
each language that is asked for: 11 MB, read in milliseconds. They are made once and kept in the
user's cache; whatever is wrong with the cache, they are made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from importlib.util import find_spec
from math import log1p
from operator import itemgetter, mul
from pathlib import Path
from sys import byteorder
from typing import TYPE_CHECKING, Any, BinaryIO

from monitor.resources import cache

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LAYOUT = 3  # of the file; raise it whenever that changes
_KEPT = 2
# What a damaged file may raise on the way to a model.
_DAMAGE = (
    OSError,
    EOFError,
    MemoryError,
    OverflowError,
    RecursionError,
    ValueError,
    KeyError,
    TypeError,
)
_TOGETHER = 4096  # states that are looked at at once while the trie is made


@dataclass(frozen=True, slots=True)
class Model:
    """A naive Bayes classifier of byte sequences.

    State 0 has read nothing. ``letters[s]`` is the byte that leads to state ``s``, whose children
    are the states from ``first[s]`` to ``first[s + 1]``; ``shorter[s]`` stands for its longest end
    that has children, and ``says[s]`` is its feature, or -1. A column has a language, what speaks
    for it from the start, and what each feature adds; a language may have two.
    """

    letters: bytes
    first: array[int]
    shorter: array[int]
    says: array[int]
    columns: tuple[tuple[str, float, array[float]], ...]

    def rank(self, text: str, langs: Collection[str]) -> list[tuple[str, float]]:
        """Those of ``langs`` that are known with their logarithmic likelihoods, likeliest first.

        All are as likely where the text has nothing that the model knows.
        """
        found = self._features(_as_read(text))
        # Of several it picks a tuple, even when there is one feature: the first counts nothing.
        pick, weights = itemgetter(0, *found), (0.0, *map(log1p, found.values()))
        points: dict[str, float] = {}
        for lang, before, column in self.columns:
            if lang in langs:
                said = before + sum(map(mul, weights, pick(column))) if found else 0.0
                points[lang] = max(said, points.get(lang, said))
        return sorted(points.items(), key=itemgetter(1), reverse=True)

    def _features(self, text: bytes) -> Counter[int]:
        find, first, shorter, says = self.letters.find, self.first, self.shorter, self.says
        state, found = 0, []
        for letter in text:
            child = find(letter, first[state], first[state + 1])
            while child < 0 and state:
                state = shorter[state]
                child = find(letter, first[state], first[state + 1])
            state = child if child > 0 else 0
            if (feature := says[state]) >= 0:
                found.append(feature)
        return Counter(found)


def _as_read(text: str) -> bytes:
    """``text`` as the library reads it."""
    read = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", read).encode("utf-8", "ignore")


def load_model(langs: Collection[str]) -> Model:
    """The model of those of ``langs`` that the library knows."""
    paper = cache() / "languages" / _name(langs)
    with contextlib.suppress(*_DAMAGE), paper.open("rb") as file:
        return _read(file)
    model = _made(langs)
    with contextlib.suppress(OSError):
        _keep(paper, _written(model))
    return model


def _name(langs: Collection[str]) -> str:
    """A hash of everything that the model is made from."""
    spec = find_spec("py3langid")
    library = Path(spec.origin).parent if spec and spec.origin else Path()
    files = [(file.name, file.stat()) for file in sorted(library.glob("data/*"))]
    stamps = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in files]
    made_from = [_LAYOUT, byteorder, sorted(langs), str(library), stamps]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()


# --- on paper ------------------------------------------------------------------------------------


def _written(model: Model) -> Iterator[bytes | array[Any]]:
    """A line with a checksum of all that follows and the sizes in JSON, and array behind array."""
    columns = [column for _, _, column in model.columns]
    parts: list[bytes | array[Any]] = [model.letters, model.first, model.shorter]
    parts += [model.says, *columns]
    head = json.dumps({
        "states": len(model.letters),
        "features": len(columns[0]),
        "columns": [(lang, before) for lang, before, _ in model.columns],
    }).encode("ascii")  # fmt: skip
    yield b"%d %b\n" % (_checksum([head, *parts]), head)
    yield from parts


def _read(file: BinaryIO) -> Model:
    """What ``_written`` wrote; an error of ``_DAMAGE`` for anything else."""
    checksum, _, written = file.readline().rstrip(b"\n").partition(b" ")
    head = json.loads(written)
    states, named = head["states"], head["columns"]
    sizes = [("B", states), ("I", states + 1), ("I", states), ("i", states)]
    sizes += [("f", head["features"])] * len(named)
    parts = list(_arrays(file, sizes))
    if file.read(1) or _checksum([written, *parts]) != int(checksum):
        raise ValueError("the file is damaged")
    letters, first, shorter, says, *columns = parts
    return Model(
        letters=letters.tobytes(),
        first=first,
        shorter=shorter,
        says=says,
        columns=tuple(
            (lang, before, column) for (lang, before), column in zip(named, columns, strict=True)
        ),
    )


def _arrays(file: BinaryIO, sizes: Iterable[tuple[str, int]]) -> Iterator[array[Any]]:
    for kind, number in sizes:
        part: array[Any] = array(kind)
        part.fromfile(file, number)
        yield part


def _checksum(parts: Iterable[bytes | array[Any]]) -> int:
    return reduce(lambda so_far, part: zlib.crc32(part, so_far), parts, 0)


def _keep(paper: Path, written: Iterable[bytes | array[Any]]) -> None:
    paper.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=paper.parent, prefix=".")
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(written)
        Path(draft).replace(paper)
    finally:
        Path(draft).unlink(missing_ok=True)
    newest_last = sorted(paper.parent.glob("[!.]*"), key=lambda kept: kept.stat().st_mtime)
    for old in newest_last[:-_KEPT]:
        old.unlink(missing_ok=True)


# --- from the library ----------------------------------------------------------------------------


def _made(langs: Collection[str]) -> Model:
    # Loading the library takes a second and brings numpy.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([lang for lang in identifier.labels if lang in langs])
    trie = _trie(identifier)
    return Model(
        letters=bytes(trie.letters),
        first=trie.first,
        shorter=trie.shorter,
        says=array("i", [identifier.tk_output[state] for state in trie.order]),
        columns=tuple(
            (lang, float(before), array("f", column.astype("f").tobytes()))
            for lang, before, column in zip(
                identifier.nb_classes, identifier.nb_pc, identifier.nb_ptc.T, strict=True
            )
        ),
    )


@dataclass(slots=True)
class _Trie:
    """The library's states in order of length, and what ``Model`` says of each."""

    order: list[int]
    letters: bytearray
    first: array[int]
    shorter: array[int]


def _trie(identifier: LanguageIdentifier) -> _Trie:
    """The library's automaton without the moves that follow from others.

    A byte leads from a state to one that is longer by it, a child, or to one no longer than
    itself: level by level, a child is what was not met before.
    """
    import numpy as np

    moves = np.frombuffer(identifier.tk_nextmove, "I").reshape(-1, 256)
    rows = np.frombuffer(identifier.tk_row, "H")
    met = np.full(len(rows), -1)  # the library's states, as they are called here
    met[0] = 0
    trie = _Trie([0], bytearray(1), array("I"), array("I", [0]))
    begin, end = 0, 1
    while begin < end:
        for start in range(begin, end, _TOGETHER):
            some = slice(start, min(start + _TOGETHER, end))
            nexts = moves[rows[trie.order[some]]]
            is_child = met[nexts] < 0
            parents, read = np.nonzero(is_child)
            ends = [trie.order[shorter] for shorter in trie.shorter[some]]
            # A child of the root has no other end than the root, and meets itself here.
            shorter = met[moves[rows[ends]][parents, read]].clip(0)
            numbers = is_child.sum(axis=1)
            trie.first.extend((len(trie.order) + numbers.cumsum() - numbers).tolist())
            met[nexts[is_child]] = range(len(trie.order), len(trie.order) + len(read))
            trie.order += nexts[is_child].tolist()
            trie.letters += bytes(read.tolist())
            trie.shorter.extend(shorter.tolist())
        begin, end = end, len(trie.order)
    trie.first.append(end)
    _pass_over_childless(trie)
    return trie


def _pass_over_childless(trie: _Trie) -> None:
    """Let ``shorter`` lead to where a byte can be read; ends come before what they end."""
    first, shorter = trie.first, trie.shorter
    for state, end in enumerate(shorter):
        if end and first[end] == first[end + 1]:
            shorter[state] = shorter[end]

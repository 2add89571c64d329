"""Beats that were read and checked before, kept in the user's cache under a hash of their files.

To read and check forty thousand aliases takes a second, at the start of every command; to read
what was kept takes a tenth of it. Whatever is wrong with the cache, the files are read instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monitor import __version__
from monitor.beat.kept import read, written
from monitor.model import Beat
from monitor.resources import cache

_KEPT = 8
# What a damaged file of the cache may raise on the way to a beat.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, zlib.error)


def ready(folder: Path, load: Callable[[Path], Beat]) -> Beat:
    """The beat in ``folder``, from the cache or as ``load`` reads it; its errors pass."""
    paper = cache() / "beats" / _name(folder)
    with contextlib.suppress(*_DAMAGE):
        beat, _ = read(paper.read_text("ascii"))
        return replace(beat, id=folder.name)
    beat = load(folder)
    with contextlib.suppress(OSError):
        _keep(paper, written(beat, {}))
    return beat


def _name(folder: Path) -> str:
    """A hash of everything that the beat is made from."""
    said = hashlib.sha256(__version__.encode())
    for file in sorted(folder.glob("**/*.toml")):
        with contextlib.suppress(OSError):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            said.update(f"{file.relative_to(folder).as_posix()}\n{content}\n".encode())
    return said.hexdigest()


def _keep(paper: Path, text: str) -> None:
    paper.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=paper.parent, prefix=".")
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text)
    Path(draft).replace(paper)
    newest_last = sorted(paper.parent.glob("[!.]*"), key=lambda kept: kept.stat().st_mtime)
    for old in newest_last[:-_KEPT]:
        old.unlink(missing_ok=True)

"""Hashes of wordings, to see whether an article has changed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable


def revision_hash(title: str, summary: str = "", text: str = "") -> str:
    """The SHA-256, in hex, of a wording; only what a reader would see as a change changes it.

    Unicode composition (NFC), runs of white space and characters without width do not count.
    """
    fields = (_as_read(field) for field in (title, summary, text))
    # A separator that no normalised field contains keeps (a, b) and (ab, "") apart.
    return hashlib.sha256("\0".join(fields).encode("utf-8", "replace")).hexdigest()


def short_hash(text: str) -> str:
    """The first 24 hex digits of the SHA-256 of ``text``: enough to name one of many."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def checksum(fields: Iterable[bytes]) -> str:
    """16 hex digits that change with every single bit of texts as they are stored (in UTF-8)."""
    # No text in UTF-8 contains the byte that keeps two fields apart.
    return hashlib.blake2b(b"\xff".join(fields), digest_size=8).hexdigest()


_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff")) | {0: " "}
_ANY_UNSEEN = re.compile(f"[{''.join(map(chr, _UNSEEN))}]")


def _as_read(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    # To look for them takes a fifth of the time that it takes to leave them out.
    if _ANY_UNSEEN.search(composed):
        composed = composed.translate(_UNSEEN)
    return " ".join(composed.split())

"""Hashes of wordings, to see whether an article has changed."""

from __future__ import annotations

import hashlib
import unicodedata


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


def _as_read(text: str) -> str:
    visible = "".join(
        " " if letter == "\0" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter not in "\u00ad\u200b\u200c\u200d\u2060\ufeff"
    )
    return " ".join(visible.split())

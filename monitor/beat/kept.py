"""A watchlist on paper: everything that a receipt was made with, and the way back.

Every edited keyword makes a new watchlist, so the paper is packed: a sixth of its size.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from monitor.model import (
    Alias,
    Beat,
    Commitment,
    Entity,
    Rival,
    Side,
    Target,
    Term,
    Topic,
    Trap,
)


def written(beat: Beat, keywords: Mapping[str, float]) -> str:
    """``beat`` and a user's ``keywords`` as JSON, deflated, in base64."""
    kept = {"beat": beat, "keywords": dict(keywords)}
    document = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=_row)
    return b64encode(zlib.compress(document.encode())).decode("ascii")


def _row(value: Any) -> dict[str, Any] | str:
    """A value's fields by name, a day as text; what fields hold is written as it is."""
    if isinstance(value, date):
        return value.isoformat()
    return {field.name: getattr(value, field.name) for field in fields(value)}


def read(packed: str) -> tuple[Beat, dict[str, float]]:
    """The beat and the keywords that ``written`` wrote down."""
    kept = json.loads(zlib.decompress(b64decode(packed)))
    beat = kept["beat"]
    return Beat(
        id=beat["id"],
        title=beat["title"],
        sides=tuple(Side(**_tuples(row)) for row in beat["sides"]),
        topics=tuple(Topic(**row) for row in beat["topics"]),
        entities=tuple(Entity(**_subject(row)) for row in beat["entities"]),
        terms=tuple(Term(**_subject(row)) for row in beat["terms"]),
        rivals=tuple(Rival(**_subject(row)) for row in beat["rivals"]),
        traps=tuple(Trap(**_subject(row)) for row in beat["traps"]),
        weights=beat["weights"],
        fingerprint=beat["fingerprint"],
        # What was written before there were promises has none.
        commitments=tuple(_commitment(row) for row in beat.get("commitments", ())),
    ), kept["keywords"]


def keywords_of(packed: str) -> dict[str, float]:
    """The keywords alone of what ``written`` wrote down."""
    keywords: dict[str, float] = json.loads(zlib.decompress(b64decode(packed)))["keywords"]
    return keywords


def _subject(row: dict[str, Any]) -> dict[str, Any]:
    return _tuples({**row, "aliases": [Alias(**alias) for alias in row["aliases"]]})


def _commitment(row: dict[str, Any]) -> Commitment:
    days = {name: row[name] and date.fromisoformat(row[name]) for name in ("made", "due")}
    targets = [Target(**target) for target in row["targets"]]
    return Commitment(**_tuples({**row, **days, "targets": targets}))


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    """JSON knows lists only; values hold tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}

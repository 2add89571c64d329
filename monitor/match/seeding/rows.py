"""Proposals -> rows of a beat's files (pure)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from monitor.match.seeding import Proposal
from monitor.match.seeding.guesses import CONCEPT
from monitor.text.normalise import fold_key
from monitor.text.tables import table

_LONGEST_ID = 60
_LONGEST_ORIGIN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """What one proposal adds to a beat: its ``table`` and its fields as `seeds/README.md` says."""

    table: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unfit:
    """A proposal that the beat has no kind for, with the kinds that would do."""

    proposal: Proposal
    wished: tuple[str, ...]


@dataclass(slots=True)
class _Taken:
    """Ids and folded aliases that may not be used again."""

    ids: set[str]
    aliases: set[str] = field(default_factory=set)


def rows(
    proposals: Iterable[Proposal], kinds: Collection[str], ids: Iterable[str]
) -> tuple[list[Row], list[Unfit]]:
    """A row for each proposal, and those proposals that none of the beat's ``kinds`` fits.

    Without ``kinds`` any kind will do. ``ids`` are those in use. A concept, and a name that no
    side is told for, becomes a term: it gives points and opens no gate.
    """
    taken = _Taken(set(ids))
    fitting: list[Row] = []
    unfit: list[Unfit] = []
    for proposal in proposals:
        if proposal.kind == CONCEPT or not proposal.sides:
            fitting.append(Row("terms", _term(proposal, taken)))
            continue
        kind = beat_kind(proposal, kinds)
        if kind is None:
            unfit.append(Unfit(proposal, _wished(proposal.kind)))
        else:
            fitting.append(Row("entities", _entity(proposal, kind, taken)))
    return fitting, unfit


def beat_kind(proposal: Proposal, kinds: Collection[str]) -> str | None:
    """The beat's kind for a proposal; None where it has none for it."""
    if not kinds:
        return proposal.kind
    name = f" {fold_key(proposal.name)} "
    named = [kind for kind in kinds if name.endswith(f" {kind} ")]
    if named and proposal.lang == "en":
        return max(named, key=len)
    return next((kind for kind in _wished(proposal.kind) if kind in kinds), None)


def _wished(kind: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in table("kinds")[kind].split(","))


def _entity(proposal: Proposal, kind: str, taken: _Taken) -> dict[str, Any]:
    return {
        "id": _id(proposal.name, taken),
        "name": proposal.name,
        "kind": kind,
        "sides": list(proposal.sides),
        "countries": list(proposal.countries),
        "topics": [],
        "from": _origin(proposal),
        "aliases": {proposal.lang: _aliases(proposal, taken)},
    }


def _term(proposal: Proposal, taken: _Taken) -> dict[str, Any]:
    return {
        "id": _id(proposal.name, taken),
        "topics": [],
        "from": _origin(proposal),
        "aliases": {proposal.lang: _aliases(proposal, taken)},
    }


def _aliases(proposal: Proposal, taken: _Taken) -> list[str]:
    """The name and its other spellings, without those that an earlier row has."""
    kept = []
    for alias in (proposal.name, *proposal.aliases):
        key = fold_key(alias)
        if key not in taken.aliases or alias == proposal.name:
            taken.aliases.add(key)
            kept.append(alias)
    return kept


def _id(name: str, taken: _Taken) -> str:
    """Lower-case ASCII and hyphens; of a name in other letters a hash."""
    spaced = unicodedata.normalize("NFKD", re.sub(r"[^\w'’]+", "-", name.lower()))
    plain = spaced.encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9-]+", "", plain)[:_LONGEST_ID].strip("-")
    if len(base) < min(len(name), _LONGEST_ID) // 2:
        base = f"accepted-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    found, number = base, 2
    while found in taken.ids:
        found, number = f"{base}-{number}", number + 1
    taken.ids.add(found)
    return found


def _origin(proposal: Proposal) -> str:
    first, *others = proposal.documents
    title = first if len(first) <= _LONGEST_ORIGIN else f"{first[: _LONGEST_ORIGIN - 1]}…"
    return f"{title} and {len(others)} more" if others else title

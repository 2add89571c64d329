"""``seeds/<beat>/`` -> Beat: the subject as data, checked whole, all mistakes at once.

The files are described in ``seeds/README.md``. Any of them may be missing and every table may
stand in any of them, so that a beat of ten lines is one ``beat.toml``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.beat.checks import (
    check_aliases,
    check_feed,
    check_ids,
    check_references,
    check_rows,
    check_top,
    is_acronym,
)
from monitor.beat.commitments import check_commitments, commitment
from monitor.beat.contents import JUDGED, WORDINGS, Contents, raise_mistakes, read
from monitor.beat.ready import ready
from monitor.beat.weights import Weights
from monitor.model import (
    Alias,
    Beat,
    Camp,
    Entity,
    FeedListing,
    Recipe,
    Rival,
    Side,
    Term,
    Topic,
    Trap,
)

__all__ = ["Weights", "is_acronym", "load_beat", "load_camps", "load_feeds"]


def load_beat(folder: Path) -> Beat:
    """Read and check the beat in ``folder``; raises BeatError with every mistake in it.

    A beat that was checked before is not checked again.
    """
    return ready(folder, _checked)


def _checked(folder: Path) -> Beat:
    contents = read(folder)
    check_rows(contents)
    check_top(contents)
    check_references(contents)
    check_ids(contents)
    check_aliases(contents)
    check_commitments(contents)
    raise_mistakes(contents)
    return build(contents)


def load_feeds(folder: Path, *, enabled: bool = True) -> list[FeedListing]:
    """The feeds that ship with the beat, those ``enabled`` or those that wait to be.

    Raises BeatError with every mistake in them.
    """
    contents = read(folder, "*.toml")
    check_rows(contents, only=("feeds", "camps"))
    for row in contents.rows["feeds"]:
        check_feed(contents, row)
    raise_mistakes(contents)
    camp_of = {
        outlet: row.fields["id"]
        for row in contents.rows["camps"]
        for outlet in row.fields.get("outlets", ())
    }
    rows = (row.fields for row in contents.rows["feeds"])
    return [_listing(row, camp_of) for row in rows if row.get("enabled", True) is enabled]


def load_camps(folder: Path, listings: Iterable[FeedListing]) -> list[Camp]:
    """The camps of the beat, with the languages and countries of the outlets in ``listings``.

    Camps that only a listing names come last. Raises BeatError with every mistake in them.
    """
    contents = read(folder, "*.toml")
    check_rows(contents, only=("camps",))
    raise_mistakes(contents)
    polled = [each for each in listings if each.camp is not None]
    names = {row.fields["id"]: row.fields["name"] for row in contents.rows["camps"]}
    official = {row.fields["id"] for row in contents.rows["camps"] if row.fields.get("official")}
    names |= {each.camp: each.camp for each in polled if each.camp and each.camp not in names}
    return [
        Camp(
            id=camp,
            name=name,
            langs=frozenset(each.lang for each in polled if each.camp == camp and each.lang),
            countries=frozenset(
                each.country for each in polled if each.camp == camp and each.country
            ),
            official=camp in official,
        )
        for camp, name in names.items()
    ]


def _listing(fields: Mapping[str, Any], camp_of: Mapping[str, str]) -> FeedListing:
    return FeedListing(
        url=fields["url"],
        outlet=fields["outlet"],
        lang=fields.get("lang"),
        country=fields.get("country"),
        camp=fields.get("camp") or camp_of.get(fields["outlet"]),
        recipe=Recipe(**fields["page"]) if "page" in fields else None,
        full_text=fields.get("full_text", False),
        text=fields.get("text", ""),
    )


def build(contents: Contents) -> Beat:
    rows = {table: [row.fields for row in contents.rows[table]] for table in JUDGED}
    kinds = contents.top.get("kinds", {})
    weights = {name: float(value) for name, value in contents.top.get("weights", {}).items()}
    usual = weights.get("entity_points", Weights().entity_points)
    term_points = weights.get("term_points", Weights().term_points)
    return Beat(
        id=contents.folder.name,
        title=contents.top["title"],
        sides=tuple(Side(r["id"], r["name"], tuple(r["countries"])) for r in rows["sides"]),
        topics=tuple(Topic(r["slug"], dict(r.get("title", {}))) for r in rows["topics"]),
        entities=tuple(_entity(r, float(kinds.get(r["kind"], usual))) for r in rows["entities"]),
        terms=tuple(_term(r, term_points) for r in rows["terms"]),
        rivals=tuple(_rival(r) for r in rows["rivals"]),
        traps=tuple(
            Trap(r["id"], r["hides"], _aliases(r), r.get("from", "")) for r in rows["traps"]
        ),
        weights=weights,
        fingerprint=_fingerprint(rows, contents.top),
        commitments=tuple(commitment(row.fields) for row in contents.rows["commitments"]),
    )


def _entity(row: Mapping[str, Any], usual: float) -> Entity:
    return Entity(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        sides=tuple(row["sides"]),
        aliases=_aliases(row),
        points=float(row.get("points", usual)),
        countries=tuple(row.get("countries", ())),
        topics=tuple(row.get("topics", ())),
        origin=row.get("from", ""),
        several=row.get("several", False),
    )


def _term(row: Mapping[str, Any], usual: float) -> Term:
    return Term(
        id=row["id"],
        aliases=_aliases(row),
        points=float(row.get("points", usual)),
        topics=tuple(row.get("topics", ())),
        origin=row.get("from", ""),
    )


def _rival(row: Mapping[str, Any]) -> Rival:
    return Rival(
        id=row["id"],
        name=row["name"],
        explains=row["explains"],
        aliases=_aliases(row),
        partner=row.get("partner", False),
        origin=row.get("from", ""),
    )


def _aliases(row: Mapping[str, Any]) -> tuple[Alias, ...]:
    return tuple(
        Alias(text, lang, wording == "exact", wording == "weak", wording == "prefix")
        for wording in WORDINGS
        for lang, texts in row.get(wording, {}).items()
        for text in texts
    )


def _fingerprint(rows: Mapping[str, list[dict[str, Any]]], top: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of what the beat says, in whichever files and order it says it."""
    ordered = {
        table: sorted(fields, key=lambda row: str(row.get("id", row.get("slug"))))
        for table, fields in rows.items()
    }
    canonical = json.dumps([ordered, top], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

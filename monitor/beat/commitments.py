"""The promises of a beat: rows of ``[[commitments]]``, checked and read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from monitor.beat.contents import Contents, Row, nearest_name
from monitor.model import Commitment, Target
from monitor.text.actions import kinds

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_TARGET = re.compile(r"(\d+(?:\.\d+)?)(?: ([A-Za-z0-9 ]+))?")
_LAST_MONTH = 12


def commitment(row: Mapping[str, Any]) -> Commitment:
    """The promise of a checked row."""
    deadline = row.get("deadline", "")
    silent_after = row.get("silent_after")
    return Commitment(
        id=row["id"],
        actor=row["actor"],
        promise=row["promise"],
        made=date.fromisoformat(row["made"]),
        document=row["document"],
        passage=row["passage"],
        deadline=deadline,
        due=last_day(deadline) if deadline else None,
        about=tuple(row.get("about", ())),
        words=dict(row.get("words", {})),
        sides=tuple(row.get("sides", ())),
        acts=tuple(row["acts"]),
        done=tuple(row.get("done", ())),
        targets=tuple(map(_target, row.get("targets", ()))),
        parts=row.get("parts", False),
        silent_after=None if silent_after is None else int(silent_after),
        actor_in=dict(row.get("actor_in", {})),
        promise_in=dict(row.get("promise_in", {})),
    )


def check_commitments(contents: Contents) -> None:
    """Dates and targets can be read, and every id and kind of act that is named is known."""
    known = {
        "about": contents.ids("entities") | contents.ids("terms"),
        "sides": contents.ids("sides"),
        "document": contents.ids("documents"),
        "acts": kinds(),
        "done": kinds(),
    }
    for row in contents.rows["commitments"]:
        for key, names in known.items():
            _check_known(contents, row, key, names)
        _check_form(contents, row)
        _check_wordings(contents, row)


def last_day(stated: str) -> date | None:
    """The last day of a stated year, month or day; None for what is none of these."""
    found = _DAY.fullmatch(stated)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or _LAST_MONTH)
    try:
        return date(year, month, int(found[3] or monthrange(year, month)[1]))
    except ValueError:
        return None


def _check_known(contents: Contents, row: Row, key: str, known: frozenset[str]) -> None:
    value = row.fields.get(key, [])
    for name in value if isinstance(value, list) else [value]:
        if isinstance(name, str) and name not in known:
            contents.mistake(row, key, f'"{name}" is not known', nearest_name(name, known))


def _check_form(contents: Contents, row: Row) -> None:
    made, deadline = row.fields.get("made"), row.fields.get("deadline")
    if isinstance(made, str) and not _is_date(made):
        contents.mistake(row, "made", f'"{made}" is no date such as 2026-06-17')
    if isinstance(deadline, str) and last_day(deadline) is None:
        contents.mistake(row, "deadline", f'"{deadline}" is no year, month or day')
    for target in _texts(row, "targets"):
        if not _TARGET.fullmatch(target):
            problem = f'"{target}" is no number with its unit, such as 3000 people'
            contents.mistake(row, "targets", problem)
    if not row.fields.get("about") and not row.fields.get("words"):
        contents.mistake(row, "about", "ids or words are wanted, by which it is recognised")


def _check_wordings(contents: Contents, row: Row) -> None:
    """Actor and promise are translated together: half of a sentence would stay in English."""
    found = {key: row.fields.get(key, {}) for key in ("actor_in", "promise_in")}
    for key, other in (("actor_in", "promise_in"), ("promise_in", "actor_in")):
        if not isinstance(found[key], dict) or not isinstance(found[other], dict):
            continue
        for lang, words in found[key].items():
            if not isinstance(words, str) or not words.strip():
                contents.mistake(row, f"{key}.{lang}", "a text is wanted")
            elif lang not in found[other]:
                contents.mistake(row, f"{key}.{lang}", f"{other}.{lang} is missing beside it")


def _is_date(stated: str) -> bool:
    try:
        return date.fromisoformat(stated).isoformat() == stated
    except ValueError:
        return False


def _texts(row: Row, key: str) -> list[str]:
    value = row.fields.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _target(stated: str) -> Target:
    found = _TARGET.fullmatch(stated)
    return Target(float(found[1]), found[2] or "") if found else Target(0.0, "")

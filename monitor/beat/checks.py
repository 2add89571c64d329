"""What can be wrong with a beat; every check notes its mistakes and goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from monitor.beat.contents import (
    TABLES,
    WORDINGS,
    Contents,
    Finding,
    Row,
    Shape,
    fits,
    nearest_name,
    wants,
)
from monitor.beat.weights import Weights
from monitor.text.normalise import fold_key
from monitor.text.patterns import date_problem, link_problem
from monitor.text.scripts import has_han

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_PROBLEMS: Mapping[str, Callable[[str], str | None]] = {
    "link": link_problem,
    "title": lambda stated: None,
    "date": date_problem,
}
_SHORTEST = 3
_LONGEST_ACRONYM = 5


def check_rows(contents: Contents, only: Iterable[str] = TABLES) -> None:
    """Required keys are there, unknown ones are not, and each has its type."""
    for table in only:
        shape = TABLES[table]
        for row in contents.rows[table]:
            for key in shape.required:
                if key not in row.fields:
                    contents.mistake(row, key, "is missing")
            if table != "documents":
                _check_fields(contents, row, shape)


def _check_fields(contents: Contents, row: Row, shape: Shape) -> None:
    for key, value in row.fields.items():
        wanted = shape.type_of(key)
        if wanted is None:
            hint = nearest_name(key, (*shape.required, *shape.optional))
            contents.mistake(row, key, "unknown key", hint)
        elif not fits(value, wanted):
            contents.mistake(row, key, f"{wants(wanted)}, not {json.dumps(value, default=str)}")


def check_top(contents: Contents) -> None:
    """Title, two sides, and weights and points that exist and are numbers."""
    beat = contents.folder / "beat.toml"
    if "title" not in contents.top:
        contents.findings.append(Finding(beat, ("title",), "is missing"))
    if len(contents.rows["sides"]) != 2:
        contents.findings.append(Finding(beat, ("sides",), "a beat has exactly two sides"))
    known = Weights.names()
    for name, value in contents.top.get("weights", {}).items():
        if name not in known:
            found = ("unknown weight", nearest_name(name, known))
            contents.findings.append(Finding(beat, ("weights", name), *found))
        elif not fits(value, float):
            contents.findings.append(Finding(beat, ("weights", name), wants(float)))
    for kind, value in contents.top.get("kinds", {}).items():
        if not fits(value, float):
            contents.findings.append(Finding(beat, ("kinds", kind), wants(float)))


def check_references(contents: Contents) -> None:
    """Every side, topic, kind and country that a row names must exist."""
    sides, topics = contents.ids("sides"), contents.ids("topics", "slug")
    kinds = frozenset(contents.top.get("kinds", ()))
    for row in contents.rows["entities"]:
        _check_known(contents, row, "sides", sides)
        if kinds:
            _check_known(contents, row, "kind", kinds)
        if not row.fields.get("sides"):
            contents.mistake(row, "sides", "at least one side is wanted")
    for row in contents.rows["rivals"]:
        _check_known(contents, row, "explains", sides)
    for table in ("entities", "terms"):
        for row in contents.rows[table]:
            _check_known(contents, row, "topics", topics)
    for table in ("entities", "sides"):
        for row in contents.rows[table]:
            for country in _members(row, "countries"):
                if not _COUNTRY.fullmatch(country):
                    contents.mistake(row, "countries", f'"{country}" is no ISO 3166-1 alpha-2 code')


def _check_known(contents: Contents, row: Row, key: str, known: frozenset[str]) -> None:
    for name in _members(row, key):
        if name not in known:
            contents.mistake(row, key, f'"{name}" is not known', nearest_name(name, known))


def _members(row: Row, key: str) -> list[str]:
    value = row.fields.get(key)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [member for member in listed if isinstance(member, str)]


def check_ids(contents: Contents) -> None:
    """Ids are well formed and unique within their table."""
    for table in ("entities", "terms", "rivals", "traps", "sides", "topics", "commitments"):
        key = "slug" if table == "topics" else "id"
        first: dict[str, Row] = {}
        for row in contents.rows[table]:
            name = row.fields.get(key)
            if not isinstance(name, str):
                continue
            if not _ID.fullmatch(name):
                contents.mistake(row, key, f'"{name}" is not lower-case ASCII with hyphens')
            if name in first:
                file = first[name].file.name
                contents.mistake(row, key, f'"{name}" is already the {key} of a row in {file}')
            first.setdefault(name, row)


def check_aliases(contents: Contents) -> None:
    """Aliases are long enough, and no two entities claim the same one."""
    owners: dict[str, Row] = {}
    for table in ("entities", "terms", "rivals", "traps"):
        for row in contents.rows[table]:
            written = False
            for wording, lang, alias in _written(contents, row):
                written = True
                key = fold_key(alias)
                problem = _fault(alias, key, wording, lang)
                if problem is not None:
                    contents.mistake(row, f"{wording}.{lang}", f'"{alias}" {problem}')
                elif table == "entities":
                    _claim(contents, owners, row, wording, lang, alias, key)
            if not written:
                contents.mistake(row, "aliases", "at least one alias is wanted")


def _claim(
    contents: Contents,
    owners: dict[str, Row],
    row: Row,
    wording: str,
    lang: str,
    alias: str,
    key: str,
) -> None:
    owner = owners.setdefault(alias if wording == "exact" else key, row)
    if owner is not row:
        taken = f'"{alias}" already belongs to {owner.fields.get("id")} ({owner.file.name})'
        contents.mistake(row, f"{wording}.{lang}", taken)


def _written(contents: Contents, row: Row) -> Iterator[tuple[str, str, str]]:
    """(wording, language, alias) of a row; a table of the wrong shape is a mistake."""
    for wording in WORDINGS:
        listed = row.fields.get(wording, {})
        for lang, aliases in listed.items() if isinstance(listed, dict) else ():
            if not _LANGUAGE.fullmatch(lang):
                contents.mistake(row, f"{wording}.{lang}", "is no ISO 639 language")
            if not fits(aliases, list):
                contents.mistake(row, f"{wording}.{lang}", wants(list))
                continue
            yield from ((wording, lang, alias) for alias in aliases)


def _fault(alias: str, key: str, wording: str, lang: str) -> str | None:
    if not key:
        return "has no letter or digit"
    if has_han(alias):
        return "is a single Han character" if len(key) == 1 else None
    is_free = wording in ("exact", "weak") or is_acronym(alias) or lang in ("zh", "ja")
    if len(key) < _SHORTEST and not is_free:
        return f"has fewer than {_SHORTEST} letters; make it exact or weak"
    return None


def is_acronym(alias: str) -> bool:
    """Whether an alias stands in capitals only, with up to five letters, and so must match."""
    return len(alias) <= _LONGEST_ACRONYM + 2 and alias.isupper() and alias[0] != alias[0].lower()


def check_feed(contents: Contents, row: Row) -> None:
    """A feed's address, language, country and camp are of the right form and known."""
    feed = row.fields
    url, lang, country = feed.get("url"), feed.get("lang"), feed.get("country")
    if isinstance(url, str) and not re.match(r"https?://[^/\s]+", url):
        contents.mistake(row, "url", f'"{url}" is no http or https address')
    if isinstance(lang, str) and not _LANGUAGE.fullmatch(lang):
        contents.mistake(row, "lang", f'"{lang}" is no ISO 639 language')
    if isinstance(country, str) and not _COUNTRY.fullmatch(country):
        contents.mistake(row, "country", f'"{country}" is no ISO 3166-1 alpha-2 code')
    camps = contents.ids("camps")
    if camps:
        _check_known(contents, row, "camp", camps)
    if isinstance(page := feed.get("page"), dict):
        _check_page(contents, row, page)


def _check_page(contents: Contents, row: Row, page: Mapping[str, Any]) -> None:
    """The recipe of a list page has known keys, texts in them, and patterns that can be read."""
    for key, stated in page.items():
        if key not in _PROBLEMS:
            hint = nearest_name(key, _PROBLEMS)
            contents.mistake(row, f"page.{key}", "unknown key", hint)
        elif not isinstance(stated, str):
            contents.mistake(row, f"page.{key}", wants(str))
        elif problem := _PROBLEMS[key](stated):
            contents.mistake(row, f"page.{key}", problem)

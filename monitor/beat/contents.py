"""The files of a beat as rows that know where they stand, and the mistakes found in them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import BeatError, Mistake

WORDINGS = ("aliases", "weak", "exact", "prefix")


@dataclass(frozen=True, slots=True)
class Shape:
    """What one table array may hold: keys with their type, the required ones first."""

    required: Mapping[str, type]
    optional: Mapping[str, type]

    def type_of(self, key: str) -> type | None:
        """The type that ``key`` must have; None when there is no such key."""
        return self.required.get(key) or self.optional.get(key)


_LISTS = dict.fromkeys(WORDINGS, dict)
TABLES = {
    "sides": Shape({"id": str, "name": str, "countries": list}, {}),
    "topics": Shape({"slug": str}, {"title": dict}),
    "camps": Shape({"id": str, "name": str}, {"means": str, "outlets": list, "official": bool}),
    "documents": Shape({"id": str}, {}),
    "entities": Shape(
        {"id": str, "name": str, "kind": str, "sides": list},
        {
            **{"countries": list, "topics": list, "from": str, "points": float},
            **{"several": bool, **_LISTS},
        },
    ),
    "terms": Shape({"id": str}, {"topics": list, "from": str, "points": float, **_LISTS}),
    "rivals": Shape(
        {"id": str, "name": str, "explains": str}, {"partner": bool, "from": str, **_LISTS}
    ),
    "traps": Shape({"id": str, "hides": str}, {"from": str, **_LISTS}),
    "commitments": Shape(
        {
            **{"id": str, "actor": str, "promise": str, "made": str},
            **{"document": str, "passage": str, "acts": list},
        },
        {
            **{"deadline": str, "about": list, "words": dict, "sides": list, "done": list},
            **{"targets": list, "parts": bool, "silent_after": float},
            **{"actor_in": dict, "promise_in": dict},
        },
    ),
    "feeds": Shape(
        {"url": str, "outlet": str},
        {
            **{"lang": str, "country": str, "camp": str, "enabled": bool, "from": str},
            **{"page": dict, "full_text": bool, "text": str},
        },
    ),
}
TOP = {"title": str, "kinds": dict, "weights": dict}
JUDGED = frozenset({"sides", "topics", "entities", "terms", "rivals", "traps"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table array and where it stands."""

    file: Path
    table: str
    index: int
    fields: dict[str, Any]

    @property
    def path(self) -> tuple[str | int, ...]:
        """Table and index, as a place in the file."""
        return (self.table, self.index)


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake before its line is looked for, which is done only when there are any."""

    file: Path
    path: tuple[str | int, ...]
    problem: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class _PlacedMistake(Mistake):
    """A mistake that knows its file within the beat's folder."""

    file: str = ""

    def sentence(self, path: str) -> str:
        """As in `Mistake.sentence`; ``path`` is the beat's folder."""
        # super() without arguments does not work in a dataclass with slots.
        return Mistake.sentence(self, f"{path}/{self.file}")


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything read from a beat's folder."""

    folder: Path
    rows: dict[str, list[Row]]
    top: dict[str, Any]
    findings: list[Finding]

    def mistake(self, row: Row, key: str, problem: str, suggestion: str | None = None) -> None:
        """Note a mistake in ``key`` of ``row``."""
        self.findings.append(Finding(row.file, (*row.path, key), problem, suggestion))

    def ids(self, table: str, key: str = "id") -> frozenset[str]:
        """The ids of a table's rows."""
        return frozenset(str(row.fields.get(key)) for row in self.rows[table])


def fits(value: Any, wanted: type) -> bool:
    """Whether a value has the type that its key must have; lists hold texts."""
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is list:
        return isinstance(value, list) and all(isinstance(member, str) for member in value)
    return isinstance(value, wanted)


def wants(wanted: type) -> str:
    """The sentence that says what a key must hold."""
    names = {str: "a text", float: "a number", bool: "true or false", list: "a list of texts"}
    return f"{names.get(wanted, 'a table')} is wanted"


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """What was probably meant by ``name``."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def read(folder: Path, pattern: str = "**/*.toml") -> Contents:
    """Every row of the files that match; raises BeatError where there is no beat at all."""
    contents = Contents(folder, {table: [] for table in TABLES}, {}, [])
    if not (folder / "beat.toml").is_file():
        found = [Mistake(None, None, "", "there is no beat.toml in this folder")]
        raise BeatError(str(folder), found)
    for file in sorted(folder.glob(pattern)):
        document = _parse(contents, file)
        for key, value in document.items():
            _enter(contents, file, key, value)
    return contents


def _parse(contents: Contents, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        contents.findings.append(Finding(file, (), f"not UTF-8 text at byte {error.start}"))
    except tomllib.TOMLDecodeError as error:
        contents.findings.append(Finding(file, (), f"not valid TOML: {error}"))
    return {}


def _enter(contents: Contents, file: Path, key: str, value: Any) -> None:
    if key in TABLES and isinstance(value, list):
        rows = contents.rows[key]
        for index, fields in enumerate(value):
            if key == "topics" and isinstance(fields, str):
                fields = {"slug": fields}
            if isinstance(fields, dict):
                rows.append(Row(file, key, index, fields))
            else:
                contents.findings.append(Finding(file, (key, index), "a table is wanted here"))
    elif key in TOP and isinstance(value, TOP[key]):
        contents.top[key] = value
    elif key in TABLES or key in TOP:
        contents.findings.append(Finding(file, (key,), f"{wants(TOP.get(key, list))} here"))
    else:
        hint = nearest_name(key, (*TABLES, *TOP))
        contents.findings.append(Finding(file, (key,), "unknown key", hint))


def raise_mistakes(contents: Contents) -> None:
    """Raise BeatError with the line of every mistake noted so far, if there are any."""
    if not contents.findings:
        return
    # Reading places is slow and brings the settings' libraries: only when there is a mistake.
    from monitor.config.source import places

    sources: dict[Path, dict[Any, Any]] = {}
    mistakes: list[Mistake] = []
    for finding in contents.findings:
        if not finding.path:
            # The file did not parse, and only a document that does can be searched for places.
            sources.setdefault(finding.file, {})
        elif finding.file not in sources:
            text = finding.file.read_text(encoding="utf-8", errors="replace")
            sources[finding.file] = dict(places(text))
        mistakes.append(_placed(contents.folder, finding, sources[finding.file]))
    raise BeatError(str(contents.folder), mistakes)


def _placed(folder: Path, finding: Finding, found: dict[Any, Any]) -> Mistake:
    from monitor.config.source import nearest

    path = tuple(
        part
        for step in finding.path
        for part in (step.split(".") if isinstance(step, str) else (step,))
    )
    place = found.get(path) or _first_inside(found, path) or nearest(found, path)
    where = re.sub(r"\.\[", "[", ".".join(f"[{p}]" if isinstance(p, int) else p for p in path))
    return _PlacedMistake(
        line=place.line if place else _toml_line(finding.problem),
        column=None,
        where=where,
        problem=finding.problem,
        suggestion=finding.suggestion,
        file=finding.file.relative_to(folder).as_posix(),
    )


def _first_inside(found: dict[Any, Any], path: tuple[str | int, ...]) -> Any:
    """The place of the first key below ``path``, where ``path`` itself is not written out."""
    return next((place for key, place in found.items() if key[: len(path)] == path), None)


def _toml_line(problem: str) -> int | None:
    found = re.search(r"at line (\d+)", problem)
    return int(found[1]) if found else None

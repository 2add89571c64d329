"""``config.toml`` -> frozen ``Settings``, all mistakes at once, each with its line.

Wishes live in the file; facts live in the database. Nothing here keeps state: a changed file is
read again by whoever wants to know.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from monitor.config.settings import (
    DigestSettings,
    FeedSettings,
    NetworkSettings,
    Settings,
    SmtpSettings,
    json_schema,
)
from monitor.config.source import nearest, places
from monitor.errors import ConfigError, InputError, Mistake

__all__ = [
    "Configuration",
    "DigestSettings",
    "FeedSettings",
    "NetworkSettings",
    "Settings",
    "SmtpSettings",
    "default_source",
    "json_schema",
    "load",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings and the file they came from; relative paths in them are relative to its folder."""

    path: Path
    settings: Settings

    @property
    def folder(self) -> Path:
        """The folder of ``config.toml``."""
        return self.path.parent

    @property
    def database(self) -> str:
        """The database URL with an absolute path."""
        url = self.settings.monitor.database
        prefix = "sqlite:///"
        if not url.startswith(prefix) or url == "sqlite:///:memory:":
            return url
        return prefix + str((self.folder / url.removeprefix(prefix)).absolute())

    @property
    def editions(self) -> Path:
        """The folder that editions go to when no SMTP host is set."""
        return self.folder / self.settings.monitor.editions


def load(path: Path) -> Configuration:
    """Read and check ``path``; ``ConfigError`` has all mistakes, ``InputError`` is for no file."""
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist; `monitor init` writes a config.toml, --config names another"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    return Configuration(path.absolute(), parse(source, path.name))


def default_source() -> str:
    """The ``config.toml`` that ships: every key with its default and what it means."""
    return files("monitor.config").joinpath("default.toml").read_text("utf-8")


def parse(source: str, name: str = "config.toml") -> Settings:
    """Settings from a TOML source; raises ``ConfigError`` with every mistake in it."""
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(name, [_syntax_mistake(error, source)]) from error
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigError(name, _mistakes(error, document, source)) from error
    if twice := _twice(settings, source):
        raise ConfigError(name, twice)
    return settings


def _syntax_mistake(error: tomllib.TOMLDecodeError, source: str) -> Mistake:
    text = str(error)
    problem, _, place = text.partition(" (at ")
    line, column = None, None
    if place.startswith("line"):
        words = place.rstrip(")").replace(",", "").split()
        line, column = int(words[1]), int(words[3])
    elif place:
        line = max(1, source.count("\n"))
    return Mistake(line, column, "", problem[:1].lower() + problem[1:])


def _mistakes(error: ValidationError, document: dict[str, Any], source: str) -> list[Mistake]:
    found = places(source)
    mistakes = []
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        place = nearest(found, path)
        unknown = detail["type"] == "extra_forbidden"
        column = (place.key if unknown else place.value) if place else None
        mistakes.append(
            Mistake(
                place.line if place else None,
                column,
                _dotted(path),
                _problem(detail),
                _suggestion(detail, path),
            )
        )
    return sorted(mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0))


def _dotted(path: Sequence[str | int]) -> str:
    """``("feeds", 1, "url")`` -> ``feeds[2].url``, counted as a person counts."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


_PROBLEMS = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}


def _problem(detail: Any) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _PROBLEMS:
        return _PROBLEMS[kind]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    bounds = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in bounds:
        words = {"ge": "at least", "le": "at most", "gt": "more than"}[bounds[kind]]
        return f"must be {words} {context[bounds[kind]]:g}"
    if kind == "string_pattern_mismatch":
        return f'"{detail["input"]}" does not look right here'
    return str(detail["msg"]).lower()


def _suggestion(detail: Any, path: Sequence[str | int]) -> str | None:
    if detail["type"] == "extra_forbidden":
        return _closest(str(path[-1]), _keys_at(path[:-1]))
    if detail["type"] == "literal_error":
        allowed = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return _closest(str(detail["input"]), allowed)
    if detail["type"] == "value_error" and path and path[-1] == "zone":
        from zoneinfo import available_timezones

        return _closest(str(detail["input"]), sorted(available_timezones()))
    return None


def _closest(word: str, words: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, words, 1, 0.6)), None)


def _keys_at(path: Sequence[str | int]) -> list[str]:
    """The keys that a table may have, found by walking the models."""
    model: type[BaseModel] = Settings
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            inner = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
            tables = [kind for kind in inner if issubclass(kind, BaseModel)]
            if not tables:
                return []
            model = tables[0]
    return list(model.model_fields)


def _twice(settings: Settings, source: str) -> list[Mistake]:
    """Names that must be unique and are not."""
    found = places(source)
    mistakes = []
    for table, key, values in (
        ("feeds", "url", [feed.url for feed in settings.feeds]),
        ("digests", "name", [digest.name for digest in settings.digests]),
    ):
        for index, value in enumerate(values):
            if value in values[:index]:
                place = nearest(found, (table, index, key))
                first = nearest(found, (table, values.index(value), key))
                problem = f'"{value}" stands already in line {first.line if first else "?"}'
                mistakes.append(
                    Mistake(
                        place.line if place else None,
                        place.value if place else None,
                        _dotted((table, index, key)),
                        problem,
                    )
                )
    return mistakes

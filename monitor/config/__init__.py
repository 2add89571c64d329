"""``config.toml`` -> frozen ``Settings``, all mistakes at once, each with its line.

Wishes live in the file; facts live in the database. Nothing here keeps state: a changed file is
read again by whoever wants to know.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from monitor.config.models import AssistSettings, StoriesSettings
from monitor.config.repeated import repeated
from monitor.config.settings import (
    DigestSettings,
    FeedSettings,
    NetworkSettings,
    Settings,
    SmtpSettings,
    SubscriberSettings,
    WebSettings,
    json_schema,
)
from monitor.config.source import dotted, nearest, places
from monitor.config.written import COUNTRY, LANGUAGE, NAME
from monitor.errors import ConfigError, InputError, Mistake

__all__ = [
    "AssistSettings",
    "Configuration",
    "DigestSettings",
    "FeedSettings",
    "NetworkSettings",
    "Settings",
    "SmtpSettings",
    "StoriesSettings",
    "SubscriberSettings",
    "WebSettings",
    "default_source",
    "json_schema",
    "load",
    "parse",
    "with_embeddings",
]


_SQLITE = "sqlite:///"


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
        """The database URL with an absolute path, quoted as URLs are.

        InputError for a path that is no text, which no URL can name.
        """
        file = self.database_file
        if file is None:
            return self.settings.monitor.database
        try:
            return _SQLITE + quote(str(file))
        except UnicodeEncodeError as error:
            raise InputError(
                f"the name of {file} is not written in UTF-8; rename the folder, or name another "
                "place with [monitor] database"
            ) from error

    @property
    def database_file(self) -> Path | None:
        """The database's file; None when the URL names no file."""
        url = self.settings.monitor.database
        if not url.startswith(_SQLITE) or url == f"{_SQLITE}:memory:":
            return None
        return (self.folder / url.removeprefix(_SQLITE)).absolute()

    @property
    def editions(self) -> Path:
        """The folder that editions go to when no SMTP host is set."""
        return self.folder / self.settings.monitor.editions


def load(path: Path) -> Configuration:
    """Read and check ``path``; ``ConfigError`` has all mistakes, ``InputError`` is for no file."""
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist; `monitor init` writes a config.toml, --config names another"
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        where = _where(error)
        raise InputError(f"{path} cannot be read: it is not in UTF-8{where}; save it so") from error
    return Configuration(path.absolute(), parse(source, path.name))


def _where(error: UnicodeDecodeError) -> str:
    """The line in which a text stops being UTF-8, unless that is so from its first letter on."""
    line = error.object.count(b"\n", 0, error.start) + 1
    return f" (line {line})" if error.start else ""


def default_source() -> str:
    """The ``config.toml`` that ships: the keys that people change, with what they mean."""
    return files("monitor.config").joinpath("default.toml").read_text("utf-8")


def parse(source: str, name: str = "config.toml") -> Settings:
    """Settings from a TOML source; raises ``ConfigError`` with every mistake in it."""
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise ConfigError(name, [_syntax_mistake(error, source)]) from error
    settings, mistakes = None, []
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        mistakes = _mistakes(error, source)
    mistakes += repeated(document, source)
    if settings is None or mistakes:
        raise ConfigError(name, sorted(mistakes, key=_position))
    return settings


def with_embeddings(settings: Settings, embeddings: str) -> Settings:
    """``settings`` with another model for stories; InputError for none that they would take."""
    table = settings.stories.model_dump() | {"embeddings": embeddings}
    try:
        stories = StoriesSettings.model_validate(table)
    except ValidationError as error:
        raise InputError(f"stories.embeddings: {_problem(error.errors()[0])}") from error
    return settings.model_copy(update={"stories": stories})


def _position(mistake: Mistake) -> tuple[int, int]:
    return mistake.line or 0, mistake.column or 0


def _syntax_mistake(error: ValueError | RecursionError, source: str) -> Mistake:
    """The place stands in the sentence of the error: ``Invalid value (at line 3, column 9)``."""
    if not isinstance(error, tomllib.TOMLDecodeError):
        return Mistake(None, None, "", "a number is too long or brackets are nested too deep")
    problem, _, place = str(error).partition(" (at ")
    line, column = None, None
    if place.startswith("line"):
        words = place.rstrip(")").replace(",", "").split()
        line, column = int(words[1]), int(words[3])
    elif place:
        line = max(1, source.count("\n"))
    hint = _HINTS.get(problem, "")
    problem = _TUPLE.sub(lambda keys: f"[{keys[1]}]".replace("', '", "."), problem)
    return Mistake(line, column, "", problem[:1].lower() + problem[1:] + hint)


def _mistakes(error: ValidationError, source: str) -> list[Mistake]:
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
                dotted(path),
                _problem(detail),
                _suggestion(detail, path),
            )
        )
    return mistakes


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
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
}
# What helps where tomllib says that.
_HINTS = {
    "Invalid value": "; a text stands in quotes",
    "Illegal character '\\n'": "; a text ends with a quotation mark in its line",
    "Cannot overwrite a value": "; a key stands once in its table",
}
# How tomllib names a table: ('watchlist', 'keywords').
_TUPLE = re.compile(r"\('(.*?)',?\)")
_SHAPES = {
    NAME: "may have letters, digits, - and _ only",
    LANGUAGE: "must be a code like ru",
    COUNTRY: "must be a code like KZ",
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
}


def _problem(detail: Any) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "tuple_type" and isinstance(detail["input"], dict):
        tables = ".".join(part for part in detail["loc"] if isinstance(part, str))
        return f"is a list of tables; write the heading of each as [[{tables}]]"
    if kind in _PROBLEMS:
        return _PROBLEMS[kind]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"must be {words} {context[key]:g}"
    if kind == "string_pattern_mismatch":
        return f'"{detail["input"]}" {_SHAPES[context["pattern"]]}'
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

"""The settings in force, written as TOML with their defaults filled in and secrets masked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping

from monitor.config.settings import Settings
from monitor.text.addresses import masked


def as_toml(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """``settings`` as a ``config.toml`` that would mean the same, secrets told but not shown."""
    tables = settings.model_dump(mode="json", exclude_none=True)
    if settings.smtp.password_env:
        is_set = "set" if settings.smtp.password_env in environ else "not set"
        note = f"# the password comes from the environment ({is_set}) and is not shown"
    elif settings.smtp.password_file:
        note = "# the password comes from a file and is not shown"
    else:
        note = "# no password is set"
    lines = list(_document(tables))
    place = lines.index("[smtp]") + 1
    return "\n".join([*lines[:place], note, *lines[place:]]) + "\n"


def _document(tables: Mapping[str, object]) -> Iterator[str]:
    for name, table in tables.items():
        if isinstance(table, list):
            for row in table:
                yield from _table(f"[[{name}]]", row)
        elif isinstance(table, dict):
            nested = {key: value for key, value in table.items() if isinstance(value, dict)}
            yield from _table(f"[{name}]", {key: table[key] for key in table if key not in nested})
            for key, value in nested.items():
                yield from _table(f"[{name}.{key}]", value)


def _table(header: str, rows: Mapping[str, object]) -> Iterator[str]:
    yield header
    for key, value in rows.items():
        written = key if key.replace("_", "").isalnum() and key.isascii() else _quoted(key)
        yield f"{written} = {_value(value)}"
    yield ""


def _value(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return _quoted(masked(value))
    return json.dumps(value)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but for one control character that JSON lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

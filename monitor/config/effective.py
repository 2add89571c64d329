"""The settings in force, written as TOML with their defaults filled in and secrets masked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from monitor.config.settings import Settings
from monitor.text.addresses import masked, shown_database
from monitor.text.plain import escaped


def as_toml(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    *,
    shown: Callable[[str], str] = masked,
) -> str:
    """``settings`` as a ``config.toml`` that would mean the same, with a note on the password.

    ``shown`` says how a text is written; usually secrets in addresses are told but not shown.
    """
    tables = _shown(settings.model_dump(mode="json", exclude_none=True), shown)
    if shown is not str:
        tables["monitor"]["database"] = shown_database(settings.monitor.database)
    if (ping := settings.monitor.ping_url) and shown is not str:
        tables["monitor"]["ping_url"] = _host_alone(ping)
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


def _host_alone(url: str) -> str:
    """An address all of which is a secret but where it leads."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/***"


def _shown(value: Any, shown: Callable[[str], str]) -> Any:
    """``value`` with every text in it, but no key, as ``shown`` has it."""
    if isinstance(value, dict):
        return {key: _shown(member, shown) for key, member in value.items()}
    if isinstance(value, list):
        return [_shown(member, shown) for member in value]
    return shown(value) if isinstance(value, str) else value


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
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(member)}" for key, member in value.items()) + " }"
    if isinstance(value, str):
        return _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, with a few more characters escaped."""
    return escaped(json.dumps(text, ensure_ascii=False))

"""What all tables of ``config.toml`` have in common, and how those name what is secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from monitor.errors import InputError


class Table(BaseModel):
    """A table that knows its keys and never changes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )


def read_secret(
    where: str, env: str | None, file: str | None, folder: Path, environ: Mapping[str, str]
) -> str:
    """A secret from its file or environment variable, empty when neither is named."""
    if file:
        try:
            return (folder / file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise InputError(f"{where}_file cannot be read: {error}") from error
    if env:
        if env not in environ:
            raise InputError(f"{where}_env names {env}, which is not set")
        return environ[env]
    return ""

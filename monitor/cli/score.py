"""Judge texts from a file, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.opening import configuration_or_default
from monitor.errors import InputError


def score(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="JSON Lines with id, title, summary; - for standard input.")
    ],
) -> None:
    """Print a JSON object a line: id, score, relevant, lang, countries, topics, receipt."""
    from monitor.match.scoring import judge
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration_or_default(context))
    threshold = setup.settings.watchlist.threshold
    for row in _rows(file):
        judgement = judge(setup.watchlist, _wording(row))
        verdict = {
            "id": row.get("id"),
            "score": judgement.score,
            "relevant": judgement.score >= threshold,
            "lang": judgement.lang,
            "countries": list(judgement.countries),
            "topics": list(judgement.topics),
            "receipt": [asdict(line) for line in judgement.receipt],
        }
        print(json.dumps(verdict, ensure_ascii=False))


def _wording(row: dict[str, Any]) -> Any:
    """The wording of a row; id, outlet, url and published never move the score."""
    from monitor.model import Wording
    from monitor.text.language import identify

    title, summary, text = (_text(row, name) for name in ("title", "summary", "text"))
    found = identify(title, summary or text, _text(row, "lang"))
    return Wording(title, summary, text, found)


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f'"{name}" of {row.get("id")!r} must be a text, not {value!r}')
    return value


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; raises ``InputError`` with the line that cannot be read."""
    try:
        stream = sys.stdin if str(file) == "-" else file.open(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    with stream:
        number = 0
        try:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield _object(line, file, number)
        except UnicodeDecodeError as error:
            raise InputError(f"{file}:{number + 1}: not UTF-8 ({error.reason})") from error


def _object(line: str, file: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}:{number}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise InputError(f"{file}:{number}: a line must be a JSON object")
    return row

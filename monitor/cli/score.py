"""Judge texts from a file, without a database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.jsonlines import rows, written
from monitor.cli.opening import configuration_or_default


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
    for row in rows(file):
        judgement = judge(setup.watchlist, row.wording())
        verdict = {
            "id": row.fields.get("id"),
            "score": judgement.score,
            "relevant": judgement.score >= threshold,
            "lang": judgement.lang,
            "countries": list(judgement.countries),
            "topics": list(judgement.topics),
            "receipt": [asdict(line) for line in judgement.receipt],
        }
        print(written(verdict))

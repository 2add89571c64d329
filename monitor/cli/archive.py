"""The archive: search it, show one article with its receipt."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, reading
from monitor.cli.screen import clean, clean_line, moment, plural, program, table
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.model import Beat, JudgedArticle
    from monitor.store import Store


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


_LONGEST_ID = 20
_COLUMNS = ("id", "score", "first_seen", "published", "outlet", "lang", "title", "url",
            "countries", "topics", "entities", "story")  # fmt: skip


def search(
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(help='Words, "phrases", prefix*, country: topic: entity: lang: since: …'),
    ],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most articles.")] = 20,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Find articles, newest first."""
    from monitor.desk.search import understood

    settings = configuration(context)
    wanted = understood(" ".join(query), partial(_beat, settings))
    with reading(settings) as store:
        found = store.search(wanted, limit, datetime.now(UTC))
    rows = [_row(judged) for judged in found]
    if format is Format.JSON:
        print(written(rows, indent=2))
    elif format is Format.CSV:
        _print_csv(rows)
    else:
        _print_table(found)


def _beat(settings: Configuration) -> Beat:
    from monitor.beat import load_beat
    from monitor.pipeline.setup import beat_folder

    return load_beat(beat_folder(settings))


def _row(judged: JudgedArticle) -> dict[str, Any]:
    article, judgement = judged.article, judged.judgement
    return {
        "id": article.id,
        "score": round(judgement.score, 1),
        "first_seen": article.first_seen.isoformat(),
        "published": article.published.isoformat() if article.published else None,
        "outlet": article.outlet,
        "lang": article.wording.lang,
        "title": article.wording.title,
        "url": article.url,
        "summary": article.wording.summary,
        "countries": list(judgement.countries),
        "topics": list(judgement.topics),
        "entities": list(judgement.entities),
        "story": judged.story_id,
    }


def _print_csv(rows: list[dict[str, Any]]) -> None:
    """Cells that a spreadsheet would run as a formula are made plain by an apostrophe."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in _COLUMNS])


def _cell(value: object) -> str:
    stated = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    text = clean(stated)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _print_table(found: list[JudgedArticle]) -> None:
    if not found:
        print("Nothing found.")
        return
    table(
        ("id", "score", "date", "outlet", "lang", "title"),
        [
            (
                str(judged.article.id),
                f"{judged.judgement.score:.0f}",
                moment(judged.article.published or judged.article.first_seen),
                judged.article.outlet,
                judged.article.wording.lang,
                judged.article.wording.title,
            )
            for judged in found
        ],
    )
    print(f"{plural(len(found), 'article')}; `{program()} show ID` tells why.")


def show(
    context: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ID|URL", help="An article's id or address.")],
) -> None:
    """Show an article with the receipt of its score."""
    from monitor.publish.reasons import full

    with reading(configuration(context)) as store:
        judged = (
            store.articles.get(int(article))
            if article.isdecimal() and len(article) < _LONGEST_ID
            else store.articles.by_url(article)
        )
        if judged is None:
            raise InputError(
                f"there is no article {article} in the archive; `{program()} search` finds them"
            )
        judged = _with_receipt(store, judged)
        others = store.stories.members([judged.story_id]) if judged.story_id is not None else {}
    _print_article(judged)
    print()
    print("\n".join(map(clean_line, full(judged.judgement))))
    _print_coverage(judged, others.get(judged.story_id or 0, []))


def _with_receipt(store: Store, judged: JudgedArticle) -> JudgedArticle:
    if judged.judgement.receipt:
        return judged
    # What remakes a receipt loads the whole matcher, and most receipts are kept.
    from monitor.desk.receipts import with_receipt

    return with_receipt(store, judged)


def _print_article(judged: JudgedArticle) -> None:
    article = judged.article
    published, seen = moment(article.published), moment(article.first_seen)
    print(clean(article.wording.title))
    print(f"{clean(article.outlet)} · {article.wording.lang} · ", end="")
    print(f"published {published} · first seen {seen} UTC")
    print(clean(article.url))
    summary, text = article.wording.summary, article.wording.text
    for words in (summary if not text.startswith(summary) else "", text):
        if words:
            print()
            print(clean(words))


def _print_coverage(judged: JudgedArticle, members: list[JudgedArticle]) -> None:
    others = [member for member in members if member.article.id != judged.article.id]
    if not others:
        return
    print()
    print(f"The same story ({judged.story_id}) elsewhere:")
    for member in others:
        outlet = f"{clean(member.article.outlet)} ({member.article.wording.lang})"
        print(f"  {member.article.id}  {outlet}: {clean(member.article.wording.title)}")

"""``monitor rate``: what a user thinks of articles, for `monitor tune` to be measured by."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, existing, reading
from monitor.cli.screen import clean, program, table
from monitor.cli.show import found
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.model import Rated

NOTHING = 1


class Verdict(StrEnum):
    """What may be said of an article; none takes back what was said."""

    USEFUL = "useful"
    NOISE = "noise"
    MUST_CATCH = "must-catch"
    NONE = "none"


class Format(StrEnum):
    """How ratings are written."""

    TABLE = "table"
    JSON = "json"


def rate(
    context: typer.Context,
    article: Annotated[
        str | None,
        typer.Argument(metavar="[ID|URL]", help="An article; without one, list all ratings."),
    ] = None,
    verdict: Annotated[
        Verdict | None,
        typer.Argument(help="must-catch: no change that drops it is saved; none: no rating."),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print ratings.")] = Format.TABLE,
) -> None:
    """Rate an article as useful, as noise, or as one that must be caught.

    As JSON, ratings are a list: of one article it has one, or none.
    """
    if article is None:
        _list(context, format)
    elif not article.strip():
        raise InputError("the name of the article is empty; write its id or its address")
    elif verdict is None:
        raise InputError(f"say what {article} is: useful, noise, must-catch or none")
    else:
        _rate(context, article, verdict, format)


def _rate(context: typer.Context, named: str, verdict: Verdict, format: Format) -> None:
    from monitor.model import Rating

    rating = None if verdict is Verdict.NONE else Rating(verdict.value)
    with existing(configuration(context)) as store:
        article = found(store, named).article
        store.ratings.rate(article.id, rating, datetime.now(UTC))
        rated = [one for one in store.ratings.all() if one.article_id == article.id]
    if format is Format.JSON:
        print(written([_row(one) for one in rated], indent=2))
        return
    said = "has no rating now" if rating is None else f"is {rating.value}"
    print(f"{article.id} {said}: {clean(article.wording.title)}")


def _list(context: typer.Context, format: Format) -> None:
    with reading(configuration(context)) as store:
        rated = store.ratings.all()
    if format is Format.JSON:
        print(written([_row(one) for one in rated], indent=2))
    elif rated:
        heads = ("id", "rating", "score", "outlet", "lang", "title")
        table(heads, [_cells(one) for one in rated], text_last=True)
        print(f"{plural(len(rated), 'rating')}; `{program()} tune` measures changes by them.")
    else:
        print(f"Nothing is rated yet; `{program()} rate ID useful` rates an article.")
    if not rated:
        raise typer.Exit(NOTHING)


def _row(one: Rated) -> dict[str, object]:
    return {
        "id": one.article_id,
        "rating": one.rating.value,
        "rated": one.at.isoformat(),
        "score": one.score,
        "outlet": one.outlet,
        "lang": one.lang,
        "title": one.title,
    }


def _cells(one: Rated) -> tuple[str, ...]:
    score = f"{one.score:.0f}"
    return str(one.article_id), one.rating.value, score, one.outlet, one.lang, one.title

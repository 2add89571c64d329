"""``monitor search``: what the archive has, page by page or all of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.formats import WRITERS, Format, Row, row
from monitor.cli.opening import configuration, existing, reading
from monitor.cli.screen import clean, moment, program, table
from monitor.errors import InputError
from monitor.query.paging import Cursor, Sort, read_cursor
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.model import Beat, JudgedArticle
    from monitor.query import Query
    from monitor.store import Store

NOTHING = 1
QueryWords = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY…",
        help='Words, "phrases", prefix*, NOT, OR, country: topic: entity: score:>=60 since:7d …',
    ),
]


def search(
    context: typer.Context,
    query: QueryWords,
    sort: Annotated[Sort, typer.Option(help="Which articles come first.")] = Sort.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most articles.")] = 20,
    after: Annotated[
        str, typer.Option(metavar="PLACE", help="Go on behind a page; it told the place.")
    ] = "",
    whole: Annotated[bool, typer.Option("--all", help="All articles instead of a page.")] = False,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Find articles, newest first.

    The exit code is 0 where something was found, 1 where nothing was, 2 for a mistake.
    """
    settings = configuration(context)
    wanted = asked(settings, query)
    if whole:
        found = _export(settings, wanted, sort, format, after)
    else:
        found = _page(settings, wanted, sort, format, limit, read_cursor(after) if after else None)
    if not found:
        raise typer.Exit(NOTHING)


def asked(settings: Configuration, query: list[str]) -> Query:
    """What the words of a command line ask, named as the beat names it."""
    from monitor.desk.search import understood

    watchlist = settings.settings.watchlist
    load = partial(_beat, settings)
    wanted = understood(" ".join(query), load, watchlist.keywords, watchlist.threshold)
    if wanted.asks_for_figures:
        _read_figures(settings)
    return wanted


def _read_figures(settings: Configuration) -> None:
    """Read the figures of what came since the last round of `monitor run`."""
    from monitor.pipeline.ledger import read_figures
    from monitor.pipeline.setup import prepare

    setup = prepare(settings)
    with existing(settings) as store:
        read_figures(store, setup)


def _beat(settings: Configuration) -> Beat:
    from monitor.beat import load_beat
    from monitor.beat.places import beat_folder

    return load_beat(beat_folder(settings))


def _page(
    settings: Configuration,
    query: Query,
    sort: Sort,
    format: Format,
    limit: int,
    after: Cursor | None,
) -> bool:
    now = datetime.now(UTC)
    with reading(settings) as store:
        page = store.page(query, limit, now, sort, after)
        why = [] if page.articles else nothing(store, query, now)
    if format is Format.TABLE:
        if page.articles:
            _print_table(query, page.articles)
        else:
            print("\n".join(["Nothing found.", *why]))
        if page.more:
            print(f"more: --after {page.more}")
    else:
        _write(format, _rows(query, page.articles))
        for line in [f"more: --after {page.more}"] if page.more else why:
            print(line, file=sys.stderr)
    return bool(page.articles)


def nothing(store: Store, query: Query, now: datetime) -> list[str]:
    """Lines on what in a search that found nothing fits no article at all."""
    from monitor.desk.nothing import reasons

    return list(map(clean, reasons(store, query, now)))


def _export(settings: Configuration, query: Query, sort: Sort, format: Format, after: str) -> bool:
    """Write everything as it is read; whether that was anything."""
    if format is Format.TABLE:
        raise InputError("a table is made of a page; --all needs --format jsonl, csv, md, …")
    if after:
        raise InputError("--all begins with the first article; leave --after or --all out")
    now = datetime.now(UTC)
    with reading(settings) as store:
        articles = store.stream(query, now, sort)
        first = next(articles, None)
        _write(format, _rows(query, () if first is None else _chained(first, articles)))
        for line in nothing(store, query, now) if first is None else ():
            print(line, file=sys.stderr)
    return first is not None


def _chained(first: JudgedArticle, rest: Iterator[JudgedArticle]) -> Iterator[JudgedArticle]:
    yield first
    yield from rest


def _rows(query: Query, articles: Iterable[JudgedArticle]) -> Iterator[Row]:
    from monitor.desk.snippets import snippet

    return (row(judged, snippet(query, judged.article.wording)) for judged in articles)


def _write(format: Format, rows: Iterable[Row]) -> None:
    for piece in WRITERS[format](rows):
        sys.stdout.write(piece)


def _print_table(query: Query, found: tuple[JudgedArticle, ...]) -> None:
    table(
        ("id", "score", "date", "outlet", "lang", "title"),
        [
            (
                str(judged.article.id),
                f"{judged.judgement.score:.0f}",
                moment(judged.article.published or judged.article.first_seen),
                judged.article.outlet,
                judged.article.wording.lang,
                (each["title"], each["snippet"]) if each["snippet"] else each["title"],
            )
            for judged, each in zip(found, _rows(query, found), strict=True)
        ],
        text_last=True,
    )
    print(f"{plural(len(found), 'article')}; `{program()} show ID` tells why.")

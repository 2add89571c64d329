"""Why an article is where it is, and why one is not where it was expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration, reading
from monitor.cli.screen import clean
from monitor.text.addresses import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.config import DigestSettings
    from monitor.desk.accounts import Account, Readers, Wishes
    from monitor.pipeline.setup import Setup
    from monitor.pipeline.variants import Variant
    from monitor.store import Store

_COLUMNS = 100
_NAMES = 12


class Format(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"


Asked = Annotated[str, typer.Argument(metavar="ID|URL", help="An article's id or address.")]
Wanted = Annotated[Format, typer.Option(help="text, or json for scripts.")]


def why(context: typer.Context, article: Asked, format: Wanted = Format.TEXT) -> None:
    """Tell why an article is where it is: its score, its story, its editions."""
    from monitor.desk.why import why as ask
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with reading(setup.configuration) as store:
        account = ask(store, _wishes(store, setup), article, datetime.now(UTC))
    _tell(account, format)


def why_not(context: typer.Context, article: Asked, format: Wanted = Format.TEXT) -> None:
    """Tell why an article is not in a digest, or in which: one definite answer."""
    from monitor.desk.why import why_not as ask
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with reading(setup.configuration) as store:
        account = ask(store, _wishes(store, setup), article, datetime.now(UTC))
    _tell(account, format)


def _wishes(store: Store, setup: Setup) -> Wishes:
    from monitor.beat.places import beat_folder
    from monitor.desk.accounts import Wishes, switched_off

    return Wishes(
        settings=setup.settings,
        beat=setup.beat,
        watchlist=setup.watchlist,
        polled=setup.listings,
        switched_off=switched_off(beat_folder(setup.configuration), setup.settings),
        readers=partial(readers, store, setup),
    )


def readers(store: Store, setup: Setup, digest: DigestSettings) -> list[Readers]:
    """The variants of a digest that somebody gets, or its own where nobody is subscribed."""
    from monitor.pipeline.publish import receivers_of
    from monitor.pipeline.variants import variants

    receivers = receivers_of(setup, digest)
    of = variants(digest, receivers)
    return [_shared(store, setup, digest, each) for each in of if each.receivers or not receivers]


def _shared(store: Store, setup: Setup, digest: DigestSettings, variant: Variant) -> Readers:
    from monitor.desk.accounts import Readers
    from monitor.pipeline.publish import draft

    if store.editions.latest(digest.name, variant.key) is None:
        variant = replace(variant, moved_from=store.editions.latest(digest.name))
    threshold = setup.settings.digest_threshold(digest)
    return Readers(
        digest=digest,
        key=variant.key,
        zone=variant.zone,
        lang=variant.lang,
        threshold=threshold if variant.threshold is None else variant.threshold,
        names=tuple(each.identity for each in variant.receivers),
        filters=(*sorted(variant.countries), *sorted(variant.topics)),
        wants=variant.wants,
        draft=partial(draft, store, setup, digest, variant=variant),
    )


def _tell(account: Account, format: Format) -> None:
    if format is Format.JSON:
        print(written(_report(account), indent=2))
    else:
        print("\n".join(_lines(account)))


def _report(account: Account) -> dict[str, Any]:
    article = account.member and account.member.article
    return {
        "asked": account.asked,
        "reason": account.verdict.reason,
        "answer": masked(account.answer),
        "advice": [*map(masked, account.verdict.advice)],
        "steps": [
            {"step": step.name, "lines": [*map(masked, step.lines)]} for step in account.steps
        ],
        "article": article
        and {
            "id": article.id,
            "url": article.url,
            "outlet": article.outlet,
            "title": article.wording.title,
        },
    }


def _lines(account: Account) -> Iterator[str]:
    """What was asked for, the steps below one another, and the answer at the end."""
    from monitor.publish.typography import wrap

    if account.member:
        yield clean(f"{account.member.article.id} · {account.member.article.wording.title}")
    yield clean(account.member.article.url if account.member else account.asked)
    yield ""
    for step in account.steps:
        for number, line in enumerate(step.lines):
            name = step.name if number == 0 else ""
            yield wrap(_shown(line), _COLUMNS, f"{name:<{_NAMES}}", " " * _NAMES)
    yield ""
    yield wrap(_shown(account.answer), _COLUMNS)
    yield from (f"    {_shown(line)}" for line in account.verdict.advice)


def _shown(line: str) -> str:
    """A line that may name feeds, without the keys in their addresses."""
    return clean(masked(line))

"""Subscribers: who gets what, who is stopped and why; pause, resume, unsubscribe, add."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.opening import archive, configuration, existing
from monitor.cli.screen import clean, moment, table
from monitor.errors import InputError, StoreError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.model import Standing
    from monitor.pipeline.subscribers import Listed
    from monitor.publish.returned import Report
    from monitor.store import Store

app = typer.Typer(help="Who gets the digests, and who is stopped.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="Address or name of a subscriber.")]
OneDigest = Annotated[
    str | None, typer.Option("--digest", help="Only of this digest (all of them).")
]


# A mail server that is told so tries the command again later (sysexits.h).
_LATER = 75
_LONGEST_MAIL = 10_000_000


class Format(StrEnum):
    """How the list is printed."""

    TABLE = "table"
    JSON = "json"


@app.command("list")
def list_subscribers(
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="For people or programs.")] = (
        Format.TABLE
    ),
) -> None:
    """Show every subscriber with transport, wishes and standing."""
    rows = _listed(context)
    if form is Format.JSON:
        print(json.dumps([_told(row) for row in rows], ensure_ascii=False, indent=2))
        return
    if not rows:
        print("Nobody is subscribed; editions go to the folder.")
        return
    table(
        ["digest", "subscriber", "over", "zone", "wants", "standing", "since", "reason"],
        [_cells(row) for row in rows],
    )


def _cells(row: Listed) -> list[str]:
    known = row.subscription
    zone = row.wishes.zone or row.digest.zone
    since = moment(known.since) if known.since else "—"
    return [
        row.digest.name,
        row.wishes.identity,
        row.wishes.transport,
        zone,
        _wants(row),
        row.standing,
        since,
        known.reason,
    ]


def _wants(row: Listed) -> str:
    wishes = row.wishes
    lang = [wishes.lang] if wishes.lang != "en" else []
    threshold = [f"from {wishes.threshold:g}"] if wishes.threshold is not None else []
    return " ".join([*lang, *wishes.countries, *wishes.topics, *threshold]) or "everything"


def _told(row: Listed) -> dict[str, Any]:
    known = row.subscription
    return {
        "digest": row.digest.name,
        "subscriber": row.wishes.identity,
        "transport": row.wishes.transport,
        "zone": row.wishes.zone or row.digest.zone,
        "lang": row.wishes.lang,
        "countries": list(row.wishes.countries),
        "topics": list(row.wishes.topics),
        "threshold": row.wishes.threshold,
        "standing": row.standing,
        "since": known.since.isoformat() if known.since else None,
        "reason": known.reason,
        "bounces": known.bounces,
    }


def _listed(context: typer.Context) -> list[Listed]:
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.subscribers import listed

    setup = prepare(configuration(context))
    with existing(setup.configuration) as store:
        return listed(store, setup)


@app.command("pause")
def pause(context: typer.Context, who: Who, digest: OneDigest = None) -> None:
    """Send nothing until `resume`, not even what waits."""
    from monitor.model import Standing

    _stop(context, who, digest, Standing.PAUSED)


@app.command("unsubscribe")
def unsubscribe(context: typer.Context, who: Who, digest: OneDigest = None) -> None:
    """Send nothing more to someone who wants to leave."""
    from monitor.model import Standing

    _stop(context, who, digest, Standing.UNSUBSCRIBED)


def _stop(context: typer.Context, who: str, digest: str | None, standing: Standing) -> None:
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.subscribers import listed, named

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store:
        for row in named(listed(store, setup), who, digest):
            reason = f"{standing} by hand"
            is_new = store.subscriptions.stop(
                row.subscription.key, standing, reason, datetime.now(UTC)
            )
            words = f"is {standing} now" if is_new else f"was {row.subscription.standing} already"
            print(f"{row.digest.name}: {clean(row.wishes.identity)} {words}.")


@app.command("resume")
def resume(
    context: typer.Context,
    who: Who,
    digest: OneDigest = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also those who unsubscribed, and changed their mind.")
    ] = False,
) -> None:
    """Send again, from the next edition on."""
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.subscribers import listed, named

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store:
        rows = named(listed(store, setup), who, digest)
        for row in rows:
            _refuse_who_left(row, again)
        for row in rows:
            is_new = store.subscriptions.resume(row.subscription.key)
            words = "gets the next edition" if is_new else "was not stopped"
            more = "; paused = true in config.toml still holds" if row.wishes.paused else ""
            print(f"{row.digest.name}: {clean(row.wishes.identity)} {words}{more}.")


def _refuse_who_left(row: Listed, again: bool) -> None:
    from monitor.model import Standing

    if row.subscription.standing is Standing.UNSUBSCRIBED and not again:
        raise InputError(
            f"{row.wishes.identity} left {row.digest.name} on {moment(row.subscription.since)}; "
            "--again subscribes who asked for it"
        )


@app.command("bounced")
def bounced(
    context: typer.Context,
    mail: Annotated[
        Path, typer.Argument(metavar="[FILE|-]", help="One returned mail; - is standard input.")
    ] = Path("-"),
) -> None:
    """Count a mail that came back; three editions in a row pause its subscriber."""
    from monitor.publish.returned import read_report

    own = configuration(context)
    report = read_report(_read(mail))
    if report is None:
        print("This is no report of a mail that could not be delivered: nothing was done.")
    elif not report.final:
        print("The mail server still tries to deliver that mail: nothing was done.")
    else:
        try:
            with existing(own) as store:
                print(_taken_back(store, report))
        except StoreError as error:
            print(f"monitor: {clean(str(error))}", file=sys.stderr)
            raise typer.Exit(_LATER) from error


def _read(mail: Path) -> bytes:
    try:
        if str(mail) == "-":
            return sys.stdin.buffer.read(_LONGEST_MAIL)
        with mail.open("rb") as file:
            return file.read(_LONGEST_MAIL)
    except OSError as error:
        raise InputError(f"{mail} cannot be read: {error.strerror}") from error


def _taken_back(store: Store, report: Report) -> str:
    from monitor.pipeline.returning import take_back

    done = take_back(store, report, datetime.now(UTC))
    if done is None:
        return "That mail is none of ours, or came back before: nothing was done."
    who = f"{done.digest}: an edition for {clean(done.subscriber)} came back"
    row = f"{plural(done.times, 'edition')} in a row"
    if done.stopped:
        return f"{who} ({clean(report.reason)}); nothing more is sent after {row}."
    return f"{who} ({clean(report.reason)}); {row}."


@app.command("add")
def add(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(help="Name of the digest.")],
    to: Annotated[
        str, typer.Argument(help="Mail address, webhook, chat, folder or file; - for none.")
    ],
    over: Annotated[str, typer.Option("--over", help="Transport.")] = "email",
    name: Annotated[str | None, typer.Option("--name", help="Whom lists name.")] = None,
    secret_env: Annotated[
        str | None, typer.Option("--secret-env", help="Variable that holds the secret.")
    ] = None,
    secret_file: Annotated[
        str | None, typer.Option("--secret-file", help="File that holds it.")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Time zone.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="en, ru or zh.")] = None,
    country: Annotated[list[str] | None, typer.Option("--country", help="Repeatable.")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Repeatable.")] = None,
    threshold: Annotated[float | None, typer.Option("--threshold", help="Least score.")] = None,
) -> None:
    """Write a subscriber into config.toml, comments kept."""
    from monitor.pipeline.configuring import add_subscriber
    from monitor.pipeline.publish import digest_named
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.subscribers import unknown_wishes

    own = configuration(context)
    setup = prepare(own)
    digest_named(setup, digest)
    if problems := list(unknown_wishes(setup.beat, country or [], topic or [])):
        raise InputError("\n".join(problems))
    wishes = {
        "name": name,
        "transport": over if over != "email" else None,
        "to": to if to != "-" else None,
        "secret_env": secret_env,
        "secret_file": secret_file,
        "zone": zone,
        "lang": lang,
        "countries": country,
        "topics": topic,
        "threshold": threshold,
    }
    stated = {key: wish for key, wish in wishes.items() if wish not in (None, [])}
    add_subscriber(own, digest, to if set(stated) == {"to"} else stated)
    print(f"Added to {clean(digest)} in config.toml; a running monitor takes it at its next tick.")

"""Editions of the digests: look at the next one, send it now, and find those that were sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.opening import archive, configuration, existing, reading
from monitor.cli.screen import clean, moment, table
from monitor.cli.times import as_of
from monitor.errors import InputError, TransportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import FrozenEdition
    from monitor.pipeline.setup import Setup
    from monitor.store import Store

app = typer.Typer(
    help="Editions of the digests: preview, send, list, show, resend.", no_args_is_help=True
)


class Format(StrEnum):
    """How an edition is printed."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


Name = Annotated[str, typer.Argument(help="Name of a digest in config.toml.")]
Which = Annotated[
    str, typer.Argument(help="Number of an edition, or digest@2026-11-24, or digest for its last.")
]
Form = Annotated[Format, typer.Option("--format", help="For people, browsers or programs.")]
To = Annotated[str, typer.Option("--to", help="Mail address.")]


@app.command("preview")
def preview(
    context: typer.Context,
    name: Name,
    at: Annotated[
        str | None, typer.Option("--at", help="As of this time: 2026-11-24T07:30+05:00 (now).")
    ] = None,
    opened: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    form: Form = Format.TEXT,
) -> None:
    """Print what would be sent, but for each recipient's own link for leaving; nothing is sent."""
    from monitor.pipeline import publish as step
    from monitor.pipeline.assess import assess
    from monitor.pipeline.commitments import read_evidence
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    step.digest_named(setup, name)
    now, then = datetime.now(UTC), as_of(at, "2026-11-24T07:30+05:00")
    with existing(setup.configuration) as store:
        assess(store, setup, now)
        read_evidence(store, setup)
        edition = step.preview(store, setup, name, then)
    if opened:
        _open(setup, edition)
    else:
        _print(edition, form)


@app.command("send")
def send(context: typer.Context, name: Name) -> None:
    """Freeze an edition now, due or not, and send it to everyone who gets the digest."""
    from monitor.pipeline import publish as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store:
        for one in step.publish_now(store, setup, name, datetime.now(UTC)):
            print(f"published {one.edition.digest}: {clean(one.rendered.subject)}")
        raise typer.Exit(_deliver(store, setup))


@app.command("list")
def list_editions(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
) -> None:
    """Show the last editions: number, digest, slot, subject, and how they were delivered."""
    with reading(configuration(context)) as store:
        found = store.editions.recent(limit)
        rows = [[str(each.id), *_cells(store, each)] for each in found]
    if not rows:
        print("No edition was frozen yet.")
        return
    table(["id", "digest", "slot", "stories", "subject", "delivered"], rows)


@app.command("show")
def show(context: typer.Context, edition: Which, form: Form = Format.TEXT) -> None:
    """Print an edition as it was sent, but for each recipient's own link for leaving."""
    from monitor.desk.preview import edition_named

    with reading(configuration(context)) as store:
        _print(edition_named(store, edition), form)


@app.command("resend")
def resend(context: typer.Context, edition: Which, to: To) -> None:
    """Send an edition once more, or to someone who has not had it, byte for byte."""
    from monitor.desk.preview import edition_named
    from monitor.pipeline import publish as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    _check(to)
    with existing(setup.configuration) as store:
        step.resend(store, setup, edition_named(store, edition), to, datetime.now(UTC))
        raise typer.Exit(_deliver(store, setup))


@app.command("test")
def test(
    context: typer.Context,
    name: Name,
    to: Annotated[str | None, typer.Option("--to", help="Mail address (the sender's).")] = None,
) -> None:
    """Mail the next edition to yourself, marked as a test; it counts for nobody."""
    from monitor.pipeline import publish as step
    from monitor.pipeline.receivers import transports
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    address = to or setup.settings.smtp.sender
    _check(address)
    if not setup.settings.smtp.host:
        raise InputError("[smtp] host is empty; look at the edition with `monitor digest preview`")
    with archive(setup.configuration) as store:
        delivery = step.trial(store, setup, name, address, datetime.now(UTC))
        mail = transports(setup, store.editions.installation())["email"]
        try:
            mail.send(delivery)
        except TransportError as error:
            print(f"not sent: {clean(str(error))}")
            raise typer.Exit(1) from error
        finally:
            mail.close()
    print(f"sent to {clean(address)}: {clean(delivery.edition.rendered.subject)}")


def _check(address: str) -> None:
    from monitor.text.addresses import mailbox_problem

    if problem := mailbox_problem(address):
        raise InputError(f"--to: {problem}")


def _cells(store: Store, edition: FrozenEdition) -> Sequence[str]:
    told = [state for _, _, state in store.editions.sent_to(edition.id)]
    sent = sum(state == "sent" for state in told)
    delivered = f"{sent} sent" + (f" of {len(told)}" if sent < len(told) else "")
    name = f"{edition.digest} ({edition.variant})" if edition.variant else edition.digest
    stories = str(edition.story_count)
    return [name, moment(edition.slot), stories, edition.rendered.subject, delivered]


def _print(edition: FrozenEdition, form: Format) -> None:
    from monitor.publish.formats import as_object
    from monitor.publish.leaving import for_nobody

    shown = for_nobody(edition.rendered)
    if form is Format.JSON:
        print(json.dumps(as_object(edition), ensure_ascii=False, indent=2))
    else:
        print(shown.html if form is Format.HTML else shown.text, end="")


def _open(setup: Setup, edition: FrozenEdition) -> None:
    import webbrowser

    from monitor.publish.leaving import for_nobody

    folder = setup.configuration.editions
    folder.mkdir(parents=True, exist_ok=True)
    page = Path(folder) / f"preview-{edition.digest}.html"
    page.write_text(for_nobody(edition.rendered).html, encoding="utf-8")
    print(page)
    webbrowser.open(page.as_uri())


def _deliver(store: Store, setup: Setup) -> int:
    """Send what waits in the outbox; 1 when something could not be sent."""
    from monitor.pipeline.deliver import deliver
    from monitor.pipeline.receivers import transports

    named = transports(setup, store.editions.installation())
    done = deliver(store, named, datetime.now(UTC), clock=lambda: datetime.now(UTC))
    for one in done:
        error = f" ({clean(one.outcome.error)})" if one.outcome.error else ""
        print(f"delivered to {clean(one.delivery.subscriber)}: {one.outcome.state}{error}")
    return int(any(one.outcome.error for one in done))

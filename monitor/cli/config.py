"""Settings: write them, check them, show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.opening import configuration
from monitor.cli.screen import clean, clean_line, program
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Settings

app = typer.Typer(help="Check and show the settings.", no_args_is_help=True)


def init(context: typer.Context) -> None:
    """Write a config.toml with every setting explained, and its schema for editors."""
    from monitor.config import default_source

    path: Path = context.obj or Path("config.toml")
    if path.exists():
        raise InputError(f"{path} exists already and is left as it is")
    try:
        path.write_text(default_source(), encoding="utf-8")
        path.with_name("config.schema.json").write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}") from error
    start = program()
    print(f"Wrote {path}. Next: `{start} demo` shows a digest, `{start} once` polls the feeds.")


def schema_text() -> str:
    """The JSON Schema as it ships."""
    from monitor.config import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


@app.command("check")
def check(context: typer.Context) -> None:
    """Read the settings, the beat and the password, and report every mistake with its line."""
    from monitor.pipeline.assisting import model_key
    from monitor.pipeline.deliver import transports
    from monitor.pipeline.publish import receivers_of
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.subscribers import check_wishes
    from monitor.text.addresses import masked

    settings = configuration(context)
    setup = prepare(settings)
    transports(setup)
    check_wishes(setup)
    model_key(setup)
    if setup.embedder:
        setup.embedder.check()
    beat = setup.beat
    aliases = sum(len(row.aliases) for rows in (beat.entities, beat.terms) for row in rows)
    print(f"{settings.path.name} is in order.")
    print(
        f"beat      {clean(beat.title)}: {plural(len(beat.entities), 'entity', 'entities')}, "
        f"{plural(len(beat.terms), 'term')}, {plural(aliases, 'alias', 'aliases')}"
    )
    print(f"feeds     {len(setup.listings)}")
    database = _place(settings.database)
    if settings.database_file is None:
        print(clean_line(f"database  {database}"))
    for digest in settings.settings.digests:
        names = [each.identity for each in receivers_of(setup, digest)]
        where = ", ".join(names) or f"the folder {settings.editions.name}/"
        when = digest.when or digest.schedule.text
        print(clean_line(f"digest    {digest.name}: {when} {digest.zone}, to {where}"))
    if wishes := settings.settings.assist:
        languages = ", ".join(wishes.languages)
        print(clean_line(f"words     {wishes.model} at {masked(wishes.address)}, in {languages}"))
    if setup.embedder:
        address = masked(settings.settings.stories.embeddings_address)
        where = f"at {address}" if address else "on this machine"
        print(clean_line(f"stories   told apart with {setup.embedder.name} {where}"))
    if note := _leaving_note(settings.settings):
        print(f"leaving   {note}")


def _place(url: str) -> str:
    """What a database is called; StoreError when none could be opened there."""
    from monitor.store.database import place_of
    from monitor.store.postgres import Server

    place = place_of(url)
    if isinstance(place, Server):
        place.check_driver()
    return str(place)


def _leaving_note(settings: Settings) -> str:
    """How subscribers by mail leave, where that is not by one click."""
    mailed = any(
        each.transport == "email" for digest in settings.digests for each in digest.receivers
    )
    if not settings.smtp.host or not mailed or (settings.web and settings.web.public_url):
        return ""
    return (
        f"by a mail to {clean(settings.smtp.sender)} only, since [web] public_url is not set: "
        "mails carry no one-click header"
    )


@app.command("show")
def show(context: typer.Context) -> None:
    """Print the settings in force, defaults filled in and secrets masked."""
    from monitor.config.effective import as_toml

    print(as_toml(configuration(context).settings), end="")

"""Settings: write them, check them, show them."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from monitor.cli.opening import configuration
from monitor.cli.screen import clean, clean_line, plural, program
from monitor.errors import InputError

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
    from monitor.pipeline.deliver import transports
    from monitor.pipeline.setup import prepare

    settings = configuration(context)
    setup = prepare(settings)
    transports(setup)
    beat = setup.beat
    aliases = sum(len(row.aliases) for rows in (beat.entities, beat.terms) for row in rows)
    print(f"{settings.path.name} is in order.")
    print(
        f"beat      {clean(beat.title)}: {plural(len(beat.entities), 'entity', 'entities')}, "
        f"{plural(len(beat.terms), 'term')}, {plural(aliases, 'alias', 'aliases')}"
    )
    print(f"feeds     {len(setup.listings)}")
    for digest in settings.settings.digests:
        where = (
            ", ".join(digest.to)
            if digest.to and settings.settings.smtp.host
            else f"the folder {settings.editions.name}/"
        )
        print(
            clean_line(f"digest    {digest.name}: {digest.schedule.text} {digest.zone}, to {where}")
        )


@app.command("show")
def show(context: typer.Context) -> None:
    """Print the settings in force, defaults filled in and secrets masked."""
    from monitor.config.effective import as_toml

    print(as_toml(configuration(context).settings), end="")

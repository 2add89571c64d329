"""The database itself."""

from __future__ import annotations

import typer

from monitor.cli.opening import configuration

app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema; creates it where there is none."""
    from monitor.store import upgrade as bring_up

    changed = bring_up(configuration(context).database)
    print("The database was brought up to date." if changed else "The database is up to date.")

"""The database itself: checked, backed up, restored, and kept small."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.opening import configuration, is_missing
from monitor.cli.screen import clean, program, progress
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.store.checking import Report

app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.command("check")
def check(context: typer.Context) -> None:
    """Look for damage: the file, its tables, every stored text, the full-text index."""
    from monitor.store.backup import check as look

    with progress("reading") as advance:
        report = look(configuration(context).database, _counting(advance, "texts"))
    _tell_damage(report)
    if report.is_index_old:
        print(f"the full-text index is not in step; `{program()} db reindex` makes it again")
    if report.damage or report.is_index_old:
        raise typer.Exit(1)
    print(f"The database is sound: {plural(report.texts, 'text')} as written.")


@app.command("backup")
def backup(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to; by default the folder backups beside it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
) -> None:
    """Copy the database into one checked file, while others may write."""
    from monitor.store.backup import back_up, default_backup

    url = configuration(context).database
    target = file or default_backup(url, datetime.now(UTC))
    with progress("copying") as advance:
        report = back_up(url, target, force=force, on_copied=_counting(advance, "pages"))
    size = _size(target.stat().st_size)
    print(f"Backed up to {clean(str(target))}: {plural(report.texts, 'text')}, {size}.")
    _tell_damage(report)
    if report.damage:
        raise typer.Exit(1)


@app.command("restore")
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup that `db backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take a backup in which texts have changed.")
    ] = False,
) -> None:
    """Put a backup in the database's place; what was there is kept beside it."""
    from monitor.schedule import lock_path, only_one
    from monitor.store.backup import restore as put_back

    settings = configuration(context)
    if not yes and (there := settings.database_file) and not is_missing(there):
        _ask(there)
    with only_one(lock_path(settings)), progress("reading") as advance:
        now = datetime.now(UTC)
        on_read = _counting(advance, "texts")
        done = put_back(settings.database, file, now, force=force, on_read=on_read)
    print(f"Restored {plural(done.report.texts, 'text')} from {clean(str(file))}.")
    if done.aside:
        print(f"What was there before is kept as {clean(str(done.aside))}.")


@app.command("vacuum")
def vacuum(context: typer.Context) -> None:
    """Give the space of forgotten articles back to the disk; others wait meanwhile."""
    from monitor.store.backup import vacuum as shrink

    before, after = shrink(configuration(context).database)
    print(f"The database takes {_size(after)}; it took {_size(before)}.")


@app.command("reindex")
def reindex(context: typer.Context) -> None:
    """Make the full-text index again from the stored texts."""
    from monitor.store.backup import reindex as make_again

    make_again(configuration(context).database)
    print("The full-text index was made again.")


@app.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the database to this version's schema; creates it where there is none."""
    from monitor.store import upgrade as bring_up

    changed = bring_up(configuration(context).database)
    print("The database was brought up to date." if changed else "The database is up to date.")


def _counting(advance: Callable[[str, int, int], None], word: str) -> Callable[[int, int], None]:
    return lambda done, total: advance(word, done, total)


def _tell_damage(report: Report) -> None:
    for fault in report.damage:
        print(clean(fault))
    if report.damage:
        print(f"`{program()} db restore FILE` puts a backup in the database's place.")


def _ask(there: Path) -> None:
    """Raise ``InputError`` unless a person says yes."""
    if not sys.stdin.isatty():
        raise InputError("nothing was restored, since there is nobody to ask; --yes restores it")
    question = f"Put it in the place of {clean(str(there))}? [y/N] "
    print(question, end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise InputError("nothing was restored")


def _size(size: int) -> str:
    """``3.4 MB``."""
    return f"{size / 1e6:,.1f} MB"

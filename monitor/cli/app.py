"""The program's commands and the options that stand before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# Where each command is, a function or a group of commands, in the order of the help.
COMMANDS = {
    "demo": "demo.demo",
    "once": "steps.once",
    "run": "steps.run",
    "poll": "steps.poll",
    "assess": "steps.assess",
    "publish": "steps.publish",
    "deliver": "steps.deliver",
    "search": "search.search",
    "count": "count.count",
    "show": "show.show",
    "open": "show.open_page",
    "why": "why.why",
    "why-not": "why.why_not",
    "figures": "figures.figures",
    "commitments": "commitments.commitments",
    "score": "score.score",
    "stories": "stories.stories",
    "dossier": "dossier.dossier",
    "evaluate": "evaluate.evaluate",
    "rate": "rate.rate",
    "tune": "tune.tune",
    "keywords": "keywords.keywords",
    "seed": "seed.seed",
    "import": "importing.import_file",
    "init": "config.init",
    "doctor": "doctor.doctor",
    "web": "web.web",
    "story": "story.app",
    "feeds": "feeds.app",
    "subscribers": "subscribers.app",
    "digest": "digest.app",
    "config": "config.app",
    "db": "db.app",
}
_CLASSES = {"seed": "seed.SeedCommand"}


class _Loaded(Mapping[str, Any]):
    """The commands by name, each loaded when it is asked for.

    All of them take longer to load than most commands take to answer.
    """

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        found = _named(COMMANDS[name])
        alone = typer.Typer()
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=name)
        else:
            alone.command(name, cls=_named(_CLASSES[name]) if name in _CLASSES else None)(found)
        return typer.main.get_group(alone).commands[name]


def _named(place: str) -> Any:
    """What ``noun.name`` stands for: a name in the file of a noun."""
    noun, name = place.split(".")
    return getattr(import_module(f"monitor.cli.{noun}"), name)


class _Program(TyperGroup):
    """All commands under one name."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": _Loaded()})


app = typer.Typer(
    name="monitor",
    cls=_Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from monitor import __version__

        print(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def before_every_command(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", envvar="MONITOR_CONFIG", help="Settings file [./config.toml]."
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Feeds come in, articles are judged, stories go out, and every judgement can be explained."""
    context.obj = config

"""The program's commands and the options that stand before them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import (
    commitments,
    config,
    count,
    db,
    demo,
    digest,
    doctor,
    dossier,
    evaluate,
    feeds,
    figures,
    importing,
    keywords,
    rate,
    score,
    search,
    seed,
    show,
    steps,
    stories,
    story,
    subscribers,
    tune,
    web,
    why,
)

app = typer.Typer(
    name="monitor",
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


app.command("demo")(demo.demo)
app.command("once")(steps.once)
app.command("run")(steps.run)
app.command("poll")(steps.poll)
app.command("assess")(steps.assess)
app.command("publish")(steps.publish)
app.command("deliver")(steps.deliver)
app.command("search")(search.search)
app.command("count")(count.count)
app.command("show")(show.show)
app.command("open")(show.open_page)
app.command("why")(why.why)
app.command("why-not")(why.why_not)
app.command("figures")(figures.figures)
app.command("commitments")(commitments.commitments)
app.command("score")(score.score)
app.command("stories")(stories.stories)
app.add_typer(story.app, name="story")
app.command("dossier")(dossier.dossier)
app.command("evaluate")(evaluate.evaluate)
app.command("rate")(rate.rate)
app.command("tune")(tune.tune)
app.command("keywords")(keywords.keywords)
app.command("seed", cls=seed.SeedCommand)(seed.seed)
app.command("import")(importing.import_file)
app.command("init")(config.init)
app.command("doctor")(doctor.doctor)
app.add_typer(feeds.app, name="feeds")
app.command("web")(web.web)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(digest.app, name="digest")
app.add_typer(config.app, name="config")
app.add_typer(db.app, name="db")

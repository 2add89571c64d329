"""The main job on recorded feeds: neither internet nor account needed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration_or_default
from monitor.cli.screen import clean, clean_line, program, progress
from monitor.cli.times import as_of
from monitor.errors import InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.demo.replay import FeedPoll, Replay
    from monitor.model import JudgedArticle


class Format(StrEnum):
    """How the demo reports."""

    TEXT = "text"
    JSON = "json"


def demo(
    context: typer.Context,
    feeds: Annotated[
        Path | None,
        typer.Option(
            help="A recording of yours: a folder per feed with its polls, or single files."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the digest and the archive are left.")] = Path(
        "demo-out"
    ),
    at: Annotated[
        str | None, typer.Option(help="What the clock shows at the last poll (ISO 8601).")
    ] = None,
    format: Annotated[Format, typer.Option(help="text, or json for scripts.")] = Format.TEXT,
) -> None:
    """Replay recorded feeds: poll, judge, fold into stories, and mail a digest on this machine."""
    from monitor.demo import keepsakes
    from monitor.demo.recording import load
    from monitor.demo.replay import replay
    from monitor.pipeline.setup import prepare

    now = as_of(at, "2026-06-12T18:00:00Z")
    if feeds and out.absolute().is_relative_to(feeds.absolute()):
        raise InputError(f"{out} lies in the recording {feeds}; choose another folder with --out")
    recording = load(feeds or Path(__file__).parent.parent / "demo" / "recording")
    settings = configuration_or_default(context)
    setup = prepare(settings)
    keepsakes.prepare_folder(out)
    with progress("polling", quiet=format is Format.JSON) as advance:
        done = 0

        def on_polled(polled: object, total: int) -> None:
            nonlocal done
            done += 1
            advance("", done, total * recording.rounds)

        result = replay(recording, setup, out, now, on_polled=on_polled)
    keepsakes.write_config(out, _going_on(settings))
    text = keepsakes.write_mail(out, result.messages[0])[0] if result.messages else ""
    if format is Format.JSON:
        print(written(_report(result), indent=1))
    else:
        _tell(result, text, out)
    raise typer.Exit(0 if result.messages else 1)


def _going_on(configuration: Configuration) -> str:
    """The settings in force, for the demo's archive and without a server to mail to."""
    from monitor.beat.places import beat_folder
    from monitor.config import SmtpSettings
    from monitor.config.effective import as_toml

    settings = configuration.settings
    own = configuration.folder / settings.monitor.beat
    beat = str(beat_folder(configuration).absolute()) if own.is_dir() else settings.monitor.beat
    monitor = settings.monitor.model_copy(
        update={
            "beat": beat,
            "database": "sqlite:///monitor.db",
            "editions": "editions",
            "ping_url": None,
        }
    )
    kept = settings.model_copy(update={"monitor": monitor, "smtp": SmtpSettings()})
    return as_toml(kept, shown=str)


def _report(result: Replay) -> dict[str, Any]:
    polls: dict[str, list[dict[str, Any]]] = {}
    for one in result.polls:
        polls.setdefault(one.feed, []).append(
            {
                "poll": one.file,
                "new": [finding.url for finding in one.polled.new],
                "changed": len(one.polled.changed),
                "state": str(one.polled.outcome.state),
            }
        )
    return {"feeds": polls, "stories": result.stories, "delivered": len(result.messages)}


def _tell(result: Replay, text: str, out: Path) -> None:
    """What a person wants to see: the digest itself, the work, where it lies, what to type next."""
    print("\n".join(map(clean_line, text.splitlines())))
    print("─" * 78)
    for word, sentence in _account(result, out):
        print(f"{word:<10} {clean(sentence)}")
    config = shlex.quote(str(out / "config.toml"))
    print("\nNext, type:")
    for words in _questions(_lead(result)):
        print(clean_line(f"  {program()} --config {config} {words}"))


def _lead(result: Replay) -> JudgedArticle | None:
    """The article that leads the edition."""
    stories = [story for one in result.last.published for story in one.edition.stories]
    return stories[0].lead if stories else None


def _questions(lead: JudgedArticle | None) -> Iterator[str]:
    """Commands that ask the archive for what the edition begins with."""
    if lead is None:
        yield "search 'score:>=20'"
        return
    for entity in lead.judgement.entities[:1]:
        yield f"search {shlex.quote(f'entity:{entity}')}"
    for country in lead.judgement.countries[:1]:
        yield f"search {shlex.quote(f'country:{country} lang:{lead.article.wording.lang}')}"
    yield f"show {lead.article.id}"


def _account(result: Replay, out: Path) -> Iterator[tuple[str, str]]:
    """The work in a line a step, and a line for each feed with something wrong."""
    feeds = plural(len({one.feed for one in result.polls}), "feed")
    new = plural(len(result.new), "new article")
    yield "polled", f"{feeds}, {plural(_rounds(result), 'poll')}: {new}, {_second_poll(result)}"
    for one in result.polls:
        if error := one.polled.outcome.error:
            yield "", f"{one.feed}, {one.file}: {one.polled.outcome.state}: {error}"
    read = plural(result.last.assessed.read, "article")
    yield "assessed", f"{read}, {result.last.assessed.matched} relevant"
    editions = plural(len(result.last.published), "edition")
    yield "published", f"{plural(result.stories, 'story', 'stories')} in {editions}"
    yield "delivered", f"{plural(len(result.messages), 'mail')} by SMTP on this machine"
    yield "left in", f"{out}/: digest.html, digest.txt, digest.eml, monitor.db, config.toml"


def _rounds(result: Replay) -> int:
    counts: dict[str, int] = {}
    for one in result.polls:
        counts[one.feed] = counts.get(one.feed, 0) + 1
    return max(counts.values(), default=0)


def _second_poll(result: Replay) -> str:
    """How few of them the last poll brought."""
    last: dict[str, FeedPoll] = {one.feed: one for one in result.polls}
    fresh = sum(len(one.polled.new) for one in last.values())
    edited = sum(len(one.polled.changed) for one in last.values())
    return f"{fresh} of them and {plural(edited, 'edit')} in the last poll"

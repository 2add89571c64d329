"""``monitor dossier``: stories, figures, promises and coverage of one project or person."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from monitor.cli.commitments import plain_markdown
from monitor.cli.figures import contradiction, shown
from monitor.cli.opening import archive, configuration
from monitor.cli.screen import clean, plural
from monitor.cli.story import camps

if TYPE_CHECKING:
    from monitor.desk.dossiers import Chapter, Dossier
    from monitor.model import Account, CommitmentState

_OUTLETS = 12


class Format(StrEnum):
    """How a dossier is written."""

    TEXT = "text"
    MD = "md"
    HTML = "html"


class _Part(NamedTuple):
    """A heading and the lines under it."""

    heading: str
    lines: tuple[str, ...]


def dossier(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="A project or person, by any of its names.")],
    format: Annotated[
        Format, typer.Option(help="text, md for a report, or html for a page.")
    ] = Format.TEXT,
    lang: Annotated[str, typer.Option(help="The reader's language.")] = "en",
) -> None:
    """Print the timeline, figures, promises and coverage of one project or person."""
    from monitor.desk.dossiers import dossier as ask
    from monitor.desk.figures import entity as named
    from monitor.pipeline.commitments import read_evidence
    from monitor.pipeline.ledger import read_figures
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    named(setup.beat, entity)
    with archive(setup.configuration) as store:
        read_figures(store, setup)
        read_evidence(store, setup)
        found = ask(store, setup.beat, camps(setup), entity, datetime.now(UTC), lang)
    title = clean(found.subject.name)
    print("\n".join(_WRITERS[format](title, list(_parts(found)))))


def _parts(found: Dossier) -> Iterator[_Part]:
    yield _Part("Timeline", tuple(map(_chapter, found.chapters)) or ("no story yet",))
    if found.ledger.accounts:
        yield _Part("Figures", tuple(map(_figure, found.ledger.accounts)))
    differing = [line for each in found.ledger.contradictions for line in contradiction(each)]
    if differing:
        yield _Part("Contradictions", tuple(line.strip() for line in differing))
    if found.promises:
        yield _Part("Commitments", tuple(map(_promise, found.promises)))
    if found.outlets:
        yield _Part("Coverage", tuple(_coverage(found)))


def _chapter(each: Chapter) -> str:
    wording = each.headline.article.wording
    said = f" {each.lead.text}" if each.lead else ""
    names = "; ".join(f"{form} = {name}" for form, name in each.lead.glosses) if each.lead else ""
    told = f"{plural(each.outlets, 'outlet')}, {each.independent} independent"
    line = f"{each.at:%Y-%m-%d} {wording.title} (story {each.story_id}, {told}).{said}"
    return clean(f"{line} [{names}]" if names else line)


def _figure(each: Account) -> str:
    kind = f" {each.statement.kind}" if each.statement.kind else ""
    line = f"{each.at:%Y-%m-%d} {shown(each)}{kind}: {each.statement.sentence} — {each.outlet}"
    return clean(line)


def _promise(each: CommitmentState) -> str:
    promise = each.commitment
    deadline = f", due {promise.deadline}" if promise.deadline else ""
    last = f"; last: “{each.last.evidence.sentence}” — {each.last.outlet}" if each.last else ""
    return clean(f"{promise.actor}: {promise.promise}{deadline} — {each.status.value}{last}")


def _coverage(found: Dossier) -> Iterator[str]:
    outlets = ", ".join(f"{name} {number}" for name, number in found.outlets[:_OUTLETS])
    yield clean(f"articles by outlet: {outlets}")
    if found.camps:
        yield clean("by camp: " + ", ".join(f"{name} {number}" for name, number in found.camps))
    if found.silent:
        yield clean("silent: " + ", ".join(found.silent))


# --- writers -------------------------------------------------------------------------------------


def _text(title: str, parts: list[_Part]) -> Iterator[str]:
    yield title
    for part in parts:
        yield from ("", part.heading)
        yield from (f"  {line}" for line in part.lines)


def _markdown(title: str, parts: list[_Part]) -> Iterator[str]:
    yield f"# {plain_markdown(title)}"
    for part in parts:
        yield from ("", f"## {part.heading}", "")
        yield from (f"- {plain_markdown(line)}" for line in part.lines)


def _html(title: str, parts: list[_Part]) -> Iterator[str]:
    name = html.escape(title)
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>'
    yield f"<body><main><h1>{name}</h1>"
    for part in parts:
        yield f"<section><h2>{part.heading}</h2><ul>"
        yield from (f"<li>{html.escape(line)}</li>" for line in part.lines)
        yield "</ul></section>"
    yield "</main></body></html>"


_WRITERS = {Format.TEXT: _text, Format.MD: _markdown, Format.HTML: _html}

"""``monitor dossier``: stories, figures, promises and coverage of one project or person."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from monitor.cli.commitments import plain_markdown
from monitor.cli.figures import contradiction, shown
from monitor.cli.opening import configuration, existing
from monitor.cli.screen import clean
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.desk.dossiers import Chapter, Dossier, Quoted, Saying
    from monitor.model import CommitmentState

_OUTLETS = 12
_STYLE = (
    "main{max-width:46em;margin:2em auto;padding:0 1em;font:1em/1.5 Georgia,'Noto Serif',"
    "'Noto Serif CJK SC',serif}h2{font-size:1.1em;margin:1.6em 0 .4em}ul{padding-left:1.1em}"
    "li{margin:.5em 0;overflow-wrap:anywhere}"
)


class Format(StrEnum):
    """How a dossier is written."""

    TEXT = "text"
    MD = "md"
    HTML = "html"


class _Line(NamedTuple):
    """A line, the language of its main words where they are strangers', and where they stand."""

    words: str
    lang: str = ""
    url: str = ""


class _Part(NamedTuple):
    """A heading and the lines under it."""

    heading: str
    lines: tuple[_Line, ...]


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
    threshold, now = setup.settings.watchlist.threshold, datetime.now(UTC)
    with existing(setup.configuration) as store:
        read_figures(store, setup)
        read_evidence(store, setup)
        found = ask(store, setup.watchlist, setup.camps, entity, now, lang, threshold=threshold)
    title = clean(found.subject.name)
    print("\n".join(_WRITERS[format](title, list(_parts(found)))))


def _parts(found: Dossier) -> Iterator[_Part]:
    yield _Part("Timeline", tuple(map(_chapter, found.chapters)) or (_Line("no story yet"),))
    if found.said:
        yield _Part("Quotations", tuple(map(_saying, found.said)))
    if found.series:
        yield _Part("Figures", tuple(map(_figure, found.series)))
    differing = [line for each in found.ledger.contradictions for line in contradiction(each)]
    if differing:
        yield _Part("Contradictions", tuple(_Line(line.strip()) for line in differing))
    if found.promises:
        yield _Part("Commitments", tuple(_promises(found.promises)))
    if found.outlets:
        yield _Part("Coverage", tuple(map(_Line, _coverage(found))))


def _chapter(each: Chapter) -> _Line:
    article = each.headline.article
    said = f" {each.lead.text}" if each.lead else ""
    names = "; ".join(f"{form} = {name}" for form, name in each.lead.glosses) if each.lead else ""
    told = plural(each.outlets, "outlet")
    if each.independent != each.outlets:
        told += f", {each.independent} independent"
    line = f"{each.at:%Y-%m-%d} {article.wording.title} (story {each.story_id}, {told}).{said}"
    return _Line(clean(f"{line} [{names}]" if names else line), article.wording.lang, article.url)


def _saying(each: Saying) -> _Line:
    said = each.quotation
    line = f"{each.at:%Y-%m-%d} “{said.words}” — {said.speaker}, {said.outlet}"
    return _Line(clean(line), said.lang, said.url)


def _figure(each: Quoted) -> _Line:
    told = each.told
    kind = f" {told.statement.kind}" if told.statement.kind else ""
    others = f" and {plural(each.outlets - 1, 'other')}" if each.outlets > 1 else ""
    line = f"{told.at:%Y-%m-%d} {shown(told)}{kind}: {told.statement.sentence}"
    return _Line(clean(f"{line} — {told.outlet}{others}"), told.lang, told.url)


def _promises(states: Sequence[CommitmentState]) -> Iterator[_Line]:
    """Promises; a sentence that tells of several stands behind the first of them."""
    told: set[str] = set()
    for each in states:
        yield _promise(each, is_quoted=each.last is None or each.last.evidence.sentence not in told)
        if each.last:
            told.add(each.last.evidence.sentence)


def _promise(each: CommitmentState, *, is_quoted: bool) -> _Line:
    promise, last = each.commitment, each.last
    deadline = f", due {promise.deadline}" if promise.deadline else ""
    line = f"{promise.actor}: {promise.promise}{deadline} — {each.status.value}"
    if last is None:
        return _Line(clean(f"{line} for {plural(each.days_silent, 'day')}"))
    quote = f"“{last.evidence.sentence}”" if is_quoted else "the same sentence"
    return _Line(clean(f"{line}; last {last.at:%Y-%m-%d}: {quote} — {last.outlet}"), url=last.url)


def _coverage(found: Dossier) -> Iterator[str]:
    outlets = ", ".join(f"{name} {number}" for name, number in found.outlets[:_OUTLETS])
    more = len(found.outlets) - _OUTLETS
    yield clean(f"articles by outlet: {outlets}{f' and {more} more outlets' if more > 0 else ''}")
    if found.camps:
        yield clean("by camp: " + ", ".join(f"{name} {number}" for name, number in found.camps))
    if found.silent:
        yield clean("silent: " + ", ".join(found.silent))


# --- writers -------------------------------------------------------------------------------------


def _text(title: str, parts: list[_Part]) -> Iterator[str]:
    yield title
    for part in parts:
        yield from ("", part.heading)
        yield from (f"  {line.words}" for line in part.lines)


def _markdown(title: str, parts: list[_Part]) -> Iterator[str]:
    yield f"# {plain_markdown(title)}"
    for part in parts:
        yield from ("", f"## {part.heading}", "")
        yield from (f"- {plain_markdown(line.words)}{_markdown_link(line)}" for line in part.lines)


def _markdown_link(line: _Line) -> str:
    address = _address(line)
    return f" ([source](<{address}>))" if address else ""


def _address(line: _Line) -> str | None:
    """Where a line comes from, if a browser may be sent there."""
    from monitor.publish.lines import reachable

    return reachable(line.url, ("http", "https"))


def _html(title: str, parts: list[_Part]) -> Iterator[str]:
    name = html.escape(title)
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{name}</title><style>{_STYLE}</style></head>"
    yield f"<body><main><h1>{name}</h1>"
    for part in parts:
        yield f"<section><h2>{part.heading}</h2><ul>"
        yield from map(_html_line, part.lines)
        yield "</ul></section>"
    yield "</main></body></html>"


def _html_line(line: _Line) -> str:
    lang = f' lang="{html.escape(line.lang)}"' if line.lang else ""
    words, address = html.escape(line.words), _address(line)
    if address:
        words += f' <a href="{html.escape(address)}" lang="en" rel="noreferrer">source</a>'
    return f"<li{lang}>{words}</li>"


_WRITERS = {Format.TEXT: _text, Format.MD: _markdown, Format.HTML: _html}

"""Propose names and terms for the watchlist from documents.

``--format json`` prints an array of proposals, the likeliest first. Their keys, which stay::

    name           as it stands in the documents
    kind           person, organisation, place, project, treaty, event or concept; a guess
    sides          ids of the beat's sides that it is probably evidence for, perhaps none
    countries      ISO 3166-1 alpha-2, of what stands in the name or beside it
    lang           the language of the documents that name it
    aliases        its other spellings and names
    sentences      how many sentences speak of it
    documents      the titles of the documents that do
    example        one of the sentences
    score          0 to 100
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from monitor.cli.jsonlines import written
from monitor.cli.opening import configuration_or_default
from monitor.cli.screen import clean, table
from monitor.errors import FetchError, InputError
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.http import Door
    from monitor.match.seeding import Document, Proposal
    from monitor.match.seeding.rows import Row, Unfit
    from monitor.pipeline.setup import Setup

_ALL = "*"
_LARGEST = 10_000_000
_BINARY = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_TITLE = 20
_COLUMN = 90


class Format(StrEnum):
    """How the proposals are written."""

    TABLE = "table"
    JSON = "json"


class SeedCommand(TyperCommand):
    """Reads ``--accept`` with no name behind it as: all that are listed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments left over, as in the base class."""
        named = [
            f"{arg}={_ALL}" if arg == "--accept" and after.startswith("-") else arg
            for arg, after in pairwise([*args, "-"])
        ]
        return super().parse_args(ctx, named)


def seed(
    context: typer.Context,
    documents: Annotated[
        list[str],
        typer.Argument(metavar="DOC", help="Text or HTML files, web addresses, - for stdin."),
    ],
    accept: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME]", help="Write all that are listed, or NAME (repeatable), to the beat."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most proposals.")] = 50,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Propose names and terms that the watchlist does not know yet, from documents."""
    from monitor.match.seeding import propose
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration_or_default(context))
    if accept:
        _refuse_shipped(setup.configuration)
    proposals = propose(_read(documents, setup), setup.watchlist)
    listed = proposals[:limit]
    accepted = _accepted(proposals, listed, accept or [])
    files = _write(setup, accepted) if accepted else []
    _print(listed, len(proposals), format)
    if accepted:
        names = " and ".join(str(file) for file in files)
        print(f"{plural(len(accepted), 'row')} written to {names}.", file=sys.stderr)


# --- reading -------------------------------------------------------------------------------------


def _read(sources: Sequence[str], setup: Setup) -> list[Document]:
    """The documents in order; the network is touched only for web addresses."""
    from monitor.pipeline.door import open_door

    if not any(map(_is_address, sources)):
        return [_local(source) for source in sources]
    with open_door(setup.settings) as door:
        return [
            _fetched(source, door) if _is_address(source) else _local(source) for source in sources
        ]


def _is_address(source: str) -> bool:
    return source.lower().startswith(("https://", "http://"))


def _fetched(url: str, door: Door) -> Document:
    try:
        reply = door.get(url)
    except FetchError as error:
        raise FetchError(f"{url}: {error}", retry=error.retry) from error
    if not 200 <= reply.status < 300:
        raise FetchError(f"{url}: the server answered {reply.status}", status=reply.status)
    return _document(url, reply.body, reply.headers.get("content-type", ""))


def _local(source: str) -> Document:
    body = sys.stdin.buffer.read(_LARGEST + 1) if source == "-" else _bytes(Path(source))
    if len(body) > _LARGEST:
        raise InputError(f"{source} is larger than {_LARGEST // 1_000_000} MB")
    is_html = Path(source).suffix.lower() in (".html", ".htm", ".xhtml")
    return _document(Path(source).name, body, "text/html" if is_html else "")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read: {reason}") from error


def _document(source: str, body: bytes, content_type: str) -> Document:
    from monitor.collect.charsets import as_text
    from monitor.collect.pages import page_text, page_title
    from monitor.match.seeding import Document
    from monitor.text.language import identify

    is_wide = body.startswith(_WIDE_MARKS)
    if body.startswith(_BINARY) or (b"\0" in body[:1_000] and not is_wide):
        raise InputError(f"{source} is neither text nor HTML; save it as one of them first")
    text = as_text(body, content_type)
    if "html" in content_type.lower() or _looks_like_html(text):
        title, text = page_title(text), page_text(text)
    else:
        title = _first_line(text)
    if not text.strip():
        raise InputError(f"{source} has no text in it")
    return Document(clean(title) or source, text, identify("", text))


def _looks_like_html(text: str) -> bool:
    return text[:1_000].lstrip().lower().startswith(("<!doctype html", "<html"))


def _first_line(text: str) -> str:
    """The first line where it is a heading above other lines, else nothing."""
    first, _, rest = text.strip().partition("\n")
    is_heading = len(first.split()) <= _LONGEST_TITLE and not first.rstrip().endswith((".", "。"))
    return first if rest.strip() and is_heading else ""


# --- accepting -----------------------------------------------------------------------------------


def _refuse_shipped(configuration: Configuration) -> None:
    """Raise ``InputError`` where the beat came with the program and not with the user's files."""
    from monitor.beat.places import beat_folder
    from monitor.resources import seeds

    refuse_installed(beat_folder(configuration), seeds())


def refuse_installed(folder: Path, shipped: Path) -> None:
    """Raise ``InputError`` when ``folder`` lies in the seeds of an installed program."""
    is_installed = shipped.parent.name == "_bundled"
    if is_installed and folder.resolve().is_relative_to(shipped.resolve()):
        raise InputError(
            f"the beat in {folder} belongs to the installed program, and an upgrade would replace "
            f'it; copy that folder beside config.toml and name it: [monitor] beat = "{folder.name}"'
        )


def _accepted(
    proposals: Sequence[Proposal], listed: Sequence[Proposal], names: Sequence[str]
) -> list[Proposal]:
    """The proposals that were named, by name or alias; raises ``InputError`` for others."""
    if _ALL in names:
        return list(listed)
    by_name = {alias: one for one in reversed(proposals) for alias in (*one.aliases, one.name)}
    chosen = []
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise InputError(f'"{name}" is not proposed from these documents{hint}')
        chosen.append(by_name[name])
    return list(dict.fromkeys(chosen))


def _write(setup: Setup, accepted: Sequence[Proposal]) -> list[Path]:
    from monitor.beat.accepting import accept, kinds_of
    from monitor.beat.places import beat_folder
    from monitor.match.seeding.rows import rows

    folder, beat = beat_folder(setup.configuration), setup.beat
    used = [*(entity.id for entity in beat.entities), *(term.id for term in beat.terms)]
    fitting, unfit = rows(accepted, kinds_of(folder), used)
    if unfit:
        raise InputError(_unfit(unfit[0]))
    return accept(folder, _by_table(fitting))


def _by_table(rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row.fields)
    return tables


def _unfit(unfit: Unfit) -> str:
    wished = ", ".join(f'"{kind}"' for kind in unfit.wished)
    return (
        f'the beat has no kind for "{unfit.proposal.name}"; nothing was written. Add one of '
        f"{wished} to [kinds] in its beat.toml"
    )


# --- printing ------------------------------------------------------------------------------------


def _print(listed: Sequence[Proposal], whole: int, format: Format) -> None:
    if format is Format.JSON:
        print(written([asdict(proposal) for proposal in listed], indent=2))
    elif not listed:
        print("Nothing new: the watchlist finds all that these documents name.")
    else:
        heads = ("score", "name", "kind", "sides", "sentences", "documents", "example")
        table(heads, [_line(proposal) for proposal in listed])
        shown = f"{len(listed)} of {plural(whole, 'proposal')}"
        print(f"{shown}; kinds and sides are guesses. `--accept [NAME]` writes them to the beat.")


def _line(proposal: Proposal) -> tuple[str, ...]:
    also = f" ({', '.join(proposal.aliases[:3])})" if proposal.aliases else ""
    return (
        f"{proposal.score:.0f}",
        proposal.name + also,
        proposal.kind,
        ", ".join(proposal.sides) or "—",
        str(proposal.sentences),
        str(len(proposal.documents)),
        proposal.example if len(proposal.example) <= _COLUMN else proposal.example[:_COLUMN] + "…",
    )

"""The promises of the beat: where each stands, and the last sentence that tells of it.

``--format json`` prints a list of objects with these keys, which stay::

    id, actor, promise, made, deadline, due, document, passage
                          as in commitments.toml; due is the last day of a deadline, or null
    status                open, progress, done as claimed, overdue or silent
    days_silent           days without evidence
    evidence              how many articles have any
    last                  null, or: claim (progress or done), act, sentence, field, start, end,
                          article, outlet, lang, date, title, url, story
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import archive, configuration, reading
from monitor.cli.screen import clean, progress, table
from monitor.cli.times import as_of
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.model import CommitmentState, Proof
    from monitor.pipeline.setup import Setup

_LONGEST_QUOTE = 280
_SPECIAL = frozenset("\\`*_{}[]<>#|")


class Format(StrEnum):
    """How promises are written."""

    TABLE = "table"
    JSON = "json"
    MD = "md"


class Status(StrEnum):
    """Which promises are wanted, each by one word."""

    OPEN = "open"
    PROGRESS = "progress"
    DONE = "done"
    OVERDUE = "overdue"
    SILENT = "silent"


def commitments(
    context: typer.Context,
    format: Annotated[
        Format, typer.Option(help="table, json for scripts, or md for a report.")
    ] = Format.TABLE,
    status: Annotated[Status | None, typer.Option(help="Only promises that stand so.")] = None,
    at: Annotated[
        str | None, typer.Option(help="As of that time, such as 2026-06-12 (now).")
    ] = None,
) -> None:
    """List the beat's promises: status, deadline, last evidence, days of silence."""
    from monitor.desk.commitments import commitments as ask
    from monitor.model import CommitmentStatus
    from monitor.pipeline.setup import prepare

    now = as_of(at, "2026-06-12")
    setup = prepare(configuration(context))
    _catch_up(setup, quiet=format is not Format.TABLE)
    with reading(setup.configuration) as store:
        states = ask(store, setup.beat, now)
    if status is not None:
        states = [each for each in states if each.status is CommitmentStatus[status.name]]
    if format is Format.JSON:
        print(written([_report(each) for each in states], indent=2))
    elif format is Format.MD:
        print("\n".join(_markdown(states)))
    else:
        _print_table(states)


def _catch_up(setup: Setup, *, quiet: bool) -> None:
    """Read for evidence what nobody has read yet; where that is nothing, nothing is written."""
    from monitor.pipeline.commitments import is_read, read_evidence

    with reading(setup.configuration) as store:
        if is_read(store, setup):
            return
    with (
        archive(setup.configuration) as store,
        progress("reading", quiet=quiet) as advance,
    ):
        read_evidence(store, setup, on_batch=lambda read: advance("", read, read))


def _report(each: CommitmentState) -> dict[str, Any]:
    promise = each.commitment
    return {
        "id": promise.id,
        "actor": promise.actor,
        "promise": promise.promise,
        "made": promise.made.isoformat(),
        "deadline": promise.deadline or None,
        "due": promise.due.isoformat() if promise.due else None,
        "document": promise.document,
        "passage": promise.passage,
        "status": each.status.value,
        "days_silent": each.days_silent,
        "evidence": each.proofs,
        "last": each.last and _reported(each.last),
    }


def _reported(proof: Proof) -> dict[str, Any]:
    found = proof.evidence
    return {
        "claim": found.claim.value,
        "act": found.act,
        "sentence": found.sentence,
        "field": found.field,
        "start": found.start,
        "end": found.end,
        "article": proof.article_id,
        "outlet": proof.outlet,
        "lang": proof.lang,
        "date": proof.at.isoformat(),
        "title": proof.title,
        "url": proof.url,
        "story": proof.story_id,
    }


# --- for people ----------------------------------------------------------------------------------


def _print_table(states: Sequence[CommitmentState]) -> None:
    if not states:
        print("No promises to show.")
        return
    table(
        ("status", "deadline", "silent", "actor", "promise", "document", "last evidence"),
        [
            (
                each.status.value,
                each.commitment.deadline or "—",
                plural(each.days_silent, "day"),
                each.commitment.actor,
                each.commitment.promise,
                each.commitment.document,
                f"{_quoted(each.last)}, {_told(each.last)}" if each.last else "—",
            )
            for each in states
        ],
    )
    with_evidence = sum(each.last is not None for each in states)
    print(f"{plural(len(states), 'promise')}, {with_evidence} with evidence.")


def _markdown(states: Sequence[CommitmentState]) -> Iterator[str]:
    yield "# Commitments"
    for status, group in groupby(states, key=lambda each: each.status):
        yield ""
        yield f"## {status.value.capitalize()}"
        for each in group:
            yield ""
            yield from _bullet(each)


def _bullet(each: CommitmentState) -> Iterator[str]:
    promise = each.commitment
    deadline = promise.deadline or "none"
    promised, actor = plain_markdown(promise.promise), plain_markdown(promise.actor)
    yield f"- **{promised}** — {actor}; deadline {deadline};"
    yield f"  silent for {plural(each.days_silent, 'day')}"
    yield f"  (document {promise.document}: {plain_markdown(promise.passage)})"
    if each.last:
        yield ""
        yield f"  > {plain_markdown(_quoted(each.last))}"
        yield f"  > — {plain_markdown(_told(each.last))}, <{clean(each.last.url)}>"


def _quoted(proof: Proof) -> str:
    sentence = clean(proof.evidence.sentence)
    if len(sentence) > _LONGEST_QUOTE:
        sentence = f"{sentence[:_LONGEST_QUOTE].rstrip()}…"
    return f"“{sentence}”"


def _told(proof: Proof) -> str:
    """Who told it, in which language and when, and in which story."""
    story = f", story {proof.story_id}" if proof.story_id is not None else ""
    return f"{clean(proof.outlet)} ({proof.lang}), {proof.at:%Y-%m-%d}{story}"


def plain_markdown(text: str) -> str:
    """``text`` with everything that Markdown would read as a mark escaped."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in clean(text))

"""What is wrong with this installation, and the command that helps.

``--format json`` prints an array of findings. Their keys, which stay::

    subject    what was looked at
    verdict    ok, note, warning or wrong
    sentence   what was found
    command    what to type next, or null

The exit code is 1 when anything is wrong, and 0 otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.jsonlines import written
from monitor.cli.opening import DEFAULT, configuration, is_missing
from monitor.cli.screen import clean, program, table

if TYPE_CHECKING:
    from monitor.pipeline.doctor import Finding
    from monitor.pipeline.setup import Setup


class Format(StrEnum):
    """How findings are written."""

    TABLE = "table"
    JSON = "json"


def doctor(
    context: typer.Context,
    network: Annotated[
        bool, typer.Option("--network", help="Also ask servers: the clock, the mail server.")
    ] = False,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.TABLE,
) -> None:
    """Say what is wrong and what to do; ends with 1 when anything is."""
    found = list(_findings(context, network=network))
    if format is Format.JSON:
        print(written([_row(finding) for finding in found], indent=2))
    else:
        _print(found)
    raise typer.Exit(int(_worst(found) == "wrong"))


def _findings(context: typer.Context, *, network: bool) -> Iterator[Finding]:
    """Everything that can be looked at; what needs settings or a beat waits for those in order."""
    from monitor.errors import MonitorError
    from monitor.pipeline.doctor import Finding, Verdict, of_machine
    from monitor.pipeline.setup import prepare

    try:
        settings = configuration(context)
    except MonitorError as error:
        first, *others = str(error).splitlines()
        more = f" (and {len(others)} more)" if others else ""
        command = "monitor init" if is_missing(context.obj or DEFAULT) else "monitor config check"
        yield Finding("settings", Verdict.WRONG, f"{first}{more}.", command)
        return
    yield Finding("settings", Verdict.OK, f"{settings.path} is in order.")
    yield from of_machine(settings)
    try:
        setup = prepare(settings)
    except MonitorError as error:
        sentence = f"{str(error).splitlines()[0]}."
        yield Finding("beat", Verdict.WRONG, sentence, "monitor config check")
        return
    yield from _of_setup(setup, network=network)


def _of_setup(setup: Setup, *, network: bool) -> Iterator[Finding]:
    from monitor.pipeline.doctor import of_archive, of_network, of_wishes
    from monitor.schedule import is_held, lock_path

    now = datetime.now(UTC)
    yield from of_wishes(setup, now)
    yield from of_archive(setup, now, is_running=is_held(lock_path(setup.configuration)))
    if network:
        yield from of_network(setup, lambda: datetime.now(UTC))


def _worst(found: Sequence[Finding]) -> str:
    verdicts = {str(finding.verdict) for finding in found}
    return next(each for each in ("wrong", "warning", "note", "ok") if each in verdicts)


def _row(finding: Finding) -> dict[str, str | None]:
    return {
        "subject": finding.subject,
        "verdict": str(finding.verdict),
        "sentence": clean(finding.sentence),
        "command": _typed(finding.command) or None,
    }


def _typed(command: str) -> str:
    """The command as it is typed here: in a checkout the program has another name."""
    start, _, rest = command.partition(" ")
    return clean(f"{program()} {rest}" if start == "monitor" else command)


def _print(found: Sequence[Finding]) -> None:
    rows = [
        (
            finding.verdict,
            finding.subject,
            (finding.sentence, *([f"→ {_typed(finding.command)}"] if finding.command else [])),
        )
        for finding in found
    ]
    table(("verdict", "subject", "what was found"), rows)
    worst = _worst(found)
    print("The monitor can do its work." if worst != "wrong" else "Something is wrong; see above.")

"""What `--help` says of each command and option is what was written for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from monitor.cli.app import app

_TAG = re.compile(r"(?<!\\)\[[a-z#/@][^\[]*?\]")


def texts(command: Any) -> Iterator[str]:
    """The help of a command, of its options, and of the commands below it."""
    yield command.help or ""
    yield from (getattr(option, "help", None) or "" for option in command.params)
    for below in getattr(command, "commands", {}).values():
        yield from texts(below)


def test_nothing_is_taken_for_markup() -> None:
    """Small letters in square brackets would vanish, and leave a blank before the full stop."""
    told = list(texts(typer.main.get_command(app)))

    assert len(told) > 100
    assert [each for each in told if _TAG.search(each)] == []

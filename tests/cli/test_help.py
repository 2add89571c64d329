"""What `--help` says of each command and option is what was written for it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
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


def test_a_command_loads_no_other(tmp_path: Path) -> None:
    """What one command is made of does not make another wait, and a mistyped name still helps."""
    code = (
        "import sys; sys.argv = ['monitor', 'count', '--help']\n"
        "from monitor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('tune', 'demo', 'web') if f'monitor.cli.{name}' in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.endswith("\n[]\n")
    assert "Count what a search finds" in done.stdout

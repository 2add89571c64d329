"""The manual tells the truth: every command in it runs, and prints what the page shows.

A ``console`` block holds commands (``$ ./run …``) and their output; a line ``…`` stands for lines
left out. ``MONITOR_REWRITE_DOCS=1`` writes the output as it is now into the pages.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
REWRITE = bool(os.environ.get("MONITOR_REWRITE_DOCS"))
Program = Callable[..., subprocess.CompletedProcess[str]]
_BLOCK = re.compile(r"(?m)^```console\n(.*?)^```$", re.S)


@dataclass(frozen=True)
class Command:
    """One command of a page and the lines that it shows."""

    line: str
    shown: tuple[str, ...]


def commands(block: str) -> Iterator[Command]:
    """The commands of a console block with their output."""
    for part in re.split(r"(?m)^\$ ", block)[1:]:
        line, *shown = part.rstrip("\n").split("\n")
        yield Command(line, tuple(shown))


@pytest.fixture
def folder(replayed: Path, program: Program, tmp_path: Path) -> Path:
    """A folder with shipped settings in which the demo has been run at a fixed time."""
    shutil.copytree(replayed / "demo-out", tmp_path / "demo-out")
    assert program("init", cwd=tmp_path).returncode == 0
    return tmp_path


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that a command printed; what went wrong is printed as in a terminal."""
    return [line.rstrip() for line in (done.stdout + done.stderr).rstrip("\n").split("\n")]


def is_shown(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether ``printed`` has the lines of ``shown`` in order, ``…`` standing for any others."""
    place, may_skip = 0, False
    for line in shown:
        if line.strip() == "…":
            may_skip = True
            continue
        rest = printed[place:]
        if may_skip and line in rest:
            place += rest.index(line) + 1
        elif rest and rest[0] == line:
            place += 1
        else:
            return False
        may_skip = False
    return may_skip or place == len(printed)


def rewritten(command: Command, printed: list[str]) -> str:
    """The command with its output of now, cut where the page cut it."""
    if "…" in command.shown:
        printed = [*printed[: command.shown.index("…")], "…"]
    return "\n".join([f"$ {command.line}", *printed]) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_print_what_the_page_shows(page: Path, folder: Path, program: Program) -> None:
    """Each command of the page is run in the demo's folder and prints what is shown."""
    text = page.read_text("utf-8")
    for block in _BLOCK.findall(text):
        new = ""
        for command in commands(block):
            assert command.line.startswith("./run "), command.line
            words = shlex.split(command.line.removeprefix("./run "))
            printed = lines(program(*words, cwd=folder, COLUMNS="100"))
            new += rewritten(command, printed)
            assert REWRITE or is_shown(command.shown, printed), "\n".join(printed)
        text = text.replace(block, new)
    if REWRITE:
        page.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "search '铁路 lang:zh' --sort relevance",
        "search 'countri:KZ steel'",
        "assess --again lang:kk",
    ],
)
def test_a_process_of_its_own_answers_the_same(words: str, folder: Path, program: Program) -> None:
    """An answer, a refusal and a log: exit code and both streams are those of a real start."""
    typed = ["--config", "demo-out/config.toml", *shlex.split(words)]
    started = subprocess.run(
        [sys.executable, "-m", "monitor", *typed],
        cwd=folder, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    here = program(*typed, cwd=folder)

    assert (here.returncode, here.stdout, here.stderr) == (
        started.returncode,
        started.stdout,
        started.stderr,
    )


def test_every_command_has_a_page() -> None:
    """Each command of the program is named in the README or the manual."""
    from monitor.cli.app import COMMANDS

    told = "\n".join(page.read_text("utf-8") for page in PAGES)

    assert [name for name in COMMANDS if not re.search(rf"\b{name}\b", told)] == []


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of a page names a file that exists."""
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"

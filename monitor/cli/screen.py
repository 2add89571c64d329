"""What a terminal may be shown: tables, progress where someone watches, no control characters.

Whatever comes from outside goes through ``clean`` or ``clean_line`` before it is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from monitor.text.plain import one_line, spaced_line


def clean(text: str) -> str:
    """``text`` on one line, without anything that could steer a terminal."""
    return one_line(text)


def clean_line(text: str) -> str:
    """The same with the spacing kept, for a line whose columns are aligned."""
    return spaced_line(text)


def program() -> str:
    """What a user types to start this program: ``monitor``, or ``./run`` in a checkout."""
    return os.environ.get("MONITOR_PROGRAM", "monitor")


def table(heads: Sequence[str], rows: Sequence[Sequence[str | tuple[str, ...]]]) -> None:
    """Print ``rows`` under ``heads``, as wide as the terminal, or in full into a pipe.

    A cell of several lines is a tuple of them.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head in heads:
        grid.add_column(head, overflow="fold", no_wrap=head in ("id", "score", "date"))
    for row in rows:
        grid.add_row(*(Text(_cell(cell)) for cell in row))
    with console.capture() as drawn:
        console.print(grid)
    print("\n".join(line.rstrip() for line in drawn.get().strip("\n").split("\n")))


def _cell(cell: str | tuple[str, ...]) -> str:
    return clean(cell) if isinstance(cell, str) else "\n".join(map(clean, cell))


def chart(rows: Sequence[tuple[str, int]]) -> None:
    """Print names with their numbers and bars, aligned, as wide as the terminal or 100 columns."""
    from rich.cells import cell_len, set_cell_size
    from rich.console import Console

    width = Console().width if sys.stdout.isatty() else 100
    names = [clean(name) for name, _ in rows]
    left = min(max(map(cell_len, names)), width // 2)
    right = max(len(f"{number:,}") for _, number in rows)
    room = max(1, width - left - right - 4)
    most = max(number for _, number in rows)
    for name, (_, number) in zip(names, rows, strict=True):
        bar = _bar(number / most * room if most else 0.0)
        print(f"{set_cell_size(name, left)}  {number:>{right},}  {bar}".rstrip())


def _bar(length: float) -> str:
    """A bar of that many columns, to an eighth; whatever is more than nothing can be seen."""
    eighths = max(round(length * 8), 1 if length else 0)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error while someone watches; call it with a word, done and total."""
    if quiet or not sys.stderr.isatty():
        yield lambda word, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[word]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, word="")

        def advance(word: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, word=clean(word)[:40])

        yield advance


def moment(at: datetime | None) -> str:
    """A UTC time as people sort it, or a dash."""
    return at.strftime("%Y-%m-%d %H:%M") if at else "—"


def plural(number: int, one: str, many: str | None = None) -> str:
    """``3 feeds``, ``1 story``."""
    return f"{number} {one if number == 1 else many or one + 's'}"

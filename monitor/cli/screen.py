"""What a terminal may be shown: tables, progress where someone watches, no control characters.

Whatever comes from outside goes through ``clean`` or ``clean_line`` before it is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.text.plain import one_line, spaced_line

if TYPE_CHECKING:
    from rich.console import Console, OverflowMethod


def clean(text: str) -> str:
    """``text`` on one line, without anything that could steer a terminal."""
    return one_line(text)


def clean_line(text: str) -> str:
    """The same with the spacing kept, for a line whose columns are aligned."""
    return spaced_line(text)


def program() -> str:
    """What a user types to start this program: ``monitor``, or ``./run`` in a checkout."""
    return os.environ.get("MONITOR_PROGRAM", "monitor")


Cell = str | tuple[str, ...]
_ROOM = 40  # columns that a text needs to stand beside others
_INDENT = "    "
_GAP = 3  # columns between two
_HEAD = 3  # lines above the first row


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, text_last: bool = False) -> None:
    """Print ``rows`` under ``heads``, as wide as the terminal, or in full into a pipe.

    A cell of several lines is a tuple of them. With ``text_last`` the last column is text, which
    stands below the rest of its row where a terminal is too narrow to have it beside.
    """
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    if text_last and _is_narrow(console.width, heads, rows):
        lines = _drawn(console, heads[:-1], [row[:-1] for row in rows], overflow="ellipsis")
        print("\n".join(lines[:_HEAD]))
        for line, row in zip(lines[_HEAD:], rows, strict=False):
            print("\n".join([line, *_indented(console, row[-1])]))
        print()
    else:
        print("\n".join(_drawn(console, heads, rows, overflow="fold")))


def _is_narrow(width: int, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bool:
    others = _widths(heads, rows)
    return width - sum(others[:-1]) - _GAP * len(others) < min(_ROOM, others[-1])


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """The columns of a terminal that each column of a table takes."""
    from rich.cells import cell_len

    return [max(map(cell_len, map(_cell, column))) for column in zip(heads, *rows, strict=True)]


def _fitting(width: int, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Widths that fit: the widest give way, but not the first, which is what is typed again."""
    first, *others = _widths(heads, rows)
    room = width - first - _GAP * (1 + len(others))
    while sum(others) > max(room, len(others)):
        others[others.index(max(others))] -= 1
    return [first, *others]


def _drawn(
    console: Console, heads: Sequence[str], rows: Sequence[Sequence[Cell]], overflow: OverflowMethod
) -> list[str]:
    """The lines of a table; one a row where what is too long ends in an ellipsis."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    widths = _fitting(console.width, heads, rows) if overflow == "ellipsis" else []
    for head in heads:
        no_wrap = head in ("id", "score", "date") or overflow == "ellipsis"
        width = widths.pop(0) if widths else None
        grid.add_column(head, overflow=overflow, no_wrap=no_wrap, width=width)
    for row in rows:
        grid.add_row(*(Text(_cell(cell)) for cell in row))
    with console.capture() as capture:
        console.print(grid)
    return [line.rstrip() for line in capture.get().strip("\n").split("\n")]


def _indented(console: Console, cell: Cell) -> list[str]:
    from rich.text import Text

    lines = Text(_cell(cell)).wrap(console, console.width - len(_INDENT) - 1, overflow="fold")
    return [f"{_INDENT}{line.plain.rstrip()}" for line in lines]


def _cell(cell: Cell) -> str:
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
    bar = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    try:
        bar.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return "#" * -(-eighths // 8)
    return bar


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

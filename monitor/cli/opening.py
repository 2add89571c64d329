"""From the options before a command to the settings, store and signals that it works with."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from monitor.config import Configuration
    from monitor.store import Store

DEFAULT = Path("config.toml")


def configuration(context: typer.Context) -> Configuration:
    """The settings named before the command, or those of ``config.toml`` in this folder."""
    from monitor.config import load

    return load(context.obj or DEFAULT)


def configuration_or_default(context: typer.Context) -> Configuration:
    """Like ``configuration``, but where nobody wrote a file the one that ships is used."""
    from monitor.config import Configuration, default_source, parse

    if context.obj is None and not DEFAULT.exists():
        return Configuration(DEFAULT.absolute(), parse(default_source()))
    return configuration(context)


def is_missing(file: Path) -> bool:
    """Whether there is no such file; of one that cannot be looked at, whoever opens it says why."""
    try:
        return not file.exists()
    except OSError:
        return False


@contextmanager
def archive(settings: Configuration) -> Iterator[Store]:
    """The store that ``settings`` name, upgraded first where it is older than this program."""
    from monitor.store import open_store

    with open_store(settings.database) as store:
        yield store


@contextmanager
def reading(settings: Configuration) -> Iterator[Store]:
    """The store that ``settings`` name, for questions: nothing is made, upgraded or written."""
    from monitor.store import open_store

    with open_store(settings.database, read_only=True) as store:
        yield store


@contextmanager
def existing(settings: Configuration) -> Iterator[Store]:
    """Like ``archive``, for questions that write: where there is no store yet, none is made."""
    from monitor.store import open_store

    with open_store(settings.database, must_exist=True) as store:
        yield store


@contextmanager
def stop_event() -> Iterator[Event]:
    """An event that SIGTERM and Ctrl-C set; a second Ctrl-C interrupts at once."""
    stop = Event()

    def ask(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

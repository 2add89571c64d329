"""The command line, one file per noun. It renders what the pipeline and the desk answer."""

from __future__ import annotations

import errno
import gc
import os
import re
import sys
import threading
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import TyperException

# What writing to a terminal, a pipe or a file may fail with, whoever is at the other end.
_UNWRITTEN = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}
_NEW_THINGS = 50_000
# How the library and its validator say what a person says otherwise.
_PLAIN = (
    (r"Input should be a valid integer.*", "must be a whole number"),
    (r"Input should be a valid number.*", "must be a number"),
    (r"Input should be greater than or equal to (\S+)", r"must be at least \1"),
    (r"Input should be less than or equal to (\S+)", r"must be at most \1"),
    (r"does not match the formats '%Y-%m-%d'", "is no day; write it as 2026-06-12"),
)


def main() -> None:
    """Run the program and leave with its exit code; a mistake of the user is one sentence."""
    # Libraries are made of things that stay; to look for rubbish among them is a tenth of a start.
    gc.set_threshold(_NEW_THINGS)
    try:
        _open_streams()
        code = _run()
    except KeyboardInterrupt:
        code = _fail("stopped", 130)
    except BrokenPipeError:
        code = _say_no_more()
    except SystemExit as leaving:
        # The library leaves with 1 where nobody reads on, which says here that nothing was found.
        if not isinstance(leaving.__context__, BrokenPipeError):
            raise
        code = _say_no_more()
    except OSError as error:
        if error.errno not in _UNWRITTEN or error.filename:
            raise
        _say_no_more()
        code = _fail(f"the output could not be written: {error.strerror}", 1)
    _leave(code)


def _run() -> int:
    from typer import TyperException

    from monitor.cli.app import app
    from monitor.cli.screen import program
    from monitor.errors import BeatError, ConfigError, InputError, MonitorError, QueryError

    try:
        code = app(prog_name=program(), standalone_mode=False)
    except TyperException as error:
        code = _fail(_with_hint(error), error.exit_code)
    except (ConfigError, BeatError, InputError, QueryError) as error:
        code = _fail(str(error), 2)
    except MonitorError as error:
        code = _fail(str(error), 1)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _open_streams() -> None:
    """Make a closed stream lead nowhere, and every stream take any text.

    Otherwise the next file that is opened takes its number, and gets what is written to it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of files need not be text
            stream.reconfigure(errors="backslashreplace")


def _say_no_more() -> int:
    """Nobody reads on: what is still to be written leads nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _with_hint(error: TyperException) -> str:
    """What was mistyped, and where the help for it is; empty where the help itself was shown."""
    from monitor.cli.screen import program

    problem = error.format_message().strip().removesuffix(".").replace(": Value error, ", ": ")
    for theirs, ours in _PLAIN:
        problem = re.sub(theirs, ours, problem)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else program()
    return f"{problem[0].lower()}{problem[1:]}; see `{command} --help`" if problem else ""


def _fail(sentence: str, code: int) -> int:
    from monitor.cli.screen import clean_line

    if sentence:
        with suppress(OSError):
            print("\n".join(map(clean_line, f"monitor: {sentence}".split("\n"))), file=sys.stderr)
    return code


def _leave(code: int) -> None:
    """Exit without waiting for a fetch that hangs: everything that matters is committed by now."""
    with suppress(OSError):  # where nobody reads, the code must do
        sys.stdout.flush()
        sys.stderr.flush()
    if any(thread.name.startswith("fetch") for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)

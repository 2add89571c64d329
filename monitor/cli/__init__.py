"""The command line, one file per noun. It renders what the pipeline and the desk answer."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import TyperException


def main() -> None:
    """Run the program and leave with its exit code; a mistake of the user is one sentence."""
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
    except KeyboardInterrupt:
        code = _fail("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    _leave(code if isinstance(code, int) else 0)


def _with_hint(error: TyperException) -> str:
    """What was mistyped, and where the help for it is; empty where the help itself was shown."""
    from monitor.cli.screen import program

    problem = error.format_message().strip().removesuffix(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else program()
    return f"{problem[0].lower()}{problem[1:]}; see `{command} --help`" if problem else ""


def _fail(sentence: str, code: int) -> int:
    from monitor.cli.screen import clean_line

    if sentence:
        print("\n".join(map(clean_line, f"monitor: {sentence}".split("\n"))), file=sys.stderr)
    return code


def _leave(code: int) -> None:
    """Exit without waiting for a fetch that hangs: everything that matters is committed by now."""
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread.name.startswith("fetch") for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)

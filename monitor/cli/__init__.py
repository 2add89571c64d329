"""The command line, one file per noun. It renders what the pipeline and the desk answer."""

from __future__ import annotations

import os
import sys
import threading


def main() -> None:
    """Run the program and leave with its exit code; a mistake of the user is one sentence."""
    from monitor.cli.app import app
    from monitor.errors import BeatError, ConfigError, InputError, MonitorError, QueryError

    try:
        code = app(standalone_mode=False)
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


def _fail(sentence: str, code: int) -> int:
    print(f"monitor: {sentence}", file=sys.stderr)
    return code


def _leave(code: int) -> None:
    """Exit without waiting for a fetch that hangs: everything that matters is committed by now."""
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread.name.startswith("fetch") for thread in threading.enumerate()):
        os._exit(code)
    sys.exit(code)

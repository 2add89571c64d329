"""The metronome: wakes the loop and nothing else. The only importer of apscheduler.

What is due stands in the database. A tick that comes twice, late or never does no harm, so there
is one interval job, never two at a time, and missed ticks melt into one.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.config import Configuration, load
from monitor.errors import AlreadyRunningError, MonitorError
from monitor.pipeline.setup import Setup, beat_folder, prepare

_log = logging.getLogger(__name__)


def run(tick: Callable[[], None], seconds: int, stop: Event) -> None:
    """Call ``tick`` now and every ``seconds`` until ``stop`` is set, then let it finish."""
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        tick,
        "interval",
        seconds=seconds,
        next_run_time=datetime.now(UTC),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold ``lock`` while the block runs; raises ``AlreadyRunningError`` when another process does.

    The operating system drops the lock with the process, so a crash leaves nothing to clean up.
    """
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(
                f"another `monitor run` works on this database (it holds {lock.name}); "
                "other commands may be used beside it"
            ) from error
        yield


class Reloader:
    """Hands out the newest valid setup; a changed file that is not valid is reported."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._stamp = _stamp(setup.configuration)

    def current(self) -> Setup:
        """The newest valid setup; its ``notices`` tell readers what is wrong with a newer one."""
        stamp = _stamp(self._setup.configuration)
        if stamp == self._stamp:
            return self._setup
        self._stamp = stamp
        try:
            self._setup = prepare(load(self._setup.configuration.path))
        except MonitorError as error:
            problem = f"Changed settings are not in force: {str(error).splitlines()[0]}"
            self._setup = replace(self._setup, notices=(problem,))
            _log.error("%s; the old settings stay", problem)
        else:
            _log.info("changed settings are in force")
        return self._setup


def _stamp(configuration: Configuration) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files that settings come from."""
    paths = [configuration.path, *sorted(beat_folder(configuration).rglob("*.toml"))]
    return tuple(
        (str(path), status.st_mtime_ns, status.st_size)
        for path in paths
        if path.is_file() and (status := path.stat())
    )


def lock_path(configuration: Configuration) -> Path:
    """The lock file beside the database; one for the folder where the database is a server."""
    path = configuration.database.removeprefix("sqlite:///")
    return Path(f"{path}.run") if path.startswith("/") else configuration.folder / "monitor.run"

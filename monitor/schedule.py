"""The metronome: wakes the loop and nothing else. The only importer of apscheduler.

What is due stands in the database. A tick that comes twice, late or never does no harm, so one
thread does them one by one, and those that come while it works melt into one.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TextIO

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.beat.places import beat_folder
from monitor.config import Configuration, load
from monitor.errors import AlreadyRunningError, MonitorError, StoreError
from monitor.pipeline.boundary import Boundary
from monitor.pipeline.deliver import transports
from monitor.pipeline.setup import Setup, prepare
from monitor.publish.notices import notice

_log = logging.getLogger(__name__)
_PATIENCE = 6.0  # seconds; whoever stops a program kills it after ten


def run(
    tick: Callable[[], None], seconds: int, stop: Event, *, patience: float = _PATIENCE
) -> bool:
    """Call ``tick`` now and every ``seconds`` until ``stop`` is set, whatever goes wrong in it.

    Then it may take ``patience`` seconds to finish. False when it did not: it goes on in a thread
    that ends with the program, and what it had claimed is due again when its lease has run out.
    """
    wake = Event()
    worker = Thread(target=_work, args=(tick, wake, stop), name="tick", daemon=True)
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        wake.set,
        "interval",
        seconds=seconds,
        next_run_time=datetime.now(UTC),
        coalesce=True,
        misfire_grace_time=None,
    )
    worker.start()
    scheduler.start()
    stop.wait()
    scheduler.shutdown()
    wake.set()
    worker.join(patience)
    return not worker.is_alive()


def _work(tick: Callable[[], None], wake: Event, stop: Event) -> None:
    boundary = Boundary()
    while not stop.is_set():
        wake.wait()
        wake.clear()
        if not stop.is_set():
            with boundary.around("the tick"):
                tick()


def _opened(lock: Path) -> TextIO:
    try:
        return lock.open("a")
    except OSError as error:
        raise StoreError(f"{lock} cannot be written: {error.strerror}") from error


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold ``lock`` while the block runs; raises ``AlreadyRunningError`` when another process does.

    The operating system drops the lock with the process, so a crash leaves nothing to clean up.
    """
    with _opened(lock) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(
                f"another `monitor run` works on this database (it holds {lock.name}); "
                "other commands may be used beside it"
            ) from error
        yield


def is_held(lock: Path) -> bool:
    """Whether a process holds ``lock`` at this moment; nothing is made or kept."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


class Reloader:
    """Hands out the newest valid setup; a changed file that is not valid is reported.

    A file that has vanished is one that is not valid.
    """

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
            changed = prepare(load(self._setup.configuration.path))
            transports(changed)
        except (MonitorError, OSError) as error:
            problem = notice("not_in_force", problem=str(error).splitlines()[0])
            self._setup = replace(self._setup, notices=(problem,))
            _log.error("%s; the old settings stay", problem)
        else:
            _tell_change(self._setup, changed)
            self._setup = changed
        return self._setup


def _tell_change(old: Setup, new: Setup) -> None:
    _log.info("changed settings are in force")
    before, after = old.settings.monitor, new.settings.monitor
    changed = [
        key for key in ("database", "tick_seconds") if getattr(before, key) != getattr(after, key)
    ]
    if changed:
        _log.warning("[monitor] %s: takes effect at the next start", " and ".join(changed))


def _stamp(configuration: Configuration) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files that settings come from, as far as they are there."""
    paths = [configuration.path]
    paths += [configuration.folder / name for name in configuration.settings.secret_files()]
    with suppress(MonitorError, OSError):
        paths += sorted(beat_folder(configuration).rglob("*.toml"))
    return tuple(stamp for path in paths if (stamp := _file_stamp(path)))


def _file_stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return str(path), status.st_mtime_ns, status.st_size


def lock_path(configuration: Configuration) -> Path:
    """The lock file beside the database; one for the folder where the database is a server."""
    file = configuration.database_file
    return configuration.folder / "monitor.run" if file is None else Path(f"{file}.run")

"""The metronome ticks whatever happens, and settings change while it does."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Configuration
from monitor.errors import BusyError
from monitor.pipeline.setup import prepare
from monitor.schedule import Reloader, run

QUIET = """
[monitor]
beat = "BEAT"
beat_feeds = false
"""
BEAT = Path(__file__).parent / "data" / "beats" / "nordic-baltic"


def test_no_error_ends_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    """A user's error is one line, a fault of the program a traceback; the next tick goes on."""
    stop = threading.Event()
    errors = [BusyError("another process holds it"), IndexError("a fault")]

    def tick() -> None:
        if errors:
            raise errors.pop(0)
        stop.set()

    assert run(tick, 1, stop)
    # Whether what is no mistake is logged as well depends on what ran before.
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [bool(record.exc_info) for record in lines] == [False, True]
    assert lines[0].message == "the tick failed: another process holds it"


def test_a_tick_that_hangs_is_left_behind() -> None:
    """Who asks to stop waits for the tick as long as was said, and no longer."""
    stop, silence = threading.Event(), threading.Event()

    def tick() -> None:
        stop.set()
        silence.wait(20)

    began = time.monotonic()
    assert not run(tick, 1, stop, patience=0.2)
    assert time.monotonic() - began < 5
    silence.set()


def test_a_tick_under_way_is_waited_for() -> None:
    """What ends in time is finished before the program is."""
    stop, done = threading.Event(), threading.Event()

    def tick() -> None:
        stop.set()
        time.sleep(0.1)
        done.set()

    assert run(tick, 1, stop)
    assert done.is_set()


def test_a_config_that_vanishes_changes_nothing(
    configured: Callable[[str], Configuration],
) -> None:
    """The old settings stay and readers are told; when the file is back, so is silence."""
    configuration = configured(QUIET)
    reloader = Reloader(prepare(configuration))
    source = configuration.path.read_text("utf-8")
    configuration.path.unlink()

    assert "does not exist" in reloader.current().notices[0]
    assert reloader.current().configuration is configuration
    configuration.path.write_text(source, encoding="utf-8")
    assert reloader.current().notices == ()


def test_a_beat_that_vanishes_changes_nothing(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """The folder may be taken away while the program runs."""
    shutil.copytree(BEAT, tmp_path / "mine")
    setup = prepare(configured(QUIET.replace("BEAT", "mine")))
    reloader = Reloader(setup)
    shutil.rmtree(tmp_path / "mine")

    assert 'there is no folder "mine"' in reloader.current().notices[0]
    assert reloader.current().beat is setup.beat


def test_settings_with_which_no_mail_can_be_sent_are_not_in_force(
    configured: Callable[[str], Configuration],
) -> None:
    """A changed file may be in order and yet name a password that is not there."""
    reloader = Reloader(prepare(configured(QUIET)))
    configured(QUIET + '[smtp]\nhost = "127.0.0.1"\npassword_env = "MONITOR_NO_SUCH_VARIABLE"\n')

    assert "MONITOR_NO_SUCH_VARIABLE" in reloader.current().notices[0]


def test_a_new_password_is_a_change(
    configured: Callable[[str], Configuration], tmp_path: Path
) -> None:
    """The file that holds the password is one of those that are watched."""
    (tmp_path / "secret").write_text("old", encoding="utf-8")
    smtp = '[smtp]\nhost = "127.0.0.1"\npassword_file = "secret"\n'
    setup = prepare(configured(QUIET + smtp))
    reloader = Reloader(setup)
    assert reloader.current() is setup

    (tmp_path / "secret").write_text("newer", encoding="utf-8")
    assert reloader.current() is not setup


def test_what_needs_a_new_start_is_said(
    configured: Callable[[str], Configuration], caplog: pytest.LogCaptureFixture
) -> None:
    """Database and tick are those of the start; a change of theirs is not passed over silently."""
    caplog.set_level(logging.INFO)
    reloader = Reloader(prepare(configured(QUIET)))
    configured(QUIET + 'tick_seconds = 7\ndatabase = "sqlite:///other.db"\n')
    reloader.current()

    assert [record.message for record in caplog.records] == [
        "changed settings are in force",
        "[monitor] database and tick_seconds: takes effect at the next start",
    ]

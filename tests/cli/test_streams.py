"""Whatever becomes of terminal, pipe or database, the program ends in a sentence."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
QUIET = f"""
[monitor]
beat = "{BEAT}"
beat_feeds = false
tick_seconds = 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with quiet settings."""
    (tmp_path / "config.toml").write_text(QUIET)
    return tmp_path


def shell(line: str, cwd: Path | bytes, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """What a line in bash does, where MONITOR is the program."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("MONITOR", f"{sys.executable} -m monitor")],
        cwd=cwd, capture_output=True, timeout=60, check=False, env={**os.environ, **environ},
    )  # fmt: skip


def test_closed_streams_do_no_harm(folder: Path) -> None:
    """The program works, and what it would have said is not written into another file."""
    done = shell("MONITOR once <&- >&- 2>&-", folder)

    assert done.returncode == 0
    assert done.stderr == b""
    assert b"polled    nothing" not in (folder / "monitor.db").read_bytes()


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    """`| head` gets its lines, and nobody hears of a broken pipe."""
    done = shell("MONITOR config show | head -n 1", folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"[monitor]\n", b"")


def test_a_reader_that_goes_away_in_the_middle_is_no_error(folder: Path) -> None:
    """Nor where the output is longer than a pipe holds; 1 would say that nothing was found."""
    rows = (f'{{"url": "https://a.example/{n}", "title": "Cable {n}"}}\n' for n in range(600))
    (folder / "old.jsonl").write_text("".join(rows))
    assert shell("MONITOR import old.jsonl", folder).returncode == 0

    done = shell("MONITOR search cable --all --format jsonl | head -c 5", folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, b'{"id"', b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_written_is_a_sentence(folder: Path) -> None:
    """A full disk under the output ends with 1 and says why."""
    done = shell("MONITOR config show >/dev/full", folder)

    assert done.returncode == 1
    assert done.stderr == (b"monitor: the output could not be written: No space left on device\n")


@pytest.mark.parametrize("words", ["--config $'caf\\xe9.toml' once", "import $'caf\\xe9.jsonl'"])
def test_names_that_are_no_text_are_sentences(folder: Path, words: str) -> None:
    """Bytes that are not UTF-8 may stand in a name; the answer is one line."""
    done = shell(f"MONITOR {words}", folder)

    assert done.returncode == 2
    assert done.stderr.startswith(b"monitor: ")
    assert done.stderr.count(b"\n") == 1


def test_a_folder_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    """A database there could not be named in a URL; what to do is said."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102  a Path would be given text
    Path(os.fsdecode(folder), "config.toml").write_text(QUIET)
    done = shell("MONITOR once", folder)

    assert done.returncode == 2
    assert b"is not written in UTF-8; rename the folder" in done.stderr


def test_a_database_that_is_deleted_under_a_running_monitor(folder: Path) -> None:
    """It is said once, nothing is written elsewhere, and SIGTERM ends the program as ever."""
    log = folder / "log"
    process = _running_without_database(folder, log)
    _wait(log, "was deleted or moved")
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert not (folder / "monitor.db").exists()
    told = log.read_text()
    assert told.count("was deleted or moved while it was in use") == 1
    assert "Traceback" not in told


def test_a_database_that_is_replaced_under_a_running_monitor(folder: Path) -> None:
    """What it has open is not what others see: that is said once, and the new file stays as it is.

    The next start works with the new file.
    """
    log, database = folder / "log", folder / "monitor.db"
    process = _running_without_database(folder, log)
    assert shell("MONITOR db upgrade", folder).returncode == 0
    before = database.read_bytes()
    _wait(log, "was replaced by another file while it was in use")
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert database.read_bytes() == before
    assert log.read_text().count("was replaced by another file") == 1
    assert shell("MONITOR once", folder).returncode == 0


def _running_without_database(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """``monitor run`` under way, the files of its database deleted."""
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run"], cwd=folder, stderr=stderr
        )
    _wait(log, "started")
    for name in ("monitor.db", "monitor.db-wal", "monitor.db-shm"):
        (folder / name).unlink(missing_ok=True)
    return process


def _wait(log: Path, words: str) -> None:
    until = time.monotonic() + 30
    while words not in log.read_text():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "web", "once", "assess --again", "db check"])
@pytest.mark.parametrize("delay", [0.05, 1.5])
def test_ctrl_c_ends_in_a_sentence(folder: Path, command: str, delay: float) -> None:
    """Early or late, an interruption shows no traceback, and the program is gone soon."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *command.split()],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)

    assert b"Traceback" not in stderr or delay < 1  # Python itself was still starting
    assert process.returncode in (0, 1, 130, -signal.SIGINT)


def test_no_color_means_no_color(folder: Path) -> None:
    """In a terminal too, as https://no-color.org has it."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"}
    for words in (["doctor"], ["--help"]):
        subprocess.run(
            [sys.executable, "-m", "monitor", *words],
            cwd=folder, stdout=theirs, stderr=theirs, env=environ, check=False, timeout=60,
        )  # fmt: skip
    shown = os.read(ours, 65536)
    os.close(ours)
    os.close(theirs)

    assert b"settings" in shown
    assert b"\x1b[3" not in shown
    assert b"\x1b[9" not in shown

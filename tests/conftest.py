"""What many tests stand on: a small beat, settings in a folder, a clock that is a value."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config import Configuration, load
from monitor.match import matching
from monitor.model import Beat

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
BEATS = Path(__file__).parent / "data" / "beats"
SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests share a cache among themselves, and with nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp().parent / "cache"))
        yield


class Terminal:
    """The program in this process: its start and its imports, a second each, are paid once.

    Its entry, its exit codes, its streams and its log are those of a process of its own
    (``test_docs.py`` compares them). So is its watchlist, but that it is compiled once for all who
    have the same beat and keywords.
    """

    def __init__(self) -> None:
        self._compile = matching.compile_watchlist
        self._compiled: dict[str, matching.Watchlist] = {}

    def __call__(
        self, *words: str, cwd: Path, given: str | bytes = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """What the program answers to ``words`` typed in ``cwd``, with ``given`` as its input."""
        entered = given.encode() if isinstance(given, str) else given
        streams = {
            name: TextIOWrapper(BytesIO(content), encoding="utf-8")
            for name, content in {"stdin": entered, "stdout": b"", "stderr": b""}.items()
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["monitor", *words])
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            for name, value in environ.items():
                patch.setenv(name, value)
            patch.setattr(os, "_exit", sys.exit)  # it would end the tests, too
            patch.setattr(matching, "compile_watchlist", self._watchlist)
            with _new_log(patch), pytest.raises(SystemExit) as left:
                main()
        printed = (_read(streams[name]) for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(words, int(left.value.code or 0), *printed)

    def _watchlist(self, beat: Beat, keywords: Mapping[str, float]) -> matching.Watchlist:
        key = matching.fingerprint(beat, keywords)
        kept = self._compiled.get(key)
        # A replay compiles a part of a beat under the fingerprint of the whole.
        if kept is None or kept.beat != beat:
            kept = self._compiled[key] = self._compile(beat, keywords)
        return kept


def _read(stream: TextIOWrapper) -> str:
    """All that was written to a stream."""
    stream.seek(0)
    return stream.read()


@contextmanager
def _new_log(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log as a program finds it that has just started: it goes nowhere yet."""
    level = logging.root.level
    patch.setattr(logging.root, "handlers", [])
    patch.setattr(logging, "raiseExceptions", True)
    yield
    logging.root.setLevel(level)


@pytest.fixture(scope="session")
def program() -> Terminal:
    """Type words to the program; the answer has its exit code and what it printed."""
    return Terminal()


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which one run of the bundled demo left demo-out; to be copied, not changed.

    It is made once for all parallel workers, by a process of its own; ``printed.txt`` beside
    demo-out is what it printed.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "replayed"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "printed.txt").exists():
            done = subprocess.run(
                [sys.executable, "-m", "monitor", "demo", "--at", "2026-06-12T18:00:00Z"],
                cwd=folder, capture_output=True, text=True, timeout=110, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            (folder / "printed.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def now() -> datetime:
    """The time that tests take for now."""
    return NOW


@pytest.fixture
def shared() -> Path:
    """Recorded and labelled documents beside the checkout; skips where they are missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared documents is not beside the checkout")
    return SHARED


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], Configuration]:
    """Write a ``config.toml`` and load it; BEAT stands for the Nordic–Baltic beat."""

    def write(source: str) -> Configuration:
        path = tmp_path / "config.toml"
        path.write_text(source.replace("BEAT", str(BEATS / "nordic-baltic")), encoding="utf-8")
        return load(path)

    return write


@pytest.fixture
def canal(tmp_path: Path) -> Callable[..., Path]:
    """Make the beat ``canal`` in the folder of the test, with the test's own promises and terms."""

    def make(promises: str, terms: str = "") -> Path:
        beat = tmp_path / "canal"
        shutil.copytree(BEATS / "canal", beat)
        (beat / "commitments.toml").write_text(promises, encoding="utf-8")
        with (beat / "beat.toml").open("a", encoding="utf-8") as toml:
            toml.write(terms)
        return beat

    return make

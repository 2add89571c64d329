"""``./run``: when it installs, and when it only starts the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "run"

# Stands for the network: makes the environment that installing would make, and says so.
UV = """#!/bin/sh
[ "$1" = venv ] || exit 0
echo installed >&2
for made; do :; done
mkdir -p "$made/bin"
ln -s "{python}" "$made/bin/python"
printf '#!/bin/sh\\necho "$MONITOR_PROGRAM" "$@"\\n' >"$made/bin/monitor"
chmod +x "$made/bin/monitor"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the launcher and a lock, and beside it a folder with the stand-in."""
    folder = tmp_path / "check out"
    folder.mkdir()
    (folder / "run").write_bytes(RUN.read_bytes())
    (folder / "requirements.lock").write_text("one==1\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(UV.format(python=sys.executable))
    (tmp_path / "bin" / "uv").chmod(0o755)
    return folder


def start(checkout: Path, *words: str) -> tuple[str, bool]:
    """What the program printed, and whether something was installed first."""
    path = f"{checkout.parent / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(checkout / "run"), *words],
        env={**os.environ, "PATH": path, "PYTHON": sys.executable},
        cwd=checkout.parent, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout, "installed" in done.stderr


def test_the_first_start_installs_and_the_next_does_not(checkout: Path) -> None:
    """The program is told how it was started, and gets its words as they were typed."""
    assert start(checkout, "search", "two words") == ("./run search two words\n", True)
    assert start(checkout, "search") == ("./run search\n", False)


def test_what_no_longer_fits_is_installed_again(checkout: Path) -> None:
    """Another lock, another place, a Python that is gone: each is mended by itself, once."""
    start(checkout)
    (checkout / "requirements.lock").write_text("one==2\n")
    assert [start(checkout)[1], start(checkout)[1]] == [True, False]

    moved = checkout.rename(checkout.with_name("moved"))
    assert [start(moved)[1], start(moved)[1]] == [True, False]

    python = moved / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(moved / "gone")
    assert [start(moved)[1], start(moved)[1]] == [True, False]


def test_the_measurements_are_listed_by_name() -> None:
    """``./run bench`` tells what there is to run, one line each; an unknown name is told so."""
    bench = [sys.executable, "-m", "tests.bench"]
    listed = subprocess.run(bench, cwd=RUN.parent, capture_output=True, text=True, check=True)
    unknown = subprocess.run([*bench, "nothing"], cwd=RUN.parent, capture_output=True, check=False)

    named = {
        path.stem.removeprefix("bench_") for path in (RUN.parent / "tests/bench").glob("b*.py")
    }
    assert {line.split()[0] for line in listed.stdout.splitlines()[2:]} == named
    assert "judge" in named
    assert unknown.returncode == 2

"""`monitor why` and `monitor why-not` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

QUIET = """
[monitor]
beat = "BEAT"
beat_feeds = false
"""


def monitor(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with quiet settings, a small beat and no feeds, and an empty database."""
    beat = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(QUIET.replace("BEAT", str(beat)), encoding="utf-8")
    monitor("db", "upgrade", cwd=tmp_path)
    return tmp_path


def test_why_not_answers_in_a_few_calm_lines(folder: Path) -> None:
    """What was asked, the steps, the answer and what to do; exit 0."""
    done = monitor("why-not", "https://press.example/\x1b[31mone", cwd=folder)

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "https://press.example/ [31mone",
        "",
        "feed        0 feeds polled, none of press.example",
        "",
        "No feed of press.example is configured.",
        "    [[feeds]]",
        '    url = "https://press.example/feed" # wherever its RSS or Atom feed is',
    ]


def test_why_not_answers_scripts_in_json(folder: Path) -> None:
    """The same answer with a reason that a script can test for."""
    done = monitor("why-not", "press.example/one", "--format", "json", cwd=folder)
    report = json.loads(done.stdout)

    assert done.returncode == 0
    assert list(report) == ["asked", "reason", "answer", "advice", "steps", "article"]
    assert report["reason"] == "no feed"
    assert report["steps"][0]["step"] == "feed"
    assert report["article"] is None


@pytest.mark.parametrize(
    "words", [("why", "1"), ("why-not", "1"), ("why-not", "what"), ("why", "")]
)
def test_bad_input_is_a_sentence(folder: Path, words: tuple[str, str]) -> None:
    """An id that was never given and a name that is no address: exit 2, no traceback."""
    done = monitor(*words, cwd=folder)

    assert done.returncode == 2
    assert done.stderr.startswith("monitor: ")
    assert "Traceback" not in done.stderr

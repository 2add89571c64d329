"""`monitor why` and `monitor why-not` as they are typed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]
QUIET = """
[monitor]
beat = "BEAT"
beat_feeds = false
"""


@pytest.fixture
def monitor(program: Program, tmp_path: Path) -> Program:
    """The program in a folder with quiet settings, a small beat, no feeds and an empty database."""
    beat = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
    (tmp_path / "config.toml").write_text(QUIET.replace("BEAT", str(beat)), encoding="utf-8")
    program("db", "upgrade", cwd=tmp_path)
    return partial(program, cwd=tmp_path)


def test_why_not_answers_in_a_few_calm_lines(monitor: Program) -> None:
    """What was asked, the steps, the answer and what to do; exit 0."""
    done = monitor("why-not", "https://press.example/\x1b[31mone")

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


def test_why_not_answers_scripts_in_json(monitor: Program) -> None:
    """The same answer with a reason that a script can test for."""
    done = monitor("why-not", "press.example/one", "--format", "json")
    report = json.loads(done.stdout)

    assert done.returncode == 0
    assert list(report) == ["asked", "reason", "answer", "advice", "steps", "article"]
    assert report["reason"] == "no feed"
    assert report["steps"][0]["step"] == "feed"
    assert report["article"] is None


@pytest.mark.parametrize(
    "words", [("why", "1"), ("why-not", "1"), ("why-not", "what"), ("why", "")]
)
def test_bad_input_is_a_sentence(monitor: Program, words: tuple[str, str]) -> None:
    """An id that was never given and a name that is no address: exit 2, no traceback."""
    done = monitor(*words)

    assert done.returncode == 2
    assert done.stderr.startswith("monitor: ")
    assert "Traceback" not in done.stderr

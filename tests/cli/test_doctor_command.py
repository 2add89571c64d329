"""`monitor doctor` as it is typed: a table or JSON, and an exit code for scripts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
BEAT = ROOT / "tests" / "data" / "beats" / "nordic-baltic"
CONFIG = f"""
[monitor]
beat = "{BEAT}"
beat_feeds = false

[[digests]]
name = "daily"
schedule = "daily 07:30"
"""


def doctor(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """What the command says of a folder with these settings."""
    (folder / "config.toml").write_text(source)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("MONITOR_PROGRAM", raising=False)
    return CliRunner().invoke(app, ["doctor", *words])


def test_a_fresh_folder_has_nothing_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not made yet is a warning with the command that makes it; nothing is made."""
    done = doctor(tmp_path, CONFIG, monkeypatch)

    assert done.exit_code == 0
    assert "→ monitor once" in done.output
    assert "The monitor can do its work." in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("source", "subject", "sentence"),
    [
        ("[monitor\n", "settings", "config.toml:1"),
        ('[monitor]\nlog = "xml"\nping_url = "x"\n', "settings", "(and 1 more)"),
        (CONFIG.replace("nordic-baltic", "nowhere"), "beat", "there is no folder"),
        (CONFIG + '[smtp]\nhost = "a.example"\npassword_file = "none"\n', "transports", "none"),
    ],
    ids=["syntax", "two mistakes", "beat", "password"],
)
def test_what_is_wrong_ends_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, subject: str, sentence: str
) -> None:
    """Each finding has its keys, a sentence and a command that can be typed."""
    done = doctor(tmp_path, source, monkeypatch, "--format", "json")
    wrong = [each for each in json.loads(done.output) if each["verdict"] == "wrong"]

    assert done.exit_code == 1
    assert (wrong[0]["subject"], wrong[0]["command"]) == (subject, "monitor config check")
    assert sentence in wrong[0]["sentence"]


def test_without_settings_the_command_writes_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`config check` would only say the same again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_PROGRAM", raising=False)
    done = CliRunner().invoke(app, ["doctor", "--format", "json"])
    (found,) = json.loads(done.output)

    assert (done.exit_code, found["command"]) == (1, "monitor init")
    assert "config.toml does not exist" in found["sentence"]


def test_the_address_of_the_watch_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`config show` tells which service it is, and no more."""
    source = CONFIG.replace("beat_feeds", 'ping_url = "https://ping.example/uuid?k=v"\nbeat_feeds')
    done = doctor(tmp_path, source, monkeypatch)
    shown = CliRunner().invoke(app, ["config", "show"]).output

    assert "A watch is told of each complete round." in done.output
    assert 'ping_url = "https://ping.example/***"' in shown


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_the_unit_in_the_manual_is_in_order(tmp_path: Path) -> None:
    """The service manager itself knows every line of it."""
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    found = re.search(r"```ini\n(.*?)```", page, re.S)
    assert found is not None
    unit = tmp_path / "monitor.service"
    unit.write_text(found[1].replace("/opt/monitor/bin/monitor", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_is_made_of_what_is_there() -> None:
    """Each path that the Dockerfile copies exists, and is let through by .dockerignore."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    let_through = (ROOT / ".dockerignore").read_text("utf-8").split()
    own = [path for path in copied if not path.startswith(("--from", "/"))]

    assert [path for path in own if not (ROOT / path).exists()] == []
    assert [path for path in own if f"!{path}" not in let_through] == []
    assert "USER 10001" in lines

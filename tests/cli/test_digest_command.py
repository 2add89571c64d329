"""``monitor digest``, as a user runs it: what is shown is what was frozen."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from monitor.store import open_store

Program = Callable[..., subprocess.CompletedProcess[str]]
BEATS = Path(__file__).resolve().parents[1] / "data" / "beats"
CONFIG = f"""
[monitor]
beat = "{BEATS / "nordic-baltic"}"
beat_feeds = false

[[digests]]
name = "daily"
schedule = "daily 07:30"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings and nothing else."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def digest(folder: Path, program: Program) -> Program:
    """``monitor digest`` in that folder."""
    return partial(program, "digest", cwd=folder)


def test_an_edition_is_sent_listed_and_shown(folder: Path, digest: Program) -> None:
    """Sent into the folder, listed with its number, and shown byte for byte."""
    sent = digest("send", "daily")
    listed = digest("list")
    shown = [digest("show", name, "--format", "html") for name in ("1", "daily")]
    with closing(sqlite3.connect(folder / "monitor.db")) as connection:
        ((html,),) = connection.execute("select html from editions").fetchall()

    assert sent.returncode == 0 and "published daily" in sent.stdout
    assert "1 sent" in listed.stdout
    assert [each.stdout for each in shown] == [html, html]


def test_a_link_of_each_recipient_is_shown_to_nobody(folder: Path, digest: Program) -> None:
    """Where mails have a link for leaving, what is shown says so, and has no address of nowhere."""
    mailed = CONFIG.replace('daily 07:30"', 'daily 07:30"\nto = ["reader@example.org"]')
    smtp = '[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
    (folder / "config.toml").write_text(mailed + smtp, encoding="utf-8")
    digest("send", "daily")
    shown = [
        digest(name, "daily", "--format", form).stdout
        for name in ("show", "preview")
        for form in ("text", "html")
    ]

    assert not [each for each in shown if "leave.invalid" in each]
    assert "(each recipient has a link of their own here)" in shown[0]
    assert "(each recipient has a link of their own here)" in shown[2]
    assert 'href="#"' in shown[1]


def test_a_preview_as_json(folder: Path, digest: Program) -> None:
    """One object of the time that was asked for; nothing is frozen by it."""
    open_store(f"sqlite:///{folder}/monitor.db").close()
    shown = digest("preview", "daily", "--at", "2026-11-24T08:00", "--format", "json")
    listed = digest("list")

    assert json.loads(shown.stdout)["frozen_at"] == "2026-11-24T08:00:00+00:00"
    assert listed.stdout == "No edition was frozen yet.\n"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("preview", "weekly"), 'there is no digest "weekly"; there are: daily'),
        (("preview", "daily", "--at", "soon"), '"soon" is no time'),
        (("preview", "daily", "--at", "0001-01-01"), '"0001-01-01" is not from 1970 to 2100'),
        (("preview", "daily", "--at", "9999-12-31T23:59"), "is not from 1970 to 2100"),
        (("test", "daily"), "[smtp] host is empty"),
        (("resend", "1", "--to", "nobody"), "--to:"),
    ],
)
def test_mistakes_are_sentences(digest: Program, words: tuple[str, ...], problem: str) -> None:
    """One line that says what to do, and the exit code of a mistake."""
    done = digest(*words)

    assert done.returncode != 0
    assert problem in done.stderr and "Traceback" not in done.stderr

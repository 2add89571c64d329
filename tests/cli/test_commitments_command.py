"""`monitor commitments`: from promises in a beat and articles in an archive to a list."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from monitor.config import load
from monitor.model import Entry, FeedListing, FeedState, Finding, FindingKind, PollOutcome
from monitor.pipeline.assess import assess
from monitor.pipeline.setup import prepare
from monitor.store import open_store

NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
AT = ("--at", "2026-06-13")
CONFIG = '[monitor]\nbeat = "canal"\nbeat_feeds = false\n'
TERMS = """
[[terms]]
id = "canal"
aliases.en = ["canal"]
[[terms]]
id = "ferry"
aliases.en = ["ferry"]
"""
PROMISE = """[[commitments]]
id = "{name}"
actor = "Arland"
promise = "A {name} with *stars* is opened"
made = "2025-06-17"
deadline = "{deadline}"
document = "paper"
passage = "first page"
about = ["{name}"]
sides = ["near", "far"]
acts = ["started"]
done = ["opened"]
"""
NEWS = (
    ("canal", "Arland and Bergia started work on the canal", "Diggers came."),
    ("ferry", "Arland and Bergia discuss a ferry", "The ferry will be opened in 2027."),
)

Asked = Callable[..., tuple[int, str, str]]


def finding(name: str, title: str, summary: str) -> Finding:
    """An entry of the feed."""
    link = f"https://post.example/{name}"
    entry = Entry(name, link, title, summary, published=NOW)
    keys = (f"link:post.example/{name}",)
    return Finding(FindingKind.NEW, entry, link, keys, f"hash-{name}", lang="en")


@pytest.fixture
def folder(canal: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, a beat with two promises, and an archive with an article on each."""
    promises = (
        PROMISE.format(name="canal", deadline="2027"),
        PROMISE.format(name="ferry", deadline="2026-05"),
    )
    canal("".join(promises), TERMS)
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    setup = prepare(load(tmp_path / "config.toml"))
    with open_store(setup.configuration.database) as store:
        store.feeds.sync([FeedListing("https://post.example/rss", "Post", "en")], NOW)
        store.feeds.record(PollOutcome(1, NOW, FeedState.OK), [finding(*row) for row in NEWS])
        assess(store, setup, NOW)
    return tmp_path


@pytest.fixture
def asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Asked:
    """Ask in that folder; exit code, output and errors."""

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["monitor", "commitments", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return ask


def report(asked: Asked, *words: str) -> list[dict[str, Any]]:
    """The answer for scripts."""
    code, out, err = asked("--format", "json", *words)
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_json_has_stable_names(asked: Asked) -> None:
    """What is late comes first; evidence has its sentence, outlet, date and story."""
    ferry, canal = report(asked, *AT)

    assert list(ferry) == [
        *("id", "actor", "promise", "made", "deadline", "due", "document", "passage"),
        *("status", "days_silent", "evidence", "last"),
    ]
    assert (ferry["id"], ferry["status"], ferry["last"]) == ("ferry", "overdue", None)
    assert (ferry["deadline"], ferry["due"]) == ("2026-05", "2026-05-31")
    assert (canal["status"], canal["days_silent"], canal["evidence"]) == ("progress", 0, 1)
    assert canal["last"] == {
        "claim": "progress",
        "act": "started",
        "sentence": "Arland and Bergia started work on the canal",
        "field": "title",
        "start": 0,
        "end": 43,
        "article": 1,
        "outlet": "Post",
        "lang": "en",
        "date": "2026-06-12T18:00:00+00:00",
        "title": "Arland and Bergia started work on the canal",
        "url": "https://post.example/canal",
        "story": 1,
    }


def test_the_same_question_gets_the_same_answer(asked: Asked, folder: Path) -> None:
    """Reading the archive twice, or anew, changes nothing."""
    first = report(asked, *AT)
    beat = folder / "canal" / "commitments.toml"
    text = beat.read_text("utf-8")
    beat.write_text(text.replace('acts = ["started"]', 'acts = ["built"]'), encoding="utf-8")
    without = report(asked, *AT)
    beat.write_text(text, encoding="utf-8")

    assert report(asked, *AT) == first
    assert [each["evidence"] for each in without] == [0, 0]


def test_one_status_can_be_asked_for(asked: Asked) -> None:
    """Each status has one word."""
    assert [each["id"] for each in report(asked, "--status", "overdue", *AT)] == ["ferry"]
    assert [each["id"] for each in report(asked, "--status", "progress", *AT)] == ["canal"]
    assert report(asked, "--status", "done", *AT) == []


def test_silence_comes_with_time(asked: Asked) -> None:
    """Months later nothing has been heard of the canal."""
    (silent,) = report(asked, "--status", "silent", "--at", "2026-12-31")

    assert (silent["id"], silent["days_silent"]) == ("canal", 201)


def test_the_table_quotes_the_evidence(asked: Asked) -> None:
    """People see status, promise, document and the last sentence with its outlet."""
    code, out, err = asked(*AT)

    assert (code, err) == (0, "")
    for word in ("overdue", "progress", "2026-05", "0 days", "Arland", "paper", "Post", "story 1"):
        assert word in out
    assert out.endswith("2 promises, 1 with evidence.\n")


def test_markdown_can_be_pasted(asked: Asked) -> None:
    """Headings by status, a quote with its link, and stars that stay stars."""
    code, out, _ = asked("--format", "md", *AT)

    assert code == 0
    assert [line for line in out.split("\n") if line.startswith("#")] == [
        "# Commitments",
        "## Overdue",
        "## Progress",
    ]
    assert "- **A canal with \\*stars\\* is opened** — Arland; deadline 2027;" in out
    assert "  > “Arland and Bergia started work on the canal”" in out
    assert "<https://post.example/canal>" in out


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        ("tomorrow", '"tomorrow" is no time; write 2026-06-12'),
        ("0001-01-01", '"0001-01-01" is not from 1970 to 2100'),
        ("9999-12-31T23:59", '"9999-12-31T23:59" is not from 1970 to 2100'),
    ],
)
def test_a_wrong_time_is_told(asked: Asked, at: str, problem: str) -> None:
    """A sentence says what was expected."""
    assert asked("--at", at) == (2, "", f"monitor: --at: {problem}\n")


def test_nothing_is_made_where_there_is_no_archive(asked: Asked, folder: Path) -> None:
    """Without a database the answer says how to get one."""
    for made in folder.glob("monitor.db*"):
        made.unlink()
    code, out, err = asked()

    assert (code, out) == (1, "")
    assert err.startswith("monitor: there is no database at ")
    assert not list(folder.glob("monitor.db*"))


def test_a_beat_without_promises_says_so(asked: Asked, folder: Path) -> None:
    """Nothing is promised, and the answer is short."""
    (folder / "canal" / "commitments.toml").unlink()

    assert asked() == (0, "No promises to show.\n", "")

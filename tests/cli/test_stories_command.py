"""``monitor stories`` and ``monitor evaluate --stories``, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def run(cwd: Path, *words: str, rows: list[dict[str, str]]) -> subprocess.CompletedProcess[str]:
    """``monitor`` with ``rows`` as its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
        input="\n".join(json.dumps(row) for row in rows),
    )  # fmt: skip


def test_articles_of_one_event_get_one_number(tmp_path: Path) -> None:
    """Ids come back in the order of the input; labels are not read."""
    unlabelled = [{key: row[key] for key in row if key != "story"} for row in ROWS]
    done = [run(tmp_path, "stories", "-", rows=rows) for rows in (ROWS, unlabelled)]
    printed = [json.loads(line) for line in done[0].stdout.splitlines()]

    assert [row["id"] for row in printed] == ["a", "b", "c"]
    assert printed[0]["story"] == printed[1]["story"] != printed[2]["story"]
    assert done[0].stdout == done[1].stdout


def test_a_date_that_is_none_is_named(tmp_path: Path) -> None:
    """The line and the field are told."""
    done = run(tmp_path, "stories", "-", rows=[{**ROWS[0], "published": "soon"}])

    assert done.returncode == 2
    assert '-:1: "published" must be a date' in done.stderr


@pytest.mark.parametrize("format", ["table", "json"])
def test_folding_is_measured_against_labels(tmp_path: Path, format: str) -> None:
    """Both forms tell the pair figures; nothing went wrong here."""
    done = run(tmp_path, "evaluate", "--stories", "-", "--format", format, rows=ROWS)

    assert done.returncode == 0, done.stderr
    if format == "json":
        assert json.loads(done.stdout)["across_languages"]["f1"] == 1.0
    else:
        assert "3 articles of 2 events, folded into 2 stories" in done.stdout
        assert "Wrongly merged: none" in done.stdout


def test_wrong_stories_are_listed_with_reasons(tmp_path: Path) -> None:
    """Each wrong group tells what its articles have in common."""
    rows = [ROWS[0], {**ROWS[1], "story": "other"}]
    done = run(tmp_path, "evaluate", "--stories", "-", rows=rows)

    assert "Wrongly merged: 1" in done.stdout
    assert "visa" in done.stdout.split("Wrongly merged")[1]


def test_articles_without_a_label_cannot_be_measured(tmp_path: Path) -> None:
    """The line is named."""
    done = run(tmp_path, "evaluate", "--stories", "-", rows=[{"id": "x", "title": "Rain"}])

    assert done.returncode == 2
    assert '-:1: "story" is missing' in done.stderr

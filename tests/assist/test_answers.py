"""Answers survive a restart, their tokens are counted by day, and a spoilt file spoils nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.assist.answers import Answers
from monitor.errors import AssistError

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the answers are."""
    return tmp_path / "words.jsonl"


def test_answers_survive_a_restart(path: Path) -> None:
    """They and what they cost on a day are there for the next program."""
    first = Answers(path, NOW)
    first.keep("a", "слова\n\x85\u2028", 70, NOW)
    first.keep("b", "", 30, NOW + timedelta(hours=22))
    again = Answers(path, NOW)

    assert (again.content("a"), again.content("b"), again.content("c")) == (
        "слова\n\x85\u2028", "", None,
    )  # fmt: skip
    assert again.spent(NOW) == first.spent(NOW) == 70
    assert again.spent(NOW + timedelta(days=1)) == 30


def test_two_programs_may_write(path: Path) -> None:
    """Lines of both are there afterwards."""
    one, other = Answers(path, NOW), Answers(path, NOW)
    one.keep("a", "A", 1, NOW)
    other.keep("b", "B", 2, NOW)
    one.keep("c", "C", 4, NOW)

    assert Answers(path, NOW).spent(NOW) == 7


def test_old_answers_are_left_out(path: Path) -> None:
    """After thirty days the file is written anew without them."""
    answers = Answers(path, NOW)
    for number in range(5):
        answers.keep(f"old {number}", "x", 1, NOW - timedelta(days=40))
    answers.keep("new", "y", 1, NOW)
    again = Answers(path, NOW)

    assert again.content("old 1") is None and again.content("new") == "y"
    assert path.read_text(encoding="utf-8").count("\n") == 1


def test_lines_that_cannot_be_read(path: Path) -> None:
    """Half a line, another shape, bytes of nobody: what is whole beside them counts."""
    Answers(path, NOW).keep("a", "A", 1, NOW)
    with path.open("ab") as file:
        file.write(b'{"key": 1}\n{"key": "b", "content": 3, "tokens": 1, "at": "2026-11-24"}\n')
        file.write(
            b'\xff\xfe\n[]\nnull\n{"key": "c", "content": "C", "tokens": 1, "at": "x"}\n{"ke'
        )
    answers = Answers(path, NOW)

    assert answers.content("a") == "A"
    assert (answers.content("b"), answers.content("c")) == (None, None)


def test_an_answer_behind_half_a_line(path: Path) -> None:
    """What a program left unfinished takes nothing with it."""
    path.write_bytes(b'{"key": "a", "cont')
    Answers(path, NOW).keep("b", "B", 1, NOW)
    Answers(path, NOW).keep("c", "C", 2, NOW)
    again = Answers(path, NOW)

    assert (again.content("b"), again.content("c"), again.spent(NOW)) == ("B", "C", 3)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("at", "tokens"),
    [
        ("9999-12-31T23:59:00-23:00", 1),
        ("0001-01-01T00:00:00+23:00", 1),
        ("2026-11-24T02:30:00+00:00", -1_000_000),
    ],
)
def test_days_and_costs_that_cannot_be(path: Path, at: str, tokens: int) -> None:
    """A line with a day outside the calendar, or a price below nothing, is left out."""
    Answers(path, NOW).keep("a", "A", 5, NOW)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"key": "b", "content": "B", "tokens": tokens, "at": at}) + "\n")
    answers = Answers(path, NOW)

    assert (answers.content("a"), answers.content("b")) == ("A", None)
    assert answers.spent(NOW) == 5


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said so, in a sentence."""
    answers = Answers(tmp_path / "no folder" / "words.jsonl", NOW)

    with pytest.raises(AssistError, match="cannot be written"):
        answers.keep("a", "A", 1, NOW)
    with pytest.raises(AssistError, match="cannot be read"):
        Answers(tmp_path, NOW)


def test_nobody_else_may_read_them(path: Path) -> None:
    """What is written of unpublished editions is the owner's."""
    answers = Answers(path, NOW)
    for _ in range(4):
        answers.keep("a", "A", 1, NOW)

    assert path.stat().st_mode & 0o077 == 0
    Answers(path, NOW)
    assert path.read_text(encoding="utf-8").count("\n") == 1
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]

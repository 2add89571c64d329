"""Commands as people mistype them, typed into the program itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """Type a command in an empty folder; its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["monitor", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


@pytest.mark.parametrize(
    ("words", "problem", "help_for"),
    [
        (["bogus"], "no such command 'bogus'", "monitor"),
        (["serach", "x"], "no such command 'serach'", "monitor"),
        (["--nope"], "no such option: --nope", "monitor"),
        (["config", "bogus"], "no such command 'bogus'", "monitor config"),
        (["search"], "missing argument", "monitor search"),
        (["show"], "missing argument 'ID|URL'", "monitor show"),
        (["show", "1", "2"], "got unexpected extra argument", "monitor show"),
        (["seed"], "missing argument 'DOC'", "monitor seed"),
        (["search", "x", "--limit", "many"], "'--limit': must be a whole number", "monitor search"),
        (["search", "x", "--limit", "0"], "'--limit': must be at least 1", "monitor search"),
        (["tune", "--threshold", "101"], "'--threshold': must be at most 100", "monitor tune"),
        (["tune", "--threshold", "x"], "'--threshold': must be a number", "monitor tune"),
        (["keywords", "--until", "x"], "'x' is no day; write it as 2026-", "monitor keywords"),
        (["story", "merge", "2"], "missing argument 'STORY...'", "monitor story merge"),
        (["search", "x", "--format", "xml"], "'--format'", "monitor search"),
        (["count", "x", "--by", "year"], "value for '--by': 'year' is not one", "monitor count"),
        (["search", "x", "--limit"], "'--limit' requires an argument", "monitor"),
    ],
)
def test_a_mistyped_command_is_one_sentence(
    typed: Typed, words: list[str], problem: str, help_for: str
) -> None:
    """What is wrong, where the help is, and exit 2."""
    code, out, err = typed(*words)

    assert (code, out) == (2, "")
    assert err.startswith("monitor: ")
    assert problem in err
    assert err.endswith(f"; see `{help_for} --help`\n")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["config"], ["db"]])
def test_a_command_that_lacks_another_shows_the_help(typed: Typed, words: list[str]) -> None:
    """The help is the answer; no error is printed below it."""
    code, out, err = typed(*words)

    assert (code, err) == (2, "")
    assert "Usage: monitor" in out


def test_the_program_is_called_as_it_was_started(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a checkout it is ./run that the user is told to type."""
    monkeypatch.setenv("MONITOR_PROGRAM", "./run")

    assert "`./run search --help`" in typed("search")[2]
    assert "`./run demo`" in typed("init")[1]


def test_a_sentence_steers_no_terminal(typed: Typed) -> None:
    """What was typed is repeated without its escapes."""
    assert "\x1b" not in typed("bo\x1b[31mgus")[2]
    assert "\x1b" not in typed("demo", "--at", "\x1b[31mnow")[2]


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "1969-12-31",
        "2101-01-01",
        "yesterday",
    ],
)
def test_a_time_that_the_demo_cannot_show_is_told(typed: Typed, at: str) -> None:
    """The ends of time, and what is no time."""
    code, _, err = typed("demo", "--at", at)

    assert code == 2
    assert err.startswith(f'monitor: --at: "{at}" is ')

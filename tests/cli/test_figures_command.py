"""``monitor figures --from`` reads any text without an archive; its mistakes name their place."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from monitor.cli import main


def asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    monkeypatch.setattr(sys, "argv", ["monitor", *words])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


def test_figures_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line each, whole numbers without a point, offsets in characters."""
    text = "Товарооборот 😀 достиг 94,8 млрд долларов, рост на 5,9%."
    file = tmp_path / "texts.jsonl"
    file.write_text(
        json.dumps({"id": "a", "lang": "ru", "text": text}) + "\n" + '{"id": 2}\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path)

    code, out, err = asked(monkeypatch, capsys, "figures", "--from", str(file))
    first, second = map(json.loads, out.splitlines())

    assert (code, err, second) == (0, "", {"id": 2, "figures": []})
    assert '"value": 94800000000,' in out
    assert [(one["value"], one["unit"]) for one in first["figures"]] == [
        (94_800_000_000, "USD"),
        (5.9, "percent"),
    ]
    assert all(text[one["start"] : one["end"]] == one["text"] for one in first["figures"])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("{", "texts.jsonl:1: not JSON"), ('{"id": 1, "text": 5}', '"text" must be a text')],
)
def test_a_mistake_names_its_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    sentence: str,
) -> None:
    """What cannot be read is said in a sentence."""
    (tmp_path / "texts.jsonl").write_text(line, "utf-8")
    monkeypatch.chdir(tmp_path)

    code, _, err = asked(monkeypatch, capsys, "figures", "--from", "texts.jsonl")

    assert code != 0
    assert sentence in err


def test_without_a_subject_the_way_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made where nothing was asked."""
    monkeypatch.chdir(tmp_path)

    code, out, err = asked(monkeypatch, capsys, "figures")

    assert (code, out) == (2, "") or "name a subject" in err
    assert list(tmp_path.iterdir()) == []

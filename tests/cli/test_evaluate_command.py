"""`monitor evaluate` as it is typed, on a small beat and labelled articles of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import app
from monitor.config import Configuration
from monitor.errors import InputError

QUIET = '[monitor]\nbeat = "BEAT"\nbeat_feeds = false\n'
KEYS = [
    "beat", "watchlist", "threshold", "articles", "relevant", "precision", "recall", "f1",
    "average_precision", "irrelevant", "marginal", "f1_interval", "languages", "topics",
    "mean_scores", "language_finding", "cross_validation", "false_positives", "false_negatives",
]  # fmt: skip
ARTICLES: list[dict[str, Any]] = [
    {"id": "cable", "lang": "en", "relevance": 3, "story": "cable", "topics": ["energy"],
     "title": "Sweden and Lithuania repair the NordBalt cable", "summary": "Power flows again."},
    {"id": "again", "lang": "ru", "relevance": 2, "story": "cable", "topics": ["energy"],
     "title": "Подводный кабель между Швецией и Литвой починен", "summary": ""},
    {"id": "missed", "lang": "en", "relevance": 2, "story": "grid", "topics": ["energy"],
     "title": "Vilnius asks Stockholm for power", "summary": "The grid needs it."},
    {"id": "match", "lang": "en", "relevance": 0, "story": "match", "topics": ["sport"],
     "title": "Sweden beat Lithuania at ice hockey", "summary": ""},
    {"id": "rain", "lang": "en", "relevance": 0, "story": "rain", "title": "Rain in Lithuania"},
    {"id": "near", "lang": "en", "relevance": 1, "story": "near", "title": "Sweden's power prices"},
]  # fmt: skip

Evaluate = Callable[..., str]


@pytest.fixture
def evaluated(
    configured: Callable[[str], Configuration], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Evaluate:
    """Run the command on rows, and return what it printed."""

    def run(*options: str, rows: Sequence[dict[str, Any]] = ARTICLES) -> str:
        file = tmp_path / "labelled.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        settings = configured(QUIET).path
        app(["-c", str(settings), "evaluate", str(file), *options], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_json_has_the_promised_keys(evaluated: Evaluate) -> None:
    """The figures at the threshold in force, by language and topic, with every mistake."""
    report = json.loads(evaluated("--format", "json"))
    assert list(report) == KEYS
    assert report["beat"] == "nordic-baltic"
    assert report["threshold"] == 50
    assert (report["articles"], report["relevant"], report["marginal"]) == (6, 3, 1)
    assert report["precision"] == report["recall"] == report["f1"] == 0.6667
    assert report["languages"]["ru"]["recall"] == 1
    assert report["topics"]["energy"]["recall"] == 0.6667
    assert report["f1_interval"]["stories"] == 4
    assert list(report["mean_scores"]) == ["0", "1", "2", "3"]
    assert report["cross_validation"] is None
    assert [one["id"] for one in report["false_positives"]] == ["match"]
    assert [one["id"] for one in report["false_negatives"]] == ["missed"]


def test_a_mistake_comes_with_its_receipt(evaluated: Evaluate) -> None:
    """The receipt sums to the score, and its reason is the sentence of a digest."""
    wrong = json.loads(evaluated("--format", "json"))["false_positives"][0]
    assert wrong["score"] == sum(line["points"] for line in wrong["receipt"])
    assert "Sweden in the title" in wrong["reason"]


def test_the_table_says_the_same_to_people(evaluated: Evaluate) -> None:
    """Figures, mistakes with id, score and title, and why, in a line or two."""
    told = evaluated()
    assert "6 articles in 4 stories, 3 relevant, 2 not, 1 marginal" in told
    assert "0.667" in told
    assert "  match  en  " in told
    assert "Sweden in the title" in told
    assert "nothing found" in told
    assert "entity:sweden" not in told


def test_verbose_prints_whole_receipts(evaluated: Evaluate) -> None:
    """Rule, form and place of every line."""
    assert "entity:sweden" in evaluated("--verbose")


def test_a_threshold_can_be_tried(evaluated: Evaluate) -> None:
    """At 100 less is found than at the one in force; the settings stay as they are."""
    report = json.loads(evaluated("--format", "json", "--threshold", "100"))
    assert report["threshold"] == 100
    assert report["recall"] < 0.6667


def test_folds_report_both_figures(evaluated: Evaluate) -> None:
    """The threshold's F1 where it was chosen, and where it was not."""
    validated = json.loads(evaluated("--format", "json", "--folds", "2"))["cross_validation"]
    assert list(validated) == ["folds", "threshold", "in_sample_f1", "fold_thresholds", "f1"]
    assert validated["folds"] == len(validated["fold_thresholds"]) == 2
    assert validated["in_sample_f1"] >= validated["f1"]
    assert "chosen without the story measured" in evaluated("--folds", "2")


def test_only_the_wording_is_judged(evaluated: Evaluate) -> None:
    """An outlet, an address, countries or a note that name both sides move no score."""
    loud = {"outlet": "Sweden and Lithuania", "url": "https://x.example/NordBalt",
            "countries": ["SE", "LT"], "note": "NordBalt", "title_en": "NordBalt"}  # fmt: skip
    told = evaluated("--format", "json", rows=[{**row, **loud} for row in ARTICLES])
    assert told == evaluated("--format", "json")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"title": "x"}, '"relevance" must be 0, 1, 2 or 3, not None'),
        ({"title": "x", "relevance": True}, '"relevance" must be 0, 1, 2 or 3, not True'),
        ({"title": "x", "relevance": 4}, '"relevance" must be 0, 1, 2 or 3, not 4'),
        ({"title": 5, "relevance": 0}, '"title" must be a text, not 5'),
        ({"title": "x", "relevance": 0, "topics": "sport"}, '"topics" must be a list of texts'),
        ({"title": "x", "relevance": 0, "story": 7}, '"story" must be a text, not 7'),
    ],
)
def test_a_wrong_label_is_told_with_its_line(
    evaluated: Evaluate, row: dict[str, Any], problem: str
) -> None:
    """File, line, field and what was wanted."""
    with pytest.raises(InputError) as told:
        evaluated(rows=[ARTICLES[0], row])
    assert "labelled.jsonl:2: " in str(told.value)
    assert problem in str(told.value)


def test_nothing_to_evaluate_is_said(evaluated: Evaluate) -> None:
    """A file without a line, and more folds than stories, are sentences."""
    with pytest.raises(InputError, match="there is no article in it"):
        evaluated(rows=[])
    with pytest.raises(InputError, match="99 folds need as many stories, and there are 4"):
        evaluated("--folds", "99")


def test_broken_characters_end_in_figures(evaluated: Evaluate) -> None:
    """Lone surrogates and NULs in a text and its id are printed as something a terminal takes."""
    broken = {"id": "\ud800", "title": "Sweden\0 \udfff Lithuania", "relevance": 0}
    report = evaluated("--format", "json", rows=[broken])
    assert json.loads(report)["false_positives"][0]["id"] == "\ufffd"
    assert "Sweden" in evaluated(rows=[broken])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b'{"title": "x", "relevance": 0}\n{"title": \n', "-:2: not JSON"),
        (b'{"title": "x", "relevance": 0}\n\n\xff\n', "-:3: not UTF-8"),
        (b"[1]\n", "-:1: a line must be a JSON object"),
    ],
)
def test_an_unreadable_line_is_one_sentence(
    program: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    given: bytes,
    sentence: str,
) -> None:
    """From standard input too: the line's number, exit 2 and no traceback."""
    done = program("evaluate", "-", cwd=tmp_path, given=given)
    assert done.returncode == 2
    assert done.stderr.startswith("monitor: ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr

"""Recall and precision on sentences written for the purpose, in eight languages."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from monitor.match.matching import compile_watchlist
from monitor.model import Alias, Beat, Entity, Side
from monitor.text.language import identify

DATA = Path(__file__).resolve().parents[1] / "data"
SIDES = (Side("near", "Near", ("AA",)), Side("far", "Far", ("BB",)))


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a file of test sentences."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def forms(row: dict[str, Any]) -> list[str]:
    """The forms of the row's alias that are found in its sentence."""
    entity = Entity("e", "E", "city", ("near",), (Alias(row["alias"], row["lang"]),), 8.0)
    beat = Beat("t", "T", SIDES, (), (entity,), (), (), (), {}, "t")
    sentence = row["sentence"]
    found = compile_watchlist(beat, {}).find([("text", sentence)], identify(sentence))
    return [match.form for match in found]


def test_inflected_forms_in_sentences() -> None:
    """97 of 100 forms are found, in each language nine of ten at least."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for row in rows("forms.jsonl"):
        marks[row["lang"]].append(any(form in row["form"] for form in forms(row)))
    recall = {lang: sum(found) / len(found) for lang, found in marks.items()}
    assert min(recall.values()) >= 0.9, recall
    assert sum(map(sum, marks.values())) / sum(map(len, marks.values())) >= 0.97


def test_common_words_are_not_taken_for_names() -> None:
    """Without a gazetteer's traps and weak aliases, most look-alikes are seen through."""
    trapped = [row for row in rows("traps.jsonl") if forms(row)]
    assert len(trapped) <= 54, [(row["alias"], row["sentence"]) for row in trapped]

"""Figures of two hundred sentences as the press writes them, twenty-five in each language."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.match.figures import figures

_LANGS = ("en", "ru", "zh", "kk", "uz", "ky", "tg", "tk")
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "figures_press.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@pytest.mark.parametrize("lang", _LANGS)
def test_precision_and_recall_in_each_language(lang: str) -> None:
    """Value and unit of at least 95 in 100 figures, and at most 5 in 100 that are none."""
    right = wanted = given = 0
    for row in (row for row in ROWS if row["lang"] == lang):
        want = Counter((float(value), unit) for value, unit in row["figures"])
        have = Counter((float(each.value), each.unit) for each in figures(row["text"], lang))
        right += sum((want & have).values())
        wanted += sum(want.values())
        given += sum(have.values())

    assert right >= 0.95 * wanted
    assert right >= 0.95 * given


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_each_figure_stands_where_it_says(row: dict[str, str]) -> None:
    """The text between the offsets is the figure's own."""
    for figure in figures(row["text"], row["lang"]):
        assert row["text"][figure.start : figure.end] == figure.text


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [
        ("ru", "В стране 5 тыс. компаний, из них 1 230 новых.", 1230),
        ("en", "The number of flights rose from 14 to 23 a week.", 23),
        ("kk", "Компаниялардың саны 4 700-ге жетті.", 4700),
    ],
)
def test_a_number_takes_its_unit_from_elsewhere(lang: str, text: str, value: int) -> None:
    """From what it is a part of, or from what is numbered."""
    found = {figure.value: figure.unit for figure in figures(text, lang)}

    assert found[value] in {"companies", "flights"}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Five countries sent students; two sides signed agreements."),
        ("ru", "Завод создаст 150 рабочих мест."),
        ("zh", "工厂创造近2000个就业岗位。"),
        ("en", "The hall covers 12,000 square metres."),
        ("en", "20 company executives and 30 contractors saw 50 residential towers."),
        ("ru", "На дороге 25 тоннелей и 10 туристических маршрутов."),
    ],
)
def test_what_nobody_asks_for_is_none(lang: str, text: str) -> None:
    """Neither countries nor jobs nor square metres, nor what stands behind another noun."""
    assert figures(text, lang) == []

"""Quoted numbers: value and unit in eight languages, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.figures import figures, numbers

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "figures.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_figures_of_a_sentence(row: dict[str, object]) -> None:
    """Every figure with its value and unit, and no other."""
    found = [(figure.value, figure.unit) for figure in figures(str(row["text"]), str(row["lang"]))]

    assert sorted(found) == sorted((value, unit) for value, unit in row["figures"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The C5+1 met on June 17, 2025, for the 15th time since Covid-19, at 10:30."),
        ("ru", "17.06.2025 состоялась 5-я встреча «С+С5», Су-57 и А6 в 2024 году."),
        ("zh", "2025年6月17日第二届峰会在阿斯塔纳举行。"),
        ("uz", "2025-yil 17-iyunda 2-bosqich boshlandi."),
        ("tk", "2025-nji ýylyň 17-nji iýunynda geçirildi."),
        ("en", "1e5 t, 1.5E+5 t and 2e-3 km are written by machines."),
        ("zh", "1e5吨"),
        ("en", ""),
    ],
)
def test_dates_ordinals_and_names_are_no_figures(lang: str, text: str) -> None:
    """Nor are clock times and powers of ten, of which only the end would be read."""
    assert figures(text, lang) == []


@given(st.text(), st.sampled_from(["en", "ru", "zh", "kk", "uz", "ky", "tg", "tk", "und"]))
def test_any_text_gives_figures_that_stand_in_it(text: str, lang: str) -> None:
    """Nothing breaks the reader, and each figure is where it says, in reading order."""
    found = numbers(text, lang)

    assert all(text[figure.start : figure.end] == figure.text for figure in found)
    assert [figure.start for figure in found] == sorted(figure.start for figure in found)


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", f"{'9' * 400} km of road"), ("zh", f"铁路全长{'9' * 400}公里"), ("en", "1" * 5_000)],
)
def test_rows_of_digits_are_no_quantities(lang: str, text: str) -> None:
    """What no database has room for, and no float, is quoted by nobody."""
    assert numbers(text, lang) == []

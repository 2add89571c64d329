"""``figure:`` in searches: what the ledger knows of an article's numbers."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.model import Figure, Statement
from monitor.query import parse
from monitor.store import Store


def said(value: float, unit: str) -> Statement:
    """A statement with this number."""
    figure = Figure(value, unit, f"{value} {unit}", 0, 5)
    return Statement(figure, "cost", ("khorgos",), "A sentence.", "text")


@pytest.fixture
def archive(make: Any, store: Store) -> Store:
    """Three articles: one with two figures, one with one, one with none."""
    one, two, three = (make.article(name, f"Rail {name}") for name in ("1", "2", "3"))
    make.judge(*(make.assessment(each, 70) for each in (one, two, three)))
    read = {each.id: each.revision_id for each in (one, two, three)}
    found = {one.id: [said(286.42e9, "CNY"), said(872, "")], two.id: [said(4.7e9, "USD")]}
    store.figures.record("fp", read, found)
    return store


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("figure:CNY", "1"),
        ('figure:"286.42 bn yuan"', "1"),
        ('figure:"2864.2亿元"', "1"),
        ('figure:"286.42 bn USD"', ""),
        ("figure:872", "1"),
        ("figure:>=1bn", "21"),
        ("figure:<1bn", "1"),
        ('figure:"1..5 bn USD"', "2"),
        ("rail -figure:>=1bn", "3"),
        ("rail (figure:USD OR figure:872)", "21"),
        ("figure:$ figure:yuan", ""),
    ],
)
def test_a_search_finds_numbers(archive: Store, make: Any, text: str, names: str) -> None:
    """Of a unit, of a value, between values; combined with all else."""
    found = archive.search(parse(text), 9, make.now)

    assert "".join(each.article.wording.title[-1] for each in found) == names

"""Snippets: the place that says what was searched for, with the forms found marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desk.snippets import snippet, spans
from monitor.model import Wording
from monitor.query import parse


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("khorgos", "In Khorgos, trains wait.", "In [Khorgos], trains wait."),
        ("train", "In Khorgos, trains wait.", "In Khorgos, [trains] wait."),
        ('"khorgos trains"', "In Khorgos, trains wait.", "In [Khorgos, trains] wait."),
        ("kho*", "In Khorgos, trains wait.", "In [Khorgos], trains wait."),
        ("решение", "Нет решений.", "Нет [решений]."),
        ("қазақстан", "Ол Қазақстанның.", "Ол [Қазақстанның]."),
        ("Ozbekiston", "Bu Oʻzbekistonda.", "Bu [Oʻzbekistonda]."),
        ("铁路", "中吉乌铁路通车。", "中吉乌[铁路]通车。"),
        ("鐵路", "中吉乌铁路通车。", "中吉乌[铁路]通车。"),
        ("a (b OR -c)", "c b a", "c [b] [a]"),
        ("khorgos lang:en", "KHORGOS", "[KHORGOS]"),
    ],
)
def test_forms_are_marked(query: str, text: str, marked: str) -> None:
    """What the index would find is found again in the text as it was written."""
    found = snippet(parse(query), Wording("", "", text))

    assert found is not None
    assert found.marked("[{}]".format) == marked


def test_a_long_text_is_cut_at_spaces() -> None:
    """Some words before and after, with a sign for what was left out."""
    text = " ".join([*["word"] * 100, "Khorgos", *["word"] * 100])
    found = snippet(parse("khorgos"), Wording("", "", text))

    assert found is not None
    assert found.text.startswith("…word ")
    assert found.text.endswith(" word…")
    assert len(found.text) < 200
    assert found.marked(lambda form: f"<{form}>").count("<Khorgos>") == 1


@pytest.mark.parametrize("query", ["", "country:KZ", "-khorgos", "absent"])
def test_where_nothing_is_searched_for_there_is_no_snippet(query: str) -> None:
    """Fields and exclusions mark nothing."""
    assert snippet(parse(query), Wording("Khorgos", "", "Khorgos")) is None


@given(st.text(max_size=80))
def test_spans_lie_in_any_text_in_order(text: str) -> None:
    """Whatever a text holds, spans are within it, not empty, and do not overlap."""
    found = spans(parse("a* OR б* OR 中").words(), text)

    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))

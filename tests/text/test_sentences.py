"""Where sentences end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.sentences import is_parted, spans


def cut(text: str) -> list[str]:
    """The sentences themselves."""
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("They met. They signed!", ["They met.", "They signed!"]),
        ("Mr. Li met K. Tokayev at 5 p.m. today.", ["Mr. Li met K. Tokayev at 5 p.m. today."]),
        ("Рост на 5 млрд. руб. в 2025 г. Рынок ждёт.", None),
        ("双方会谈。随后签署协议！", ["双方会谈。", "随后签署协议！"]),
        ("A heading\nThe first sentence.", ["A heading", "The first sentence."]),
        ("It cost 4.7 billion. «Да?» Нет.", ["It cost 4.7 billion.", "«Да?»", "Нет."]),
        ("  ", []),
    ],
)
def test_sentences_are_cut(text: str, sentences: list[str] | None) -> None:
    """Full stops of abbreviations, initials and numbers end nothing."""
    assert cut(text) == ([text] if sentences is None else sentences)


def test_a_sentence_end_parts_what_stands_around_it() -> None:
    """Two places are parted when a sentence ends between them."""
    text = "China agreed. Uzbekistan and China signed."
    assert is_parted(text, 5, 14)
    assert not is_parted(text, 24, 29)


@given(st.text(max_size=200))
def test_spans_cover_everything_but_white_space(text: str) -> None:
    """Nothing but the space between sentences is left out, and nothing is told twice."""
    pieces = spans(text)
    assert "".join("".join(cut(text)).split()) == "".join(text.split())
    assert all(one[1] <= two[0] for one, two in pairwise(pieces))

"""Beginnings of words are all found, however few look-ups that takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.beginnings import Beginnings

_WORDS = st.text("abж", max_size=8)


@given(st.sets(_WORDS, max_size=12), _WORDS)
def test_a_word_has_all_the_beginnings_that_it_starts_with(known: set[str], word: str) -> None:
    """Short and long ones, also those that are the whole word, the longest first."""
    expected = sorted(filter(word.startswith, known), key=len, reverse=True)
    assert Beginnings(known).of(word) == expected

"""Text is cut where a reader sees a character end."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.graphemes import fitting, may_cut, units

WHOLE = [
    "е\u0301",  # a stress
    "ө\u0306\u0323",
    "क्षि"[:2],
    "👩🏽‍🚀",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇰🇿",
    "각",
    "\u1100\u1161\u11a8",
    "각\u11a8",
    "\r\n",
    "1️⃣",
    "ｶﾞ",
    "葛\U000e0100",
]


@pytest.mark.parametrize("grapheme", WHOLE)
def test_what_is_one_character_is_never_cut(grapheme: str) -> None:
    """Marks, families, flags, keycaps and syllables stay whole, and end where they end."""
    text = f"a{grapheme}b"

    assert not any(may_cut(text, at) for at in range(2, 1 + len(grapheme)))
    assert may_cut(text, 1) or unicodedata.combining(grapheme[0])
    assert may_cut(text, 1 + len(grapheme))


def test_flags_in_a_row() -> None:
    """Two letters make one flag, so four make two."""
    assert [at for at in range(5) if may_cut("🇰🇿🇨🇳", at)] == [0, 2, 4]


@pytest.mark.parametrize("text", ["ab", "中亚", "аб", "한국", "ab\n", "a b", "🇰a", "x🚀"])
def test_other_characters_may_be_parted(text: str) -> None:
    """Letters, ideographs and syllables are each one."""
    assert may_cut(text, 1)


pieces = st.lists(st.sampled_from([*WHOLE, "a", " ", "中", "қ"]) | st.characters(), max_size=60)


@given(pieces.map("".join), st.integers(0, 80))
def test_what_fits(text: str, limit: int) -> None:
    """A beginning of the text, within the limit, cut between graphemes, and the longest such."""
    kept = fitting(text, limit)

    assert text.startswith(kept)
    assert units(kept) <= limit
    assert may_cut(text, len(kept))
    longer = (at for at in range(len(kept) + 1, len(text) + 1) if may_cut(text, at))
    assert units(text[: next(longer, 0)]) > limit or kept == text


@given(st.text(max_size=30))
def test_units_are_those_of_utf_16(text: str) -> None:
    """An emoji counts as two, as chats count it."""
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2

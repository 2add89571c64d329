"""Cutting: what the full-text index is given to know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.cutting import cut, has_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Silk Road", "the silk road"),
        ("中亚铁路", "中 亚 铁 路"),
        ("哈薩克", "哈 萨 克"),
        ("在Khorgos的AI芯片", "在 khorgos 的 ai 芯 片"),
        ("Ёлка", "елка"),
        ("Кита́й", "китай"),
        ("Түркіменстан", "түркіменстан"),
        ("Türkmenistan", "turkmenistan"),
        ("Oʻzbekiston", "ozbekiston"),
        ("O‘zbek tog'i", "ozbek togi"),
        ("Beijing's", "beijing's"),
        ("ＫＴＺ", "ktz"),
        ("アジア", "ア ジ ア"),
        ("", ""),
    ],
)
def test_text_becomes_these_words(text: str, words: str) -> None:
    """Letters fold, and characters of scripts without spaces stand alone."""
    assert words.split() == cut(text).split()


@pytest.mark.parametrize("between", ["，", "。", " ", "\n", "·", "_", "、 "])
def test_nothing_is_found_across_a_gap(between: str) -> None:
    """Something stands between two characters wherever the text has something there."""
    first, gap, second = cut(f"中{between}亚").split()

    assert (first, second) == ("中", "亚")
    assert gap not in cut("中亚")


def test_a_private_letter_in_a_text_is_no_gap() -> None:
    """What stands for a gap cannot be smuggled in."""
    assert cut("a\ue000b").split() == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("7", True), ("\u2f00", True), ("㊥", True), ("", False), ("\ue000 _-!", False)],
)
def test_what_can_be_searched_for_is_told(text: str, expected: bool) -> None:
    """A letter or digit is needed, be it one that only folding makes."""
    assert expected is has_words(text)


@given(st.text())
def test_cutting_takes_any_text(text: str) -> None:
    """What comes out can be quoted and stored, and has words where words are promised."""
    assert '"' not in cut(text)
    assert bool(cut(text).encode().split()) or not has_words(text)


@given(st.text(alphabet="中亚铁路国斯", min_size=1, max_size=6), st.text(max_size=30))
def test_a_chinese_word_is_a_phrase_wherever_it_stands(word: str, around: str) -> None:
    """The characters of a word are neighbours in every text that contains it."""
    words = cut(around + word + around).split()
    wanted = list(word)

    assert any(wanted == words[at : at + len(wanted)] for at in range(len(words)))

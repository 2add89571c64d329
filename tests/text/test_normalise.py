"""Folding: what becomes the same, and the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.normalise import fold, fold_key, straighten

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=[]), max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oʻzbekiston", "O'zbekiston"),
        ("O‘zbekiston", "o`ZBEKISTON"),
        ("Орёл", "ОРЕЛ"),
        ("Кита́й", "Китай"),
        ("Кита\u0438\u0306", "Китай"),
        ("Қа\u00adзақстан", "Қазақстан"),
        ("哈薩克斯坦總統", "哈萨克斯坦总统"),
        ("ＡＢＣ１２", "abc12"),
        ("China–Central Asia", "china-central asia"),
        ("ﬁnance", "finance"),
        ("Си\u00a0Цзиньпин", "Си Цзиньпин"),
    ],
)
def test_same_to_a_reader_is_same_when_folded(one: str, other: str) -> None:
    """Spellings that a reader takes for one another fold to one key."""
    assert fold_key(one) == fold_key(other)


@pytest.mark.parametrize(("one", "other"), [("Чин", "Чун"), ("кол", "көл"), ("ана", "аңа")])
def test_different_letters_stay_different(one: str, other: str) -> None:
    """Letters of different languages that only look alike are kept apart."""
    assert fold_key(one) != fold_key(other)


def test_ordinary_text_keeps_its_offsets() -> None:
    """Folding a usual headline needs no map of offsets."""
    folded = fold("Президент Кытайга — «иш сапары» менен барды.")
    assert folded.starts is None
    assert folded.span(10, 17) == (10, 17)


def test_the_map_leads_back_over_vanished_characters() -> None:
    """A form with a stress mark and a soft hyphen is cut whole from the original."""
    text = "Кита́й и Ка\u00adзахстан"
    folded = fold(text)
    start = folded.text.index("казахстан")
    first, last = folded.span(start, start + len("казахстан"))
    assert text[first:last] == "Ка\u00adзахстан"
    assert folded.text.startswith("китай ")


def test_quotation_marks_are_no_part_of_words() -> None:
    """An apostrophe stays only inside a word."""
    assert fold("‘China’s’ O‘zbek'").text == " china's  o'zbek "


@given(ANY_TEXT)
def test_every_span_lies_within_the_text(text: str) -> None:
    """Any text at all folds, and every folded character comes from a stretch of the text."""
    folded = fold(text)
    assert all(
        0 <= folded.span(index, index + 1)[0] < folded.span(index, index + 1)[1] <= len(text)
        for index in range(len(folded.text))
    )


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is as folded as it gets."""
    once = fold(text).text
    assert fold(once).text == once


@given(ANY_TEXT)
def test_offsets_never_run_backwards(text: str) -> None:
    """Later characters of the folded text come from later in the original."""
    folded = fold(text)
    starts = [folded.span(index, index + 1)[0] for index in range(len(folded.text))]
    assert starts == sorted(starts)


def test_straightened_text_keeps_its_case() -> None:
    """Exact forms differ by case and by ё, not by kinds of apostrophe."""
    assert straighten("O‘Ё") == "O'Ё"
    assert straighten("Чин") != straighten("чин")


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=24))
def test_a_word_is_folded_as_a_text_is(text: str) -> None:
    """Short texts take another way than long ones, to the same end."""
    assert fold(text + " " * 30).text == fold(text).text + " " * 30

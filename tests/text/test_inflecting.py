"""Forms: in which shapes a searched word is found, and how the vocabulary is walked for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.inflecting import Inflected, inflected

FOUND = [
    ("қазақстан", "қазақстанның қазақстанда қазақстандықтардың"),
    ("теміржол", "теміржолы теміржолдың теміржолдары"),
    ("темир", "темирдин темирлер"),
    ("Oʻzbekiston", "ozbekistonning ozbekistonda ozbekistondan"),
    ("oʻrtoq", "ortogi ortoqlar"),
    ("Türkmenistan", "turkmenistanyn turkmenistanda"),
    ("решение", "решения решений решению решениями"),
    ("Китай", "китая китаю китаем"),
    ("train", "trains training"),
    ("company", "companies"),
]
NOT_FOUND = [
    ("порт", "портрет портфель"),
    ("газ", "газета газон"),
    ("қазақ", "қазына"),
    ("kun", "kundalik"),
]


def forms(text: str) -> Inflected:
    """The forms of a word that has some."""
    found = inflected(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("word", "shapes"), FOUND)
def test_a_word_is_found_as(word: str, shapes: str) -> None:
    """Each of these shapes is a form of the word."""
    assert [shape for shape in shapes.split() if shape not in forms(word)] == []


@pytest.mark.parametrize(("word", "shapes"), NOT_FOUND)
def test_a_word_is_not_found_as(word: str, shapes: str) -> None:
    """Each of these words only begins in the same way."""
    assert [shape for shape in shapes.split() if shape in forms(word)] == []


@pytest.mark.parametrize("text", ["", "5g", "中", "铁路", "two words", "well-known", "b"])
def test_what_is_no_single_word_has_no_forms(text: str) -> None:
    """Phrases, numbers, single characters and Chinese are found as they are."""
    assert inflected(text) is None


LETTERS = st.text(alphabet="арстдынлқкг", min_size=4, max_size=7)


@given(LETTERS, st.lists(st.text(alphabet="арстдынлқкгу", max_size=4), max_size=30))
def test_skipping_leaves_no_form_out(word: str, tails: list[str]) -> None:
    """Walking an ordered vocabulary with skips finds every form that is in it."""
    known = forms(word)
    for beginning in known.beginnings():
        vocabulary = sorted({beginning + tail for tail in tails})
        walked, at = set(), beginning
        while rest := [each for each in vocabulary if each >= at]:
            walked |= {rest[0]} if rest[0] in known else set()
            at = known.after(rest[0], beginning)
        assert walked == {each for each in vocabulary if each in known}

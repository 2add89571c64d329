"""The quick ways through a text find what the slow ones find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.figures import tokens_of_figures
from monitor.text.counting import counting
from monitor.text.lexicon import built
from monitor.text.normalise import fold, fold_all

_LETTERS = "aTé'’жЁ中國3²1.,:/-+№$ \t\u00a0\n\u0301ßeUS%"
_TEXTS = st.text(_LETTERS, max_size=40)
_HAN = st.text("中国家人", max_size=12)

# The slow ways, as plainly as they can be written.
_NUMBER = (
    r"\d{1,3}(?:[ \u00a0\u202f\u2009']\d{3})+(?:[.,]\d+)?(?!\d)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?"
)
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<sign>(?:US|HK|NT|A|C|S)?\$|[€£¥￥₸₽₹%％])"
    r"|(?P<word>[^\W\d_]+(?:['’‘ʻʼ`][^\W\d_]+)*(?:[²³]|[23](?![^\W_]))?)|(?P<mark>\S)"
)
_NO_FIGURES = re.compile(
    r"\b\d+(?:[.,]\d+)?[eE][+-]?\d+\b|"
    r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{1,2}\b|\b\d{1,2}/\d{1,2}\b"
    r"|(?<![^\W\d_])[^\W\d_]\w*\+\w*\d\w*|(?<![^\W])[^\W\d_]+[-‑]?\d[\w-]*|№\s?\d+"
)


@given(_TEXTS)
def test_tokens_are_those_of_one_plain_pattern(text: str) -> None:
    """Skipping white space and looking for names near digits only change no token."""
    bare = _NO_FIGURES.sub(lambda found: "\0" * len(found[0]), text)
    expected = [(one.lastgroup, one[0], one.start(), one.end()) for one in _TOKEN.finditer(bare)]
    read = tokens_of_figures(text)
    tokens = [read[index] for index in range(len(read))]
    assert [(one.kind, one.text, one.start, one.end) for one in tokens] == expected
    assert list(read.kinds()) == [(kind, text) for kind, text, _, _ in expected]


@given(st.lists(_TEXTS, max_size=5))
def test_many_texts_fold_as_each_by_itself(texts: list[str]) -> None:
    """Folding many at once gives what folding one by one does, line ends and marks included."""
    assert fold_all(texts) == [fold(text).text for text in texts]


@given(st.lists(_HAN.filter(bool), unique=True, max_size=6), _HAN)
def test_chinese_strings_are_found_as_their_pattern_finds_them(words: list[str], text: str) -> None:
    """Of several strings at one place the longest counts, and none overlaps another."""
    lexicon = built({f"id of {word}": [word] for word in words})
    expected = {lexicon.han[found[0]] for found in lexicon.han_pattern.finditer(text)}
    assert lexicon.han_ids(text) == expected


@pytest.mark.parametrize("word", ["Twenty", "twenty", "TWENTY"])
def test_a_number_begins_with_a_word_however_it_is_written(word: str) -> None:
    """Whether a number may begin with a word does not depend on its letters' case."""
    assert counting("en").begins[word]

"""The quick ways through a text find what the slow ones find."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.match.figures import tokens_of_figures
from monitor.match.forms import Layer, Sought, Written
from monitor.match.lexicon import Lexicon
from monitor.match.matching import compile_watchlist
from monitor.match.signing import NAME, Signer
from monitor.model import Alias, Beat, Judgement, Term, Wording
from monitor.text.counting import counting
from monitor.text.lexicon import built, words_of
from monitor.text.normalise import fold, fold_all
from monitor.text.skeleton import LENGTH, skeleton
from monitor.text.tables import table
from monitor.text.vocabulary import vocabulary

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


_LANGUAGES = ["en", "ru", "kk", "uz", "tg", "ky", "tr", "zh"]
_NUMBER_WORDS = ["one", "a", "half", "andes", "billionth", "twofold", "двое", "сорок", "мың", "bir"]


@given(st.sampled_from(_LANGUAGES), st.one_of(st.sampled_from(_NUMBER_WORDS), st.text(max_size=5)))
def test_numbers_begin_with_all_words_that_the_tables_have(lang: str, word: str) -> None:
    """One look at all the tables together says what a look at each of them does."""
    rules, folded = counting(lang), fold(word).text.strip()
    expected = (
        folded in rules.words
        or folded in rules.ones
        or any(
            part.word(folded) is not None
            for part in (rules.magnitudes, rules.halves, rules.multiples)
        )
        or any(map(folded.startswith, _leading(lang)))
    )
    assert rules.begins[word] == expected


def _leading(lang: str) -> list[str]:
    """The first words of halves and multiples of two words."""
    rows = [table("counting")["halves"], *table("counting")["multiples"].values()]
    words = (word for row in rows for word in words_of(row, lang))
    return [word.split("_")[0] for word in words if "_" in word]


_PIECES = ["ab", "AB", "cd", "cde", "x", " ", "  ", "'", "’", ".", "b\u0301", "\u00a0", "й"]


@pytest.mark.parametrize("anchor", [0, 1])
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=8))
@example(pieces=["ab", " ", "'", "cd"])
@example(pieces=["'", "ab", " ", "cd"])
def test_a_phrase_stands_wherever_its_words_do(anchor: int, pieces: list[str]) -> None:
    """Whichever word it is looked for by, quotation marks beside the other hide none."""
    text = "".join(pieces)
    alias = Alias("ab cd", "xx")
    sought = Sought("term:t", Term("t", (alias,), 1.0), Layer.BEAT)
    lexicon = Lexicon([Written(sought, alias, 0, "xx", ("ab", "cd"), anchor)])
    folded = fold(text)
    expected = {
        folded.span(*found.span())
        for found in re.finditer("(?<![^ ])ab {1,3}cd(?![^ ])", folded.text)
    }
    assert {(start, end) for start, end, _ in lexicon.places(text)} == expected


_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`][^\W\d_]+)*")
_NAMED = [
    "Akkenjenov",
    "oʻgʻil",
    "Qo'shni",
    "Which",
    "中国Kangde公司",
    "-",
    "12",
    ",",
    " ",
    "\u00a0",
]


@given(st.lists(st.sampled_from(_NAMED), max_size=12))
def test_names_are_those_of_the_whole_text(pieces: list[str]) -> None:
    """Reading what stands between white space one by one misses no name and adds none."""
    title = "".join(pieces)
    signer = Signer(compile_watchlist(Beat("b", "B", (), (), (), (), (), (), {}, ""), {}))
    signature = signer.sign(Wording(title, "", "", "en"), Judgement(0.0), None)
    words = [word for word in _WORD.findall(title) if len(word) > 3 and word[0].isupper()]
    folded = [fold(word).text for word in words]
    telling = [word for word in folded if not vocabulary("en").lists_word("function", word)]
    expected = {NAME + skeleton(word) for word in telling if len(skeleton(word)) >= LENGTH - 1}
    assert {mark for mark in signature.marks if mark[0] == NAME} == expected

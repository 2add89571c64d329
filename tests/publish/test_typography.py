"""Strangers' words are cleaned, cut, measured and wrapped without harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.publish.typography import clean, cut, direction, width, wrap


@given(st.text(st.characters(exclude_categories=())))
def test_clean_leaves_one_harmless_line(words: str) -> None:
    """No control, surrogate or bidirectional control survives, and nothing breaks the line."""
    kept = clean(words)

    assert len(kept.splitlines()) <= 1
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in kept)
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert kept.encode("utf-8").decode("utf-8") == kept


@given(st.text(), st.integers(2, 60))
def test_cut_keeps_to_its_limit(words: str, limit: int) -> None:
    """What is cut is shorter than asked and marked; what fits is untouched."""
    kept = cut(words, limit)

    assert len(kept) <= limit
    assert kept == words if len(words) <= limit else kept.endswith("…")


def test_cut_never_parts_a_letter_from_its_mark() -> None:
    """A combining macron goes with its letter."""
    assert cut("шабонару\u0304зи\u0304", 9) == "шабонар…"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Khorgos", "ltr"), ("قازاقستان", "rtl"), ("«2026» شينجاڭ", "rtl"), ("2026", "ltr")],
)
def test_direction(words: str, expected: str) -> None:
    """The first strong character decides, not digits or quotation marks."""
    assert direction(words) == expected


def test_width_counts_columns() -> None:
    """Han takes two columns a character, combining marks none."""
    assert width("中亚 Oʻsh и\u0306") == 4 + 1 + 4 + 1 + 1


@given(st.lists(st.text(alphabet="ab中亚ж", min_size=1, max_size=8)), st.integers(12, 40))
def test_wrapped_lines_fit(words: list[str], columns: int) -> None:
    """Lines keep to the columns, Han counted double."""
    for line in wrap(" ".join(words), columns, "  ").splitlines():
        assert width(line) <= columns


def test_an_address_is_never_broken() -> None:
    """What cannot be parted keeps a line to itself."""
    address = "https://news.example/" + "x" * 60

    assert wrap(f"see {address} there", 20).splitlines() == ["see", address, "there"]


@given(st.text(alphabet="ab 中亚。，（）ж"))
def test_wrapping_loses_no_letter(words: str) -> None:
    """All that changes is white space."""
    assert wrap(words, 20).replace("\n", "").replace(" ", "") == words.replace(" ", "")


def test_chinese_punctuation_stays_with_its_word() -> None:
    """No line begins with a full stop or ends with an opening bracket."""
    assert wrap("中亚国家（五国）。", 10).splitlines() == ["中亚国家", "（五国）。"]
    assert wrap("中亚国家会议。", 12).splitlines() == ["中亚国家会", "议。"]

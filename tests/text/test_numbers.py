"""Numbers in one notation for all languages."""

from __future__ import annotations

import pytest

from monitor.text.numbers import figures


@pytest.mark.parametrize(
    "text",
    [
        "$94.8 billion",
        "94,8 млрд долларов",
        "94,8 миллиарда долларов",
        "948亿美元",
        "94,8 миллиард доллар",
        "94,8 milliard dollar",
        "94.8 milliarddan ortiq",
        "94.8bn",
        "94 800 млн",
    ],
)
def test_one_sum_is_one_figure_in_every_language(text: str) -> None:
    """Magnitude words, separators and Han characters make no difference."""
    assert figures(text) == {"9.48e10"}


@pytest.mark.parametrize("text", ["growth of 4.7%", "рост на 4,7 процента", "4,7 пайызға өсті"])
def test_percentages_are_figures_of_their_own(text: str) -> None:
    """A fraction of a percent tells events apart in every language."""
    assert figures(text) == {"4.7%"}


@pytest.mark.parametrize("text", ["in 2025", "on 17 June", "5 agreements", "20%", "C5+1", ""])
def test_years_days_and_counts_tell_nothing(text: str) -> None:
    """Numbers that many articles have are left out."""
    assert figures(text) == frozenset()


def test_grouped_digits_are_one_number() -> None:
    """Thousands are written with commas, spaces and points."""
    assert figures("1,200 km") == figures("1 200 км") == {"1.2e3"}
    assert figures("1.200.000 t") == figures("120万吨") == {"1.2e6"}

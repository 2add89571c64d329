"""Time spans and lists in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desk.accounts import duration, listed


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=26), "26 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=2, hours=12), "2.5 days"),
    ],
)
def test_time_spans_in_words(span: timedelta, words: str) -> None:
    """The largest unit that fits."""
    assert duration(span) == words


@given(st.lists(st.text("abc", min_size=1), max_size=9))
def test_a_list_names_three_and_counts_the_rest(words: list[str]) -> None:
    """No name is lost without being counted."""
    text = listed(words)

    assert text.count(",") + text.count(" and ") == max(0, min(len(words), 4) - 1)
    assert text.endswith(" more") == (len(words) > 3)

"""Patterns on addresses: globs, regular expressions, and how an address has its day."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.patterns import (
    date_problem,
    fits,
    is_address_pattern,
    is_day_pattern,
    link_problem,
    written_day,
)

URL = "https://a.example/news/2026/1125/c1.html?id=7"


@pytest.mark.parametrize(
    ("pattern", "is_fitting"),
    [
        ("/news/*", True),
        ("/news/", False),
        ("/*/c*.html?id=*", True),
        ("/news/????/*", False),
        ("*.html?id=7", True),
        ("*.html", False),
        ("https://a.example/*", True),
        ("https://b.example/*", False),
        (r"^https://a\.example/news/\d{4}/", True),
        (r"^/news/", False),
    ],
)
def test_a_glob_fits_whole_and_an_expression_from_the_front(pattern: str, is_fitting: bool) -> None:
    """A glob from a slash is about path and query; only the star means more than itself."""
    assert is_address_pattern(pattern)
    assert fits(URL, pattern) is is_fitting


@given(st.text("ab/", max_size=8), st.text("ab*", min_size=1, max_size=6))
def test_a_star_is_that_of_the_shell(address: str, pattern: str) -> None:
    """However many there are, they stand for anything between what is written out."""
    assert fits(f"https://a/{address}", f"*/{pattern}") is fnmatchcase(
        f"https://a/{address}", f"*/{pattern}"
    )


def test_many_stars_cost_no_time() -> None:
    """Not even in a long address that nearly fits."""
    began = time.monotonic()
    assert not fits(f"https://a.example/{'a' * 5_000}!", "*a" * 30)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("selector", ["li a", ".title a", "a[href*='/news/']", "#list a"])
def test_anything_else_is_a_selector(selector: str) -> None:
    """Selectors begin neither with a slash nor a star."""
    assert not is_address_pattern(selector)
    assert link_problem(selector) is None


@pytest.mark.parametrize(
    ("pattern", "day"),
    [
        ("/YYYY/MMDD/", ("2026", "11", "25")),
        ("news/YYYY/MMDD/c*.html", ("2026", "11", "25")),
        ("/YYYY-MM/DD/", None),
    ],
)
def test_a_day_is_read_where_the_pattern_has_it(
    pattern: str, day: tuple[str, str, str] | None
) -> None:
    """YYYY, MM and DD stand for digits."""
    assert is_day_pattern(pattern)
    assert written_day(URL, pattern) == day


@pytest.mark.parametrize("pattern", ["/YYYY/MM/", "/YYYY/YYYY/MM/DD/", "YYYY"])
def test_a_day_pattern_without_a_day_is_a_mistake(pattern: str) -> None:
    """A month alone dates nothing, and twice the same is a slip."""
    assert "has to have YYYY, MM and DD" in (date_problem(pattern) or "")


def test_what_cannot_be_compiled_is_a_mistake() -> None:
    """A regular expression that is none is told; a selector for the date is fine."""
    assert "no regular expression" in (link_problem("^(") or "")
    assert link_problem("/news/(*") is None
    assert date_problem("time.published") is None

"""Values with units are short where that loses nothing, and exact everywhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.amounts import amount

_STEPS = {"million": 6, "billion": 9, "trillion": 12}


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (94_820_000_000, "USD", "94.82 billion USD"),
        (25_000, "people", "25,000 people"),
        (7_000_000, "t", "7 million t"),
        (1_234_567, "t", "1,234,567 t"),
        (50e9, "m3", "50 billion m³"),
        (400_000_000, "W", "400 MW"),
        (960_000_000_000, "Wh", "960 GWh"),
        (11.3, "percent", "11.3 percent"),
        (-5_000_000, "t", "-5 million t"),
        (0, "km2", "0 km²"),
        (1_234_567_890_123, "USD", "1,234,567,890,123 USD"),
        (0.1 + 0.2, "percent", "0.3 percent"),
        (1e-7, "t", "0.0000001 t"),
    ],
)
def test_golden_amounts(value: float, unit: str, written: str) -> None:
    """As a newspaper prints them."""
    assert amount(value, unit) == written


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_no_digit_is_lost(value: int) -> None:
    """What is written, read again, is the value."""
    digits, *words = amount(value, "USD").split()
    power = _STEPS[words[0]] if len(words) > 1 else 0

    assert round(Decimal(digits.replace(",", "")) * 10**power) == value

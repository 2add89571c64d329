"""Editions by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.desk.preview import edition_named
from monitor.errors import InputError
from monitor.store import open_store


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-11-24", "soon"])
def test_a_day_without_an_edition_has_none(tmp_path: Path, day: str) -> None:
    """Also where a calendar ends."""
    with (
        open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store,
        pytest.raises(InputError, match=f'there is no edition "daily@{day}"'),
    ):
        edition_named(store, f"daily@{day}")

"""Where the folders are that travel with the program."""

from __future__ import annotations

from pathlib import Path

from monitor import resources


def test_a_checkout_has_its_folders_at_the_root() -> None:
    """Beats and migrations are found beside the package."""
    root = Path(__file__).resolve().parents[1]

    assert root / "seeds" == resources.seeds()
    assert (resources.migrations() / "env.py").is_file()

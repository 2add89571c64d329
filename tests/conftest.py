"""What many tests stand on: a small beat, settings in a folder, a clock that is a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import Configuration, load

NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)
BEATS = Path(__file__).parent / "data" / "beats"
SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests share a cache among themselves, and with nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp().parent / "cache"))
        yield


@pytest.fixture
def now() -> datetime:
    """The time that tests take for now."""
    return NOW


@pytest.fixture
def shared() -> Path:
    """Recorded and labelled documents beside the checkout; skips where they are missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared documents is not beside the checkout")
    return SHARED


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], Configuration]:
    """Write a ``config.toml`` and load it; BEAT stands for the Nordic–Baltic beat."""

    def write(source: str) -> Configuration:
        path = tmp_path / "config.toml"
        path.write_text(source.replace("BEAT", str(BEATS / "nordic-baltic")), encoding="utf-8")
        return load(path)

    return write

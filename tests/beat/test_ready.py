"""Beats in the cache: the same values, whatever happens to the cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.errors import BeatError
from monitor.resources import cache, seeds

BEATS = Path(__file__).resolve().parents[1] / "data" / "beats"


@pytest.fixture
def beat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small beat that may be edited, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copytree(BEATS / "nordic-baltic", tmp_path / "beat"))


def test_the_second_reading_is_the_first(beat: Path) -> None:
    """A beat from the cache equals the beat from its files, in every value."""
    first = load_beat(beat)
    assert list((cache() / "beats").iterdir())
    assert load_beat(beat) == first


def test_the_shipped_beat_survives_the_cache(tmp_path: Path, beat: Path) -> None:
    """Thousands of aliases come back from the cache as they went in."""
    shipped = seeds() / "china-central-asia"
    assert load_beat(shipped) == load_beat(shipped)


def test_an_edited_beat_is_read_anew(beat: Path) -> None:
    """One changed letter in any file makes another beat."""
    before = load_beat(beat)
    file = beat / "beat.toml"
    file.write_text(file.read_text("utf-8").replace('title = "', 'title = "New '), "utf-8")
    assert load_beat(beat).title == f"New {before.title}"


def test_a_mistake_is_not_hidden_by_the_cache(beat: Path) -> None:
    """A beat with a mistake is refused each time, however often the right one was kept."""
    load_beat(beat)
    with (beat / "beat.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[entities]]\nid = "x y"\n')
    for _ in range(2):
        with pytest.raises(BeatError):
            load_beat(beat)


def _emptied(paper: Path) -> None:
    paper.write_text("")


def _cut_off(paper: Path) -> None:
    paper.write_bytes(paper.read_bytes()[:200])


def _of_another_kind(paper: Path) -> None:
    paper.unlink()
    paper.mkdir()


@pytest.mark.parametrize("spoil", [_emptied, _cut_off, _of_another_kind])
def test_a_damaged_cache_does_no_harm(beat: Path, spoil: Callable[[Path], None]) -> None:
    """What cannot be read from the cache is read from the files."""
    first = load_beat(beat)
    for paper in (cache() / "beats").iterdir():
        spoil(paper)
    assert load_beat(beat) == first


def test_without_a_cache_everything_works(beat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing may be written, the beat is read from its files."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    assert load_beat(beat).sides


def test_the_cache_stays_small(beat: Path) -> None:
    """Only the newest few of a beat's versions are kept."""
    file = beat / "beat.toml"
    for number in range(12):
        file.write_text(f"{file.read_text('utf-8')}\n# {number}\n", "utf-8")
        load_beat(beat)
    assert len(list((cache() / "beats").iterdir())) == 8

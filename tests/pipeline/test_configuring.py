"""Feeds written into `config.toml`: everything else stays, and a mistake changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Configuration, load
from monitor.errors import InputError
from monitor.model import FeedListing
from monitor.pipeline.configuring import add_feeds

SOURCE = """# mine, all mine
[[feeds]]
url = "https://a.example/feed"   # the first

[network]
threads = 4  # few
"""
GRID = FeedListing("https://grid.example/rss", 'Grid "Post" & Co', "sv", "SE", "trade press")

Configured = Callable[[str], Configuration]


def test_rows_are_appended_and_comments_kept(configured: Configured) -> None:
    """The new row stands behind the last one; all that was there is there, and it loads."""
    configuration = configured(SOURCE)
    add_feeds(configuration, [GRID])
    text = configuration.path.read_text("utf-8")

    assert [line for line in SOURCE.splitlines() if line not in text.splitlines()] == []
    assert text.index("grid.example") < text.index("[network]")
    feeds = load(configuration.path).settings.feeds
    assert [feed.listing() for feed in feeds][1] == GRID


def test_the_first_row_starts_a_table(configured: Configured) -> None:
    """A file without feeds, and without an end of its last line, gets its first."""
    configuration = configured("[network]\nthreads = 4")
    add_feeds(configuration, [GRID, FeedListing("https://b.example/", "B")])

    assert [feed.url for feed in load(configuration.path).settings.feeds] == [
        "https://grid.example/rss",
        "https://b.example/",
    ]


def test_its_permissions_and_place_stay(configured: Configured, tmp_path: Path) -> None:
    """A file that only its owner may read stays so, and a link to it stays a link."""
    configuration = configured(SOURCE)
    configuration.path.chmod(0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(configuration.path)
    add_feeds(load(link), [GRID])

    assert link.is_symlink()
    assert configuration.path.stat().st_mode & 0o777 == 0o600
    assert "grid.example" in configuration.path.read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "link.toml"]


def test_a_byte_order_mark_stays(configured: Configured) -> None:
    """Editors that write one look for it."""
    configuration = configured("\ufeff" + SOURCE)
    add_feeds(configuration, [GRID])

    assert configuration.path.read_bytes().startswith(b"\xef\xbb\xbf# mine")
    assert len(load(configuration.path).settings.feeds) == 2


@pytest.mark.parametrize("lang", ["toolong", "RU"])
def test_what_would_not_load_is_not_written(configured: Configured, lang: str) -> None:
    """The mistake is named, and the file is as it was."""
    configuration = configured(SOURCE)
    with pytest.raises(InputError, match="nothing was written"):
        add_feeds(configuration, [FeedListing("https://b.example/", "B", lang)])

    assert configuration.path.read_text("utf-8") == SOURCE


def test_a_list_in_brackets_is_told_how_to_be_written(configured: Configured) -> None:
    """Rows cannot be added to `feeds = []`; the sentence says what to write instead."""
    configuration = configured("feeds = []\n")
    with pytest.raises(InputError, match=r"as \[\[feeds\]\] tables"):
        add_feeds(configuration, [GRID])


def test_a_file_that_is_gone_is_a_sentence(configured: Configured) -> None:
    """It was there when it was loaded."""
    configuration = configured(SOURCE)
    configuration.path.unlink()
    with pytest.raises(InputError, match=r"cannot be read: No such file or directory$"):
        add_feeds(configuration, [GRID])

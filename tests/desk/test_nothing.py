"""A search that finds nothing says which of its parts fits no article."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.desk.nothing import reasons
from monitor.model import FeedListing
from monitor.pipeline.importing import ArchivedRow, import_archive
from monitor.query import parse
from monitor.store import Store, open_store

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An archive of two articles, in Kazakh and in English."""
    rows = [
        ArchivedRow("a:1", "https://a.example/1", "Теміржол салынды", lang="kk", outlet="Дала"),
        ArchivedRow("a:2", "https://a.example/2", "Railway built", lang="en", outlet="Sea Times"),
    ]
    folder: Path = tmp_path_factory.mktemp("nothing")
    with open_store(f"sqlite:///{folder / 'monitor.db'}") as store:
        import_archive(store, rows, "old", NOW)
        store.feeds.sync([FeedListing("https://b.example/rss", "Wire", camp="trade press")], NOW)
        yield store


def told(archive: Store, query: str) -> str:
    """All that is told of ``query``."""
    return " ".join(reasons(archive, parse(query), NOW))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lang:kz railway", 'No article is written in "kz"; the archive has en, kk.'),
        ("outlet:sea-tims", 'did you mean outlet:"Sea Times"?'),
        ("outlet:xinhua", "there are Sea Times, Дала."),
        ("camp:stat", 'No camp of the archive is called "stat"; there are none.'),
        ("feed:99", 'No article came from the feed "99"'),
        ("story:99", "There is no story 99."),
        ("horoscope railway", 'No article has "horoscope" in it.'),
        ("since:2026-02 until:2026-01", "begin 2026-02-01 00:00 and end 2026-02-01 00:00"),
        ("since:7d until:30d", "No time lies between"),
        ("first-seen:>=2027-01", "2027-01-01 is still to come."),
        ("published:2025 published:2024", "No time lies between"),
        ("score:>=90 score:<40", "No score is both 90 or more and 40 or less."),
    ],
)
def test_what_fits_nothing_is_named(archive: Store, query: str, sentence: str) -> None:
    """A name that nothing has, a time without length, a score that excludes itself."""
    assert sentence in told(archive, query)


@pytest.mark.parametrize(
    "query",
    ["", "railway lang:kk", "-lang:kz railway lang:kk", "lang:kk OR railway", "score:>=40",
     "since:2025 until:2026 outlet:sea", "(since:2026-02 OR until:2026-01) railway lang:kk"],
)  # fmt: skip
def test_what_fits_something_is_not_blamed(archive: Store, query: str) -> None:
    """Parts that find something by themselves, or are not demanded, explain nothing."""
    assert told(archive, query) == ""


def test_an_empty_archive_explains_itself(tmp_path: Path) -> None:
    """Where there is no article yet, no part of the search is to blame."""
    with open_store(f"sqlite:///{tmp_path / 'monitor.db'}") as store:
        assert reasons(store, parse("lang:kz horoscope"), NOW) == []

"""What a parser says crosses unchanged; what is said instead is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.collect.wire import read, written
from monitor.model import Entry, FeedState, ParsedFeed

_TEXTS = some.text(some.characters(codec=None, exclude_characters="\0\1\2"))
_TIMES = some.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=some.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
_OF_TYPE = {
    "str": _TEXTS,
    "str | None": some.none() | _TEXTS,
    "bool": some.booleans(),
    "datetime | None": some.none() | _TIMES,
    "timedelta | None": some.none() | some.integers(0, 10**7).map(lambda s: timedelta(seconds=s)),
    "frozenset[int]": some.frozensets(some.integers(0, 23)),
    "tuple[str, ...]": some.lists(_TEXTS, max_size=3).map(tuple),
    "FeedState": some.sampled_from(FeedState),
}


def _any(kind: type, **known: some.SearchStrategy[object]) -> some.SearchStrategy[object]:
    types = {field.name: str(field.type) for field in fields(kind) if field.name not in known}
    strategies = {name: _OF_TYPE[type] for name, type in types.items()} | known
    return some.builds(kind, **strategies)


FEEDS = _any(ParsedFeed, entries=some.lists(_any(Entry), max_size=3).map(tuple))


@given(FEEDS)
def test_every_field_crosses(feed: ParsedFeed) -> None:
    """Whatever a parser can state arrives, down to lone surrogates and the year 1."""
    assert read(written(feed)) == feed


def test_a_separator_within_a_text_is_left_out() -> None:
    """A NUL, which only JSON can smuggle in, shifts no field."""
    feed = ParsedFeed(FeedState.OK, title="a\0b", entries=(Entry("1\0", None, "t"),))
    assert read(written(feed)) == replace(feed, title="ab", entries=(Entry("1", None, "t"),))


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1\0ok", "1\0ok\0\0", "x" * 100, "99999999999999999999\0ok", "\0" * 40],
)
def test_nonsense_is_refused(text: str) -> None:
    """An answer that no parser gave is an error and never half a feed."""
    with pytest.raises(ValueError):
        read(text.encode("utf-16-le"))


@given(some.binary(max_size=200))
def test_any_bytes_are_refused_in_an_orderly_way(answer: bytes) -> None:
    """No bytes at all make reading raise anything but the two errors that are caught."""
    try:
        feed = read(answer)
    except (ValueError, OverflowError):
        return
    assert isinstance(feed, ParsedFeed)


def test_a_time_beyond_all_times_is_refused() -> None:
    """A number that is no time is an error as well."""
    feed = ParsedFeed(FeedState.OK, entries=(Entry(None, None, "", published=_AT),))
    stated = written(feed).decode("utf-16-le").replace(str(_AT.timestamp()), "1e300")
    with pytest.raises((ValueError, OverflowError)):
        read(stated.encode("utf-16-le"))


_AT = datetime(2026, 6, 12, tzinfo=UTC)

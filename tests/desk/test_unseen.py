"""What is answered when the archive has no article with an address."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.beat.places import beat_folder
from monitor.desk.accounts import Reason
from monitor.desk.unseen import gaps
from monitor.model import FeedState
from monitor.store.history import Poll


def test_a_host_without_a_feed_gets_the_lines_to_add(world: Any, now: datetime) -> None:
    """Nobody polls that host: the nearest feed is named, and how to configure one."""
    world.configure('[[feeds]]\nurl = "https://seatimes.example/rss"\noutlet = "Sea Times"\n')
    account = world.why_not("https://www.sea-times.example/2026/06/one", now)

    assert account.verdict.reason is Reason.NO_FEED
    assert account.answer == (
        "No feed of sea-times.example is configured; "
        "Sea Times (https://seatimes.example/rss) comes nearest."
    )
    assert account.verdict.advice[:2] == (
        "[[feeds]]",
        'url = "https://sea-times.example/feed"  # wherever its RSS or Atom feed is',
    )


def test_a_feed_that_was_taken_out_is_remembered(world: Any, now: datetime) -> None:
    """A host whose feed is listed no longer is told apart from one that never was."""
    world.show(world.rss(world.cable))
    world.poll(now)
    world.configure(world.daily)
    account = world.why_not("another", now)

    assert account.verdict.reason is Reason.NO_FEED
    assert account.answer == "No feed of press.example is configured any more."
    assert "Grid Post" in world.told(account, "feed")
    assert "last polled on 12 June 2026, 18:00 UTC" in world.told(account, "feed")


def test_a_feed_that_is_paused_is_named(world: Any, now: datetime) -> None:
    """`enabled = false` in config.toml is the answer, not the missing article."""
    off = '[[feeds]]\nurl = "https://press.example/rss"\noutlet = "Press"\nenabled = false\n'
    world.configure(off)
    account = world.why_not("one", now)

    assert account.verdict.reason is Reason.FEED_OFF
    assert account.answer == (
        "The feed of Press (https://press.example/rss) is switched off: "
        "config.toml says enabled = false."
    )


@pytest.mark.parametrize(
    ("row", "polls_beat", "because"),
    [
        ("enabled = false", "true", "it ships with the beat switched off"),
        ("enabled = true", "false", "beat_feeds = false leaves out the feeds of the beat"),
    ],
)
def test_a_feed_of_the_beat_that_is_off_is_named(
    world: Any, now: datetime, tmp_path: Path, row: str, polls_beat: str, because: str
) -> None:
    """A feed that ships with the beat and is not polled comes with the lines that poll it."""
    shipped = beat_folder(world.setup.configuration)
    shutil.copytree(shipped, tmp_path / "own-beat")
    (tmp_path / "own-beat" / "feeds.toml").write_text(
        f'[[feeds]]\nurl = "https://press.example/rss"\noutlet = "Press"\n{row}\n'
    )
    world.configure(
        world.daily,
        replacing=(
            'beat = "BEAT"\nbeat_feeds = false',
            f'beat = "own-beat"\nbeat_feeds = {polls_beat}',
        ),
    )
    account = world.why_not("one", now)

    assert account.verdict.reason is Reason.FEED_OFF
    assert because in account.answer
    assert account.verdict.advice == (
        "[[feeds]]", 'url = "https://press.example/rss"', 'outlet = "Press"',
    )  # fmt: skip


def test_a_feed_that_was_not_polled_yet_says_since_when_it_is_due(
    world: Any, now: datetime
) -> None:
    """Between adding a feed and its first poll nothing can have been seen."""
    world.configure('[[feeds]]\nurl = "https://press.example/rss"\noutlet = "Press"\n')
    before = world.why_not("one", now)
    world.store.feeds.sync(world.setup.listings, now)
    after = world.why_not("one", now + timedelta(minutes=5))

    assert {before.verdict.reason, after.verdict.reason} == {Reason.NOT_POLLED}
    assert before.answer.endswith("was not polled yet; it is due now.")
    assert after.answer.endswith("was not polled yet; it is due since 12 June 2026, 18:00 UTC.")


def test_a_feed_that_fails_says_since_when_and_how(world: Any, now: datetime) -> None:
    """The first failure of an unbroken row is the date; the last one gives the reason."""
    world.show(world.rss(world.cable), world.rss(world.harbour))
    world.poll(now)
    world.feeds.documents = {}
    for hours in (2, 5, 50):
        world.poll(now + timedelta(hours=hours))
    account = world.why_not("other", now + timedelta(hours=51))

    assert account.verdict.reason is Reason.FEED_FAILS
    assert "fails since 12 June 2026, 20:00 UTC: gone, the server says" in account.answer
    assert "At present Sea Times" in account.answer


def test_one_failing_feed_of_two_does_not_hide_what_the_other_shows(
    world: Any, now: datetime
) -> None:
    """While one feed of a host works, the answer is about it, and the other is mentioned."""
    world.show(world.rss(world.cable), world.rss(world.harbour))
    world.poll(now)
    world.feeds.documents = {"grid": world.rss(world.cable)}
    world.poll(now + timedelta(hours=2))
    account = world.why_not("other", now + timedelta(hours=3))

    assert account.verdict.reason is Reason.NOT_IN_FEED
    assert account.answer.endswith("fails.")
    assert "Sea Times" in account.answer


def test_an_entry_between_two_distant_polls_scrolled_off(world: Any, now: datetime) -> None:
    """When a later poll has only new entries, the polls and the gap between them are told."""
    world.configure(world.one_feed, world.daily)
    world.show(world.rss(world.cable, world.harbour))
    world.poll(now)
    world.show(world.rss(world.one_sided, world.faint))
    world.poll(now + timedelta(hours=26))
    account = world.why_not("missed", now + timedelta(hours=27))

    assert account.verdict.reason is Reason.SCROLLED_OFF
    assert "between two polls: on 12 June 2026, 18:00 UTC and 26 hours later" in account.answer
    assert "on 13 June 2026, 20:00 UTC, when all 2 entries were new" in account.answer
    assert "2 polls" in world.told(account, "polls")


def test_what_another_feed_brought_first_is_new_to_this_one(world: Any, now: datetime) -> None:
    """A feed scrolls off by itself, however many of its articles another feed brought before."""
    world.show(world.rss(world.cable, world.harbour), world.rss(world.same))
    world.poll(now)
    world.show(world.rss(world.cable, world.harbour), world.rss(world.cable, world.harbour))
    world.poll(now + timedelta(hours=30))
    account = world.why_not("missed", now + timedelta(hours=31))

    assert account.verdict.reason is Reason.SCROLLED_OFF
    assert "scrolled off the feed of Sea Times" in account.answer
    assert "30 hours later" in account.answer


def test_an_entry_that_no_poll_could_miss_was_not_in_the_feed(world: Any, now: datetime) -> None:
    """Polls that overlap miss nothing; the answer says so, and when the next one is due."""
    world.configure(world.one_feed, world.daily)
    world.show(world.rss(world.cable, world.harbour))
    world.poll(now)
    world.show(world.rss(world.harbour, world.one_sided))
    world.poll(now + timedelta(hours=26))
    account = world.why_not("missed", now + timedelta(hours=26, minutes=1))

    assert account.verdict.reason is Reason.NOT_IN_FEED
    assert "at any poll since 12 June 2026, 18:00 UTC" in account.answer
    assert account.answer.endswith("the next poll is due on 13 June 2026, 21:00 UTC.")
    assert "press.example/missed" in world.told(account, "archive")


_STATES = st.sampled_from(list(FeedState))
_COUNTS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (max(pair), min(pair)))


@given(st.lists(st.tuples(_STATES, _COUNTS), max_size=12))
def test_a_gap_is_between_two_polls_that_worked(
    rows: list[tuple[FeedState, tuple[int, int]]],
) -> None:
    """However polls go: the later one of a gap had entries, all of them new, and both worked."""
    start = datetime(2026, 6, 1, tzinfo=UTC)
    polls = [
        Poll(start + timedelta(hours=hour), state, entries, new)
        for hour, (state, (entries, new)) in enumerate(rows)
    ][::-1]
    found = gaps(polls)

    assert all(gap.before.at < gap.after.at for gap in found)
    assert all(gap.after.new == gap.after.entries > 0 for gap in found)
    assert not any(gap.before.state.failed or gap.after.state.failed for gap in found)


def test_a_feed_that_was_empty_before_has_lost_nothing() -> None:
    """A first entry in a feed that had none is no gap."""
    start = datetime(2026, 6, 1, tzinfo=UTC)
    polls = [
        Poll(start + timedelta(hours=1), FeedState.OK, 2, 2),
        Poll(start, FeedState.EMPTY, 0, 0),
    ]

    assert gaps(polls) == []

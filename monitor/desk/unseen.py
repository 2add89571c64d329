"""Why the archive has no article with an address: the way from the feeds to the archive."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from monitor.desk.accounts import (
    Account,
    Reason,
    Step,
    SwitchedOff,
    Verdict,
    Wishes,
    duration,
    feed_lines,
    listed,
    moment,
)
from monitor.model import FeedListing, FeedState
from monitor.store import Store
from monitor.store.history import Poll, PolledFeed
from monitor.text.amounts import plural
from monitor.text.urls import canonical, host

_POLLS = 500  # three weeks of hourly polls
_POLLS_TOLD = 3
_FEEDS_TOLD = 5


class Gap(NamedTuple):
    """Two polls that worked and had nothing in common: what came in between may be missed."""

    before: Poll
    after: Poll


@dataclass(frozen=True, slots=True)
class _Followed:
    """A listed feed that may bring the address; ``polls`` are the last ones, the newest first."""

    listing: FeedListing
    feed: PolledFeed | None
    polls: tuple[Poll, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.listing.outlet} ({self.listing.url})"

    @property
    def works(self) -> bool:
        return bool(self.polls) and not self.polls[0].state.failed

    @property
    def next_poll_at(self) -> datetime | None:
        return self.feed.next_poll_at if self.feed else None


def unseen(store: Store, wishes: Wishes, url: str, now: datetime) -> Account:
    """Why no entry with the address ``url`` was ever stored: one definite answer."""
    site = host(url)
    known = {feed.url: feed for feed in store.history.feeds()}
    brought = store.history.feeds_of_host(site)

    def may_bring(listing: FeedListing) -> bool:
        feed = known.get(listing.url)
        return _is_near(host(listing.url), site) or (feed is not None and feed.id in brought)

    followed = [_followed(store, each, known) for each in wishes.polled if may_bring(each)]
    if followed:
        return _account_of_polls(store, url, followed, now)
    off = [each for each in wishes.switched_off if may_bring(each.listing)]
    if off:
        return _account_of_switch(url, off)
    formerly = [feed for feed in known.values() if may_bring(FeedListing(feed.url, feed.outlet))]
    return _account_of_nothing(url, site, wishes, formerly)


def gaps(newest_first: Sequence[Poll]) -> list[Gap]:
    """Where every entry of a poll was new, though an earlier poll had brought some; newest first.

    The feed turned over completely in between, so entries may have come and gone unseen.
    """
    telling = [poll for poll in newest_first if poll.state in (FeedState.OK, FeedState.UNCHANGED)]
    return [
        Gap(before, after) for after, before in pairwise(telling) if 0 < after.entries <= after.new
    ]


def _is_near(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _followed(store: Store, listing: FeedListing, known: Mapping[str, PolledFeed]) -> _Followed:
    feed = known.get(listing.url)
    polls = store.history.polls(feed.id, _POLLS) if feed else []
    return _Followed(listing, feed, tuple(polls))


# --- nobody polls such a feed --------------------------------------------------------------------


def _account_of_nothing(
    url: str, site: str, wishes: Wishes, formerly: Sequence[PolledFeed]
) -> Account:
    lines = [f"{plural(len(wishes.polled), 'feed')} polled, none of {site}"]
    lines += [f"{each.outlet} ({each.url}) is listed no longer{_last(each)}" for each in formerly]
    if formerly:
        answer, advice = f"No feed of {site} is configured any more.", feed_lines(formerly[0].url)
    else:
        answer, advice = f"No feed of {site} is configured{_nearest(site, wishes)}.", _guess(site)
    step = Step("feed", tuple(lines[:_FEEDS_TOLD]))
    return Account(url, (step,), Verdict(Reason.NO_FEED, answer, advice))


def _guess(site: str) -> tuple[str, ...]:
    table, url = feed_lines(f"https://{site}/feed")
    return (table, f"{url}  # wherever its RSS or Atom feed is")


def _nearest(site: str, wishes: Wishes) -> str:
    """The feed whose host or outlet is written most like ``site``, if any is near."""
    feeds = {each.listing: " is switched off and" for each in wishes.switched_off}
    feeds |= dict.fromkeys(wishes.polled, "")
    names = {host(each.url): each for each in feeds} | {_plain(each.outlet): each for each in feeds}
    label = max(site.split("."), key=len)
    for word in (site, label):
        for found in difflib.get_close_matches(word, names, n=1):
            return (
                f"; {names[found].outlet} ({names[found].url}){feeds[names[found]]} comes nearest"
            )
    return ""


def _plain(outlet: str) -> str:
    return "".join(letter for letter in outlet.casefold() if letter.isalnum())


def _last(feed: PolledFeed) -> str:
    return f"; it was last polled on {moment(feed.polled_at)}" if feed.polled_at else ""


def _account_of_switch(url: str, off: Sequence[SwitchedOff]) -> Account:
    first = off[0]
    lines = [f"{each.listing.outlet} ({each.listing.url}): {each.because}" for each in off]
    answer = (
        f"The feed of {first.listing.outlet} ({first.listing.url}) is switched off: "
        f"{first.because}."
    )
    verdict = Verdict(Reason.FEED_OFF, answer, first.advice)
    return Account(url, (Step("feed", tuple(lines[:_FEEDS_TOLD])),), verdict)


# --- somebody does -------------------------------------------------------------------------------


def _account_of_polls(
    store: Store, url: str, followed: Sequence[_Followed], now: datetime
) -> Account:
    steps = [
        Step("feed", tuple(f"{each.name} is polled" for each in followed[:_FEEDS_TOLD])),
        Step("polls", tuple(_polls_told(each) for each in followed[:_FEEDS_TOLD])),
    ]
    working = [each for each in followed if each.works]
    failing = [each for each in followed if each.polls and not each.works]
    if working:
        steps.append(Step("archive", (f"nothing was ever seen at {canonical(url)}",)))
        verdict = _never_seen(working, failing, now)
    elif failing:
        verdict = _failing(store, failing)
    else:
        verdict = _not_polled(followed)
    return Account(url, tuple(steps), verdict)


def _polls_told(followed: _Followed) -> str:
    if not followed.polls:
        return f"{followed.listing.outlet}: none yet"
    last = "; ".join(_poll_told(poll) for poll in followed.polls[:_POLLS_TOLD])
    return f"{followed.listing.outlet}: {_counted(followed.polls)}, last {last}"


def _poll_told(poll: Poll) -> str:
    entries = (
        f", {plural(poll.entries, 'entry', 'entries')}, {poll.new} new" if poll.entries else ""
    )
    return f"{moment(poll.at)} ({poll.state}{entries})"


def _counted(polls: Sequence[Poll]) -> str:
    return f"{'over ' if len(polls) == _POLLS else ''}{plural(len(polls), 'poll')}"


def _not_polled(followed: Sequence[_Followed]) -> Verdict:
    first = followed[0]
    due = f"it is due since {moment(first.next_poll_at)}" if first.next_poll_at else "it is due now"
    answer = f"The feed of {first.name} was not polled yet; {due}."
    return Verdict(Reason.NOT_POLLED, answer, ("monitor poll",))


def _failing(store: Store, failing: Sequence[_Followed]) -> Verdict:
    first = failing[0]
    since = store.history.failing_since(first.feed.id) if first.feed else None
    began = f" since {moment(since)}" if since else ""
    poll = first.polls[0]
    error = f", {poll.error}" if poll.error else ""
    rest = f" At present {_fail(failing[1:])} too." if failing[1:] else ""
    answer = f"The feed of {first.name} fails{began}: {poll.state}{error}.{rest}"
    return Verdict(Reason.FEED_FAILS, answer)


def _never_seen(
    working: Sequence[_Followed], failing: Sequence[_Followed], now: datetime
) -> Verdict:
    missed = [(gap, each) for each in working for gap in gaps(each.polls)]
    also = f" At present {_fail(failing)}." if failing else ""
    if missed:
        return Verdict(Reason.SCROLLED_OFF, _scrolled_off(*max(missed, key=_recency)) + also)
    return Verdict(Reason.NOT_IN_FEED, _not_in_feed(working, now) + also)


def _fail(failing: Sequence[_Followed]) -> str:
    return f"{listed([each.name for each in failing])} {'fails' if len(failing) == 1 else 'fail'}"


def _recency(missed: tuple[Gap, _Followed]) -> datetime:
    return missed[0].after.at


def _scrolled_off(gap: Gap, followed: _Followed) -> str:
    before, after = gap
    entries = plural(after.entries, "entry", "entries")
    return (
        f"It most likely scrolled off the feed of {followed.name} between two polls: on "
        f"{moment(before.at)} and {duration(after.at - before.at)} later, on {moment(after.at)}, "
        f"when all {entries} were new."
    )


def _not_in_feed(working: Sequence[_Followed], now: datetime) -> str:
    """Nothing scrolled off as long as each poll found something that the one before had."""
    first = working[0]
    began = min(each.polls[-1].at for each in working)
    coming = min((each.next_poll_at for each in working if each.next_poll_at), default=now)
    when = "is due now" if coming <= now else f"is due on {moment(coming)}"
    name = f"the feed of {first.name}" if len(working) == 1 else f"any of {len(working)} feeds"
    return (
        f"It was not in {name} at any poll since {moment(began)}, and none was so late that "
        f"entries could scroll off: it is older than the feed's list, or not in it yet; the next "
        f"poll {when}."
    )

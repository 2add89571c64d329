"""Feeds as people ask about them: which are configured, how they stand, what one shows now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from monitor.beat import load_feeds
from monitor.beat.places import beat_folder
from monitor.collect import habits
from monitor.collect.charsets import as_text
from monitor.collect.pages import feed_links
from monitor.collect.polling import Pace
from monitor.collect.states import truth
from monitor.collect.worker import Parsers
from monitor.config import Configuration, NetworkSettings
from monitor.errors import FetchError, InputError
from monitor.http import Door, Reply
from monitor.model import (
    Entry,
    Feed,
    FeedListing,
    FeedState,
    Habits,
    ParsedFeed,
    PollOutcome,
)
from monitor.pipeline.answers import pace, read_answer, read_document
from monitor.pipeline.setup import merged
from monitor.text.language import UNDETERMINED, identify
from monitor.text.urls import canonical, host

if TYPE_CHECKING:
    from monitor.pipeline.pages import Permissions
    from monitor.store import Store

# Where sites keep a feed that their pages do not name, likeliest first.
_WELL_KNOWN = ("/feed", "/rss", "/rss.xml", "/atom.xml")
_MOST_TRIES = 5
# Entries that are read to tell a feed's language.
_SAMPLE = 30
# From this many characters on, a text is an article and no teaser.
_FULL_TEXT = 500


@dataclass(frozen=True, slots=True)
class Look:
    """What stands at ``url``: the feed, or a failed state with its reason, and the page found.

    ``is_read`` tells that a document came back, whatever it was; a permanent redirect names its
    new address in ``url``.
    """

    url: str
    parsed: ParsedFeed
    page: str = ""
    is_read: bool = True

    @property
    def is_feed(self) -> bool:
        """Whether it may be polled."""
        return not self.parsed.state.failed


@dataclass(frozen=True, slots=True)
class Discovery:
    """The feed behind an address, and the other feeds that its page names."""

    look: Look
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a feed shows now; ``body_share`` (0–1) is that of entries with their full text."""

    listing: FeedListing
    state: FeedState
    evidence: str
    entries: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None
    body_share: float = 0.0
    interval: timedelta | None = None
    lang: str = UNDETERMINED


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed that could be polled, whether it is wished for, and what the store knows of it.

    ``kept`` counts the articles that it has shown; ``feed`` is None as long as nobody polls.
    """

    listing: FeedListing
    enabled: bool = True
    feed: Feed | None = None
    state: FeedState = FeedState.NEW
    evidence: str = "not polled yet"
    kept: int = 0


def configured(configuration: Configuration) -> list[FeedListing]:
    """The feeds to poll: the beat's and the file's own."""
    settings = configuration.settings
    shipped = load_feeds(beat_folder(configuration)) if settings.monitor.beat_feeds else []
    return merged(shipped, settings)


def disabled(configuration: Configuration) -> list[FeedListing]:
    """The feeds of the file and of the beat that wait to be enabled."""
    settings = configuration.settings
    own = {feed.url for feed in settings.feeds}
    off = [feed.listing() for feed in settings.feeds if not feed.enabled]
    ships = settings.monitor.beat_feeds
    waiting = load_feeds(beat_folder(configuration), enabled=False) if ships else []
    return off + [listing for listing in waiting if listing.url not in own]


def standings(configuration: Configuration, store: Store | None, now: datetime) -> list[Standing]:
    """The feeds to poll with what ``store`` knows of them; None is a store not made yet."""
    listings = configured(configuration)
    if store is None:
        return [Standing(listing) for listing in listings]
    feeds = {feed.url: feed for feed in store.feeds.enabled()}
    kept = store.feeds.kept()
    return [_standing(listing, feeds.get(listing.url), kept, now) for listing in listings]


def _standing(
    listing: FeedListing, feed: Feed | None, kept: Mapping[int, int], now: datetime
) -> Standing:
    if feed is None:
        return Standing(listing)
    state, evidence = truth(feed, now)
    return Standing(listing, True, feed, state, evidence, kept.get(feed.id, 0))


def pause(
    store: Store, configuration: Configuration, name: str, now: datetime, *, paused: bool
) -> list[FeedListing]:
    """Stop polling the feed at an address, or all of an outlet, or go on; those it was done to.

    Raises ``InputError`` when no configured feed is called ``name``.
    """
    listings = configured(configuration)
    address, outlet = canonical(name), name.casefold()
    named = [one for one in listings if address == canonical(one.url)] or [
        one for one in listings if one.outlet.casefold() == outlet
    ]
    if not named:
        raise InputError(f'no feed that is polled has the address, or the outlet, "{name}"')
    store.feeds.sync(listings, now)
    for listing in named:
        store.feeds.pause(listing.url, paused=paused)
    return named


def known_as(configuration: Configuration, url: str) -> FeedListing | None:
    """The configured feed, disabled or not, that ``url`` is another writing of; None for none."""
    name = canonical(url)
    known = _all_configured(configuration)
    return next((listing for listing in known if canonical(listing.url) == name), None)


def _all_configured(configuration: Configuration) -> list[FeedListing]:
    """The feeds to poll, and those that the file disables."""
    own = [feed.listing() for feed in configuration.settings.feeds if not feed.enabled]
    return configured(configuration) + own


def chosen(configuration: Configuration, urls: Sequence[str]) -> list[FeedListing]:
    """The configured feeds that ``urls`` name, and bare listings for others; without any, all."""
    if not urls:
        return configured(configuration)
    return [known_as(configuration, url) or bare(url) for url in urls]


def bare(url: str) -> FeedListing:
    """A wish to poll ``url``, of which nothing else is known."""
    return FeedListing(url=url, outlet=host(url) or url)


def look(
    door: Door,
    parsers: Parsers,
    listing: FeedListing,
    now: datetime,
    permissions: Permissions | None = None,
) -> Look:
    """Fetch and parse what is listed, as a poll would; what goes wrong is a state with a sentence.

    A list page is read only where ``permissions`` allow it.
    """
    feed = _unpolled(listing)
    found = read_answer(feed, _answer(door, listing, permissions), now)
    if isinstance(found, PollOutcome):
        return Look(listing.url, ParsedFeed(found.state, error=found.error), is_read=False)
    parsed = parsers.submit(found.request(feed)).result()
    outcome = read_document(feed, found, parsed, now)
    stated = replace(parsed.feed, state=outcome.state, error=outcome.error)
    reply = found.reply
    if stated.state is not FeedState.NOT_A_FEED:
        return Look(reply.moved_to or listing.url, stated)
    return Look(reply.url, stated, as_text(reply.body, reply.headers.get("content-type", "")))


def _unpolled(listing: FeedListing) -> Feed:
    return Feed(id=0, url=listing.url, outlet=listing.outlet, recipe=listing.recipe)


def _answer(
    door: Door, listing: FeedListing, permissions: Permissions | None
) -> Reply | FetchError:
    try:
        if listing.recipe and permissions:
            permissions.check(listing.url)
        return door.get(listing.url)
    except FetchError as error:
        return error


def discover(door: Door, parsers: Parsers, url: str, now: datetime) -> Discovery:
    """The feed at ``url``, or the first one that the page there names, or a well-known one.

    Where there is none, the look is the one at ``url``, with the reason.
    """
    first = look(door, parsers, bare(url), now)
    if first.parsed.state is not FeedState.NOT_A_FEED:
        return Discovery(first)
    named = sorted(feed_links(first.page, first.url), key=_is_of_comments)
    tried = named or [urljoin(first.url, path) for path in _WELL_KNOWN]
    for address in tried[:_MOST_TRIES]:
        found = look(door, parsers, bare(address), now)
        if found.is_feed:
            return Discovery(found, tuple(other for other in named if other != address))
    where = "none of the feeds that it names can be read" if named else _nothing_known()
    reason = f"{first.parsed.error}; {where}"
    return Discovery(replace(first, parsed=replace(first.parsed, error=reason)))


def _nothing_known() -> str:
    return f"it names no feed, and there is none at {', '.join(_WELL_KNOWN)}"


def _is_of_comments(address: str) -> bool:
    """Blogs name a feed of readers' comments beside that of their articles."""
    return "comment" in address.lower()


def check(
    door: Door,
    parsers: Parsers,
    listings: Sequence[FeedListing],
    now: datetime,
    network: NetworkSettings,
    permissions: Permissions | None = None,
) -> Iterator[Report]:
    """What each feed shows at ``now``, in their order; several are fetched at a time."""
    pool = ThreadPoolExecutor(max_workers=network.threads, thread_name_prefix="fetch")
    its_pace = pace(network)
    try:
        looks = [
            pool.submit(look, door, parsers, listing, now, permissions) for listing in listings
        ]
        for listing, found in zip(listings, looks, strict=True):
            yield report(listing, found.result().parsed, now, its_pace)
        pool.shutdown()
    finally:
        # Who stops early does not wait for those that have not answered.
        pool.shutdown(wait=False, cancel_futures=True)


def report(listing: FeedListing, parsed: ParsedFeed, now: datetime, its_pace: Pace) -> Report:
    """What a document says of its feed at ``now``, as if it were the first that was polled."""
    known = habits.learned(Habits(), parsed, parsed.entries, now)
    polled = replace(
        _unpolled(listing), state=parsed.state, error=parsed.error, polled_at=now, habits=known
    )
    state, evidence = truth(polled, now)
    is_told = parsed.error is None or state.failed
    interval = habits.unhurried(habits.interval(known, its_pace), known, its_pace, now)
    return Report(
        listing=listing,
        state=state,
        evidence=evidence if is_told else f"{evidence}; {parsed.error}",
        entries=len(parsed.entries),
        newest=known.newest,
        oldest=known.oldest,
        body_share=body_share(parsed.entries),
        interval=None if state.failed else interval,
        lang=language(parsed.entries, parsed.lang or listing.lang),
    )


def body_share(entries: Sequence[Entry]) -> float:
    """The share (0–1) of entries that bring an article's text and not only a teaser."""
    full = sum(max(len(entry.text), len(entry.summary)) >= _FULL_TEXT for entry in entries)
    return full / len(entries) if entries else 0.0


def language(entries: Sequence[Entry], declared: str | None) -> str:
    """The language of most entries, ``und`` where they have no letters."""
    found = Counter(
        identify(entry.title, entry.summary or entry.text, declared) for entry in entries[:_SAMPLE]
    )
    return found.most_common(1)[0][0] if found else UNDETERMINED


def missing(configuration: Configuration, wanted: Iterable[FeedListing]) -> list[FeedListing]:
    """Those of ``wanted`` whose address, however written, is not configured yet; each once."""
    there = {canonical(listing.url) for listing in _all_configured(configuration)}
    first: dict[str, FeedListing] = {}
    for listing in wanted:
        first.setdefault(canonical(listing.url), listing)
    return [listing for name, listing in first.items() if name not in there]

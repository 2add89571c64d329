"""What an answer to "why?" is made of: the steps that were looked at, and one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from monitor.beat.contents import read
from monitor.config import DigestSettings, Settings
from monitor.match.matching import Watchlist
from monitor.model import Beat, Edition, FeedListing, JudgedArticle, Window
from monitor.publish.windows import zone_of
from monitor.text.amounts import plural


class Reason(StrEnum):
    """Where on the path from a feed to a mailbox an article stands, in the order of the path."""

    NO_FEED = "no feed"
    FEED_OFF = "feed off"
    NOT_POLLED = "not polled yet"
    FEED_FAILS = "feed fails"
    SCROLLED_OFF = "scrolled off"
    NOT_IN_FEED = "not in the feed"
    NOT_ASSESSED = "not assessed yet"
    GATE = "gate"
    SCORE = "score"
    BACKLOG = "backlog"
    JUDGED_BEFORE = "judged under a higher threshold"
    NO_DIGEST = "no digest"
    FILTERED = "filtered"
    TOO_OLD_FOR_DIGEST = "before the digest"
    OVER_LIMIT = "over the limit"
    NEXT_EDITION = "next edition"
    FOLDED = "folded"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at on the way, and what was seen, a sentence a line."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one answer; ``advice`` are lines to type or to copy into ``config.toml``."""

    reason: Reason
    answer: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What was asked, the steps in their order, and the verdict; ``member`` is the article."""

    asked: str
    steps: tuple[Step, ...]
    verdict: Verdict
    member: JudgedArticle | None = None

    @property
    def answer(self) -> str:
        """The one sentence that answers the question."""
        return self.verdict.answer


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A feed that is known and not polled, and what keeps it from being polled."""

    listing: FeedListing
    because: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readers:
    """Those who share the editions of one variant of a digest; the digest's own has no ``key``.

    ``draft`` composes the edition that they would get in a window, and writes nothing; ``wants``
    says whether an article is what they asked for, ``filters`` what that is.
    """

    digest: DigestSettings
    key: str
    zone: str
    lang: str
    threshold: float
    names: tuple[str, ...]
    filters: tuple[str, ...]
    wants: Callable[[JudgedArticle], bool]
    draft: Callable[[Window], Edition]

    @property
    def label(self) -> str:
        """The digest, and whose it is where it is not everybody's."""
        return f"{self.digest.name} for {listed(self.names)}" if self.key else self.digest.name


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for at the moment: settings, watchlist, and the feeds that are polled.

    ``readers`` are the variants of a digest that anybody gets.
    """

    settings: Settings
    beat: Beat
    watchlist: Watchlist
    polled: tuple[FeedListing, ...]
    switched_off: tuple[SwitchedOff, ...]
    readers: Callable[[DigestSettings], Sequence[Readers]]

    def zone(self, digest: str) -> str:
        """The time zone that a digest speaks in; UTC for one that is configured no longer."""
        zones = (each.zone for each in self.settings.digests if each.name == digest)
        return next(zones, "UTC")


def switched_off(folder: Path, settings: Settings) -> tuple[SwitchedOff, ...]:
    """The feeds that ``config.toml`` or the beat in ``folder`` names but does not poll."""
    own = {feed.url for feed in settings.feeds}
    paused = [
        SwitchedOff(feed.listing(), "config.toml says enabled = false", ())
        for feed in settings.feeds
        if not feed.enabled
    ]
    left_out = [
        _left_out(listing, is_on)
        for listing, is_on in _shipped(folder)
        if listing.url not in own and not (is_on and settings.monitor.beat_feeds)
    ]
    return (*paused, *left_out)


def _shipped(folder: Path) -> Iterable[tuple[FeedListing, bool]]:
    for row in read(folder, "*.toml").rows["feeds"]:
        url, outlet = row.fields.get("url"), row.fields.get("outlet")
        if isinstance(url, str) and isinstance(outlet, str):
            yield FeedListing(url, outlet), row.fields.get("enabled", True) is not False


def _left_out(listing: FeedListing, is_on: bool) -> SwitchedOff:
    because = (
        "[monitor] beat_feeds = false leaves out the feeds of the beat"
        if is_on
        else "it ships with the beat switched off"
    )
    return SwitchedOff(listing, because, feed_lines(listing.url, listing.outlet))


def feed_lines(url: str, outlet: str | None = None) -> tuple[str, ...]:
    """The lines of ``config.toml`` that make a feed be polled."""
    named = (f"outlet = {_quoted(outlet)}",) if outlet else ()
    return ("[[feeds]]", f"url = {_quoted(url)}", *named)


def _quoted(text: str) -> str:
    """A basic string of TOML, which takes the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False)


# --- words ---------------------------------------------------------------------------------------


def moment(at: datetime, zone: str = "UTC") -> str:
    """``3 May 2026, 07:30 Asia/Almaty``."""
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {local:%B %Y}, {local:%H:%M} {zone}"


def duration(span: timedelta) -> str:
    """A time span in its largest fitting unit: ``40 minutes``, ``26 hours``, ``3 days``."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return plural(minutes, "minute")
    return plural(round(minutes / 60), "hour") if minutes < 2880 else _days(minutes / 1440)


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{days:.1f}".removesuffix(".0") + " days"


def listed(words: Sequence[str], limit: int = 3) -> str:
    """``a, b and c``; of more than ``limit`` the rest is counted."""
    shown = [*words[:limit], f"{len(words) - limit} more"] if len(words) > limit else list(words)
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)

"""What every step works with: settings, beat and watchlist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.beat import load_beat, load_camps, load_feeds
from monitor.beat.places import beat_folder
from monitor.config import Configuration, Settings
from monitor.model import Beat, Camp, FeedListing

if TYPE_CHECKING:
    from monitor.match.matching import Watchlist
    from monitor.match.signing import Signer
    from monitor.pipeline.embedding import Embedder


@dataclass(frozen=True)
class Wishes:
    """What is collected, and how: all that polling needs to know."""

    configuration: Configuration
    listings: tuple[FeedListing, ...]

    @property
    def settings(self) -> Settings:
        """The settings of ``config.toml``."""
        return self.configuration.settings

    @property
    def backlog(self) -> timedelta:
        """How much older than the last good poll (the first one, at first) an entry may be."""
        return timedelta(days=self.settings.monitor.backlog_days)


@dataclass(frozen=True)
class Setup(Wishes):
    """One valid state of everything that a person may edit."""

    beat: Beat
    notices: tuple[str, ...] = ()

    # Matching is imported here and not above: whoever only polls has no use for it.

    @cached_property
    def watchlist(self) -> Watchlist:
        """The beat and the user's keywords, compiled when the first article is judged."""
        from monitor.match.matching import compile_watchlist

        return compile_watchlist(self.beat, self.settings.watchlist.keywords)

    @cached_property
    def camps(self) -> list[Camp]:
        """The camps of the beat, as its outlets and the settings have them."""
        return load_camps(beat_folder(self.configuration), self.listings)

    @cached_property
    def signer(self) -> Signer:
        """What tells of which event an article is, made with the watchlist."""
        from monitor.match.signing import Signer

        return Signer(self.watchlist)

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model that is asked where articles belong; None where none is wished for."""
        if not self.settings.stories.embeddings:
            return None
        from monitor.pipeline.embedding import Embedder

        return Embedder(self.configuration)


def prepare(configuration: Configuration) -> Setup:
    """Load the beat that the settings name; raises ``BeatError`` with all mistakes."""
    beat = load_beat(beat_folder(configuration))
    return Setup(configuration, wishes(configuration).listings, beat)


def wishes(configuration: Configuration) -> Wishes:
    """The feeds of the settings and of their beat; raises ``BeatError`` with mistakes in them."""
    settings, folder = configuration.settings, beat_folder(configuration)
    shipped = load_feeds(folder) if settings.monitor.beat_feeds else []
    return Wishes(configuration, tuple(merged(shipped, settings)))


def merged(shipped: list[FeedListing], settings: Settings) -> list[FeedListing]:
    """The feeds to poll: the beat's, overridden and completed by the file's own."""
    own = {feed.url: feed for feed in settings.feeds}
    kept = [listing for listing in shipped if listing.url not in own]
    return kept + [feed.listing() for feed in settings.feeds if feed.enabled]

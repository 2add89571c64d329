"""What every step works with: settings, beat and watchlist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from monitor import __version__
from monitor.beat import load_beat, load_feeds
from monitor.config import Configuration, Settings
from monitor.errors import InputError
from monitor.http import Door, Limits
from monitor.http.pacing import Pacer
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.signing import Signer
from monitor.model import Beat, FeedListing
from monitor.resources import seeds


@dataclass(frozen=True)
class Setup:
    """One valid state of everything that a person may edit."""

    configuration: Configuration
    beat: Beat
    listings: tuple[FeedListing, ...]
    notices: tuple[str, ...] = ()

    @cached_property
    def watchlist(self) -> Watchlist:
        """The beat and the user's keywords, compiled when the first article is judged."""
        return compile_watchlist(self.beat, self.settings.watchlist.keywords)

    @cached_property
    def signer(self) -> Signer:
        """What tells of which event an article is, made with the watchlist."""
        return Signer(self.watchlist)

    @property
    def settings(self) -> Settings:
        """The settings of ``config.toml``."""
        return self.configuration.settings

    @property
    def backlog(self) -> timedelta:
        """How much older than the last good poll (the first one, at first) an entry may be."""
        return timedelta(days=self.settings.monitor.backlog_days)


def prepare(configuration: Configuration) -> Setup:
    """Load the beat that the settings name; raises ``BeatError`` with all mistakes."""
    settings = configuration.settings
    folder = beat_folder(configuration)
    beat = load_beat(folder)
    shipped = load_feeds(folder) if settings.monitor.beat_feeds else []
    return Setup(
        configuration=configuration,
        beat=beat,
        listings=tuple(merged(shipped, settings)),
    )


def beat_folder(configuration: Configuration) -> Path:
    """Where the beat's files are: a path beside ``config.toml``, or a folder that ships."""
    name = configuration.settings.monitor.beat
    for folder in (configuration.folder / name, seeds() / name):
        if folder.is_dir():
            return folder
    shipped = ", ".join(sorted(path.name for path in seeds().iterdir() if path.is_dir()))
    raise InputError(f'[monitor] beat: there is no folder "{name}"; these ship: {shipped}')


def merged(shipped: list[FeedListing], settings: Settings) -> list[FeedListing]:
    """The feeds to poll: the beat's, overridden and completed by the file's own."""
    own = {feed.url: feed for feed in settings.feeds}
    kept = [listing for listing in shipped if listing.url not in own]
    return kept + [feed.listing() for feed in settings.feeds if feed.enabled]


def open_door(settings: Settings) -> Door:
    """The door that all requests go through, as ``[network]`` wants it."""
    network = settings.network
    contact = f" (+{network.contact})" if network.contact else ""
    return Door(
        user_agent=f"monitor/{__version__}{contact}",
        allow_private=network.allow_private,
        limits=Limits(seconds=network.timeout_seconds),
        pacer=Pacer(network.host_spacing_seconds),
    )

"""The one door to the network, as ``config.toml`` wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import __version__
from monitor.config import Settings

if TYPE_CHECKING:
    from monitor.http import Door


def open_door(
    settings: Settings, seconds: float | None = None, spacing: float | None = None
) -> Door:
    """The door that all requests go through.

    ``seconds`` is the longest time of a request where it has to be another, ``spacing`` the
    seconds between two requests to one host.
    """
    # Here and not above: whoever only assesses or publishes has no use for it.
    from monitor.http import Door, Limits
    from monitor.http.pacing import Pacer

    network = settings.network
    between = network.host_spacing_seconds if spacing is None else spacing
    contact = f"; +{network.contact}" if network.contact else ""
    return Door(
        # Some servers have their feeds only for those that say that they read feeds.
        user_agent=f"monitor/{__version__} (feed reader{contact})",
        allow_private=network.allow_private,
        limits=Limits(seconds=seconds or network.timeout_seconds),
        pacer=Pacer(between),
    )

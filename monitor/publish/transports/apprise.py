"""Editions to Discord, Teams, Matrix and whatever else apprise knows. Its only importer; an extra.

It opens connections of its own, past the guarded door: it is for the fixed addresses of public
services, which stand in the settings and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.errors import InputError, TransportError
from monitor.http.pacing import Pacer
from monitor.model import Delivery, FrozenEdition
from monitor.publish.splitting import PLAIN, packed, pieces
from monitor.publish.transports import ALONE, Hold, Transport, endpoint

_MOST_UNITS = 6_500  # Teams refuses from 21 kB on, and a unit is three bytes at most
_LEAST_UNITS = 140
_SPACING = 1.0


class AppriseTransport(Transport):
    """Sends an edition as plain text, in as few messages as the service takes, each once."""

    def __init__(self, addresses: Mapping[tuple[str, str], str], spacing: float = _SPACING) -> None:
        """``addresses`` are apprise's URLs, by digest and subscriber.

        Raises ``InputError`` where apprise is missing or does not know one.
        """
        self._rooms = {key: _room(key[1], url) for key, url in addresses.items()}
        self._pacer = Pacer(spacing)

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """See ``Transport.send``; messages that were taken before are not sent again."""
        room = endpoint(self._rooms, delivery)
        messages = messages_of(delivery.edition, room.body_maxlen)
        for number, text in enumerate(messages[delivery.parts :], start=delivery.parts + 1):
            with self._pacer.turn(delivery.subscriber):
                hold.renew()
                if not room.notify(body=text, body_format="text"):
                    raise TransportError(
                        f"apprise could not reach {delivery.subscriber}", retry=True
                    )
            hold.took(number)


def messages_of(edition: FrozenEdition, most: int) -> list[str]:
    """The texts of the messages, of at most ``most`` units each."""
    limit = max(_LEAST_UNITS, min(most, _MOST_UNITS))
    return packed(list(pieces(edition, PLAIN, limit)), limit)


def _room(name: str, url: str) -> Any:
    try:
        import apprise
    except ImportError:
        raise InputError(
            f"subscriber {name}: apprise is not installed; `pip install 'monitor[apprise]'` does it"
        ) from None
    room = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if room is None:
        raise InputError(f"subscriber {name}: its secret is no address that apprise knows")
    return room

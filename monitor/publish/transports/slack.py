"""Editions in a channel of Slack, through an incoming webhook.

Of a message Slack takes 50 blocks, 3,000 characters in each, and about 13,200 in all; one a second.
A message that was not answered is sent again: Slack has no key to tell it by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.http import Door
from monitor.http.pacing import Pacer
from monitor.model import Delivery, FrozenEdition
from monitor.publish.splitting import SLACK, packed, pieces, shortened
from monitor.publish.transports import ALONE, Hold, Transport, endpoint
from monitor.publish.transports.posting import Clock, posted, utc_now
from monitor.text.graphemes import units

SECTION_UNITS = 3_000
MESSAGE_UNITS = 12_500
BLOCKS = 50
_FALLBACK_UNITS = 200
_SPACING = 1.0
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class SlackTransport(Transport):
    """Posts an edition in as few messages as Slack takes, each once."""

    def __init__(
        self,
        door: Door,
        addresses: Mapping[tuple[str, str], str],
        clock: Clock = utc_now,
        spacing: float = _SPACING,
    ) -> None:
        """``addresses`` are the secret webhooks, by digest and subscriber."""
        self._door = door
        self._addresses = addresses
        self._clock = clock
        self._pacer = Pacer(spacing)

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """See ``Transport.send``; messages that were taken before are not sent again."""
        url = endpoint(self._addresses, delivery)
        name = f"Slack for {delivery.subscriber}"
        messages = messages_of(delivery.edition)
        for number, message in enumerate(messages[delivery.parts :], start=delivery.parts + 1):
            body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
            with self._pacer.turn(url):
                hold.renew()
                posted(self._door, url, body, _HEADERS, name, self._clock())
            hold.took(number)


def messages_of(edition: FrozenEdition) -> list[dict[str, Any]]:
    """What is posted: for each message its blocks, and the words of its notification."""
    sections = packed(list(pieces(edition, SLACK, SECTION_UNITS)), SECTION_UNITS)
    fallback = shortened(edition.rendered.subject, _FALLBACK_UNITS, SLACK.escape)
    return [
        {
            "text": fallback,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts
            ],
            "unfurl_links": False,
        }
        for texts in _filled(sections, MESSAGE_UNITS - _FALLBACK_UNITS)
    ]


def _filled(sections: Sequence[str], limit: int) -> Iterator[list[str]]:
    """``sections`` in their order, as many in each message as it takes."""
    message: list[str] = []
    for section in sections:
        used = sum(map(units, message))
        if message and (len(message) == BLOCKS or used + units(section) > limit):
            yield message
            message = []
        message.append(section)
    if message:
        yield message

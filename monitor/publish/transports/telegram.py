"""Editions in a chat of Telegram, through the Bot API.

A message has 4,096 characters at most; a chat takes one a second, a group twenty a minute. A
message that was not answered is sent again: Telegram has no key to tell it by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import TransportError
from monitor.http import Door, Reply
from monitor.http.pacing import Pacer
from monitor.model import Delivery, FrozenEdition
from monitor.publish.splitting import TELEGRAM, packed, pieces
from monitor.publish.transports import ALONE, GoneError, Hold, LaterError, Transport, endpoint
from monitor.publish.transports.posting import Clock, refusal, said, sent, utc_now
from monitor.publish.typography import clean

MESSAGE_UNITS = 4_096
_API = "https://api.telegram.org"
_SPACING, _GROUP_SPACING = 1.0, 3.0
_LONGEST_PAUSE = 86_400


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat's number or @name, and the token of the bot that writes into it."""

    chat: str
    token: str


class TelegramTransport(Transport):
    """Posts an edition in as few messages as Telegram takes, each once."""

    def __init__(
        self,
        door: Door,
        chats: Mapping[tuple[str, str], Chat],
        clock: Clock = utc_now,
        *,
        api: str = _API,
        spacing: tuple[float, float] = (_SPACING, _GROUP_SPACING),
    ) -> None:
        """``chats`` are by digest and subscriber; ``spacing`` is for a person and for a group."""
        self._door = door
        self._chats = chats
        self._clock = clock
        self._api = api
        self._pacers = Pacer(spacing[0]), Pacer(spacing[1])

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """See ``Transport.send``; messages that were taken before are not sent again."""
        chat = endpoint(self._chats, delivery)
        is_group = chat.chat.startswith(("-", "@"))
        messages = messages_of(delivery.edition)
        for number, text in enumerate(messages[delivery.parts :], start=delivery.parts + 1):
            with self._pacers[is_group].turn(chat.chat):
                hold.renew()
                self._write(chat, text, f"Telegram for {delivery.subscriber}")
            hold.took(number)

    def _write(self, chat: Chat, text: str, name: str) -> None:
        message = {
            "chat_id": chat.chat,
            "text": text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        url = f"{self._api}/bot{chat.token}/sendMessage"
        reply = sent(self._door, url, body, {"Content-Type": "application/json"}, name)
        if not 200 <= reply.status < 300:
            raise _refusal(reply, name, self._clock())


def messages_of(edition: FrozenEdition) -> list[str]:
    """The texts of the messages, with Telegram's few tags of HTML."""
    return packed(list(pieces(edition, TELEGRAM, MESSAGE_UNITS)), MESSAGE_UNITS)


def _refusal(reply: Reply, name: str, now: datetime) -> TransportError:
    """What Telegram means, which says more in its body than in its status."""
    answer = said(reply)
    reason = clean(str(answer.get("description", "")), 200)
    asked = answer.get("parameters")
    seconds = asked.get("retry_after") if isinstance(asked, dict) else None
    if reply.status == 429 and isinstance(seconds, int) and seconds > 0:
        after = timedelta(seconds=min(seconds, _LONGEST_PAUSE))
        return LaterError(f"{name} asks for a pause of {seconds} s", after=after)
    if reply.status == 403:
        return GoneError(f"{name} wants nothing more: {reason}")
    if reply.status == 404:
        return GoneError(f"{name} knows no such bot: is the token right?")
    if reply.status == 400:
        return TransportError(f"{name} refused the message: {reason}", retry=False)
    return refusal(reply, name, now)

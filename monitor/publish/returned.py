"""Mails that come back: reports of what could not be delivered (RFC 3464). Pure.

Nothing here or elsewhere answers a mail. Replies that a program wrote, such as those of somebody
on holiday, are no reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from monitor.publish.typography import clean

_STATUS = ("message/delivery-status", "message/global-delivery-status")
# The original, whole or its headers alone (RFC 3462, RFC 6533).
_ORIGINAL = ("message/rfc822", "message/global")
_HEADERS = ("text/rfc822-headers", "message/global-headers")
_FAILED = "failed"
_REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of one mail of ours; ``final`` when it tries no more."""

    message_id: str
    final: bool
    reason: str


def read_report(content: bytes) -> Report | None:
    """The report that a mail is; None for any other mail, and for one that names no original."""
    message = message_from_bytes(content)
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(message.walk())
    name = next(filter(None, map(_original_id, parts)), "")
    fates = [block for part in parts for block in _fates(part)]
    if not name or not fates:
        return None
    failed = [block for block in fates if _action(block) == _FAILED]
    return Report(name, bool(failed), _reason((failed or fates)[0]))


def _original_id(part: Message) -> str:
    kind, payload = part.get_content_type(), part.get_payload()
    if kind in _ORIGINAL and isinstance(payload, list):
        return next((_field(one, "Message-ID") for one in payload if isinstance(one, Message)), "")
    headers = part.get_payload(decode=True) if kind in _HEADERS else None  # may be encoded
    return _field(message_from_bytes(headers), "Message-ID") if isinstance(headers, bytes) else ""


def _fates(part: Message) -> Iterator[Message]:
    """What became of each recipient: blocks of fields, the first of which is about the mail."""
    payload = part.get_payload()
    if part.get_content_type() in _STATUS and isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message) and block["Action"])


def _action(block: Message) -> str:
    """The word itself, in small letters: a remark in parentheses may follow it."""
    return _field(block, "Action").partition("(")[0].strip().lower()


def _field(block: Message, name: str) -> str:
    return clean(str(block.get(name, ""))).strip()


def _reason(block: Message) -> str:
    """The words of the server that refused, and the code where it has no words."""
    words = _field(block, "Diagnostic-Code").partition(";")[2].strip()
    return clean(words or f"status {_field(block, 'Status') or 'unknown'}", _REASON_LENGTH)

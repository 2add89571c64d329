"""Addresses as text: what is a mailbox or this machine, how to show a URL without its secrets."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses, parseaddr
from ipaddress import ip_address

# As far as the last @, since people forget to quote one; digits before a slash are a port.
_PASSWORD = re.compile(r"://([^:/@\s]*):(?!\d*(?:/|$))\S*@")
# In a query: names that end so, as in api_key=, access_token= and X-Amz-Signature=.
_SECRET = re.compile(
    r"([?&;][\w.%-]*(?:key|token|secret|sig|signature|auth|password|passwd|pwd)=)[^&;#\s\"']+", re.I
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def mailbox_problem(text: str) -> str | None:
    """Why ``text`` is no ``name@host`` or ``Name <name@host>``, or None when it is one."""
    if _CONTROL.search(text):
        return "a mail address has no line breaks or control characters"
    if len(getaddresses([text])) > 1:
        return f'"{text}" is more than one mail address; write each in quotes of its own'
    _, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or domain.startswith((".", "[")) or " " in address:
        return f'"{text}" is no mail address; write name@example.org'
    if not local.isascii():
        return f'"{text}": what stands before the @ may have ASCII characters only'
    try:
        Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):
        return f'"{text}" is no mail address; write name@example.org'
    return None


def is_this_machine(host: str) -> bool:
    """Whether ``host`` names this machine by itself: localhost or a loopback address."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def masked(text: str) -> str:
    """``text`` with ``***`` for the passwords, keys and tokens of URLs in it.

    ``https://name:secret@host/?lang=en&key=secret`` -> ``https://name:***@host/?lang=en&key=***``
    """
    return _SECRET.sub(r"\1***", _PASSWORD.sub(r"://\1:***@", text))

"""Addresses as text: what is a mailbox, and how to show a URL without its password."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import parseaddr

# As far as the last @, since people forget to quote one; digits before a slash are a port.
_PASSWORD = re.compile(r"://([^:/@\s]*):(?!\d*(?:/|$))\S*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def mailbox_problem(text: str) -> str | None:
    """Why ``text`` is no ``name@host`` or ``Name <name@host>``, or None when it is one."""
    if _CONTROL.search(text):
        return "a mail address has no line breaks or control characters"
    _, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or domain.startswith(".") or " " in address:
        return f'"{text}" is no mail address; write name@example.org'
    try:
        Address(addr_spec=address)
    except (ValueError, IndexError):
        return f'"{text}" is no mail address; write name@example.org'
    return None


def masked(text: str) -> str:
    """``text`` with ``***`` for the password of a URL in it: ``https://name:***@host/``."""
    return _PASSWORD.sub(r"://\1:***@", text)

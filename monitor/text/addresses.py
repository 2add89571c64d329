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
# What stands for itself before the @ of a URL, and how everything else is written there.
_LETTERS = r"(?:[^\s%/@:?#\[\]]|%[0-9A-Fa-f]{2})*"
_SERVER = re.compile(
    rf"postgresql://(?:(?P<user>{_LETTERS})(?::(?:{_LETTERS}|:)*)?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<name>/[^\s/@?#]*)?(?:\?(?P<options>[^@#]*))?"
)
_LARGEST_PORT = 65535
SHOWN_OPTIONS = ("host", "port", "sslmode")  # of what is behind the question mark


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


def database_problem(url: str) -> str | None:
    """Why ``url`` names no database, or None when it does; nothing of it is repeated.

    It may hold a password wherever somebody forgot to write a letter as URLs have it.
    """
    if url.startswith("sqlite:///"):
        is_file = url not in ("sqlite:///", "sqlite:///:memory:") and not _CONTROL.search(url)
        return None if is_file else "must be a file; write sqlite:///monitor.db"
    if not url.startswith("postgresql://"):
        return "must begin with sqlite:/// or postgresql://"
    found = _SERVER.fullmatch(url)
    if found and 0 < int(found["port"] or 1) <= _LARGEST_PORT:
        return None
    return (
        "is no URL of a server; write postgresql://user:password@host:5432/name, with a number for "
        "the port, and in the others %20 for a blank, %40 for @, %2F for / and %25 for %"
    )


def shown_database(url: str) -> str:
    """``url`` of a database as it may be shown: of a server only user, host, port and name."""
    if url.startswith("sqlite:"):
        return url
    found = _SERVER.fullmatch(url)
    if found is None:
        return "postgresql://***"
    user = f"{found['user']}@" if found["user"] else ""
    port = f":{found['port']}" if found["port"] else ""
    options = (found["options"] or "").split("&")
    kept = "&".join(each for each in options if each.partition("=")[0] in SHOWN_OPTIONS)
    query = f"?{kept}" if kept else ""
    return f"postgresql://{user}{found['host']}{port}{found['name'] or ''}{query}"

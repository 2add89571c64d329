"""Whether the guarded door would go to an address: public ones, and pairs that are allowed."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.config import Settings
from monitor.errors import BlockedAddressError, FetchError
from monitor.http.addresses import Resolver, checked, pair
from monitor.text.addresses import is_this_machine

_PORTS = {"http": 80, "https": 443}


def refusal(url: str, settings: Settings, resolver: Resolver) -> str:
    """Why the door refuses to go to a web address, empty where it does not.

    The sentence has host and port of the address and nothing that could be secret in it.
    """
    parts = urlsplit(url)
    allowed = frozenset(map(pair, settings.network.allow_private))
    try:
        checked(parts.hostname or "", parts.port or _PORTS[parts.scheme], allowed, resolver)
    except BlockedAddressError as error:
        return str(error)
    except FetchError:
        return ""
    return ""


def as_written(host: str, port: int) -> list[str]:
    """What ``host`` is as far as it is told without a network: an address, or this machine."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return ["127.0.0.1"] if is_this_machine(host) else []

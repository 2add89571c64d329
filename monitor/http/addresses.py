"""Which addresses may be connected to: public ones, and pairs of host and port that were allowed.

The list is our own. ``ipaddress``'s ``is_global`` calls NAT64, 6to4 and multicast addresses
public, and is silent about carrier-grade NAT (measured on Python 3.11).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from monitor.errors import BlockedAddressError, FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowed = frozenset[tuple[str, int]]
Resolver = Callable[[str, int], Sequence[str]]

_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32",
                    "2002::/16", "3fff::/20")
)  # fmt: skip


def is_public(address: Address) -> bool:
    """Whether anyone on the internet could be meant by ``address``."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of ``host`` as the operating system gives them, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def pair(text: str) -> tuple[str, int]:
    """``[::1]:8080`` or ``NAS.local:80`` -> host and port as they come to be connected to."""
    host, _, port = text.rpartition(":")
    return host.strip("[]").lower(), int(port)


def checked(host: str, port: int, allowed: Allowed, resolver: Resolver) -> list[str]:
    """Addresses to connect to; raises when one is not public and the pair is not allowed."""
    try:
        addresses = list(resolver(host, port))
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise FetchError(f"the host {host} is not known here ({reason})") from error
    if not addresses:
        raise FetchError(f"the host {host} has no address")
    if (host.lower(), port) in allowed:
        return addresses
    for address in addresses:
        if not is_public(ipaddress.ip_address(address.partition("%")[0])):
            shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            which = "" if host == address else f"{address}, which is "
            raise BlockedAddressError(
                f"{host} is {which}not a public address; "
                f'to ask it all the same, put "{shown}" into [network] allow_private'
            )
    return addresses

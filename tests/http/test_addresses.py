"""Which addresses the door connects to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import BlockedAddressError, FetchError
from monitor.http.addresses import checked, is_public, pair, resolve

NOT_PUBLIC = """
    0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1
    2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd12::1 fe80::1 fec0::1 ff02::1
"""
PUBLIC = ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    """Private, shared, mapped, translated, reserved and multicast addresses are not public."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known(address: str) -> None:
    """Neighbours of the refused networks and ordinary addresses are public."""
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7"))
def test_no_private_address_is_public(address: ipaddress.IPv4Address) -> None:
    """Nothing in the private networks slips through."""
    assert not is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    """A host with a public and a private address is refused, in whatever order they come."""
    for addresses in (["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"]):
        with pytest.raises(BlockedAddressError, match=r"127\.0\.0\.1"):
            checked("both.example", 80, frozenset(), lambda host, port, a=addresses: a)


def test_the_refusal_says_what_to_write() -> None:
    """The sentence names the pair that would have to be allowed, brackets included."""
    with pytest.raises(BlockedAddressError, match=r'put "\[::1\]:81" into') as refusal:
        checked("::1", 81, frozenset(), lambda host, port: ["::1"])
    assert refusal.value.retry is False


def test_the_refusal_of_a_number_says_it_once() -> None:
    """An address is not called itself."""
    with pytest.raises(BlockedAddressError, match=r"^10\.0\.0\.7 is not a public address; to ask"):
        checked("10.0.0.7", 80, frozenset(), lambda host, port: ["10.0.0.7"])


def test_an_allowed_pair_passes_and_no_other() -> None:
    """Allowing host and port opens neither another port nor another name of the host."""
    allowed = frozenset({pair("NAS.local:8080"), pair("[::1]:8080")})
    assert checked("nas.local", 8080, allowed, lambda host, port: ["10.0.0.7"]) == ["10.0.0.7"]
    assert checked("::1", 8080, allowed, lambda host, port: ["::1"]) == ["::1"]
    for host, port in (("nas.local", 80), ("10.0.0.7", 8080), ("nas.local.", 8080)):
        with pytest.raises(BlockedAddressError):
            checked(host, port, allowed, lambda host, port: ["10.0.0.7"])


def test_a_scoped_address_is_judged_by_its_number() -> None:
    """The zone behind a link-local address does not hide what it is."""
    with pytest.raises(BlockedAddressError):
        checked("x.example", 80, frozenset(), lambda host, port: ["fe80::1%eth0"])


@pytest.mark.parametrize("error", [OSError("no such host"), UnicodeError("label too long")])
def test_a_host_that_cannot_be_resolved_may_be_tried_again(error: Exception) -> None:
    """A failing look-up is a FetchError that says to retry."""

    def resolver(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(FetchError, match=r"nowhere\.example is not known here") as failure:
        checked("nowhere.example", 80, frozenset(), resolver)
    assert failure.value.retry is True


def test_the_system_says_why_in_words() -> None:
    """Without its numbers, which say nothing to anybody."""

    def resolver(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(FetchError, match=r"not known here \(Name or service not known\)$"):
        checked("nowhere.example", 80, frozenset(), resolver)


def test_a_host_without_addresses_is_said_so() -> None:
    """An empty look-up is an error of its own."""
    with pytest.raises(FetchError, match="has no address"):
        checked("empty.example", 80, frozenset(), lambda host, port: [])


def test_the_system_resolver_names_each_address_once() -> None:
    """The operating system's answer is reduced to distinct addresses."""
    found = resolve("127.0.0.1", 80)
    assert list(found) == ["127.0.0.1"]

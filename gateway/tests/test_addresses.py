"""By what addresses are counted, and by what they are written down."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.addresses import NO_ADDRESS, key_of, network_of


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_each_ipv4_address_counts_for_itself_in_either_spelling(first: IPv4Address, second: IPv4Address) -> None:
    assert (key_of(str(first)) == key_of(str(second))) == (first == second)
    assert key_of(f"::ffff:{first}") == key_of(str(first))
    assert network_of(f"::ffff:{first}") == network_of(str(first))


@given(st.integers(1 << 32, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_who_has_a_64_counts_once_and_the_neighbour_apart(network: int, first: int, second: int) -> None:
    def address(network: int, host: int) -> str:
        return str(IPv6Address((network << 64) + host))

    assert key_of(address(network, first)) == key_of(address(network, second))
    assert key_of(address(network, first)) != key_of(address(network ^ 1, first))


@pytest.mark.parametrize(
    "address", ["", "unknown", "192.0.2.1:80", "[2001:db8::1]:80", "192.0.2.1, 192.0.2.2", "x" * 999]
)
def test_what_is_no_address_shares_one_key(address: str) -> None:
    assert key_of(address) == NO_ADDRESS
    assert network_of(address) is None


def test_an_address_with_a_zone_is_one() -> None:
    assert key_of("fe80::1%eth0") == "fe80::/64"
    assert (network_of("fe80::1%eth0"), network_of("192.0.2.77")) == ("fe80::/48", "192.0.2.0/24")

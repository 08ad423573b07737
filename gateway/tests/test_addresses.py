"""By what addresses are counted, and by what they are written down."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.addresses import NO_ADDRESS, key_of, network_of


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_each_ipv4_address_counts_for_itself_in_either_spelling(one: IPv4Address, two: IPv4Address) -> None:
    assert (key_of(str(one)) == key_of(str(two))) == (one == two)
    assert key_of(f"::ffff:{one}") == key_of(str(one))
    assert network_of(f"::ffff:{one}") == network_of(str(one))


@given(st.integers(1 << 32, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_who_has_a_64_counts_once_and_the_neighbour_apart(network: int, one: int, two: int) -> None:
    def address(network: int, host: int) -> str:
        return str(IPv6Address((network << 64) + host))

    assert key_of(address(network, one)) == key_of(address(network, two))
    assert key_of(address(network, one)) != key_of(address(network ^ 1, one))


@pytest.mark.parametrize(
    "address", ["", "unknown", "192.0.2.1:80", "[2001:db8::1]:80", "192.0.2.1, 192.0.2.2", "x" * 999]
)
def test_what_is_no_address_shares_one_key(address: str) -> None:
    assert key_of(address) == NO_ADDRESS
    assert network_of(address) is None


def test_an_address_with_a_zone_is_one() -> None:
    assert key_of("fe80::1%eth0") == "fe80::/64"
    assert (network_of("fe80::1%eth0"), network_of("192.0.2.77")) == ("fe80::/48", "192.0.2.0/24")

"""Addresses: which one a request came from, by what it is counted, and as what it is written down."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

NO_ADDRESS: Final = "no address"


def client_address(peer: str, forwarded: str, trusted_proxies: int) -> str:
    """The address that a request came from.

    `forwarded` is the header X-Forwarded-For, to which each proxy appends the address that it saw. Behind
    `trusted_proxies` proxies of ours, the outermost of them saw the client; what stands before that anybody can write.
    """
    if trusted_proxies:
        seen = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(seen) >= trusted_proxies:
            return seen[-trusted_proxies]
    return peer


def key_of(address: str) -> str:
    """What limits count by: the whole of an IPv4 address, the /64 of an IPv6 one, which is one subscriber's.

    All that is no address shares one key.
    """
    parsed = _parsed(address)
    if parsed is None:
        return NO_ADDRESS
    return str(parsed) if parsed.version == 4 else _network(parsed, 64)


def network_of(address: str) -> str | None:
    """The network that an address belongs to: /24 of IPv4, /48 of IPv6. None for what is no address."""
    parsed = _parsed(address)
    if parsed is None:
        return None
    return _network(parsed, 24 if parsed.version == 4 else 48)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address. An IPv4 address in IPv6's clothes is one, else all of them were one network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    return str(ip_network((int(address), prefix), strict=False))

"""Which network addresses a request made for a person may go to: the public internet, and what the operator allows."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What Python's ipaddress calls global although it is not: 6to4 relays (RFC 7526), documentation (RFC 9637).
_CLOSED = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
_UNICAST = IPv6Network("2000::/3")  # all global unicast addresses that IANA has given out (RFC 3587)
_NAT64 = IPv6Network("64:ff9b::/96")  # IPv4 behind a translator (RFC 6052)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet.

    An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4) is as public as that one is: it leads there.
    """
    inner = _carried(address)
    if inner is not None:
        return is_public(inner)
    if any(address.version == network.version and address in network for network in _CLOSED):
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_allowed(address: Address, networks: Iterable[Network]) -> bool:
    """Whether the address, or the IPv4 address it carries, is in one of the networks."""
    candidates = [a for a in (address, _carried(address)) if a is not None]
    return any(a.version == n.version and a in n for a in candidates for n in networks)


def parsed(text: str) -> Address:
    """An address as the system's resolver writes it, without the zone of a link-local one."""
    return ip_address(text.partition("%")[0])


def _carried(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour

"""Where anything may be sent: hosts that are named one by one, and no private network by chance."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

HTTPS_PORT = 443
CHARACTERS = re.compile(r"[!-~]{1,2000}")
"""No blank, no line's end, nothing that looks like another letter."""
NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]{0,62}")
"""Its last part begins with a letter: what does not is a number, in whatever spelling."""
TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses that hold another one, which some router would unpack."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class AddressRefused(Exception):
    """Nothing may be sent there; *reason* is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts that may be named, and the networks that they may be in beside the public one."""

    hosts: frozenset[str]
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, hosts: Iterable[str], networks: Iterable[str]) -> "Allowed":
        """
        Return what *hosts* and *networks* allow, each spelled as everybody spells it.

        Raises:
            AddressRefused: one is no host, or no network that anything can be sent to.
        """
        return cls(frozenset(map(_canonical, hosts)), tuple(map(_network, networks)))

    def place(self, url: str) -> tuple[str, int]:
        """
        Return host and port of *url*.

        Raises:
            AddressRefused: it is no plain https address of a host that is allowed.
        """
        if not CHARACTERS.fullmatch(url) or "\\" in url:
            raise AddressRefused("characters")
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise AddressRefused("not_https")
        if "@" in parts.netloc or "?" in url or "#" in url:
            raise AddressRefused("more_than_an_address")
        try:
            port = parts.port or HTTPS_PORT
        except ValueError:
            raise AddressRefused("port") from None
        host = (parts.hostname or "").strip("[]")
        if parts.netloc not in _spellings(host, port):
            raise AddressRefused("spelling")
        self.require(host)
        return host, port

    def require(self, host: str) -> None:
        """
        Return if *host* is allowed, letter by letter.

        Raises:
            AddressRefused: it is not.
        """
        if _canonical(host) not in self.hosts:
            raise AddressRefused("host_not_allowed")

    def pinned(self, resolved: Collection[str]) -> str:
        """
        Return the address to connect to, of all that a name was *resolved* to.

        Raises:
            AddressRefused: one of them lies in a network that is not allowed.
        """
        addresses = [_unmapped(ip_address(one.partition("%")[0])) for one in resolved]
        if not addresses:
            raise AddressRefused("no_address")
        if not all(map(self._reachable, addresses)):
            raise AddressRefused("network_not_allowed")
        return str(addresses[0])

    def _reachable(self, address: Address) -> bool:
        if _unfit(address):
            return False
        if any(address in network for network in self.networks):
            return True
        return address.is_global and not any(address in network for network in TRANSLATED)


def _unmapped(address: Address) -> Address:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _unfit(address: Address) -> bool:
    return (
        address.is_multicast
        or address.is_unspecified
        or address.is_link_local
        or str(address) == "255.255.255.255"
    )


def _spellings(host: str, port: int) -> Collection[str]:
    named = f"[{host}]" if ":" in host else host
    return (named, f"{named}:{port}")


def _canonical(host: str) -> str:
    try:
        if str(ip_address(host)) == host:
            return host
    except ValueError:
        if NAME.fullmatch(host):
            return host
    raise AddressRefused("host")


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise AddressRefused("network") from None
    # Metadata services of clouds answer on a link's own addresses: those are never a channel.
    if _unfit(network.network_address) or network.prefixlen == 0:
        raise AddressRefused("network")
    return network

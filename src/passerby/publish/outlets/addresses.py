"""Which addresses a notice may be sent to: none inside the network, unless the site file says that the host is."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from passerby.publish.outlets.outlet import DeliveryError, in_thread

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to the addresses that the name stands for now."""

MAX_ADDRESSES: Final = 4
"""Of one name: more are not tried within the time of one attempt."""

_IPV4_WITHIN: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
"""Addresses that stand for the IPv4 address in their last 32 bits: of translators (RFC 6052, RFC 2765), and the old
form."""
_GLOBAL_IPV6: Final = ipaddress.ip_network("2000::/3")
"""All that is given out (IANA, IPv6 Global Unicast Address Assignments). `is_global` takes more for global: the site's
own addresses of old, fec0::/10, and in some Pythons those of a network's own translator (RFC 8215)."""
_METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
"""Where clouds give a machine its own secrets; not all of them lie in a range that is kept private."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


async def resolved(host: str, port: int) -> Sequence[str]:
    """Returns the addresses of a name, as this machine resolves it.

    Raises:
        OSError: it has none, or the name servers do not answer.
    """
    found = await in_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def allowed_addresses(host: str, port: int, *, inside: bool, resolve: Resolve) -> tuple[str, ...]:
    """Returns the addresses that a host may be reached at, to connect to these alone.

    The name is resolved once: that it comes to mean another machine a moment later changes nothing.

    Args:
        host: name or address.
        port: TCP port.
        inside: the site file says that it lies in this network.
        resolve: finds the addresses.

    Raises:
        DeliveryError: there is none, or one of them may not be reached.
    """
    try:
        found = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise DeliveryError(f"{host} has no address now: {why}", retry=True) from None
    if not found:
        raise DeliveryError(f"{host} has no address now", retry=True)
    for text in found:
        # All of them: of two addresses an attacker could have the second one taken.
        if why := refused(text, inside=inside):
            # A name's address is wrong for a time, too; each attempt is refused anew, and the notice is not lost.
            raise DeliveryError(f"{host} is refused: {why}", retry=True)
    return tuple(found[:MAX_ADDRESSES])


def refused(text: str, *, inside: bool) -> str:
    """Returns why an address may not be reached; empty where it may.

    >>> refused("93.184.215.14", inside=False)
    ''
    >>> refused("::ffff:10.0.0.7", inside=False)
    'it stands for 10.0.0.7, inside the network. If it is meant, write inside: true beside its url'
    >>> refused("169.254.169.254", inside=True)
    'it stands for 169.254.169.254, which no receiver has'
    """
    try:
        address = _carried_to(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "it stands for no address"
    never = address.is_link_local or address.is_multicast or address.is_unspecified
    if never or address in _METADATA or (address.version == 4 and address.is_reserved):
        return f"it stands for {address}, which no receiver has"
    if inside or (address.is_global and (address.version == 4 or address in _GLOBAL_IPV6)):
        return ""
    return f"it stands for {address}, inside the network. If it is meant, write inside: true beside its url"


def _carried_to(address: IpAddress) -> IpAddress:
    """The address that packets to this one end at: IPv4 addresses come wrapped in IPv6 ones in several ways."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if any(address in network for network in _IPV4_WITHIN) and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    tunnelled = address.teredo
    return address.ipv4_mapped or address.sixtofour or (tunnelled[1] if tunnelled else address)

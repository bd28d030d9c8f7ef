"""Brokers connections to cameras outside of the sandbox: resolves an address once, checks it, and connects."""

import fcntl
import ipaddress
import socket
import ssl
import sys
import termios
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from passerby.domain.errors import AddressRefusedError
from passerby.domain.sources import CameraSource, Transport
from passerby.sandbox.brokered_connection import (
    BIND,
    BOUND,
    CONNECTED,
    DATAGRAM_REQUEST,
    FAILED,
    HEAD,
    RECEIVE,
    REFUSED,
    REPORT,
    exactly,
)
from passerby.sandbox.datagrams import REPORT_BLOCK_BYTES, DatagramPorts
from passerby.sandbox.token_bucket import TokenBucket

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""Where cameras are: the private networks of RFC 1918 and RFC 4193."""

_SPECIAL_RANGES: Final = (
    "127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10", "fec0::/10", "224.0.0.0/4", "ff00::/8", "0.0.0.0/8",
    "::/128", "240.0.0.0/4", "192.0.0.0/24", "192.88.99.0/24", "::ffff:0:0/96", "::ffff:0:0:0/96", "::/96",
    "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
)  # fmt: skip
"""This machine itself, the local link, the old site-local range, groups, and IPv6 addresses that lead to an IPv4 one:
mapped, translated, compatible, NAT64, 6to4, Teredo."""

_METADATA: Final = (
    "169.254.169.254", "169.254.169.253", "169.254.169.123", "169.254.170.2", "169.254.170.23", "169.254.0.23",
    "169.254.42.42", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::253",
    "fd00:ec2::123", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe",
)  # fmt: skip
"""Where clouds (AWS, Azure, Google, Alibaba, Oracle, Tencent, Scaleway) give a machine its credentials and time."""

SPECIAL: Final = tuple(map(ipaddress.ip_network, _SPECIAL_RANGES + _METADATA))
"""Reached only where the site lists them by themselves; a list as wide as 0.0.0.0/0, or as the local link, does not
mean them."""

CONNECT_S: Final = 5.0
MAX_ADDRESSES: Final = 4
MAX_TEXT_BYTES: Final = 1000
SANDBOX: Final = "the sandbox"

REQUESTS_PER_S, BURST = 10.0, 40.0
"""A connection, two ports and a socket for each start, and a report every few seconds."""

MAX_UNREAD: Final = 1 << 14
"""Some twenty answers, as the kernel counts them."""


@dataclass(frozen=True, slots=True)
class AllowList:
    """The networks that the site's cameras are in.

    Attributes:
        networks: connections go nowhere else.
    """

    networks: tuple[Network, ...] = field(default_factory=lambda: tuple(map(ipaddress.ip_network, PRIVATE)))

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """The list of these networks, such as `10.20.0.0/16`; of none: the private networks.

        Raises:
            ValueError: one is no network.
        """
        networks = tuple(map(ipaddress.ip_network, texts))
        return cls(networks) if networks else cls()

    def allows(self, address: Address) -> bool:
        """Whether a connection may go there; what an IPv6 address leads to counts as well."""
        listed = [net for net in self.networks if _within(address, net)]
        if address.version == 6:
            embedded = _embedded(address) + _translated(address, [net.prefixlen for net in listed])
            if not all(map(self._may_lead_to, embedded)):
                return False
        special = [net for net in SPECIAL if _within(address, net)]
        return any(all(_inside(net, around) for around in special) for net in listed)

    def _may_lead_to(self, address: ipaddress.IPv4Address) -> bool:
        return not any(_within(address, net) for net in SPECIAL) or self.allows(address)

    def __str__(self) -> str:
        return ", ".join(map(str, self.networks))


_LOOPBACK: Final = ipaddress.IPv6Network("::/127")
_SIX_TO_FOUR, _TEREDO = ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32")
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
_LAST_FOUR: Final = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
_PREFIX_BYTES: Final = {32: 4, 40: 5, 48: 6, 56: 7, 64: 8, 96: 12}
"""Lengths of a translator's prefix, in bits and in bytes (RFC 6052, section 2.2)."""

_SKIPPED_BYTE: Final = 8
"""The IPv4 address is written around this one, which is zero."""

_NOWHERE: Final = ipaddress.IPv4Address(0)
_UNSET: Final = ipaddress.IPv4Network("0.0.0.0/8")
_ISATAP: Final = (b"\0\0\x5e\xfe", b"\2\0\x5e\xfe")
"""What stands in front of the IPv4 address in one of ISATAP, behind any prefix (RFC 5214, section 6.1)."""


def _embedded(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Returns the IPv4 addresses that an IPv6 address may lead to by its own form (RFC 4291, 3056, 4380, 5214)."""
    words = address.packed
    found: list[bytes] = []
    if address in _SIX_TO_FOUR:
        found.append(words[2:6])
    elif address in _TEREDO:
        found += [words[4:8], bytes(byte ^ 0xFF for byte in words[12:])]
    elif address not in _LOOPBACK and any(address in net for net in _LAST_FOUR):
        found.append(words[12:])
    if words[8:12] in _ISATAP and address not in _LOCAL_NAT64:
        found.append(words[12:])
    return tuple(map(ipaddress.IPv4Address, found))


def _translated(address: ipaddress.IPv6Address, lengths: Iterable[int]) -> tuple[ipaddress.IPv4Address, ...]:
    """Returns the IPv4 address that a translator (NAT64) with a listed prefix sends an IPv6 address to.

    The operator chooses the prefix, and only its length says where the IPv4 address stands; so of the listed networks
    that hold the address, the longest with the length of such a prefix is taken for it. A longer one is a part of a
    prefix of 96 bits.

    Args:
        address: in the listed networks.
        lengths: of these networks' prefixes.

    Returns:
        For the local-use range (RFC 8215), `0.0.0.0` where it is no address of that translator. For others, which
        may well be no translator's, none where it is none, or is the number of a machine (`2001:db8::7`).
    """
    known = [96 if length > 96 else length for length in lengths]
    length = max((each for each in known if each in _PREFIX_BYTES), default=None)
    read = None if length is None else _read_behind(_PREFIX_BYTES[length], address.packed)
    if address in _LOCAL_NAT64:
        return (read or _NOWHERE,)
    return () if read is None or read in _UNSET else (read,)


def _read_behind(prefix: int, words: bytes) -> ipaddress.IPv4Address | None:
    """Returns what stands behind a prefix of so many bytes; None where other bytes than that are not zero."""
    if prefix > _SKIPPED_BYTE:
        return ipaddress.IPv4Address(words[prefix:])
    # All that is left is zero in what translators write, though they read addresses in which it is not.
    rest = words[prefix:_SKIPPED_BYTE] + words[_SKIPPED_BYTE + 1 :]
    return None if words[_SKIPPED_BYTE] or any(rest[4:]) else ipaddress.IPv4Address(rest[:4])


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _inside(network: Network, around: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(around, ipaddress.IPv4Network) and network.subnet_of(around)
    return isinstance(around, ipaddress.IPv6Network) and network.subnet_of(around)


def connect(source: CameraSource, allowed: AllowList, *, within_s: float = CONNECT_S) -> socket.socket:
    """A TCP connection to a camera; its name is resolved once, and the connection goes to an address that was checked.

    Raises:
        AddressRefusedError: not one of its addresses is allowed.
        OSError: it has no address, or does not answer; `strerror` says so in plain words.
    """
    if not source.networked:
        raise AddressRefusedError(f"{source.shown} is not reached over the network")
    addresses = _resolved(source)
    good = [address for address in addresses if allowed.allows(address)]
    if not good:
        shown = ", ".join(map(str, addresses[:MAX_ADDRESSES]))
        which = source.host if shown == source.host else f"{source.host} is {shown}, which"
        raise AddressRefusedError(
            f"{which} is not in the networks that this site allows ({allowed}). "
            "If it is your camera, list its network under network.cameras."
        )
    why = ""
    for address in good[:MAX_ADDRESSES]:
        try:
            link = socket.create_connection((str(address), source.port or source.kind.default_port), timeout=within_s)
        except TimeoutError:
            why = f"the camera at {address} does not answer within {within_s:g} s"
        except OSError as fault:
            why = f"the camera at {address} cannot be reached: {fault.strerror or type(fault).__name__}"
        else:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return link
    raise OSError(0, why)


def _resolved(source: CameraSource) -> list[Address]:
    try:
        found = socket.getaddrinfo(source.host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OSError(0, f"the name {source.host} is not known. Check it, or write the camera's address.") from None
    # A zone such as %eth0 is part of link-local addresses alone.
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(text) for text in texts]


def certificate_files(source: CameraSource) -> tuple[Path, ...]:
    """Returns the files with which a sandbox checks a camera's certificate; none without encryption."""
    if not source.kind.encrypted:
        return ()
    if source.authority is not None:
        return (source.authority,)
    places = ssl.get_default_verify_paths()
    return tuple(Path(place) for place in (places.cafile, places.capath) if place is not None)


def broker_connections(control: socket.socket, source: CameraSource, allowed: AllowList) -> None:
    """Connects to one camera for a sandbox, again and again, until its process is gone. For a thread.

    Args:
        control: this end of a Unix stream socket pair, the other end is in the sandbox.
        source: the one camera that is connected to, whatever the process asks.
        allowed: where connections may go.
    """
    broker = _Broker(control, source, allowed)
    asked = TokenBucket(REQUESTS_PER_S, BURST)
    with suppress(OSError), closing(broker):  # that end is gone, or ours was closed
        while request := control.recv(1):
            if wait_s := asked.take(time.monotonic()):  # no camera needs that many
                time.sleep(wait_s)
            if _unread(control) > MAX_UNREAD:
                raise ConnectionError(0, "the sandbox asks, and takes no answer")
            broker.serve(request[0])


def _unread(control: socket.socket) -> int:
    """Returns how much of what was sent to a sandbox it has not taken.

    Descriptors that are on their way count for the user: of too many, no other camera would get one any more.
    """
    waiting = fcntl.ioctl(control, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(waiting, sys.byteorder)


class _Broker:
    """Serves one sandbox's requests for one camera: connections, and with them its datagrams."""

    def __init__(self, control: socket.socket, source: CameraSource, allowed: AllowList) -> None:
        self._control, self._source, self._allowed = control, source, allowed
        self._ends: tuple[str, str] | None = None
        self._ports: DatagramPorts | None = None

    def serve(self, number: int) -> None:
        """Serves a request: a connection's number, or a zero and what is asked about datagrams.

        Raises:
            OSError: the sandbox is gone, or sends what it never should.
        """
        kind, port = CONNECTED, 0
        if number == 0:
            number, kind, port = DATAGRAM_REQUEST.unpack(exactly(self._control, DATAGRAM_REQUEST.size, SANDBOX))
        try:
            if kind == REPORT:
                self._report(port)
            elif kind == BIND:
                _answer(self._control, number, BOUND, str(self._bind()))
            elif kind == RECEIVE and self._ports is not None:
                self._hand_in(number, self._ports.receive_from(port))
            elif kind == CONNECTED:
                with connect(self._source, self._allowed) as link:
                    self._ends = str(link.getsockname()[0]), str(link.getpeername()[0])
                    self._hand_in(number, link)
            else:
                raise ConnectionError(0, "the sandbox asks for what there is not")
        except AddressRefusedError as refusal:
            _answer(self._control, number, REFUSED, str(refusal))
        except ConnectionError:
            raise
        except OSError as fault:
            _answer(self._control, number, FAILED, fault.strerror or type(fault).__name__)

    def close(self) -> None:
        """Closes the camera's UDP ports."""
        if self._ports is not None:
            self._ports.close()

    def _bind(self) -> int:
        """Binds anew; only towards the address that a connection was made to, and so was checked."""
        self.close()
        if self._source.transport is not Transport.UDP or self._ends is None:
            raise OSError(0, "the site file has no `transport: udp` for this camera")
        self._ports = ports = DatagramPorts(*self._ends)
        return ports.port

    def _report(self, count: int) -> None:
        if count not in (0, REPORT_BLOCK_BYTES):
            raise ConnectionError(0, "the sandbox sends a report of another length")
        block = exactly(self._control, count, SANDBOX)
        if self._ports is not None:
            self._ports.report(block)

    def _hand_in(self, number: int, link: socket.socket) -> None:
        socket.send_fds(self._control, [HEAD.pack(number, CONNECTED, 0)], [link.fileno()])


def _answer(control: socket.socket, number: int, how: bytes, text: str) -> None:
    words = text.encode()[:MAX_TEXT_BYTES]
    control.sendall(HEAD.pack(number, how, len(words)) + words)

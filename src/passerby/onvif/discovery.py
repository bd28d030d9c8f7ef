"""WS-Discovery: two probes to the whole local network, and the answers until the time is up."""

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from uuid import uuid4

from passerby.domain.errors import SourceError
from passerby.onvif.markup import plain
from passerby.onvif.matches import FoundCamera, found_cameras

GROUP = "239.255.255.250"
PORT = 3702
MAX_CAMERAS = 1000
MAX_ANSWERS = 10_000
MAX_ANSWERS_OF_ONE = 50
"""A machine that answers more often than this is ignored: it must not crowd out the cameras."""

_DATAGRAM_BYTES = 65_535
_REPEATS_AT_S = (0.0, 0.4, 1.2)
"""UDP loses datagrams; SOAP over UDP has a probe sent more than once, with the same id."""

_STEP_S = 0.1
_KINDS = ("dn:NetworkVideoTransmitter", "tds:Device")
"""What is asked for, each in a probe of its own (several in one would all have to fit): every camera before the newer
media service calls itself the first, and some with that service alone only the second."""

_PROBE = """<?xml version="1.0" encoding="UTF-8"?>\
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" \
xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" \
xmlns:dn="http://www.onvif.org/ver10/network/wsdl" \
xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><e:Header>\
<w:MessageID>{message_id}</w:MessageID>\
<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>\
<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>\
</e:Header><e:Body><d:Probe><d:Types>{kind}</d:Types></d:Probe></e:Body></e:Envelope>"""


def discover(
    timeout_s: float,
    interface: str | None = None,
    also: Sequence[str] = (),
    progress: Callable[[float], None] = lambda _: None,
    port: int = PORT,
) -> tuple[FoundCamera, ...]:
    """The cameras that answer, in the order of their addresses; none of them is connected to.

    Args:
        timeout_s: how long to wait for answers.
        interface: the network interface to send on, such as `eth0`; all of them without.
        also: IPv4 addresses that are probed directly, for networks that multicast does not reach.
        progress: called every tenth of a second with the seconds that have gone by.
        port: UDP port that cameras listen on.

    Raises:
        SourceError: there is no such interface or address, or nothing could be sent at all.
    """
    probes = {f"urn:uuid:{uuid4()}": kind for kind in _KINDS}
    questions = [_PROBE.format(message_id=message_id, kind=kind).encode() for message_id, kind in probes.items()]
    interfaces = _interfaces(interface)
    listened = _Listened(tuple(probes))
    for address in also:
        _check_ipv4(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, _group_socket(interfaces, port) as group:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        asking.setblocking(False)
        listening = (asking, group)
        start = time.monotonic()
        repeats = list(_REPEATS_AT_S)
        while (gone_s := time.monotonic() - start) < timeout_s:
            if repeats and gone_s >= repeats[0]:
                for question in questions:
                    _ask(asking, question, interfaces, also, port)
                repeats.pop(0)
            listened.take(listening, min(_STEP_S, timeout_s - gone_s))
            progress(min(gone_s, timeout_s))
    progress(timeout_s)
    return listened.cameras()


class _Listened:
    """Returns the answers so far."""

    def __init__(self, message_ids: tuple[str, ...]) -> None:
        self._message_ids = message_ids
        self._found: dict[tuple[str, str], FoundCamera] = {}
        self._answers: dict[str, int] = {}
        self._all = 0

    def take(self, listening: Sequence[socket.socket], wait_s: float) -> None:
        """Reads what has come in; waits for it at most `wait_s`."""
        until = time.monotonic() + wait_s
        while (left_s := until - time.monotonic()) > 0:
            ready = select.select(listening, [], [], left_s)[0]
            if not ready:
                return
            for link in ready:
                try:
                    datagram, (sender, _) = link.recvfrom(_DATAGRAM_BYTES)
                except OSError:  # an ICMP refusal of what was sent earlier is reported by the next read
                    continue
                self._add(datagram, sender)

    def _add(self, datagram: bytes, sender: str) -> None:
        self._all += 1
        self._answers[sender] = self._answers.get(sender, 0) + 1
        if self._all > MAX_ANSWERS or self._answers[sender] > MAX_ANSWERS_OF_ONE:
            return
        for camera in found_cameras(datagram, self._message_ids, sender):
            if len(self._found) < MAX_CAMERAS:
                self._found.setdefault((camera.sender, camera.endpoint), camera)

    def cameras(self) -> tuple[FoundCamera, ...]:
        """Every camera once, in the order of their addresses."""
        order = sorted(self._found.values(), key=lambda each: (ip_address(each.sender), each.endpoint))
        return tuple(order)


def _group_socket(interfaces: Sequence[int], port: int) -> socket.socket:
    """Returns a socket that is a member of the group on each interface: some cameras answer to the group.

    Where the port is taken by a program that does not share it, or an interface carries no group, the answers that
    come to us alone have to do.
    """
    group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group.setblocking(False)
    group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        # Bound to the group, it takes nothing from a camera on this machine that listens at the port itself.
        group.bind((GROUP, port))
    for index in interfaces:
        with suppress(OSError):
            member = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), index)
            group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    return group


def _ask(asking: socket.socket, probe: bytes, interfaces: Sequence[int], also: Sequence[str], port: int) -> None:
    """Sends the question through each interface, and to each address of its own.

    Raises:
        SourceError: not one datagram left this machine.
    """
    sent, refusal = 0, ""
    for index, address in [*((index, GROUP) for index in interfaces), *((0, each) for each in also)]:
        try:
            if index:
                multicast = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), index)
                asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, multicast)
            asking.sendto(probe, (address, port))
            sent += 1
        except OSError as error:
            refusal = error.strerror or str(error)
    if not sent:
        raise SourceError(
            f"discover: the question could not be sent on any network interface ({refusal}). "
            "Is the network up? Name an interface with --interface, or a camera with --at."
        )


def _interfaces(wanted: str | None) -> tuple[int, ...]:
    known = {name: index for index, name in socket.if_nameindex()}
    if wanted is None:
        return tuple(known.values())
    if wanted not in known:
        raise SourceError(
            f"--interface: there is no network interface {plain(wanted, 40)!r} here. Known: {', '.join(sorted(known))}."
        )
    return (known[wanted],)


def _check_ipv4(address: str) -> None:
    try:
        if ip_address(address).version == 4:
            return
    except ValueError:
        pass
    raise SourceError(f"--at: an IPv4 address such as 10.0.3.7 is needed, got {plain(address, 60)!r}.")

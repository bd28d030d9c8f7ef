"""A camera's UDP ports: what comes in is the camera's, and nothing goes out of the sandbox."""

import socket
import threading
from collections.abc import Iterator

import pytest

from passerby.domain.sources import CameraSource, SourceKind, Transport
from passerby.sandbox.brokered_connection import DATAGRAM_REQUEST, REPORT, BrokeredConnection
from passerby.sandbox.connection_broker import AllowList, broker_connections
from passerby.sandbox.datagrams import DatagramPorts
from testing.waiting import WITHIN_S

HERE = "127.0.0.1"


def datagram_socket(address: str = HERE, port: int = 0) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.settimeout(WITHIN_S)
    try:
        link.bind((address, port))
    except OSError:
        link.close()
        raise
    return link


@pytest.fixture
def camera() -> Iterator[socket.socket]:
    with datagram_socket() as link:
        yield link


def test_the_ports_are_neighbours_and_the_first_is_even() -> None:
    with DatagramPorts(HERE, HERE) as ports:
        assert ports.port % 2 == 0
        with pytest.raises(OSError, match="in use"):
            datagram_socket(port=ports.port + 1)


def test_only_what_the_camera_sends_from_its_port_comes_in(camera: socket.socket) -> None:
    port = camera.getsockname()[1]
    with DatagramPorts(HERE, HERE) as ports, datagram_socket() as other, datagram_socket("127.0.0.2") as stranger:
        for early in (other, stranger, camera):
            early.sendto(b"early", (HERE, ports.port))
        receiving = ports.receive_from(port)
        assert len(camera.recv(100)) == 12  # what opens the way back
        for sender in (other, stranger, camera):
            sender.sendto(sender.getsockname()[0].encode() + b" late", (HERE, ports.port))
        receiving.settimeout(0.3)
        assert receiving.recvfrom(100) == (b"127.0.0.1 late", camera.getsockname())
        with pytest.raises(TimeoutError):
            receiving.recv(100)


def test_what_is_handed_in_sends_nothing_to_anybody(camera: socket.socket) -> None:
    with DatagramPorts(HERE, HERE) as ports, datagram_socket() as elsewhere:
        receiving = ports.receive_from(camera.getsockname()[1])
        with pytest.raises(BrokenPipeError):
            receiving.send(b"x")
        with pytest.raises(BrokenPipeError):
            receiving.sendto(b"x", elsewhere.getsockname())
        receiving.connect(elsewhere.getsockname())
        with pytest.raises(BrokenPipeError):
            receiving.sendmsg([b"x"])


def test_a_port_that_is_not_announced_shows_with_the_first_datagram(camera: socket.socket) -> None:
    with DatagramPorts(HERE, HERE) as ports, datagram_socket("127.0.0.2") as stranger:
        stranger.sendto(b"\x80stranger", (HERE, ports.port))
        camera.sendto(b"\x80first", (HERE, ports.port))
        receiving = ports.receive_from(0)
        assert receiving.recvfrom(100)[1] == camera.getsockname()


@pytest.mark.parametrize("port", [1, 53, 1023, 65535])
def test_ports_of_other_services_are_none(port: int) -> None:
    with DatagramPorts(HERE, HERE) as ports, pytest.raises(OSError, match=f"announces UDP port {port}"):
        ports.receive_from(port)


def served(source: CameraSource) -> tuple[BrokeredConnection, threading.Thread, socket.socket]:
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=broker_connections, args=(ours, source, AllowList.of(["127.0.0.0/8"])))
    server.start()
    return BrokeredConnection(theirs.detach()), server, ours


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server((HERE, 0)) as server:
        yield server


@pytest.mark.parametrize("transport", list(Transport))
def test_ports_are_bound_only_after_a_connection_and_where_the_site_says_so(
    listening: socket.socket, transport: Transport
) -> None:
    source = CameraSource(SourceKind.RTSP, HERE, listening.getsockname()[1], "/", transport=transport)
    route, server, ours = served(source)
    with ours:
        with pytest.raises(OSError, match="transport: udp"):
            route.bind()
        route.open().close()
        if transport is Transport.UDP:
            assert route.bind() % 2 == 0
        else:
            with pytest.raises(OSError, match="transport: udp"):
                route.bind()
        route.close()
        server.join(WITHIN_S)
        assert not server.is_alive()


def test_a_report_goes_to_the_camera_alone(listening: socket.socket) -> None:
    source = CameraSource(SourceKind.RTSP, HERE, listening.getsockname()[1], "/", transport=Transport.UDP)
    route, server, ours = served(source)
    with ours, DatagramPorts(HERE, HERE) as camera:
        route.open().close()
        route.bind()
        with route.receive_from(camera.port):
            route.report(bytes(24))
            camera._reports.settimeout(WITHIN_S)
            assert [camera._reports.recv(100)[:2] for _ in range(2)] == [b"\x80\xc9", b"\x81\xc9"]
        route.close()
        server.join(WITHIN_S)


@pytest.mark.parametrize(
    "request_bytes", [DATAGRAM_REQUEST.pack(1, b"x", 0), DATAGRAM_REQUEST.pack(0, REPORT, 23), b"\1d\0\0"]
)
def test_what_no_sandbox_asks_for_ends_the_link(listening: socket.socket, request_bytes: bytes) -> None:
    source = CameraSource(SourceKind.RTSP, HERE, listening.getsockname()[1], "/", transport=Transport.UDP)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server = threading.Thread(target=broker_connections, args=(ours, source, AllowList.of(["127.0.0.0/8"])))
        server.start()
        theirs.sendall(b"\0" + request_bytes)
        server.join(WITHIN_S)
        assert not server.is_alive()

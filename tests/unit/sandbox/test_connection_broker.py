"""Which addresses cameras may have, and that nothing else is connected to."""

import ipaddress
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.errors import AddressRefusedError
from passerby.domain.sources import CameraSource, SourceKind
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.sandbox.connection_broker import SPECIAL, AllowList, broker_connections, connect
from testing.waiting import WITHIN_S

HERE = AllowList.of(["127.0.0.0/8"])


def allows(address: str, *networks: str) -> bool:
    return AllowList.of(networks).allows(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.64", "fd12:3456::1"])
def test_private_networks_are_allowed_where_the_site_names_none(address: str) -> None:
    assert allows(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "127.0.0.1", "::1", "169.254.169.254", "169.254.1.1", "fe80::1", "224.0.0.1", "ff02::1",
     "0.0.0.0", "::", "255.255.255.255", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fd00:ec2::254",
     "2001:db8::1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fec0::7", "64:ff9b:1::a00:1", "2001::1",
     "::10.0.0.1", "::ffff:0:10.0.0.1", "169.254.170.2"],
)  # fmt: skip
@pytest.mark.asvs("1.3.6", "13.2.4")
def test_everything_else_is_not(address: str) -> None:
    assert not allows(address)


@given(st.sampled_from(SPECIAL), st.integers(0, 2**16))
@pytest.mark.asvs("1.3.6")
def test_a_list_as_wide_as_the_internet_does_not_mean_this_machine(network, place: int) -> None:
    address = network[place % network.num_addresses]
    assert not AllowList.of(["0.0.0.0/0", "::/0"]).allows(address)


def test_special_networks_are_allowed_where_the_site_lists_them() -> None:
    assert allows("127.0.0.1", "127.0.0.0/8")
    assert allows("127.0.0.1", "127.0.0.1/32")
    assert allows("169.254.7.7", "169.254.7.0/24")
    assert allows("::ffff:10.0.0.1", "::ffff:10.0.0.0/104")
    assert allows("fd00:ec2::254", "fd00:ec2::254/128")
    assert not allows("127.0.0.1", "10.0.0.0/8", "0.0.0.0/0")
    assert not allows("10.0.0.1", "192.168.0.0/16")


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("169.254.169.254", "169.254.0.0/16"),
        ("168.63.129.16", "168.63.0.0/16"),
        ("192.0.0.192", "192.0.0.0/24"),
        ("fd00:ec2::254", "fd00::/8"),
        ("::ffff:169.254.169.254", "::ffff:0:0/96"),
        ("::169.254.169.254", "::/96"),
        ("64:ff9b::7f00:1", "64:ff9b::/96"),
        ("64:ff9b:1::a9fe:a9fe", "64:ff9b:1::/48"),
        ("2002:7f00:1::", "2002::/16"),
        ("2001:0:a9fe:a9fe::", "2001::/32"),
        ("2001:0:a00:1::80ff:fffe", "2001::/32"),
        # Local NAT64 with prefixes of 48, 56, 64 and 96 bits (RFC 6052, section 2.2)
        ("64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1::/48"),
        ("64:ff9b:1:7f:0:100::", "64:ff9b:1::/48"),
        ("64:ff9b:1::a9:fea9:fe00:0", "64:ff9b:1::/48"),
        ("64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1::/56"),
        ("64:ff9b:1:2:a9:fea9:fe00:0", "64:ff9b:1:2::/64"),
        ("64:ff9b:1::a9fe:a9fe", "64:ff9b:1::/96"),
        ("64:ff9b:1::7f00:1", "64:ff9b:1::7f00:0/120"),
        ("64:ff9b:1::7f00:1", "64:ff9b:1::7f00:1/128"),
        ("64:ff9b:1::a00:1", "64:ff9b:1::/52"),  # no translator's prefix
        ("64:ff9b:1::a00:1", "64:ff9b:1::/48"),  # its translator sends that to 0.0.0.0
        # Not what a translator of that prefix writes, though what it would read is a camera's
        ("64:ff9b:1:a00:0:100:a9fe:a9fe", "64:ff9b:1::/48"),
        ("64:ff9b:1:2:a:0:100:1", "64:ff9b:1:2::/64"),
        ("64:ff9b:1:a00:8000:100::", "64:ff9b:1::/48"),
        # A translator with a prefix of the operator's own
        ("2001:db8:a9fe:a9fe::", "2001:db8::/32"),
        ("2001:db8:1a9:fea9:fe::", "2001:db8:100::/40"),
        ("2001:db8:1:a9fe:a9:fe00::", "2001:db8:1::/48"),
        ("2001:db8:1:2a9:fe:a9fe::", "2001:db8:1:200::/56"),
        ("2001:db8:1:2:a9:fea9:fe00:0", "2001:db8:1:2::/64"),
        ("2001:db8::a9fe:a9fe", "2001:db8::/96"),
        ("fd00:64::7f00:1", "fd00:64::/96"),
        # ISATAP
        ("fd12:3456::5efe:169.254.169.254", "fd00::/8"),
        ("2001:db8::200:5efe:127.0.0.1", "2001:db8::/32"),
    ],
)
def test_a_range_that_leads_to_special_addresses_does_not_mean_them(address: str, listed: str) -> None:
    assert not allows(address, listed, "0.0.0.0/0", "::/0")


def test_a_range_that_leads_to_cameras_may_be_listed() -> None:
    assert allows("64:ff9b::a00:1", "64:ff9b::/96")
    assert allows("fd12:3456::5efe:10.1.2.3", "fd00::/8")
    assert allows("::ffff:127.0.0.1", "::ffff:127.0.0.0/104", "127.0.0.0/8")
    assert not allows("::ffff:127.0.0.1", "::ffff:127.0.0.0/104")


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("64:ff9b:1:a01:2:300::", "64:ff9b:1::/48"),
        ("64:ff9b:1:a:1:203::", "64:ff9b:1::/56"),
        ("64:ff9b:1:2:a:102:300:0", "64:ff9b:1:2::/64"),
        ("64:ff9b:1::a01:203", "64:ff9b:1::/96"),
        ("64:ff9b:1:2:3:4:a01:203", "64:ff9b:1:2:3:4::/96"),
        ("64:ff9b:1::c0a8:105", "64:ff9b:1::c0a8:100/120"),
        ("64:ff9b:1::c0a8:105", "64:ff9b:1::c0a8:105/128"),
        ("64:ff9b:1:1:0:5efe::", "64:ff9b:1::/56"),  # 1.0.94.254, and not ISATAP
    ],
)
def test_cameras_behind_a_local_translator_are_reached_by_its_prefix(address: str, listed: str) -> None:
    assert allows(address, listed)
    assert allows(address, listed, "::/0", "64:ff9b::/96")
    assert not allows(address, "::/0")


def test_the_longest_prefix_that_is_listed_is_the_translators() -> None:
    assert allows("64:ff9b:1::a01:203", "64:ff9b:1::/48", "64:ff9b:1::/96")
    assert not allows("64:ff9b:1:a01:2:300::", "64:ff9b:1::/48", "64:ff9b:1:a01:2:300::/96")


def test_what_a_translator_leads_to_may_be_listed_by_itself() -> None:
    assert allows("64:ff9b:1::7f00:1", "64:ff9b:1::/96", "127.0.0.0/8")
    assert allows("2001:db8::7f00:1", "2001:db8::/96", "127.0.0.1/32")


@pytest.mark.parametrize("listed", ["2001:db8::/32", "2001:db8::/48", "2001:db8::/64", "2001:db8::/96"])
@pytest.mark.parametrize("address", ["2001:db8::7", "2001:db8::c0a8:105"])
def test_networks_of_cameras_with_addresses_of_their_own_are_no_translators(address: str, listed: str) -> None:
    assert allows(address, listed)


@given(st.sampled_from([48, 56, 64, 96]), st.ip_addresses(v=4))
def test_the_local_translator_leads_where_the_address_may_be_reached_itself(length: int, leads_to) -> None:
    there = leads_to.packed
    at = length // 8
    behind = there if at > 8 else there[: 8 - at] + b"\0" + there[8 - at :]
    address = ipaddress.IPv6Address((bytes.fromhex("0064ff9b0001").ljust(at, b"\0") + behind).ljust(16, b"\0"))
    special = any(leads_to in net for net in SPECIAL if net.version == 4)
    assert allows(str(address), f"64:ff9b:1::/{length}") == (not special)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="host bits"):
        AllowList.of(["10.0.0.1/8"])


@pytest.fixture
def camera() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def source(port: int, host: str = "127.0.0.1") -> CameraSource:
    return CameraSource(SourceKind.RTSP, host, port)


def test_connecting(camera: socket.socket) -> None:
    with connect(source(camera.getsockname()[1]), HERE) as link:
        assert link.getpeername() == camera.getsockname()


def test_the_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(camera: socket.socket) -> None:
    port = camera.getsockname()[1]
    answers = [[(0, 0, 0, "", ("127.0.0.1", 0))], [(0, 0, 0, "", ("203.0.113.1", 0))]]
    real = socket.getaddrinfo
    asked = []

    def rebinding(host, *rest, **more):
        if host != "camera.example":
            return real(host, *rest, **more)
        asked.append(host)
        return answers[len(asked) - 1]

    with patch("socket.getaddrinfo", rebinding), connect(source(port, "camera.example"), HERE) as link:
        assert link.getpeername()[0] == "127.0.0.1"
    assert asked == ["camera.example"]


def test_of_several_addresses_only_those_that_are_allowed_are_called(camera: socket.socket) -> None:
    found = [ipaddress.ip_address("203.0.113.1"), ipaddress.ip_address("127.0.0.1")]
    called = []
    real = socket.create_connection

    def noted(address, **more):
        called.append(address[0])
        return real(address, **more)

    with (
        patch("passerby.sandbox.connection_broker._resolved", return_value=found),
        patch("passerby.sandbox.connection_broker.socket.create_connection", noted),
        connect(source(camera.getsockname()[1], "camera.example"), HERE),
    ):
        assert called == ["127.0.0.1"]


def test_a_refusal_names_the_address_and_says_what_to_do() -> None:
    with pytest.raises(AddressRefusedError) as refusal:
        connect(source(554), AllowList())
    assert "127.0.0.1" in str(refusal.value)
    assert "list its network under network.cameras" in str(refusal.value)


def test_what_cannot_be_reached_is_reported_in_plain_words(camera: socket.socket) -> None:
    port = camera.getsockname()[1]
    camera.close()
    with pytest.raises(OSError, match=r"the camera at 127\.0\.0\.1 cannot be reached: Connection refused"):
        connect(source(port), HERE)
    with pytest.raises(OSError, match=r"the name no\.such\.camera\.invalid is not known"):
        connect(source(port, "no.such.camera.invalid"), HERE)
    with pytest.raises(OSError, match="is not known"):
        connect(source(port, "x" * 300), HERE)


def test_only_the_one_camera_is_handed_in_and_the_thread_ends_with_the_process(camera: socket.socket) -> None:
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=broker_connections, args=(ours, source(camera.getsockname()[1]), HERE))
    server.start()
    route = BrokeredConnection(theirs.detach())
    with route.open() as link:
        assert link.getpeername() == camera.getsockname()
    with route.open() as link:
        assert link.getpeername() == camera.getsockname()
    route.close()
    server.join(WITHIN_S)
    assert not server.is_alive()
    ours.close()


def test_a_refusal_and_a_failure_reach_the_other_side(camera: socket.socket) -> None:
    port = camera.getsockname()[1]
    camera.close()
    for allowed, kind in ((AllowList(), AddressRefusedError), (HERE, OSError)):
        ours, theirs = socket.socketpair()
        with ours:
            server = threading.Thread(target=broker_connections, args=(ours, source(port), allowed))
            server.start()
            route = BrokeredConnection(theirs.detach())
            with pytest.raises(kind, match=r"127\.0\.0\.1"):
                route.open()
            route.close()
            server.join(WITHIN_S)
            assert not server.is_alive()


def test_a_sandbox_that_takes_no_answer_is_not_served_any_more(camera: socket.socket) -> None:
    """Descriptors that are on their way count for the user, and so for every other camera of this machine."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(bytes(range(1, 250)) * 4)
        with (
            patch("passerby.sandbox.connection_broker.REQUESTS_PER_S", 1e6),
            patch("passerby.sandbox.connection_broker.BURST", 1e6),
        ):
            broker_connections(ours, source(camera.getsockname()[1]), HERE)
        ours.close()
        theirs.settimeout(0.1)
        taken = 0
        with suppress(ConnectionResetError):  # what was asked behind that is lost
            while handed_in := socket.recv_fds(theirs, 4, 1)[1]:
                os.close(handed_in[0])
                taken += 1
    assert 4 < taken < 60


def test_a_sandbox_that_asks_too_often_waits(camera: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    # Not of the module `time` itself: threads that other tests leave sleep, too.
    clock = SimpleNamespace(sleep=waits.append, monotonic=time.monotonic)
    monkeypatch.setattr("passerby.sandbox.connection_broker.time", clock)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\0\0r\0\0" * 60)
        theirs.shutdown(socket.SHUT_WR)
        broker_connections(ours, source(camera.getsockname()[1]), HERE)
    assert 15 <= len(waits) <= 20
    assert sum(waits) > 10

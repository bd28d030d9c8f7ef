"""The hub's listening socket: explained where it cannot be had, and what it passes on to every viewer's line."""

import socket

import pytest

from passerby.domain.errors import OutputError
from passerby.domain.service import ServerPlan
from passerby.service.web_server import UNSENT_BYTES, bound


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_the_system_keeps_little_for_a_slow_viewer() -> None:
    with bound(ServerPlan(port=free_port())) as listening, socket.create_connection(listening.getsockname()):
        line, _ = listening.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == UNSENT_BYTES


def test_a_taken_port_is_explained() -> None:
    port = free_port()
    with bound(ServerPlan(port=port)), pytest.raises(OutputError, match=f"port {port}.*choose another port"):
        bound(ServerPlan(port=port))

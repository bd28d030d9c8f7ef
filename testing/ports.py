"""Ports of loopback that programs which are started on their own are to listen on."""

import socket
from contextlib import ExitStack


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    return free_ports(1)[0]


def free_ports(count: int) -> tuple[int, ...]:
    """So many of them, each another one."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return tuple(each.getsockname()[1] for each in sockets)

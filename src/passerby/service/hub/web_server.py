"""The hub's web server: where it listens, its certificate, and how browsers reach it."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import uvicorn

from passerby.access import Place
from passerby.domain.errors import OutputError
from passerby.domain.service import ServerPlan, TlsFiles
from passerby.telemetry.logs import get_log
from passerby.text import is_loopback
from passerby.web.edge.addresses import host_name
from passerby.web.edge.server import UNSENT_BYTES, Arrived

CERTIFICATE_LOOK_S = 60.0
"""How often the certificate's files are looked at: a city's authority renews them without a word to us."""

_LOOPBACK: Final = "127.0.0.1"


class Server(uvicorn.Server):
    """Leaves signals to the hub, which has more to finish than the server."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Captures none."""
        return nullcontext()

    def passed_on(self, arrived: Arrived) -> asyncio.Protocol | None:
        """Returns what serves a connection that another hub passes on; None where it would not be served here either.

        A hub without accounts listens on its own machine alone, and takes from another hub what came from that machine.
        """
        reached = is_loopback(arrived.client) or not is_loopback(self.config.host)
        if not self.started or self.should_exit or not reached:
            return None
        made = cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class)
        state = self.lifespan.state
        return made(config=self.config, server_state=self.server_state, app_state=state, arrived=arrived)


def listening_plan(server: ServerPlan, *, any_account: bool) -> ServerPlan:
    """Returns where to listen now: on this machine alone, and without TLS, until there is an account.

    Without one the link opens everything, and nothing that it opens is to be reached from elsewhere.
    """
    if any_account or is_loopback(server.host):
        return server
    return replace(server, host=_LOOPBACK, tls=None, public_url=None, behind=())


def place_of(server: ServerPlan) -> Place:
    """Returns where browsers reach the service."""
    origin = server.origin
    return Place(host_name(origin.partition("://")[2]), origin)


def bound(server: ServerPlan) -> socket.socket:
    """Returns a socket that listens where the site names.

    Raises:
        OutputError: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listening.bind((server.host, server.port))
    except OSError as fault:
        listening.close()
        raise OutputError(server.cannot_listen(fault.strerror)) from None
    listening.listen(512)
    listening.set_inheritable(False)
    return listening


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Returns TLS 1.2 or newer with the site's certificate.

    Raises:
        OutputError: the files cannot be read, or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _load(context, files)
    return context


async def follow_certificate(context: ssl.SSLContext, files: TlsFiles, every_s: float = CERTIFICATE_LOOK_S) -> None:
    """Loads a renewed certificate for the connections that come after it; what is loaded stays where that fails."""
    log, loaded = get_log(), _changes(files)
    while True:
        await asyncio.sleep(every_s)
        now = _changes(files)
        if now == loaded:
            continue
        try:
            # First into a context of its own: a half of a pair would end all new connections.
            tls_context(files)
            _load(context, files)
        except OutputError as fault:
            log.error("the renewed certificate cannot be used; the one before stays", why=str(fault))
        else:
            log.info("the certificate was renewed")
        loaded = now


def _load(context: ssl.SSLContext, files: TlsFiles) -> None:
    try:
        # An empty password: a key that needs one is refused, and is not asked for on the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except (OSError, ssl.SSLError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) and fault.strerror else "they are no pair in PEM"
        raise OutputError(
            f"server.tls: {files.certificate} and {files.key} cannot be used: {why}. Give the certificate with "
            "those that lead to its authority, and its key without a password, both in PEM and readable by passerby."
        ) from None


def _changes(files: TlsFiles) -> tuple[int, ...]:
    return tuple(_changed_ns(path) for path in (files.certificate, files.key))


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

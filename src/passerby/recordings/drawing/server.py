"""Serves the editor on this machine alone, until it is stopped."""

import asyncio
import secrets
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from passerby.access import Access, Place
from passerby.domain.access import Principal, Purpose
from passerby.domain.access_plan import DEFAULT_ACCESS
from passerby.domain.errors import OutputError
from passerby.drawing.site_drawings import SiteDrawings
from passerby.ports import Store
from passerby.recordings.drawing.live import RecordingLive
from passerby.recordings.drawing.site import RecordingSite
from passerby.register.published.publication import Publication
from passerby.register.published.signing import RegisterKey
from passerby.store import open_store
from passerby.web.app import create_app, end_streams
from passerby.web.edge.identities import AccessIdentities, Credentials, SessionCookie
from passerby.web.edge.server import server_config

HOST: Final = "127.0.0.1"
_KEY_BYTES: Final = 32


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, which ends what is counted first."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Captures none."""
        return nullcontext()


class _Owner(AccessIdentities):
    """Who has the link has the recording itself: it is not asked why they look at what is anonymous of it."""

    async def principal(self, credentials: Credentials) -> Principal | None:
        """Returns whose session it is, with a purpose."""
        found = await super().principal(credentials)
        return None if found is None else replace(found, purpose=Purpose.MAINTENANCE, case="a recording of one's own")


def listening(port: int) -> socket.socket:
    """Returns a socket that listens on this machine; port 0 takes any that is free.

    Raises:
        OutputError: the port is taken, or not ours to take.
    """
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as fault:
        raise OutputError(
            f"{HOST} port {port}: cannot listen there: {getattr(fault, 'strerror', None) or fault}. "
            "Choose another with --port, or leave it out for any that is free."
        ) from None


async def serve(
    site: RecordingSite, live: RecordingLive, listener: socket.socket, on_link: Callable[[str], None]
) -> None:
    """Serves the editor until SIGINT or SIGTERM.

    Sessions and the audit log are kept in a folder that goes with it; the site file stays.

    Args:
        site: the site file.
        live: the recording.
        listener: listens on this machine.
        on_link: called with the one-time link.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    port = listener.getsockname()[1]
    origin = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory(prefix="passerby-draw-") as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'draw.db'}", zone=ZoneInfo(site.plan.time_zone))
        try:
            app, access = _app(site, live, store, origin)
            server = _Server(server_config(app, HOST, port))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            learning = asyncio.create_task(live.learn())
            on_link(f"{origin}/open/{await access.link.new()}")
            await asyncio.wait((asyncio.create_task(stop.wait()), serving), return_when=asyncio.FIRST_COMPLETED)
            live.close()
            end_streams(app)
            server.should_exit = True
            await serving
            await learning
        finally:
            await store.close()


def _app(site: RecordingSite, live: RecordingLive, store: Store, origin: str) -> tuple[FastAPI, Access]:
    key = secrets.token_bytes(_KEY_BYTES)
    store.audit_log.use_key(key)
    access = Access(
        store.access, key, lambda: DEFAULT_ACCESS, lambda: Place("localhost", origin), lambda: site.plan.name
    )
    register = Publication(store, RegisterKey(Ed25519PrivateKey.generate()), lambda _: (), time.time_ns)
    app = create_app(
        store, live, site, SiteDrawings(site), access, SessionCookie(key), register, identities=_Owner(access)
    )

    async def editor(_: Request) -> Response:
        """There is one page to go on to."""
        return RedirectResponse(f"/cameras/{site.camera}/draw", HTTPStatus.SEE_OTHER)

    app.router.routes.insert(0, Route("/", editor))
    return app, access

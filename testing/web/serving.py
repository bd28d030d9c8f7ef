"""The application behind a real server, on a port of its own, and what it says of its API."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import uvicorn
from fastapi import FastAPI

from passerby.web.app import end_streams
from passerby.web.edge.server import DEFAULT_LIMITS, ClientLimits, server_config
from testing.web.fakes import Service


@asynccontextmanager
async def served(
    app: FastAPI, limits: ClientLimits = DEFAULT_LIMITS, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serves while the block lasts; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(server_config(app, "127.0.0.1", 0, limits, tls))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1]
        finally:
            end_streams(app)
            server.should_exit = True
            await task


@cache
def api_description() -> dict[str, Any]:
    """The API as OpenAPI, worked out once a process: it takes FastAPI a second. Shared, so it is not to be changed."""
    return Service().app.openapi()

"""How the application is served: by uvicorn, on one address, quietly."""

import asyncio

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STOPS_WITHIN_S = 5
"""Endless answers end within two; what is still open then is closed."""

_LARGEST_VIEWER_MESSAGE_BYTES = 4096
"""Viewers have nothing to say."""


class Prompt(WebSocketsSansIOProtocol):
    """Takes a picture for a viewer when the one before has left, so that the next one is always the newest.

    Slow viewers lose pictures instead of filling the memory.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps nothing in line."""
        super().connection_made(transport)
        if isinstance(transport, asyncio.WriteTransport):
            transport.set_write_buffer_limits(high=0)


def server_config(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """The settings of the server.

    Args:
        app: the application.
        host: a loopback address.
        port: 0 for any that is free.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        # Addresses hold the one-time link's token.
        access_log=False,
        log_config=None,
        server_header=False,
        # No proxy stands in front, so no header counts for where a request comes from.
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=STOPS_WITHIN_S,
        ws=Prompt,
        ws_max_size=_LARGEST_VIEWER_MESSAGE_BYTES,
        # JPEG does not get shorter.
        ws_per_message_deflate=False,
    )

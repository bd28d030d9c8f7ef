"""Answers HEAD at every address that has a GET: with the same status and headers, and no body."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ONLY_HEAD: Final = "passerby.only_head"
"""Key of a request's scope: it is a HEAD. Routes whose GET changes or records something look at it."""


class Heads:
    """ASGI middleware: asks for the GET and keeps its body back. An answer in parts is left after its headers.

    Args:
        app: what lies behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        begun = asyncio.Event()

        async def headers_alone(message: Message) -> None:
            # What lies in front of this, and the server, know the request by its own method.
            scope["method"] = "HEAD"
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif message.get("more_body", False):
                begun.set()

        scope["method"], scope[ONLY_HEAD] = "GET", True
        answering = asyncio.ensure_future(self._app(scope, receive, headers_alone))
        leaving = asyncio.ensure_future(begun.wait())
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
        finally:
            scope["method"] = "HEAD"
            leaving.cancel()
            answering.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)

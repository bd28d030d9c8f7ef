"""The headers that every answer carries: what a browser may load, show and keep of it."""

import re
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: forms would be sent with `Origin: null`, as those of other sites are.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

EMBEDDED: Final = re.compile(r"/open/[A-Za-z-]{2,20}/counters/[a-z0-9-]{1,200}/[0-9W-]{4,10}/embed")
"""Charts of public numbers: the only answers that pages of others may show as a part of theirs."""

EMBEDDED_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors *; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": SECURITY_HEADERS["Permissions-Policy"],
}
"""They have no scripts, no forms and no session, so that nothing can be had by showing them."""


HSTS: Final = "max-age=31536000"
"""A year; not for other hosts of the domain, which are not ours to bind."""


TALLY_WORKER: Final = "/app/tally-worker.js"
"""Lets the page to count by hand be loaded anew without a network."""

TALLY_SCOPE: Final = "/validate"
"""The one page that it may answer for, which lies outside of its own folder."""


class SecurityHeaders:
    """ASGI middleware: puts the headers on every answer, and keeps answers out of caches.

    Args:
        app: what lies behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(EMBEDDED_HEADERS if EMBEDDED.fullmatch(scope["path"]) else SECURITY_HEADERS)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = HSTS
                if scope["path"] == TALLY_WORKER:
                    headers["Service-Worker-Allowed"] = TALLY_SCOPE
                headers.setdefault("Cache-Control", _kept(scope["path"]))
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _kept(path: str) -> str:
    """How long a browser may keep what lies at a path."""
    # Their names hold a hash of what is in them.
    if path.startswith("/app/assets/"):
        return "private, max-age=31536000, immutable"
    # Other files may be kept, if it is asked each time whether they are still the same.
    return "no-cache" if path.startswith(("/public/", "/app/")) else "no-store"

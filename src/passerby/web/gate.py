"""Stands in front of everything: the right host name, the right origin, a session, and a body of a sane length."""

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerby.domain.service import ServerPlan
from passerby.web.entry import Entry
from passerby.web.problems import ProblemError

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


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
                headers.update(SECURITY_HEADERS)
                # The page's own files may be kept, if it is asked each time whether they are still the same.
                static = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if static else "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


_LOCKED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>passerby</title></head><body>
<h1>Please come in by the link</h1>
<p>passerby prints a link at its start; <code>passerby link SITE.yaml</code> gives a new one. It works once, and for 15
minutes; this browser is then known for a week.
</p>
</body></html>
"""


def locked_page(status: HTTPStatus) -> Response:
    """Returns the page for a browser without a session; for people, so it is no problem document."""
    return HTMLResponse(_LOCKED, status)


MAX_BODY_BYTES = 1024 * 1024
"""A site file of a hundred cameras has some 300 KiB; nothing else that is sent here is long."""

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""What watches over the service need not come in by a link."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Gate:
    """ASGI middleware: lets in who may.

    Args:
        app: what lies behind.
        entry: knows the guests.
        server: where the service listens now, and whether its metrics are for every program of this machine.
    """

    def __init__(self, app: ASGIApp, entry: Entry, server: Callable[[], ServerPlan]) -> None:
        self._app = app
        self._entry = entry
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or answers itself."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._host(headers) or self._origin(scope, headers) or self._session(scope, headers)
        if refused is None:
            await self._app(scope, _Measured(receive).receive if scope["type"] == "http" else receive, send)
        elif scope["type"] == "websocket":
            # Before it is accepted, a close is answered with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": refused.problem.code})
        elif refused.problem.status == HTTPStatus.UNAUTHORIZED and "text/html" in headers.get("accept", ""):
            await locked_page(HTTPStatus.UNAUTHORIZED)(scope, receive, send)
        else:
            await refused.response()(scope, receive, send)

    def _host(self, headers: Headers) -> ProblemError | None:
        """Refuses other host names: a page of another site whose name is made to lead here (DNS rebinding) has one."""
        if _host_name(headers.get("host", "")) in _LOOPBACK_NAMES | {self._server().host.lower()}:
            return None
        return ProblemError(
            HTTPStatus.MISDIRECTED_REQUEST,
            "wrong-host",
            "This service does not answer to that host name.",
            "Use the address that it printed at its start.",
        )

    def _origin(self, scope: Scope, headers: Headers) -> ProblemError | None:
        """Whatever changes something, and every WebSocket, must come from a page of our own, if from any."""
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        origin = headers.get("origin")
        ours = origin is None or origin.lower().partition("://")[2] == headers.get("host", "").lower()
        if ours and headers.get("sec-fetch-site", "same-origin") == "same-origin":
            return None
        return ProblemError(
            HTTPStatus.FORBIDDEN,
            "wrong-origin",
            "A page of another site asked for this.",
            "Use the page that this service serves, or a program that is no browser.",
        )

    def _session(self, scope: Scope, headers: Headers) -> ProblemError | None:
        path = scope["path"]
        if path.startswith("/open/") or path in OPEN_PATHS:
            return None
        if path == "/metrics" and self._server().metrics and _is_local(scope):
            return None
        if any(self._entry.knows(cookie) for cookie in _cookies(headers, self._entry.cookie)):
            return None
        return ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "no-session",
            "The one-time link has not been used here, or too long ago.",
            "Open the link that the service prints at its start; `passerby link SITE.yaml` gives a new one.",
            headers={"WWW-Authenticate": 'Cookie realm="passerby"'},
        )


class _Measured:
    """A body that may only be so long."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > MAX_BODY_BYTES:
            # FastAPI lets only its own kind of error through from here; problems.py makes a problem of it.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MAX_BODY_BYTES} bytes")
        return message


def _host_name(host: str) -> str:
    """The Host header without its port, in small letters; an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            try:
                jar = SimpleCookie(part.strip())
            except CookieError:
                continue
            found += [jar[name].value] if name in jar else []
    return found


def _is_local(scope: Scope) -> bool:
    """The request comes from this machine; over a Unix socket there is no address at all."""
    client = scope.get("client")
    if client is None:
        return True
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False

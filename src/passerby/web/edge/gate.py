"""Checks each request before any of it is read: host name, origin, who makes it, and the length of its body."""

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerby.domain.service import ServerPlan
from passerby.web.edge.identities import Identities, credentials_of, metrics_principal
from passerby.web.problems import ProblemError

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

PRINCIPAL = "passerby.principal"
"""Key of the request's principal in its ASGI scope."""

METRICS_READER: Final = metrics_principal()
"""A program of this machine, where the site file lets every one of them read the metrics."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Gate:
    """ASGI middleware: refuses what comes from elsewhere, and finds out who asks.

    Args:
        app: what lies behind.
        identities: finds the principal.
        server: where the service listens now, and whether its metrics are for every program of this machine.
        is_public: whether anybody may ask for a path; asked only where there is no principal.
    """

    def __init__(
        self,
        app: ASGIApp,
        identities: Identities,
        server: Callable[[], ServerPlan],
        is_public: Callable[[Scope], bool],
    ) -> None:
        self._app = app
        self._identities = identities
        self._server = server
        self._is_public = is_public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or answers itself."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._host(headers) or self._origin(scope, headers) or await self._principal(scope, headers)
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

    async def _principal(self, scope: Scope, headers: Headers) -> ProblemError | None:
        """Writes the principal into the scope; refuses where there is none and the path is not for everybody."""
        credentials = credentials_of(headers, self._identities.cookie_names)
        principal = await self._identities.principal(credentials)
        if principal is None and scope["path"] == "/metrics" and self._server().metrics and _is_local(scope):
            principal = METRICS_READER
        scope[PRINCIPAL] = principal
        if principal is not None or self._is_public(scope):
            return None
        return no_session()


def no_session() -> ProblemError:
    """Returns the problem of a request without a principal."""
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


def _is_local(scope: Scope) -> bool:
    """The request comes from this machine; over a Unix socket there is no address at all."""
    client = scope.get("client")
    if client is None:
        return True
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False

"""Checks each request before any of it is read: how it came, who makes it, and the length of its body."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerby.access import Visitor
from passerby.access.attempts import network_of
from passerby.domain.service import ServerPlan
from passerby.ports import StoreError
from passerby.web.edge.addresses import Arrival, foreign_page
from passerby.web.edge.identities import Identities, SessionCookie, metrics_principal
from passerby.web.edge.language import read_by
from passerby.web.edge.rate_limits import PUBLIC, RateLimits
from passerby.web.problems import ProblemError, store_problem

MAX_BODY_BYTES = 1024 * 1024
"""A site file of a hundred cameras has some 300 KiB; nothing else that is sent here is long."""

PRINCIPAL = "passerby.principal"
"""Key of the request's principal in its ASGI scope."""

ASKED_S = "passerby.asked_s"
"""Key of when the store was asked for the principal, by the event loop's clock."""

METRICS_READER: Final = metrics_principal()
"""A program of this machine, where the site file lets every one of them read the metrics."""


class Gate:
    """ASGI middleware: refuses what comes from elsewhere, and finds out who asks.

    Args:
        app: what lies behind.
        identities: finds the principal.
        cookie: the session's cookie.
        server: where the service listens now, and what it trusts.
        is_public: whether a path is open to all; asked only where there is no principal.
        limits: how often what is public may be asked for.
        device_of: the number by which a browser that has logged in before is known; empty for a stranger.
        log_in_page: what a person's browser gets instead of the problem, with the same status.
    """

    def __init__(
        self,
        app: ASGIApp,
        identities: Identities,
        cookie: SessionCookie,
        server: Callable[[], ServerPlan],
        is_public: Callable[[Scope], bool],
        limits: RateLimits,
        device_of: Callable[[Visitor], Awaitable[str]],
        log_in_page: Callable[[Scope], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._identities = identities
        self._cookie = cookie
        self._server = server
        self._is_public = is_public
        self._limits = limits
        self._device_of = device_of
        self._log_in_page = log_in_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or answers itself."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        arrival = Arrival.of(scope, headers, self._server())
        # From here on, the request came from where the client is, and as the client sees it.
        scope["client"] = (arrival.client, 0)
        scope["scheme"] = arrival.scheme if scope["type"] == "http" else arrival.scheme.replace("http", "ws")
        read_by(scope)
        refused = arrival.refused(self._server()) or foreign_page(scope, headers, arrival)
        refused = refused or await self._principal(scope, headers, arrival)
        if refused is None:
            await self._app(scope, _Measured(receive).receive if scope["type"] == "http" else receive, send)
        elif scope["type"] == "websocket":
            # Before it is accepted, a close is answered with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": refused.problem.code})
        elif refused.problem.status == HTTPStatus.UNAUTHORIZED and "text/html" in headers.get("accept", ""):
            await (await self._page_or_problem(scope))(scope, receive, send)
        else:
            await refused.response()(scope, receive, send)

    async def _page_or_problem(self, scope: Scope) -> Response:
        try:
            return await self._log_in_page(scope)
        except StoreError as error:
            return store_problem(error).response()

    async def _principal(self, scope: Scope, headers: Headers, arrival: Arrival) -> ProblemError | None:
        """Writes the principal into the scope; refuses where there is none and the path is not public."""
        principal = None
        scope[ASKED_S] = asyncio.get_running_loop().time()
        try:
            principal = await self._identities.principal(self._cookie.credentials(headers, arrival.scheme))
        except StoreError as error:
            if not self._is_public(scope):
                return store_problem(error)
        if principal is None and scope["path"] == "/metrics" and self._server().metrics and arrival.is_local:
            principal = METRICS_READER
        scope[PRINCIPAL] = principal
        if principal is not None:
            return None
        if not arrival.is_local and (refused := await self._too_many(headers, arrival)):
            return refused
        return None if self._is_public(scope) else no_session()

    async def _too_many(self, headers: Headers, arrival: Arrival) -> ProblemError | None:
        """Counts a request without a session by its address; past that, a browser that is known by its own number."""
        refused = self._limits.refusal(PUBLIC, network_of(arrival.client))
        if refused is None:
            return None
        visitor = Visitor(arrival.client, device=self._cookie.device(headers, arrival.scheme))
        device = ""
        with suppress(StoreError):
            device = await self._device_of(visitor)
        return self._limits.refusal(PUBLIC, f"device {device}") if device else refused


def no_session() -> ProblemError:
    """Returns the problem of a request without a principal."""
    return ProblemError(
        HTTPStatus.UNAUTHORIZED,
        "no-session",
        "There was no log-in here, or too long ago; or the token has ended.",
        "Log in at /log-in; on a machine without accounts, open the link that `passerby link SITE.yaml` prints.",
        headers={"WWW-Authenticate": 'Bearer realm="passerby"'},
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

"""Appends to the audit log what was asked for by people and programs that may not, but not without end."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from limits import RateLimitItemPerHour
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerby.access.attempts import Counts
from passerby.domain.access import Principal
from passerby.domain.audit import AuditEntry
from passerby.ports import StoreError
from passerby.telemetry.logs import get_log
from passerby.web.edge.gate import PRINCIPAL
from passerby.web.edge.purposes import PURPOSE_NEEDED
from passerby.web.problems import CODE

REFUSED: Final = "request.refused"
REFUSED_OFTEN: Final = "request.refused-often"
"""The actions: one refusal, and that more of the hour are not written down one by one."""

EACH: Final = RateLimitItemPerHour(20, 1, namespace="refused acts")
"""Entries in an hour: who asks for many things is seen, and who asks without end fills no log."""

_STARTS = ("http.response.start", "websocket.http.response.start")


class RefusedActs:
    """ASGI middleware: an answer 403 to an account, a token or a link leaves an entry before it is sent.

    The question why one looks, which is asked with the same status, leaves none.

    The entry names the pattern of the address, and a camera only where the site has it: addresses hold what is typed.

    Args:
        app: what lies behind.
        append: appends to the audit log.
        known_camera: whether the site has a camera of that name.
        clock: UTC nanoseconds now.
    """

    def __init__(
        self,
        app: ASGIApp,
        append: Callable[[AuditEntry], Awaitable[None]],
        known_camera: Callable[[str], bool],
        clock: Callable[[], int],
    ) -> None:
        self._app, self._append, self._known_camera, self._clock = app, append, known_camera, clock
        self._counts = Counts(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on."""
        principal = scope.get(PRINCIPAL)
        if not isinstance(principal, Principal):
            await self._app(scope, receive, send)
            return

        recorded = False

        async def watched(message: Message) -> None:
            nonlocal recorded
            if not recorded and message["type"] in _STARTS and message["status"] == HTTPStatus.FORBIDDEN:
                recorded = True
                if scope.get(CODE) != PURPOSE_NEEDED:
                    await self._record(principal, scope)
            await send(message)

        await self._app(scope, receive, watched)

    async def _record(self, principal: Principal, scope: Scope) -> None:
        times = self._counts.incr(EACH.key_for(principal.name), EACH.get_expiry())
        if times > EACH.amount + 1:
            return
        action = REFUSED if times <= EACH.amount else REFUSED_OFTEN
        method = scope.get("method", "WS")
        pattern = str(getattr(scope.get("route"), "path", "another address"))
        camera = scope.get("path_params", {}).get("camera", "")
        detail = f"camera {camera}" if self._known_camera(camera) else ""
        try:
            await self._append(AuditEntry(self._clock(), principal.name, action, f"{method} {pattern}", detail))
        except StoreError as fault:
            # It is refused all the same.
            get_log().error("a refused request is not in the audit log", why=str(fault))

"""What a hub that waits answers where it reaches no active one: it lives, is not ready, and all else is elsewhere."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from passerby.web.edge.headers import SecurityHeaders
from passerby.web.problems import RETRY_AFTER_S, ProblemError


def standby_app() -> Starlette:
    """Returns the application of a hub that waits: `/healthz` is answered, everything else with 503."""

    def alive(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def elsewhere(_: Request) -> Response:
        return ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "standby",
            "Another hub of this site is the active one; this one waits to take over, and cannot pass this on to it.",
            "Ask again, or ask the active hub. A proxy before both asks /readyz, and sends requests where that is "
            "answered with 200.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        ).response()

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/healthz", alive), Route("/{path:path}", elsewhere, methods=methods)])
    app.add_middleware(SecurityHeaders)
    return app

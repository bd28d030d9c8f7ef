"""Beginning and ending a browser's session, and what is shown when that is refused."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from passerby.access import (
    AccessError,
    InputError,
    LogInRefusedError,
    NewSession,
    ProviderError,
    TooManyAttemptsError,
    Visitor,
)
from passerby.access.log_in.sign_on import local_path
from passerby.web.hub import Hub, hub_of


def visitor_of(request: Request) -> Visitor:
    """Returns where a request comes from."""
    client = request.client
    device = hub_of(request).cookie.device(request.headers, request.url.scheme)
    return Visitor(client.host if client else "", request.headers.get("user-agent", ""), device)


def let_in(hub: Hub, request: Request, begun: NewSession, to: str = "/") -> Response:
    """Sets the session's cookie, and leads on to a page of this service."""
    answer = RedirectResponse(local_path(to), HTTPStatus.SEE_OTHER)
    hub.cookie.put(answer, request.url.scheme, begun, hub.clock())
    return answer


def status_of(error: AccessError) -> HTTPStatus:
    """Returns the HTTP status of a refusal."""
    if isinstance(error, TooManyAttemptsError):
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, LogInRefusedError):
        return HTTPStatus.UNAUTHORIZED
    if isinstance(error, InputError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.BAD_GATEWAY if isinstance(error, ProviderError) else HTTPStatus.FORBIDDEN

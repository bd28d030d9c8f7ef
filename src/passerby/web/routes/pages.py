"""The first page and its files, and the one-time link that opens a session."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from passerby.domain.access import Permission
from passerby.web.edge.entry import SESSION_LIFE_S
from passerby.web.edge.gate import locked_page
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented, no_such

STATIC = Path(__file__).parents[1] / "static"
FOLDERS = {"/static": STATIC, "/public": STATIC / "public"}
"""Where the files of an address lie."""

router = APIRouter(tags=["page"])


@router.get("/", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def first_page() -> Response:
    """The first page to look at."""
    page = STATIC / "index.html"
    if not page.is_file():
        raise no_such("page", "/", "This installation came without its page; the API under /api/v1 works all the same.")
    return FileResponse(page)


@router.get("/openapi.json", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def description(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(request.app.openapi())


@router.get(
    "/open/{token}",
    status_code=HTTPStatus.SEE_OTHER,
    dependencies=[needs(Permission.SEE_PUBLIC)],
    response_class=RedirectResponse,
    response_description="Come in: the session's cookie, and on to the page",
    responses=documented(403, 422),
    openapi_extra={"security": []},
)
async def come_in(token: str, request: Request, hub: HubHere) -> Response:
    """Changes the one-time link for a session's cookie."""
    cookie = hub.entry.admit(token)
    if cookie is None:
        if "text/html" in request.headers.get("accept", ""):
            return locked_page(HTTPStatus.FORBIDDEN)
        # The token is not shown again, not even a wrong one: it may be a right one, mistyped.
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "link-used-up",
            "This link was used already, is older than 15 minutes, or never was one.",
            "`passerby link SITE.yaml` gives a new one.",
        )
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    # Not `Secure`: the service is reached on the machine itself, over plain HTTP.
    answer.set_cookie(hub.entry.cookie, cookie, max_age=SESSION_LIFE_S, httponly=True, samesite="lax", path="/")
    return answer

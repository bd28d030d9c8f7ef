"""The pages, their files, and the description of the API."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from passerby.domain.access import Permission
from passerby.web.permissions import needs
from passerby.web.problems import no_such

STATIC = Path(__file__).parents[1] / "static"
FOLDERS = {"/static": STATIC, "/public": STATIC / "public"}
"""Where the files of an address lie."""

router = APIRouter(tags=["page"])


@router.get("/", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def first_page() -> Response:
    """The first page to look at: the cameras."""
    return _page("index.html", "/")


@router.get("/events", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def events_page() -> Response:
    """The page of events; `#event=ID` opens one."""
    return _page("events/events.html", "/events")


def _page(name: str, address: str) -> Response:
    page = STATIC / name
    if not page.is_file():
        what = "This installation came without its page; the API under /api/v1 works all the same."
        raise no_such("page", address, what)
    return FileResponse(page)


@router.get("/openapi.json", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def description(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(request.app.openapi())

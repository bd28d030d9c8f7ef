"""The pages, their files, and the description of the API."""

import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from passerby.domain.access import Permission
from passerby.markup import element
from passerby.web.edge.gate import PRINCIPAL
from passerby.web.edge.language import translated
from passerby.web.hub import hub_of
from passerby.web.pages.markup import page
from passerby.web.permissions import needs
from passerby.web.problems import no_such

PUBLIC = Path(__file__).parents[1] / "static" / "public"
"""What the public pages need, which work without the application."""

BUILT = Path(__file__).parents[1] / "built"
"""The web application, as `ui` is built."""

FOLDERS = {"/public": PUBLIC, "/app": BUILT}
"""Where the files of an address lie."""

PAGES = (
    "/",
    "/cameras/{name}",
    "/events",
    "/about",
    "/camera-settings",
    "/validate",
    "/cameras/{camera}/draw",
    "/governance",
    "/governance/cases",
    "/governance/exports",
    "/governance/log",
    "/governance/people",
    "/governance/register",
    "/governance/register/{camera}",
    "/governance/retention",
    "/welcome",
    "/analysis",
)
"""The addresses of the web application's pages, each answered with its one file; `ui/src/pages.ts` has the same."""

_SCRIPT = re.compile(r'<script type="module"[^>]* src="/app/assets/([^"/]+)"')

router = APIRouter(tags=["page"])


async def application() -> Response:
    """The web application, which shows the page of its address."""
    page = BUILT / "index.html"
    try:
        found = page.stat()
        return HTMLResponse(_page(page, (found.st_ino, found.st_mtime_ns, found.st_size)))
    except OSError:
        what = "This installation came without its page; the API under /api/v1 works all the same."
        raise no_such("page", "/", what) from None


@lru_cache(maxsize=1)
def _page(path: Path, _version: tuple[int, int, int]) -> bytes:
    """Returns the page's file, read once for each version of it.

    A file that is sent from the disk takes several turns of threads, each of which waits while much else is done: at
    the 95th percentile 230 ms while a minute of 8,000 cameras is stored.
    """
    return path.read_bytes()


def page_script() -> str | None:
    """Returns the name of the script that the web application starts with; None where it is not built.

    Read each time, for an upgrade may replace the files before the service is started anew.
    """
    try:
        found = _SCRIPT.search((BUILT / "index.html").read_text("utf-8"))
    except OSError:
        return None
    return None if found is None else found[1]


for _address in PAGES:
    router.get(_address, dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)(application)


def no_such_page(request: Request) -> Response:
    """Returns what a browser gets at an address at which nothing is served."""
    known = request.scope.get(PRINCIPAL) is not None
    return page(
        translated("There is no such page"),
        element("p", translated("Nothing is served at this address: it is misspelt, or the page is no more.")),
        element("p", element("a", translated("Go to the cameras"), href="/"))
        if known
        else element("p", element("a", translated("Public register"), href="/register/")),
        site=hub_of(request).plan.name if known else "",
        status=HTTPStatus.NOT_FOUND,
    )


@router.get("/openapi.json", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def description(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(request.app.openapi())

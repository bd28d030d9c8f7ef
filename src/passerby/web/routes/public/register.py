"""The public register: its document, its schema and its history; no session is needed."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.domain.access import Permission
from passerby.domain.register import RegisterVersion
from passerby.register.published.document import REGISTER_PATH, SCHEMA_PATH, register_schema
from passerby.text import utc_time
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented, no_such
from passerby.web.rows import ListOf

_LARGEST_NUMBER = 2**31 - 1
_OPEN: dict[str, Any] = {"security": []}
_JSON = "application/json"


class PublishedVersion(BaseModel):
    """One published version of the register."""

    number: int = Field(description="Each new version is one higher.", examples=[7])
    published: str = Field(description="When it was published.", examples=["2026-09-28T08:10:00Z"])
    sha256: str = Field(description="Of its canonical form (RFC 8785).")


class RegisterState(BaseModel):
    """Whether the published register says what runs."""

    agrees: bool = Field(description="The newest version says exactly what runs.")
    drift: str = Field(description="In what it differs, in one sentence; empty where it does not.")


class PublishedVersions(ListOf[PublishedVersion]):
    """Published versions, oldest first."""


router = APIRouter(tags=["register"], dependencies=[needs(Permission.SEE_PUBLIC)])


@router.get(REGISTER_PATH, responses=documented(503), openapi_extra=_OPEN, response_class=JSONResponse)
async def get_register(hub: HubHere) -> Response:
    """The newest version of the register, signed."""
    newest = await hub.register.newest()
    if newest is None:
        raise _not_published()
    return _text(newest)


@router.get(SCHEMA_PATH, openapi_extra=_OPEN, response_class=JSONResponse)
async def get_register_schema() -> Response:
    """The JSON Schema of the register."""
    return JSONResponse(register_schema())


@router.get("/.well-known/passerby/state.json", openapi_extra=_OPEN)
async def get_register_state(hub: HubHere) -> RegisterState:
    """Whether the published register says what runs."""
    return RegisterState(agrees=not hub.register.drift, drift=hub.register.drift)


@router.get("/.well-known/passerby/versions.json", responses=documented(503), openapi_extra=_OPEN)
async def list_register_versions(hub: HubHere) -> PublishedVersions:
    """All versions of the register, oldest first."""
    rows = [
        PublishedVersion(number=each.number, published=utc_time(each.time_ns), sha256=each.sha256)
        for each in await hub.register.heads()
    ]
    return PublishedVersions(rows=rows, after=None)


@router.get(
    "/.well-known/passerby/versions/{number}.json",
    responses=documented(404, 422, 503),
    openapi_extra=_OPEN,
    response_class=JSONResponse,
)
async def get_register_version(
    hub: HubHere,
    number: Annotated[int, Path(ge=1, le=_LARGEST_NUMBER, description="The version's number.", examples=[7])],
) -> Response:
    """One version of the register, as it was published."""
    found = await hub.register.version(number)
    if found is None:
        raise no_such("register version", number, "GET /.well-known/passerby/versions.json lists all of them.")
    return _text(found)


@router.get("/register", include_in_schema=False)
@router.get("/register/", include_in_schema=False)
async def first_page(hub: HubHere, request: Request) -> Response:
    """Leads to the list of cameras, in a language that the browser prefers."""
    wanted = preferred(request.headers.get("accept-language", ""), hub.plan.record.languages)
    return RedirectResponse(f"/register/{wanted}/index.html", HTTPStatus.SEE_OTHER)


@router.get("/register/{path:path}", include_in_schema=False)
async def public_page(hub: HubHere, path: str) -> Response:
    """One of the public pages, or a file that belongs to them."""
    newest = await hub.register.newest()
    if newest is None:
        raise _not_published()
    form, origin = bool(hub.plan.record.case_key), hub.plan.server.origin
    found = await hub.public_pages.file(path, newest, hub.clock(), hub.zone, form=form, origin=origin)
    if found is None:
        raise no_such("page", path, "GET /register/ leads to the list of cameras.")
    return Response(found.content, media_type=found.media_type)


def preferred(accepted: str, offered: Sequence[str]) -> str:
    """Returns the offered language that an Accept-Language header wants most; the first one where it wants none.

    >>> preferred("de, sr;q=0.8, en;q=0.5", ("en", "sr-Cyrl"))
    'sr-Cyrl'
    """
    wanted = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        number = weight.strip().removeprefix("q=") or "1"
        known = number.isascii() and number.replace(".", "", 1).isdigit()
        wanted.append((float(number) if known else 0.0, tag.strip().lower()))
    for _, tag in sorted(wanted, key=lambda each: -each[0]):
        same = [each for each in offered if f"{tag}-".startswith(f"{each.lower()}-")]
        near = [each for each in offered if tag and each.lower().partition("-")[0] == tag.partition("-")[0]]
        if same or near:
            return (same or near)[0]
    return offered[0]


def _not_published() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "not-published", "No register has been published yet.", "Ask again soon."
    )


def _text(version: RegisterVersion) -> Response:
    return Response(version.text, media_type=_JSON, headers={"ETag": f'"{version.number}"'})

"""The public register: its document, its schema and its history; no session is needed."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from passerby.domain.access import Permission
from passerby.domain.register import RegisterVersion
from passerby.register.published.document import REGISTER_PATH, SCHEMA_PATH, register_schema
from passerby.text import utc_time
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented, no_such

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


router = APIRouter(tags=["register"], dependencies=[needs(Permission.SEE_PUBLIC)])


@router.get(REGISTER_PATH, responses=documented(503), openapi_extra=_OPEN, response_class=JSONResponse)
async def register(hub: HubHere) -> Response:
    """The newest version of the register, signed."""
    newest = await hub.register.newest()
    if newest is None:
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE, "not-published", "No register has been published yet.", "Ask again soon."
        )
    return _text(newest)


@router.get(SCHEMA_PATH, openapi_extra=_OPEN, response_class=JSONResponse)
async def schema() -> Response:
    """The JSON Schema of the register."""
    return JSONResponse(register_schema())


@router.get("/.well-known/passerby/state.json", openapi_extra=_OPEN)
async def state(hub: HubHere) -> RegisterState:
    """Whether the published register says what runs."""
    return RegisterState(agrees=not hub.register.drift, drift=hub.register.drift)


@router.get("/.well-known/passerby/versions.json", responses=documented(503), openapi_extra=_OPEN)
async def versions(hub: HubHere) -> list[PublishedVersion]:
    """All versions of the register, oldest first."""
    return [
        PublishedVersion(number=each.number, published=utc_time(each.time_ns), sha256=each.sha256)
        for each in await hub.register.versions()
    ]


@router.get(
    "/.well-known/passerby/versions/{number}.json",
    responses=documented(404, 422, 503),
    openapi_extra=_OPEN,
    response_class=JSONResponse,
)
async def one_version(
    hub: HubHere,
    number: Annotated[int, Path(ge=1, le=_LARGEST_NUMBER, description="The version's number.", examples=[7])],
) -> Response:
    """One version of the register, as it was published."""
    found = await hub.register.version(number)
    if found is None:
        raise no_such("register version", number, "GET /.well-known/passerby/versions.json lists all of them.")
    return _text(found)


def _text(version: RegisterVersion) -> Response:
    return Response(version.text, media_type=_JSON, headers={"ETag": f'"{version.number}"'})

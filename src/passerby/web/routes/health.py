"""How the cameras are doing, and whether the service itself can answer."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from passerby.text import figure, iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.live.kept_lists import UNCHANGED, list_answer, one_page, page_of, written
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import RETRY_AFTER_S, ProblemError, documented
from passerby.web.ranges import AfterCamera, Limit, event_query, seen_page
from passerby.web.rows import ListOf

_STORE_ANSWERS_WITHIN_S = 3.0


class State(BaseModel):
    """A camera's one state, and why."""

    state: CameraState = Field(description="What matters most about the camera now.")
    since: str = Field(description="When it began.", examples=["2026-09-28T08:00:00+02:00"])
    time: str = Field(description="When this was reported.", examples=["2026-09-28T08:10:00+02:00"])
    why: str = Field(description="One sentence that names what was measured.")
    measured: float | None = Field(description="The value that decided; null where nothing was measured.")
    threshold: float | None = Field(description="What it was compared with.")
    reliable: bool = Field(description="False while the camera stands otherwise than its lines and zones were drawn.")


class HealthReport(State):
    """One report of one camera."""

    camera: str = Field(examples=["square-north"])
    frames_in: int = Field(description="Frames that came since the report before.")
    frames_dropped: int = Field(description="Of these, frames that were not looked at because a newer one had come.")
    frames_undecodable: int = Field(description="Pictures that came damaged, on top of `frames_in`.")
    detect_p50_ms: float | None = Field(description="Median time to detect in one frame; null without frames.")
    detect_p95_ms: float | None = Field(description="The time that 95 % of the frames took at most.")


class HealthPage(ListOf[HealthReport]):
    """Reports: the newest of each camera by name, or those of a time, oldest first."""


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


router = APIRouter(prefix="/api/v1", tags=["health"])
watched = APIRouter(tags=["operation"])
PUBLIC = [needs(Permission.SEE_PUBLIC)]


def state_of(report: CameraHealth, zone: ZoneInfo) -> State:
    """The state as it is sent with a camera."""
    return State(**_state(report, zone))


def report_of(report: CameraHealth, zone: ZoneInfo) -> HealthReport:
    """The whole report as it is sent."""
    return HealthReport(
        **_state(report, zone),
        camera=report.camera,
        frames_in=report.frames_in,
        frames_dropped=report.frames_dropped,
        frames_undecodable=report.frames_undecodable,
        detect_p50_ms=figure(report.detect_p50_ms),
        detect_p95_ms=figure(report.detect_p95_ms),
    )


def _state(report: CameraHealth, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "state": report.state,
        "since": iso_time(report.since_ns, zone),
        "time": iso_time(report.time_ns, zone),
        "why": report.why,
        "measured": figure(report.measured),
        "threshold": report.threshold,
        "reliable": report.state is not CameraState.MOVED,
    }


@router.get(
    "/health",
    dependencies=[needs(Permission.SEE_STATE)],
    response_model=HealthPage,
    responses=UNCHANGED | documented(401, 403, 422, 503),
)
async def list_health(
    hub: HubHere, principal: PrincipalHere, request: Request, limit: Limit | None = None, after: AfterCamera = None
) -> Response:
    """The newest report of each camera, by name: of all of them without `limit` and `after`.

    Of those that have not reported since the start, the newest that is stored. Of more than 250 cameras the whole list
    may be some seconds old.
    """
    seen = VisibleCameras.of(hub, principal, Permission.SEE_STATE)
    hub.health_rows.trim(len(hub.plan.cameras))
    if limit is not None or after is not None:
        newest = await _newest(hub)
        names, rest = page_of([name for name in sorted(newest) if name in seen], limit, after)
        return await one_page(request, (_text(hub, newest[name]) for name in names), rest)

    async def made() -> bytes:
        newest = await _newest(hub)
        return await written(_text(hub, newest[name]) for name in sorted(newest) if name in seen)

    whole = await hub.lists.whole((hub.plan, "health", seen.names), len(hub.plan.cameras), made)
    return list_answer(request, whole.content, whole.tag)


async def _newest(hub: Hub) -> dict[str, CameraHealth]:
    newest = {report.camera: report for report in hub.live.health()}
    if any(camera.name not in newest for camera in hub.plan.cameras):
        newest = {report.camera: report for report in await hub.store.newest_health()} | newest
    return newest


def _text(hub: Hub, report: CameraHealth) -> str:
    zone = hub.zone
    write = partial(_report_text, report, zone)
    return hub.health_rows.row(report.camera, (report, zone), write)


def _report_text(report: CameraHealth, zone: ZoneInfo) -> str:
    return report_of(report, zone).model_dump_json()


@router.get(
    "/health/history", dependencies=[needs(Permission.SEE_STATE)], responses=documented(401, 403, 404, 422, 503)
)
async def list_health_history(
    hub: HubHere, principal: PrincipalHere, query: Annotated[EventQuery, Depends(event_query)]
) -> HealthPage:
    """The reports of a time, oldest first."""
    page = await seen_page(hub, principal, Permission.SEE_STATE, hub.store.health, query)
    return HealthPage(rows=[report_of(report, hub.zone) for report in page.rows], after=page.after)


@watched.get("/healthz", dependencies=PUBLIC, openapi_extra={"security": []})
async def check_alive() -> Alive:
    """The process answers; asks nothing of anything else."""
    return Alive()


@watched.get("/readyz", dependencies=PUBLIC, responses=documented(503), openapi_extra={"security": []})
async def check_ready(hub: HubHere) -> Alive:
    """The configuration is loaded and the store answers."""
    why = await _why_not_ready(hub)
    if why is None:
        return Alive()
    raise ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-ready",
        why,
        f"Ask again in {RETRY_AFTER_S} s.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


async def _why_not_ready(hub: Hub) -> str | None:
    try:
        async with asyncio.timeout(_STORE_ANSWERS_WITHIN_S):
            version = await hub.store.configuration()
    except TimeoutError:
        return f"The store has not answered within {_STORE_ANSWERS_WITHIN_S:.0f} s."
    except StoreError as error:
        return str(error)
    return "No configuration has been applied yet." if version is None else None

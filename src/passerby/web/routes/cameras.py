"""The cameras, what is measured with them, and how they are doing."""

from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from passerby.camera_secrets.errors import CameraSecretError
from passerby.domain.access import Permission
from passerby.domain.audit import AuditEntry
from passerby.domain.film import Mode
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.layout import Line, Movement, Zone
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan
from passerby.domain.sources import PasswordPlace
from passerby.ports import PasswordNotTakenError
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.live.kept_lists import UNCHANGED, list_answer, one_page, page_of, written
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import RETRY_AFTER_S, ProblemError, documented
from passerby.web.ranges import AfterCamera, Limit
from passerby.web.routes.health import State, state_of
from passerby.web.rows import DirectionWord, ListOf, RoadUserWord, road_user_word
from passerby.web.times import iso_or_none

Point = Annotated[list[float], Field(min_length=2, max_length=2)]

CameraName = Annotated[str, Path(pattern=CAMERAS, description="The camera's name.", examples=["square-north"])]

_POINT_DIGITS = 6

_MOVING = {"health", "isolation"}
"""What of a camera's row changes without the site file."""


class LineRow(BaseModel):
    """A line that is counted at."""

    name: str = Field(examples=["west gate"])
    points: list[Point] = Field(description="Both ends, x and y as 0-1 of the picture.")
    road_users: list[RoadUserWord] = Field(description="The classes that are counted.")
    forward_name: str = Field(description="What the site calls the way from the left hand to the right.")
    backward_name: str = Field(description="What it calls the other way.")


class ZoneRow(BaseModel):
    """An area that is measured in."""

    name: str = Field(examples=["benches"])
    points: list[Point] = Field(description="The corners in order, x and y as 0-1 of the picture.")
    road_users: list[RoadUserWord] = Field(description="The classes that are measured.")


class MovementRow(BaseModel):
    """A turning count: over one line, then over another."""

    name: str = Field(examples=["gate to arcade"])
    entry_line: str
    entry_direction: DirectionWord
    exit_line: str
    exit_direction: DirectionWord


class IsolationRow(BaseModel):
    """How far the process that sees the pixels is locked in."""

    level: int = Field(description="0 to 3; 3 is all that there is.", ge=0, le=3)
    missing: list[str] = Field(description="Why it is not 3, a sentence each.")


def _checked_password(text: str) -> str:
    if not text.isprintable():
        raise ValueError("1 to 1000 printable letters are needed")
    return text


class NewPassword(BaseModel, extra="forbid"):
    """A camera's password; it can be written and never read."""

    password: Annotated[str, AfterValidator(_checked_password)] = Field(
        min_length=1, max_length=1000, repr=False, description="As the camera takes it.", examples=["an example"]
    )


class PasswordRow(BaseModel):
    """Where a camera's password is kept; never the password."""

    place: PasswordPlace = Field(
        description="`encrypted`: set here. `outside`: in the site file or the environment. `none`: there is none."
    )
    set_at: str | None = Field(description="When an encrypted one was set.", examples=["2026-09-28T08:10:00+02:00"])
    fault: str = Field(description="Why an encrypted one cannot be opened; empty where nothing is wrong.")


class CameraRow(BaseModel):
    """A camera."""

    name: str = Field(examples=["square-north"])
    title: dict[str, str] = Field(
        description="What the public register calls it: language tag -> text, the empty tag for all languages; empty "
        "where it is not registered.",
        examples=[{"en": "Market square"}],
    )
    groups: list[str] = Field(description="The groups of cameras that it belongs to.", examples=[["centre"]])
    position: list[float] | None = Field(
        description="Where it stands, latitude and longitude (WGS 84); null where it is not registered.",
        examples=[[44.816, 20.46]],
    )
    source: str = Field(description="Where its pictures come from, without credentials.")
    smaller: list[str] = Field(
        description="Smaller streams of the same view; which one is watched stands in `health.why`.",
        examples=[["rtsp://10.0.0.7/sub"]],
    )
    analysed_fps: float = Field(description="Frames looked at a second, at most.")
    mode: Mode = Field(description="How a picture is made that may be shown.")
    calibrated: bool = Field(description="It is known where on the ground a pixel lies, so there are speeds.")
    health: State | None = Field(description="Null until its process has reported.")
    isolation: IsolationRow | None = Field(description="Null until its process has reported.")
    lines: list[LineRow]
    zones: list[ZoneRow]
    movements: list[MovementRow]


class CameraRows(ListOf[CameraRow]):
    """Cameras, in the order of the site file."""


class LineRows(ListOf[LineRow]):
    """A camera's lines, in the order of the site file."""


class ZoneRows(ListOf[ZoneRow]):
    """A camera's zones, in the order of the site file."""


router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"])
SEEN = [needs(Permission.SEE_STATE)]
CONFIGURED = [needs(Permission.CONFIGURE)]
CHANGED = [needs(Permission.CONFIGURE, recent=True)]


@router.get("", dependencies=SEEN, response_model=CameraRows, responses=UNCHANGED | documented(401, 403, 422))
async def list_cameras(
    hub: HubHere, principal: PrincipalHere, request: Request, limit: Limit | None = None, after: AfterCamera = None
) -> Response:
    """The cameras that may be seen, in the order of the site file: all of them without `limit` and `after`.

    Of more than 250 cameras the whole list may be some seconds old.
    """
    seen = VisibleCameras.of(hub, principal, Permission.SEE_STATE)
    for kept in (hub.camera_rows, hub.state_rows):
        kept.trim(len(hub.plan.cameras))
    if limit is not None or after is not None:
        names, rest = page_of(seen.names, limit, after)
        return await one_page(request, _texts(hub, names), rest)

    async def made() -> bytes:
        return await written(_texts(hub, seen.names))

    whole = await hub.lists.whole((hub.plan, "cameras", seen.names), len(seen.names), made)
    return list_answer(request, whole.content, whole.tag)


@router.get("/{camera}", dependencies=SEEN, responses=documented(401, 403, 404, 422))
async def get_camera(hub: HubHere, camera: CameraName) -> CameraRow:
    """One camera."""
    plan = hub.camera(camera)
    health = {report.camera: report for report in hub.live.health()}
    return _row(hub, plan, health.get(camera), hub.live.isolations().get(camera))


@router.get("/{camera}/lines", dependencies=SEEN, responses=documented(401, 403, 404, 422))
async def list_lines(hub: HubHere, camera: CameraName) -> LineRows:
    """A camera's lines."""
    return LineRows(rows=[_line(line) for line in hub.camera(camera).layout.lines], after=None)


@router.get("/{camera}/zones", dependencies=SEEN, responses=documented(401, 403, 404, 422))
async def list_zones(hub: HubHere, camera: CameraName) -> ZoneRows:
    """A camera's zones."""
    return ZoneRows(rows=[_zone(zone) for zone in hub.camera(camera).layout.zones], after=None)


@router.post(
    "/{camera}/confirm",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    dependencies=[needs(Permission.DRAW)],
    responses=documented(401, 403, 404, 409, 422, 503),
)
async def confirm_camera(hub: HubHere, principal: PrincipalHere, camera: CameraName) -> None:
    """Confirms that a moved camera's lines and zones are right as they are."""
    plan = hub.running_camera(camera)
    # Into the audit first: an act that could not be looked up later does not happen.
    await hub.store.append_audit(AuditEntry(hub.clock(), principal.name, "camera.confirmed", plan.name))
    if not await hub.live.confirm_view(plan.name):
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "worker-away",
            f"The process that watches {plan.name} is not running now.",
            "Wait until the camera has a state again, then confirm once more.",
        )


@router.post(
    "/{camera}/start",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    dependencies=SEEN,
    responses=documented(401, 403, 404, 409, 422),
)
async def start_camera(hub: HubHere, camera: CameraName) -> None:
    """Answers that the camera runs, or why it may not: every registered camera that is not paused runs by itself."""
    hub.running_camera(camera)


@router.get("/{camera}/password", dependencies=CONFIGURED, responses=documented(401, 403, 404, 422))
async def get_camera_password(hub: HubHere, camera: CameraName) -> PasswordRow:
    """Where a camera's password is kept, and since when; never the password."""
    hub.camera(camera)
    return _password_row(hub, camera)


@router.put("/{camera}/password", dependencies=CHANGED, responses=documented(400, 401, 403, 404, 409, 413, 422, 503))
async def set_camera_password(
    hub: HubHere, principal: PrincipalHere, camera: CameraName, new: NewPassword
) -> PasswordRow:
    """Keeps a camera's password encrypted, bound to the camera and its host, and starts the camera with it."""
    hub.camera(camera)
    try:
        await hub.configurations.set_password(camera, new.password, principal.name)
    except PasswordNotTakenError as error:
        raise ProblemError(
            HTTPStatus.CONFLICT, "password-not-taken", str(error), "Change the site file as it says, then ask again."
        ) from None
    except CameraSecretError as error:
        raise _not_kept(error) from None
    return _password_row(hub, camera)


@router.delete("/{camera}/password", dependencies=CHANGED, responses=documented(401, 403, 404, 422, 503))
async def remove_camera_password(hub: HubHere, principal: PrincipalHere, camera: CameraName) -> PasswordRow:
    """Removes a camera's encrypted password, and starts the camera without it."""
    hub.camera(camera)
    try:
        await hub.configurations.clear_password(camera, principal.name)
    except CameraSecretError as error:
        raise _not_kept(error) from None
    return _password_row(hub, camera)


def _password_row(hub: Hub, camera: str) -> PasswordRow:
    state = hub.configurations.password_state(camera)
    return PasswordRow(place=state.place, set_at=iso_or_none(state.set_ns, hub.zone), fault=state.fault)


def _not_kept(error: CameraSecretError) -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-written",
        str(error),
        "Mend that on the machine, then ask again; what was there is as it was.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _texts(hub: Hub, names: Sequence[str]) -> Iterator[str]:
    health = {report.camera: report for report in hub.live.health()}
    isolations = hub.live.isolations()
    for plan in map(hub.plan.camera, names):
        if plan is not None:
            yield _text(hub, plan, health.get(plan.name), isolations.get(plan.name))


def _text(hub: Hub, plan: CameraPlan, health: CameraHealth | None, isolation: Isolation | None) -> str:
    """Returns a camera's row; what changes only with the site file, and the state, are written once."""
    fixed = hub.camera_rows.row(plan.name, (plan,), partial(_fixed, hub, plan))
    state = hub.state_rows.row(plan.name, (health, isolation, hub.zone), partial(_moving, hub, health, isolation))
    return f"{fixed[:-1]},{state[1:]}"


def _fixed(hub: Hub, plan: CameraPlan) -> str:
    return _row(hub, plan, None, None).model_dump_json(exclude=_MOVING)


def _moving(hub: Hub, health: CameraHealth | None, isolation: Isolation | None) -> str:
    state = None if health is None else state_of(health, hub.zone)
    row = CameraRow.model_construct(health=state, isolation=_isolation(isolation))
    return row.model_dump_json(include=_MOVING)


def _isolation(isolation: Isolation | None) -> IsolationRow | None:
    return None if isolation is None else IsolationRow(level=isolation.level, missing=list(isolation.missing))


def _row(hub: Hub, plan: CameraPlan, health: CameraHealth | None, isolation: Isolation | None) -> CameraRow:
    record = plan.registration.record
    return CameraRow(
        name=plan.name,
        title={} if record is None else dict(record.title.texts),
        groups=list(plan.groups),
        position=None if record is None else list(record.place.position),
        source=plan.source.shown,
        smaller=[one.shown for one in plan.source.each_stream[1:]],
        analysed_fps=plan.analysed_fps,
        mode=plan.mode,
        calibrated=plan.layout.ground is not None,
        health=None if health is None else state_of(health, hub.zone),
        isolation=_isolation(isolation),
        lines=[_line(line) for line in plan.layout.lines],
        zones=[_zone(zone) for zone in plan.layout.zones],
        movements=[_movement(movement) for movement in plan.layout.movements],
    )


def _line(line: Line) -> LineRow:
    return LineRow(
        name=line.name,
        points=_points(line.points),
        road_users=_labels(line.road_users),
        forward_name=line.forward_name,
        backward_name=line.backward_name,
    )


def _zone(zone: Zone) -> ZoneRow:
    return ZoneRow(name=zone.name, points=_points(zone.points), road_users=_labels(zone.road_users))


def _movement(movement: Movement) -> MovementRow:
    return MovementRow.model_validate(
        {
            "name": movement.name,
            "entry_line": movement.entry_line,
            "entry_direction": str(movement.entry_direction),
            "exit_line": movement.exit_line,
            "exit_direction": str(movement.exit_direction),
        }
    )


def _points(points: npt.NDArray[np.float32]) -> list[list[float]]:
    # float32 has seven digits; what stands behind them was never in the site file.
    return [[round(float(x), _POINT_DIGITS), round(float(y), _POINT_DIGITS)] for x, y in points]


def _labels(road_users: frozenset[RoadUser]) -> list[RoadUserWord]:
    return [word for road_user in sorted(road_users) if (word := road_user_word(road_user)) is not None]

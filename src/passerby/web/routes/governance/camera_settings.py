"""Settings of several cameras at once: read, checked, and changed together as one version of the site file."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import Permission
from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import CameraEdit, Way, tag_of
from passerby.domain.draft_trial import DraftError
from passerby.domain.errors import OutputError
from passerby.domain.film import Mode
from passerby.domain.register import MeasuringPurpose
from passerby.domain.service import CameraPlan
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs, not_permitted
from passerby.web.problems import InvalidField, ProblemError, documented
from passerby.web.routes.configuration import conflict, not_written, refused
from passerby.web.rows import ListOf

WAYS: Final[Mapping[str, Way]] = {
    "analysed_fps": ("analysed_fps",),
    "mode": ("anonymise", "mode"),
    "groups": ("groups",),
    "purposes": ("register", "purposes"),
}
"""What can be changed of many cameras at once, and where it stands in a camera's part of the site file."""

WAY_LIST: Final = tuple(WAYS.values())

MAX_CAMERAS: Final = 1000

Group = Annotated[str, StringConstraints(min_length=1, max_length=63)]


class Settings(BaseModel, extra="forbid"):
    """Settings of a camera as the site file has them; null where it says nothing, and what holds for the site does."""

    analysed_fps: Annotated[float, Field(ge=1, le=120)] | None = Field(None, description="Frames looked at a second.")
    mode: Mode | None = Field(None, description="How a picture is made that may be shown.")
    groups: Annotated[list[Group], Field(max_length=50)] | None = Field(None, description="By which grants are given.")
    purposes: Annotated[list[MeasuringPurpose], Field(max_length=20)] | None = Field(
        None, description="Why it measures, as the register says."
    )


class SettingsRow(Settings):
    """Settings of one camera."""

    camera: str
    tag: str = Field(description="Names these settings; a change is made from them.")


class SettingsRows(ListOf[SettingsRow]):
    """Settings of cameras, in the order of the site file."""


class SettingsChange(Settings):
    """What is to be changed of a camera; a setting that is left out stays, null takes it away."""

    camera: Annotated[str, StringConstraints(pattern=CAMERAS)]
    tag: Annotated[str, StringConstraints(max_length=64)] = Field(description="Of the settings it was made from.")


class SettingsBody(BaseModel, extra="forbid"):
    """Changes of several cameras, made together or not at all."""

    changes: Annotated[list[SettingsChange], Field(min_length=1, max_length=MAX_CAMERAS)]
    widens: bool = Field(
        False, description="It is meant that a registered camera is used for more than before, or shows more."
    )


class SettingFault(BaseModel):
    """What is wrong with one camera's settings."""

    camera: str
    what: str


class SettingsCheck(BaseModel):
    """What a change would do."""

    faults: list[SettingFault] = Field(description="What is wrong with it; empty where nothing is.")
    widened: list[SettingFault] = Field(description="What a registered camera would be used for on top, or show.")


router = APIRouter(prefix="/api/v1/camera-settings", tags=["configuration"])
READS: Final = [needs(Permission.CONFIGURE)]
CHANGES: Final = [needs(Permission.CONFIGURE, recent=True)]


@router.get("", dependencies=READS, responses=documented(401, 403, 503))
async def list_camera_settings(hub: HubHere, principal: PrincipalHere) -> SettingsRows:
    """The settings of all cameras that can be changed together."""
    visible = VisibleCameras.of(hub, principal, Permission.CONFIGURE)
    return SettingsRows(rows=[await _row(hub, name) for name in visible.names], after=None)


@router.post("/validate", dependencies=READS, responses=documented(400, 401, 403, 404, 412, 422, 503))
async def validate_camera_settings(hub: HubHere, principal: PrincipalHere, body: SettingsBody) -> SettingsCheck:
    """Returns what is wrong with a change, and which registered cameras it would widen; changes nothing."""
    edits = await _edits(hub, principal, body)
    try:
        faults = await hub.configurations.edits.faults(edits)
    except ConfigurationConflictError as error:
        raise conflict(error, "GET /api/v1/camera-settings") from None
    found = [SettingFault(camera=_camera_in(fault.where), what=f"{fault.where}: {fault.what}") for fault in faults]
    return SettingsCheck(faults=found, widened=_widened(hub, body))


@router.put("", dependencies=CHANGES, responses=documented(400, 401, 403, 404, 409, 412, 422, 503))
async def change_camera_settings(hub: HubHere, principal: PrincipalHere, body: SettingsBody) -> SettingsRows:
    """Changes settings of several cameras as one version of the site file; no registered one is widened unseen."""
    edits, widened = await _edits(hub, principal, body), _widened(hub, body)
    if widened and not body.widens:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "widens-purpose",
            "This would use registered cameras for more than the register says, or show more of them.",
            "Look at what widens it; send `widens: true` where it is meant.",
            [InvalidField(where=f"cameras.{one.camera}", what=one.what) for one in widened[:20]],
        )
    for one in widened:
        entry = AuditEntry(hub.clock(), principal.name, "camera.widened", one.camera, one.what)
        await hub.store.append_audit(entry)
    try:
        await hub.configurations.edits.apply(edits, principal.name)
    except DraftError as error:
        raise refused(tuple(f"{fault.where}: {fault.what}" for fault in error.faults)) from None
    except ConfigurationRefusedError as error:
        raise refused(error.faults) from None
    except ConfigurationConflictError as error:
        raise conflict(error, "GET /api/v1/camera-settings") from None
    except OutputError as error:
        raise not_written(error) from None
    names = dict.fromkeys(change.camera for change in body.changes)
    return SettingsRows(rows=[await _row(hub, name) for name in names], after=None)


async def _row(hub: Hub, camera: str) -> SettingsRow:
    written = await hub.configurations.edits.values(camera, WAY_LIST)
    values: dict[str, Any] = dict(zip(WAYS, written, strict=True))
    return SettingsRow(camera=camera, tag=tag_of(written), **values)


async def _edits(hub: Hub, principal: PrincipalHere, body: SettingsBody) -> list[CameraEdit]:
    """The changes as edits of the site file.

    Raises:
        ProblemError: there is no such camera, this principal may not configure it, or it was changed meanwhile.
    """
    edits = []
    for change in body.changes:
        plan = hub.camera(change.camera)
        if not principal.may(Permission.CONFIGURE, plan.groups):
            raise not_permitted((Permission.CONFIGURE,))
        standing = dict(zip(WAYS, await hub.configurations.edits.values(change.camera, WAY_LIST), strict=True))
        if tag_of(standing.values()) != change.tag:
            error = ConfigurationConflictError(f"the settings of {change.camera} were changed in the meantime")
            raise conflict(error, "GET /api/v1/camera-settings")
        keys = [key for key in WAYS if key in change.model_fields_set]
        new = change.model_dump(mode="json", include=set(keys))
        values = {WAYS[key]: new[key] or None for key in keys}
        edits.append(CameraEdit(change.camera, values, tag_of(standing[key] for key in keys)))
    return edits


def _widened(hub: Hub, body: SettingsBody) -> list[SettingFault]:
    return [SettingFault(camera=change.camera, what=what) for change in body.changes for what in _more(hub, change)]


def _more(hub: Hub, change: SettingsChange) -> list[str]:
    """What a registered camera would be used for on top of what the register says, or show more of."""
    plan: CameraPlan = hub.camera(change.camera)
    record = plan.registration.record
    if record is None:
        return []
    added = [purpose.value for purpose in change.purposes or () if purpose not in record.purposes]
    found = [f"it would measure for {', '.join(added)} too"] if added else []
    if change.mode is Mode.MOSAIC and plan.mode is Mode.REDRAWN:
        found.append("its pictures would be a mosaic of what is seen, in place of drawn figures")
    return found


def _camera_in(where: str) -> str:
    return where.removeprefix("cameras.").partition(".")[0]

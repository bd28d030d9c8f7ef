"""Cameras that are to be: looked for on the network, asked what they stream, and added to the site file."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.access import Permission, Principal
from passerby.domain.audit import AuditEntry
from passerby.domain.camera_search import FoundSource, SourceWay
from passerby.domain.configurations import CameraEdit
from passerby.domain.draft_trial import DraftError
from passerby.domain.errors import AddressRefusedError, OutputError, SourceError
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs, not_permitted
from passerby.web.problems import InvalidField, ProblemError, documented
from passerby.web.routes.configuration import conflict, not_written, refused
from passerby.web.rows import ListOf

CONFIGURES: Final = [needs(Permission.CONFIGURE, recent=True)]
SECONDS: Final = 4.0

Address = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00-\x20\x7f]+$",
        description="Of a stream, as `rtsp://10.0.3.7/main`, or `HOST[:PORT]` of a camera that speaks ONVIF; without "
        "user and password.",
        examples=["rtsp://10.0.3.7/main"],
    ),
]
StreamAddress = Annotated[str, Field(pattern=r"^(rtsps?|https?)://[^\x00-\x20\x7f]+$", max_length=1000)]
User = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f:]*$", description="Empty without one.")]


class Search(BaseModel, extra="forbid"):
    """A search for cameras."""

    seconds: float = Field(default=SECONDS, ge=1, le=10, description="How long to wait for answers.")
    at: list[Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}$")]] = Field(
        default=[], max_length=16, description="IPv4 addresses to ask directly, where multicast does not reach."
    )


class DeviceRow(BaseModel):
    """A camera that answered."""

    address: str = Field(description="What to ask it at, next.", examples=["10.0.3.7"])
    name: str
    hardware: str
    location: str
    elsewhere: bool = Field(description="It names only addresses of other hosts, which are not asked.")


class DeviceRows(ListOf[DeviceRow]):
    """The cameras that answered a search, by their addresses."""


class Question(BaseModel, extra="forbid"):
    """A camera that is to be asked what it streams."""

    address: Address
    user: User = ""
    password: str = Field(default="", max_length=1000, repr=False, description="Used for this question, and not kept.")


class StreamRow(BaseModel):
    """One stream of a camera."""

    address: str = Field(description="For the camera's `source`; empty where it cannot be used as it is.")
    name: str
    codec: str = Field(description="How its pictures are coded; empty where not reported.", examples=["H.264"])
    width_px: int | None = Field(description="Null where not reported.")
    height_px: int | None = Field(description="Null where not reported.")
    fps: float | None = Field(description="Null where not reported.")
    recommended: str = Field(description="Why it is the one to watch; empty for the others.")
    note: str = Field(description="Why it cannot be used as it is; empty where it can.")
    smaller: list[str] = Field(
        description="Smaller streams of the same view, for `streams` of the camera's `source` beside this address.",
        examples=[["rtsp://10.0.3.7/sub"]],
    )


class SourceRow(BaseModel):
    """What a camera reported of itself."""

    way: SourceWay = Field(description="How it was asked.")
    maker: str
    model: str
    streams: list[StreamRow]
    notes: list[str] = Field(description="What you should know, one sentence each.")


class NewSource(BaseModel, extra="forbid"):
    """Where a camera's pictures come from."""

    address: StreamAddress = Field(
        description="Of its stream, the largest that is to be watched, without user and password.",
        examples=["rtsp://10.0.3.7/main"],
    )
    streams: list[StreamAddress] = Field(
        default=[],
        max_length=4,
        description="Of smaller streams of the same view, with the same protocol, host and port.",
        examples=[["rtsp://10.0.3.7/sub"]],
    )
    user: User = ""


class NewCamera(BaseModel, extra="forbid"):
    """A camera that is to be added to the site file."""

    name: Annotated[str, Field(pattern=CAMERAS)] = Field(examples=["square-north"])
    source: NewSource
    register_: dict[str, object] = Field(
        default={},
        alias="register",
        max_length=40,
        description="What the register says of it, as in a site file; it does not run before that is complete.",
    )


class AddedCamera(BaseModel):
    """A camera that was added."""

    name: str
    missing: list[str] = Field(description="The keys that the register lacks; it runs once there are none.")
    why: str = Field(description="Why it does not run; empty where it does.")


router = APIRouter(prefix="/api/v1", tags=["cameras"], dependencies=CONFIGURES)


@router.post("/camera-search", responses=documented(400, 401, 403, 413, 422, 503))
async def search_cameras(hub: HubHere, principal: PrincipalHere, asked: Search) -> DeviceRows:
    """Asks the local network for cameras by ONVIF; none of them is connected to."""
    await _record(hub, principal, "cameras.searched", ", ".join(asked.at))
    try:
        found = await hub.camera_search.discover(asked.seconds, asked.at)
    except SourceError as error:
        raise _not_found(error) from None
    rows = [
        DeviceRow(
            address=each.address,
            name=each.name,
            hardware=each.hardware,
            location=each.location,
            elsewhere=each.elsewhere,
        )
        for each in found
    ]
    return DeviceRows(rows=rows, after=None)


@router.post("/camera-search/probe", responses=documented(400, 401, 403, 413, 422, 503))
async def probe_camera(hub: HubHere, principal: PrincipalHere, asked: Question) -> SourceRow:
    """Asks one camera what it is and what it streams; no picture is fetched, and the password is not kept."""
    await _record(hub, principal, "camera.probed", "")
    try:
        found = await hub.camera_search.probe(asked.address, asked.user, asked.password)
    except SourceError as error:
        raise _not_found(error) from None
    return _source(found)


@router.post(
    "/cameras",
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 409, 412, 413, 422, 503),
)
async def add_camera(hub: HubHere, principal: PrincipalHere, new: NewCamera) -> AddedCamera:
    """Adds a camera to the site file, as a new version; it runs once the register says all that it has to."""
    if not principal.may(Permission.CONFIGURE, ()):
        raise not_permitted((Permission.CONFIGURE,))  # a new camera is in no group
    if hub.plan.camera(new.name) is not None:
        raise ProblemError(
            HTTPStatus.CONFLICT, "camera-exists", f"There is a camera {new.name} already.", "Take another name."
        )
    way = "rtsp" if new.source.address.startswith("rtsp") else "http"
    source: dict[str, object] = {way: new.source.address}
    source |= {"streams": list(new.source.streams)} if new.source.streams else {}
    source |= {"user": new.source.user} if new.source.user else {}
    edit = CameraEdit(new.name, {("source",): source, **({("register",): new.register_} if new.register_ else {})})
    try:
        await hub.configurations.edits.apply([edit], principal.name)
    except DraftError as error:
        begin = f"cameras.{new.name}."
        found = [InvalidField(where=f"body.{each.where.removeprefix(begin)}", what=each.what) for each in error.faults]
        detail = "; ".join(f"{fault.where}: {fault.what}" for fault in found[:3])
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{detail}.", "Mend it and ask again.", found[:20]
        ) from None
    except ConfigurationRefusedError as error:
        raise refused(error.faults) from None
    except ConfigurationConflictError as error:
        raise conflict(error) from None
    except OutputError as error:
        raise not_written(error) from None
    added = hub.plan.camera(new.name)
    missing, why = ([], "") if added is None else (list(added.registration.gaps), added.registration.why)
    return AddedCamera(name=new.name, missing=missing, why=why)


async def _record(hub: Hub, principal: Principal, action: str, detail: str) -> None:
    # Into the audit first; without the address, which may hold what does not belong there.
    await hub.store.append_audit(AuditEntry(hub.clock(), principal.name, action, "", detail))


def _source(found: FoundSource) -> SourceRow:
    return SourceRow(
        way=found.way,
        maker=found.maker,
        model=found.model,
        streams=[
            StreamRow(
                address=each.address,
                name=each.name,
                codec=each.codec,
                width_px=each.width_px or None,
                height_px=each.height_px or None,
                fps=each.fps or None,
                recommended=each.recommended,
                note=each.note,
                smaller=list(each.smaller),
            )
            for each in found.streams
        ],
        notes=list(found.notes),
    )


def _not_found(error: SourceError) -> ProblemError:
    text = str(error)
    if isinstance(error, AddressRefusedError):
        return ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "address-refused",
            text,
            "Which networks cameras are in is decided by who may edit the site file itself (network.cameras).",
        )
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "no-camera", text, "Mend it and ask again.")

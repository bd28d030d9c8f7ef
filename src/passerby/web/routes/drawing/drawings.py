"""What is drawn on a camera's picture, as one resource: read, checked, changed, with its history."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.drawings import DRAWN_KEYS, CameraDrawing
from passerby.domain.errors import OutputError
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError, DrawingConflictError
from passerby.text import iso_time
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import (
    MEDIA_TYPE,
    RETRY_AFTER_S,
    InvalidField,
    Problem,
    ProblemError,
    bad_value,
    documented,
    echoed,
)
from passerby.web.routes.cameras import CameraName, Point
from passerby.web.rows import ListOf

Keys = dict[str, object]
_ETAG = re.compile(r'"([0-9a-f]{1,64})"')
_MAX_FAULTS = 50


class DrawingBody(BaseModel, extra="forbid"):
    """All that is drawn at a camera, each key as in a site file; what is left out holds nothing."""

    lines: dict[str, Keys] = Field(
        default_factory=dict,
        description="By name.",
        examples=[{"west gate": {"points": [[0.27, 0.36], [0.25, 0.48]], "forward": "out of the square"}}],
    )
    zones: dict[str, Keys] = Field(default_factory=dict, description="By name.")
    movements: dict[str, Keys] = Field(default_factory=dict, description="By name.")
    masks: list[list[Point]] = Field(default_factory=list, description="Outlines of what is blotted out.")
    look_closer: list[list[Point]] = Field(default_factory=list, description="Outlines in which people are small.")
    ground: Keys | None = Field(None, description="Points or distances; null for none.")

    def keys(self) -> Keys:
        """Returns those that hold something."""
        return {key: value for key in DRAWN_KEYS if (value := getattr(self, key))}


class Drawing(DrawingBody):
    """All that is drawn at a camera now."""

    tag: str = Field(description="What `If-Match` has to name, without its quotes.", examples=["3f1b0c9a2d4e5f60718a"])


class DrawingVersionRow(BaseModel):
    """The drawing as it was from a time on."""

    number: int = Field(description="Of the version of the site file that brought it.")
    time: str = Field(description="When.", examples=["2026-09-28T08:10:00+02:00"])
    author: str = Field(description="Who.", examples=["site file"])
    drawing: Drawing


class DrawingVersionRows(ListOf[DrawingVersionRow]):
    """The newest versions of a drawing, the newest first."""


class DrawingFault(BaseModel):
    """What is wrong with a drawing."""

    where: str = Field(description="A dotted key.", examples=["zones.benches.points"])
    what: str = Field(description="What is needed there.", examples=["a zone needs 3 points, got 2"])


class DrawingState(BaseModel):
    """Whether a drawing could be saved."""

    faults: list[DrawingFault] = Field(description="Each has to be mended first; empty where it can be saved.")
    notes: list[str] = Field(description="What is probably not meant, a sentence each.")


class Difference(BaseModel):
    """A part of a drawing that differs."""

    where: str = Field(description="A dotted key.", examples=["lines.west gate"])
    yours: Any = Field(description="As it was sent; null where it is missing.")
    theirs: Any = Field(description="As it is now; null where it is missing.")


class DrawingConflict(Problem):
    """The drawing was changed by another person in the meantime; nothing was written."""

    current: Drawing
    author: str = Field(description="Who changed it.")
    time: str = Field(description="When.")
    differences: list[Difference] = Field(description="Between what was sent and what there is.")


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the drawing that this was made from; `*` for whichever.",
        examples=['"3f1b0c9a2d4e5f60718a"'],
    ),
]

router = APIRouter(prefix="/api/v1/cameras/{camera}/drawing", tags=["cameras"])
DRAWING = [needs(Permission.DRAW)]
CONFLICT: dict[int | str, dict[str, Any]] = {
    412: {"model": DrawingConflict, "description": "Precondition Failed", "content": {MEDIA_TYPE: {}}}
}


@router.get("", dependencies=DRAWING, responses=documented(401, 403, 404, 422, 503))
async def get_drawing(hub: HubHere, camera: CameraName, response: Response) -> Drawing:
    """What is drawn at a camera now; the ETag is what a change has to name."""
    return _answered(await hub.drawings.drawing(hub.camera(camera).name), response)


@router.put("", dependencies=DRAWING, responses=documented(400, 401, 403, 404, 409, 413, 422, 428, 503) | CONFLICT)
async def change_drawing(
    hub: HubHere,
    principal: PrincipalHere,
    camera: CameraName,
    body: DrawingBody,
    response: Response,
    if_match: IfMatch = None,
) -> Drawing:
    """Writes a drawing into the site file as a new version, comments kept, and runs it."""
    name, base = hub.camera(camera).name, _base(if_match)
    try:
        changed = await hub.drawings.change(name, body.keys(), principal.name, base)
    except DraftError as error:
        raise draft_refused(error.faults) from None
    except DrawingConflictError as error:
        raise await _conflict(hub, body, error.current) from None
    except ConfigurationConflictError as error:
        raise ProblemError(
            HTTPStatus.CONFLICT, "changed-meanwhile", str(error), "Apply or undo that edit, then save again."
        ) from None
    except ConfigurationRefusedError as error:
        faults = [DraftFault("", fault) for fault in error.faults]
        raise draft_refused(faults) from None
    except OutputError as error:
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "not-written",
            str(error),
            "Mend that on the machine, then save again; what ran goes on running.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        ) from None
    return _answered(changed, response)


@router.post("/check", dependencies=DRAWING, responses=documented(400, 401, 403, 404, 413, 422, 503))
async def check_drawing(hub: HubHere, camera: CameraName, body: DrawingBody) -> DrawingState:
    """Returns what is wrong with a drawing, and what is probably not meant; nothing is kept."""
    found = await hub.drawings.check(hub.camera(camera).name, body.keys())
    faults = [DrawingFault(where=echoed(fault.where), what=fault.what) for fault in found.faults[:_MAX_FAULTS]]
    return DrawingState(faults=faults, notes=list(found.notes))


@router.get("/versions", dependencies=DRAWING, responses=documented(401, 403, 404, 422, 503))
async def list_drawing_versions(hub: HubHere, camera: CameraName) -> DrawingVersionRows:
    """The newest versions of a camera's drawing, the newest first: the first is what is drawn now."""
    found = await hub.drawings.versions(hub.camera(camera).name)
    rows = [
        DrawingVersionRow(
            number=each.number, time=iso_time(each.time_ns, hub.zone), author=each.author, drawing=_row(each.drawing)
        )
        for each in found
    ]
    return DrawingVersionRows(rows=rows, after=None)


def draft_refused(faults: "tuple[DraftFault, ...] | list[DraftFault]") -> ProblemError:
    """Returns the problem of a draft with faults."""
    found = [InvalidField(where=f"body.{one.where}".rstrip("."), what=one.what) for one in faults[:_MAX_FAULTS]]
    detail = "; ".join(f"{fault.where}: {fault.what}" for fault in found[:3])
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{detail}.", "Mend it and ask again.", found)


def _answered(found: CameraDrawing, response: Response) -> Drawing:
    response.headers["ETag"] = f'"{found.tag}"'
    return _row(found)


def _row(found: CameraDrawing) -> Drawing:
    return Drawing.model_validate({**found.keys, "tag": found.tag})


async def _conflict(hub: HubHere, sent: DrawingBody, current: CameraDrawing) -> ProblemError:
    newest = (await hub.drawings.versions(current.camera))[0]
    theirs = _row(current)
    differing = [*_differences(sent.model_dump(mode="json"), theirs.model_dump(mode="json", exclude={"tag"}))]
    error = ProblemError(
        HTTPStatus.PRECONDITION_FAILED,
        "changed-meanwhile",
        f"What is drawn at {current.camera} was changed by {newest.author} in the meantime. Nothing was written.",
        "Take over what differs, then save with the ETag of the current drawing.",
        headers={"ETag": f'"{current.tag}"'},
    )
    error.problem = DrawingConflict(
        **error.problem.model_dump(),
        current=theirs,
        author=newest.author,
        time=iso_time(newest.time_ns, hub.zone),
        differences=differing,
    )
    return error


def _differences(yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    """Yields what differs: each line, zone and movement by itself, and the others as a whole."""
    for key in DRAWN_KEYS:
        mine, other = yours.get(key), theirs.get(key)
        if key in ("lines", "zones", "movements"):
            names = {**(mine or {}), **(other or {})}
            for name in names:
                one, two = (mine or {}).get(name), (other or {}).get(name)
                if one != two:
                    yield Difference(where=f"{key}.{name}", yours=one, theirs=two)
        elif (mine or None) != (other or None):
            yield Difference(where=key, yours=mine or None, theirs=other or None)


def _base(if_match: str | None) -> str | None:
    if if_match is None:
        raise ProblemError(
            HTTPStatus.PRECONDITION_REQUIRED,
            "base-needed",
            "It is not known whether this would undo another person's change.",
            "Send If-Match with the ETag of the drawing that this was made from, or *.",
        )
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip().removeprefix("W/"))
    if found is None:
        raise bad_value("header.If-Match", "the ETag of a drawing, in quotes, or *", if_match)
    return found[1]

"""The calibration of a camera's ground while it is made: its plane, its errors in metres, its grid."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.draft_trial import DraftError
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import documented
from passerby.web.routes.cameras import CameraName, Point
from passerby.web.routes.drawing.drawings import Keys, draft_refused

_METRE_DIGITS = 3
_POINT_DIGITS = 5


class CalibrationPoint(BaseModel, extra="forbid"):
    """A point of the ground: in the picture, and in metres or on a map."""

    picture: Point = Field(description="x and y as 0-1 of the picture.", examples=[[0.05, 0.41]])
    metres: Point | None = Field(None, description="x and y in metres from any origin.", examples=[[17.0, 1.6]])
    map: Point | None = Field(None, description="Latitude and longitude (WGS 84).", examples=[[52.52, 13.405]])


class CalibrationDistance(BaseModel, extra="forbid"):
    """A distance measured on the ground."""

    start: Point = Field(alias="from", examples=[[0.2, 0.8]])
    end: Point = Field(alias="to", examples=[[0.4, 0.8]])
    metres: float = Field(examples=[2.5])


class Calibration(BaseModel, extra="forbid"):
    """Points, or distances and the picture's size."""

    points: list[CalibrationPoint] | None = Field(None, description="4 to 200; all in metres or all on the map.")
    distances: list[CalibrationDistance] | None = Field(None, description="4 to 200.")
    picture_px: list[int] | None = Field(None, description="Width and height; for distances.", examples=[[1920, 1080]])


class GroundRow(BaseModel):
    """What a calibration comes to."""

    ground: Keys = Field(description="To be saved as the drawing's `ground`; in metres.")
    rmse_m: float | None = Field(description="Root mean square of the errors; null where none can be seen.")
    errors_m: list[float | None] = Field(
        description="How far off each point is put, or by how much each distance is too long (negative: too short)."
    )
    sentence: str = Field(description="What the error means.")
    grid_step_m: float = Field(description="Metres from one line of the grid to the next; 0 where there is none.")
    grid: list[list[Point]] = Field(description="Both ends of each line of the grid, 0-1 of the picture.")


router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"])


@router.post(
    "/{camera}/calibration",
    dependencies=[needs(Permission.DRAW)],
    responses=documented(400, 401, 403, 404, 413, 422),
)
async def calibrate_camera(hub: HubHere, camera: CameraName, body: Calibration) -> GroundRow:
    """Fits the ground to points or distances, and returns its errors in metres and its grid; nothing is kept."""
    hub.camera(camera)
    try:
        fit = await hub.drawings.fit(body.model_dump(by_alias=True, exclude_none=True))
    except DraftError as error:
        raise draft_refused(error.faults) from None
    return GroundRow(
        ground=dict(fit.keys),
        rmse_m=None if fit.rmse_m is None else round(fit.rmse_m, _METRE_DIGITS),
        errors_m=[None if error is None else round(error, _METRE_DIGITS) for error in fit.errors_m],
        sentence=fit.sentence,
        grid_step_m=fit.step_m,
        grid=fit.grid.round(_POINT_DIGITS).tolist(),
    )

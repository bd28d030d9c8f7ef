"""What counts by hand say about each line's counts; shown wherever these are."""

from collections import defaultdict
from collections.abc import Sequence

from fastapi import APIRouter

from passerby.domain.access import Permission
from passerby.domain.count_accuracy import accuracies_of
from passerby.domain.hand_counts import HandCount, pairs_of
from passerby.domain.layout import Line
from passerby.text import in_nfc
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented, no_such
from passerby.web.ranges import Cameras
from passerby.web.routes.measured.validations.hand_counts import LineName, settled
from passerby.web.routes.measured.validations.recorded import version_now
from passerby.web.routes.measured.validations.rows import LineAccuracyRow, LineAccuracyRows, accuracy_row
from passerby.web.times import iso_or_none

router = APIRouter(prefix="/api/v1", tags=["validations"])


@router.get("/accuracy", dependencies=[needs(Permission.SEE_COUNTS)], responses=documented(401, 403, 404, 422, 503))
async def list_line_accuracy(
    hub: HubHere,
    principal: PrincipalHere,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    line: LineName = None,
) -> LineAccuracyRows:
    """How right the counts of lines are, by counts by hand; lines that were never counted by hand are there as well."""
    for name in camera:
        hub.camera(name)
    visible = VisibleCameras.of(hub, principal, Permission.SEE_COUNTS)
    cameras = visible.asked(Permission.SEE_COUNTS, tuple(camera))
    wanted = None if line is None else in_nfc(line)
    lines = [
        (plan.name, each)
        for plan in hub.plan.cameras
        if plan.name in visible and (not cameras or plan.name in cameras)
        for each in plan.layout.lines
        if wanted in (None, each.name)
    ]
    if line is not None and not lines:
        raise no_such("line", line, "GET /api/v1/cameras lists all of them.")
    found: defaultdict[tuple[str, str], list[HandCount]] = defaultdict(list)
    for counted in await hub.store.hand_counts.of(cameras, wanted):
        if version_now(hub, counted.camera, counted.line) == counted.line_version:
            found[counted.camera, counted.line].append(await settled(hub, counted))
    return LineAccuracyRows(rows=[_row(hub, name, each, found[name, each.name]) for name, each in lines], after=None)


def _row(hub: Hub, camera: str, line: Line, counts: Sequence[HandCount]) -> LineAccuracyRow:
    holding = [counted for counted in counts if counted.holds]
    waiting = [one for one in counts if one.pairs is None and not one.void and one.withdrawn_ns is None]
    newest = max((counted.end_ns for counted in holding), default=None)
    pairs = pairs_of(holding)
    return LineAccuracyRow(
        camera=camera,
        line=line.name,
        validated=bool(holding),
        stretches=len(holding),
        waiting=len(waiting),
        minutes=len({pair.start_s for pair in pairs}),
        newest=iso_or_none(newest, hub.zone),
        rows=[accuracy_row(one) for one in accuracies_of(pairs, line.road_users)],
    )

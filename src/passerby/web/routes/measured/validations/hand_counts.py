"""Counts by hand: sent, listed, compared with passerby's own minutes, and withdrawn."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from passerby.domain.access import Permission, Principal
from passerby.domain.audit import AuditEntry
from passerby.domain.events import Direction
from passerby.domain.hand_counts import (
    MAX_GAP_S,
    MAX_STRETCH_S,
    MIN_COVERAGE,
    SETTLED_AFTER_S,
    CountedFrom,
    CountedMinute,
    HandCount,
    HandCrossing,
    line_version,
    minutes_of,
    paired,
    whole_minutes,
)
from passerby.domain.layout import Line
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc, iso_time
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.live.today import rows_of
from passerby.web.permissions import PrincipalHere, VisibleCameras, groups_of, needs, not_permitted
from passerby.web.problems import ProblemError, bad_value, documented, no_such
from passerby.web.ranges import NAMES, Cameras, time_at
from passerby.web.routes.measured.validations.recorded import (
    CLOCK_S,
    classes_of,
    line_to_count,
    recorded_count,
    version_now,
)
from passerby.web.routes.measured.validations.rows import (
    RecordedBody,
    ValidationBody,
    ValidationRow,
    ValidationRows,
    validation_row,
)

PATIENCE_S: Final = HOUR_S
"""Minutes that are missing are waited for so long: a worker's outbox sends them once it reaches the hub again."""

ValidationId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Number of the stretch.")]
LineName = Annotated[str | None, Query(pattern=NAMES, description="Only this line; all where it is left out.")]

router = APIRouter(prefix="/api/v1/validations", tags=["validations"])
SEEN = [needs(Permission.SEE_COUNTS)]
COUNTED = [needs(Permission.DRAW)]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=COUNTED,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 503),
)
async def send_validation(
    hub: HubHere, principal: PrincipalHere, body: ValidationBody, response: Response
) -> ValidationRow:
    """Takes a stretch that was counted by hand; 200 where it had come before.

    Nothing that passerby counted is in any answer of this page before: the counter is blind to it.
    """
    line = line_to_count(hub, principal, body)
    return await _stored(hub, principal, _checked(hub, body, line, principal.name), response)


@router.post(
    "/recordings",
    status_code=HTTPStatus.CREATED,
    dependencies=COUNTED,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 503),
)
async def send_recorded_validation(
    hub: HubHere, principal: PrincipalHere, body: RecordedBody, response: Response
) -> ValidationRow:
    """Takes a recording that was counted by hand and by passerby; 200 where it had come before.

    It counts at once. 409 where passerby counted the recording with another line, masks, rate or detector than it
    counts with here.
    """
    line = line_to_count(hub, principal, body)
    return await _stored(hub, principal, recorded_count(hub, body, line, principal.name), response)


async def _stored(hub: Hub, principal: Principal, counted: HandCount, response: Response) -> ValidationRow:
    span = f"{iso_time(counted.start_ns, hub.zone)} to {iso_time(counted.end_ns, hub.zone)}"
    void = f"; void: {counted.void}" if counted.void else ""
    detail = f"{counted.counted_from.value}, {span}, {counted.total} counted{void}"
    subject = f"{counted.camera}: {counted.line}"
    entry = AuditEntry(counted.sent_ns, principal.name, "validation.sent", subject, detail)
    stored = await hub.store.hand_counts.add(counted, entry)
    if stored is not counted:
        response.status_code = HTTPStatus.OK
        if not principal.may(Permission.DRAW, groups_of(hub, stored.camera)):
            raise not_permitted((Permission.DRAW,))
    return await _row(hub, stored)


@router.get("", dependencies=SEEN, responses=documented(401, 403, 404, 422, 503))
async def list_validations(
    hub: HubHere,
    principal: PrincipalHere,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    line: LineName = None,
) -> ValidationRows:
    """The stretches that were counted by hand, the oldest first, also those that do not count."""
    for name in camera:
        hub.camera(name)
    cameras = VisibleCameras.of(hub, principal, Permission.SEE_COUNTS).asked(Permission.SEE_COUNTS, tuple(camera))
    found = await hub.store.hand_counts.of(cameras, None if line is None else in_nfc(line))
    return ValidationRows(rows=[await _row(hub, counted) for counted in found], after=None)


@router.get("/{validation}", dependencies=SEEN, responses=documented(401, 403, 404, 422, 503))
async def get_validation(hub: HubHere, principal: PrincipalHere, validation: ValidationId) -> ValidationRow:
    """One stretch, compared as soon as passerby's own minutes are complete: two and a half minutes after its end."""
    counted = await _found(hub, validation)
    if not principal.may(Permission.SEE_COUNTS, groups_of(hub, counted.camera)):
        raise not_permitted((Permission.SEE_COUNTS,))
    return await _row(hub, counted)


@router.delete("/{validation}", dependencies=COUNTED, responses=documented(401, 403, 404, 422, 503))
async def withdraw_validation(hub: HubHere, principal: PrincipalHere, validation: ValidationId) -> ValidationRow:
    """Withdraws a stretch: it stays in the camera's record, with who withdrew it, and does not count any more."""
    counted = await _found(hub, validation)
    if not principal.may(Permission.DRAW, groups_of(hub, counted.camera)):
        raise not_permitted((Permission.DRAW,))
    subject = f"{counted.camera}: {counted.line}"
    entry = AuditEntry(hub.clock(), principal.name, "validation.withdrawn", subject, validation)
    await hub.store.hand_counts.withdraw(validation, principal.name, hub.clock(), entry)
    return await _row(hub, await _found(hub, validation))


async def settled(hub: Hub, counted: HandCount) -> HandCount:
    """Returns a stretch with what passerby counted meanwhile, which is stored as soon as it is complete."""
    now_s = hub.clock() // NS_PER_S
    end_s = counted.whole_s[-1] + MINUTE_S
    if counted.pairs is not None or counted.void or now_s < end_s + SETTLED_AFTER_S:
        return counted
    rows = await _minutes(hub, counted)
    stored = {row.start_ns // NS_PER_S for row in rows}
    if not stored.issuperset(counted.whole_s) and now_s < end_s + PATIENCE_S:
        return counted
    pairs = paired(counted, _watched(rows))
    void = "" if pairs else "The camera watched none of the minutes that were counted by hand."
    await hub.store.hand_counts.settle(counted.validation_id, pairs, void)
    return replace(counted, pairs=pairs, void=void)


async def _row(hub: Hub, counted: HandCount) -> ValidationRow:
    outdated = version_now(hub, counted.camera, counted.line) != counted.line_version
    return validation_row(hub, await settled(hub, counted), outdated=outdated)


async def _found(hub: Hub, validation: str) -> HandCount:
    counted = await hub.store.hand_counts.one(validation)
    if counted is None:
        raise no_such("validation", validation, "GET /api/v1/validations lists them.")
    return counted


async def _minutes(hub: Hub, counted: HandCount) -> list[Observation]:
    query = ObservationQuery(
        counted.whole_s[0] * NS_PER_S,
        (counted.whole_s[-1] + MINUTE_S) * NS_PER_S,
        Bin.MINUTE,
        cameras=(counted.camera,),
        series=(counted.line,),
        quantities=(Quantity.FLOW,),
        road_users=counted.road_users,
    )
    return [row async for row in rows_of(hub.store, query)]


def _watched(rows: list[Observation]) -> list[CountedMinute]:
    return [
        CountedMinute(row.start_ns // NS_PER_S, row.road_user, Direction(row.direction), round(row.value))
        for row in rows
        if row.road_user is not None and row.direction is not None and row.value is not None
        and row.coverage >= MIN_COVERAGE and row.reliable
    ]  # fmt: skip


def _checked(hub: Hub, body: ValidationBody, line: Line, account: str) -> HandCount:
    """Returns the stretch as it is stored.

    Raises:
        ProblemError: a time or a class cannot be.
    """
    now_ns, plan = hub.clock(), hub.camera(body.camera)
    start_ns, end_ns = _stretch(hub, body, now_ns)
    road_users = classes_of(body.road_users, line)
    crossings = [
        HandCrossing(
            _within(hub, f"body.crossings.{index}.time", one.time, start_ns, end_ns),
            RoadUser.from_label(one.road_user),
            Direction(one.direction),
        )
        for index, one in enumerate(body.crossings)
    ]
    for index, crossing in enumerate(crossings):
        if crossing.road_user not in road_users:
            raise bad_value(f"body.crossings.{index}.road_user", "one of `road_users`", crossing.road_user.label)
    pauses = [
        tuple(_within(hub, f"body.pauses.{index}", text, start_ns, end_ns) for text in (one.start, one.end))
        for index, one in enumerate(body.pauses)
    ]
    whole = whole_minutes(start_ns, end_ns, [(since_ns, until_ns) for since_ns, until_ns in pauses])
    if not whole:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "no-whole-minute",
            "No minute was counted from its beginning to its end, and only whole minutes are compared.",
            "Count for longer, without a pause, over at least one full minute of the clock.",
        )
    return HandCount(
        body.id,
        plan.name,
        line.name,
        line_version(plan, line, hub.plan.detector.model),
        CountedFrom(body.counted_from),
        start_ns,
        end_ns,
        road_users,
        minutes_of(crossings, whole),
        whole,
        account,
        now_ns,
        body.clock_error_s,
        _why_void(hub, body, account, start_ns, end_ns),
    )


def _stretch(hub: Hub, body: ValidationBody, now_ns: int) -> tuple[int, int]:
    start_ns, end_ns = (
        time_at(f"body.{name}", text, hub.zone) for name, text in (("start", body.start), ("end", body.end))
    )
    if not start_ns < end_ns <= start_ns + MAX_STRETCH_S * NS_PER_S:
        raise bad_value("body.end", f"a time after `start`, {MAX_STRETCH_S // HOUR_S} hours later at most", body.end)
    if end_ns > now_ns + CLOCK_S * NS_PER_S:
        raise bad_value("body.end", "a time that has been", body.end)
    if start_ns < now_ns - 35 * DAY_S * NS_PER_S:
        raise bad_value("body.start", "a time in the last 35 days: older minutes are not kept", body.start)
    return start_ns, end_ns


def _within(hub: Hub, where: str, text: str, start_ns: int, end_ns: int) -> int:
    time_ns = time_at(where, text, hub.zone)
    if not start_ns <= time_ns <= end_ns:
        raise bad_value(where, "a time between `start` and `end`", text)
    return time_ns


def _why_void(hub: Hub, body: ValidationBody, account: str, start_ns: int, end_ns: int) -> str:
    if (CountedFrom(body.counted_from) is CountedFrom.MOSAIC) != (body.seen is not None):
        raise bad_value("body.seen", "of a mosaic stretch, and of no other", body.counted_from)
    if body.seen is None:
        return ""
    if body.seen.longest_gap_s > MAX_GAP_S:
        gap_s = body.seen.longest_gap_s
        return f"The pictures had a gap of {gap_s:.1f} s in the counter's browser; {MAX_GAP_S:g} s is the most."
    return hub.tally_views.why_void(body.seen.view, body.camera, account, start_ns, end_ns)

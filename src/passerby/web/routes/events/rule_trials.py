"""A rule that is not there yet, tried on what is stored: when it would have raised events, and how many a day."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import Permission
from passerby.domain.event_rules import MIN_COUNT, EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.health import CameraHealth
from passerby.domain.layout import Layout
from passerby.domain.observations import Observation
from passerby.domain.queries import LARGEST_PAGE, EventQuery, ObservationQuery
from passerby.domain.rule_subjects import AT_LINES, road_users_of, units_of
from passerby.domain.rule_trial import QUANTITIES, TRIED_ON_PAST, PastTrial, past_camera_trial, past_trial
from passerby.text import figure, in_nfc, iso_time, share_figure
from passerby.units import DAY_S, MINUTE_S, NS_PER_S
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.live.today import rows_of
from passerby.web.permissions import PrincipalHere, groups_of, needs, not_permitted
from passerby.web.problems import ProblemError, bad_value, documented
from passerby.web.ranges import range_of

LONGEST: Final = timedelta(days=31)
WEEK_NS: Final = 7 * DAY_S * NS_PER_S
MAX_MINUTES: Final = 24 * 60

Time = Annotated[str, StringConstraints(max_length=40)]
Place = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class TrialBody(BaseModel):
    """A draft of a rule, and the time that it is tried on."""

    camera: Annotated[str, StringConstraints(pattern=CAMERAS)]
    kind: RuleKind = Field(description="One whose values are kept by the minute; others are to be run silently first.")
    place: Place = Field("", description="The line or zone; empty for `camera_state`.")
    threshold: Annotated[float, Field(ge=0, le=1e9)] = Field(1.0, description="In `unit`; of `wrong_way` 1.")
    unit: Annotated[str, StringConstraints(max_length=10)] | None = Field(
        None, description="The unit of the threshold; `1` or `m-2` for `overcrowding`, one alone for all other kinds."
    )
    hold_min: Annotated[int, Field(ge=0, le=MAX_MINUTES)] = Field(1, description="Hold time in whole minutes.")
    cool_down_min: Annotated[int, Field(ge=0, le=MAX_MINUTES)] = Field(1, description="Cool-down in whole minutes.")
    allowed_way: Direction | None = Field(None, description="For `counter_flow` and `wrong_way`.")
    min_count: Annotated[int, Field(ge=1, le=10_000)] = MIN_COUNT
    start: Time | None = Field(None, description="A week before `end` where it is left out.")
    end: Time | None = Field(None, description="Now where it is left out.")


class TrialRow(BaseModel):
    """What the rule would have raised."""

    start: str
    end: str
    times: list[str] = Field(description="Minutes in which it would: the threshold was passed in their mean.")
    events: int = Field(description="How many these are.")
    at_most: int = Field(description="How many there would be if each minute's highest value had lasted.")
    per_day: float | None = Field(description="Of `events`, a watched day; null where nothing was watched.")
    watched_days: float = Field(description="How much of the time was watched.")
    coverage: float = Field(description="The same as a share of the time, 0 to 1.")
    sentence: str = Field(description="One sentence for a person.")


router = APIRouter(prefix="/api/v1", tags=["events"])


@router.post(
    "/rules/trial", dependencies=[needs(Permission.SEE_COUNTS)], responses=documented(400, 401, 403, 404, 409, 422, 503)
)
async def try_rule_on_past(hub: HubHere, principal: PrincipalHere, body: TrialBody) -> TrialRow:
    """Tries a rule on stored minutes: when it would have raised events. Nothing is stored, and nothing runs."""
    if not principal.may(Permission.SEE_COUNTS, groups_of(hub, body.camera)):
        raise not_permitted((Permission.SEE_COUNTS,))
    layout = hub.camera(body.camera).layout
    rule = _draft(body, layout)
    span = range_of(hub, body.start, body.end, LONGEST, where="body")
    start_ns = max(0, span.end_ns - WEEK_NS) if body.start is None else span.start_ns
    if rule.kind is RuleKind.CAMERA_STATE:
        reports = await _reports(hub, body.camera, start_ns, span.end_ns)
        found = await asyncio.to_thread(past_camera_trial, rule, reports, start_ns, span.end_ns)
    else:
        # A month takes a second: others must not wait for it.
        found = await asyncio.to_thread(past_trial, rule, await _rows(hub, rule, body.camera, start_ns, span.end_ns))
    return _row(hub, found, start_ns, span.end_ns)


def _draft(body: TrialBody, layout: Layout) -> EventRule:
    """Returns the rule.

    Raises:
        ProblemError: it cannot be tried on the past, or lacks what its kind needs.
    """
    kind = body.kind
    if kind not in TRIED_ON_PAST:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "not-kept",
            f"What a rule of kind {kind.value} goes by is not kept by the minute, so it cannot be tried on the past.",
            "Run it silently first: `silent: true` in the site file.",
        )
    unit = body.unit or units_of(kind)[-1]
    if unit not in units_of(kind):
        raise bad_value("body.unit", f"{' or '.join(units_of(kind))} for {kind.value}", unit)
    names = [place.name for place in (layout.lines if kind in AT_LINES else layout.zones)]
    if kind is not RuleKind.CAMERA_STATE and in_nfc(body.place) not in names:
        what = "line" if kind in AT_LINES else "zone"
        raise bad_value("body.place", f"a {what} of this camera: {', '.join(names) or 'it has none'}", body.place)
    if kind in (RuleKind.COUNTER_FLOW, RuleKind.WRONG_WAY) and body.allowed_way is None:
        raise bad_value("body.allowed_way", "forward or backward, the way that is allowed", "none")
    minute_s = float(MINUTE_S)
    return EventRule(
        "draft", kind, in_nfc(body.place), body.threshold, unit, hold_s=body.hold_min * minute_s,
        cool_down_s=body.cool_down_min * minute_s, direction=body.allowed_way, min_count=body.min_count,
    )  # fmt: skip


async def _rows(hub: Hub, rule: EventRule, camera: str, start_ns: int, end_ns: int) -> list[Observation]:
    users = tuple(sorted(road_users_of(rule)))
    query = ObservationQuery(
        start_ns, end_ns, cameras=(camera,), series=(rule.place,), quantities=QUANTITIES[rule.kind],
        road_users=users, limit=LARGEST_PAGE,
    )  # fmt: skip
    return [row async for row in rows_of(hub.store, query)]


async def _reports(hub: Hub, camera: str, start_ns: int, end_ns: int) -> list[CameraHealth]:
    reports: list[CameraHealth] = []
    after = None
    while True:
        page = await hub.store.health(EventQuery(start_ns, end_ns, (camera,), limit=LARGEST_PAGE, after=after))
        reports += page.rows
        after = page.after
        if after is None:
            return reports


def _row(hub: Hub, found: PastTrial, start_ns: int, end_ns: int) -> TrialRow:
    days = (end_ns - start_ns) / (DAY_S * NS_PER_S)
    events, per_day = len(found.times_ns), found.per_day
    rate = "" if per_day is None else f", {per_day:.2g} a watched day"
    at_most = f" and at most {found.at_most}" if found.at_most > events else ""
    return TrialRow(
        start=iso_time(start_ns, hub.zone),
        end=iso_time(end_ns, hub.zone),
        times=[iso_time(time_ns, hub.zone) for time_ns in found.times_ns],
        events=events,
        at_most=found.at_most,
        per_day=figure(per_day),
        watched_days=figure(found.watched_days) or 0.0,
        coverage=share_figure(min(1.0, found.watched_days / days)),
        sentence=(
            f"It would have raised {events}{at_most} event{'' if max(events, found.at_most) == 1 else 's'} in "
            f"{days:.3g} days, of which {found.watched_days:.3g} were watched{rate}."
        ),
    )

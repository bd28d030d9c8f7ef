"""A draft of lines, zones and rules, tried on the next minutes of a camera with its numbers shown live."""

import secrets
from http import HTTPStatus
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.audit import AuditEntry
from passerby.domain.draft_trial import MAX_PLACES, MAX_RULES, MAX_TRIAL_S, Draft, DraftError, DraftRule, DraftState
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.text import iso_time
from passerby.units import NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere
from passerby.web.problems import ProblemError, documented, echoed
from passerby.web.routes.cameras import CameraName
from passerby.web.routes.drawing.drawings import DRAWING, Keys, draft_refused
from passerby.web.rows import DirectionWord, RoadUserWord, road_user_word

SHORTEST_S: Final = 10

MAX_NOTED_POINTS: Final = 12
"""Corners of a zone that stand in the audit log."""


class DraftBody(BaseModel, extra="forbid"):
    """What is tried: lines, zones and rules, each as in a site file, by name."""

    lines: dict[str, Keys] = Field(
        default_factory=dict, description=f"{MAX_PLACES} at most; one of a camera's line's name is tried in its place."
    )
    zones: dict[str, Keys] = Field(default_factory=dict, description=f"{MAX_PLACES} at most.")
    rules: dict[str, Keys] = Field(
        default_factory=dict, description=f"{MAX_RULES} at most, over these, or over lines and zones of the camera."
    )
    seconds: Annotated[int, Field(ge=SHORTEST_S, le=MAX_TRIAL_S)] = Field(
        MAX_TRIAL_S, description="For how long it is tried."
    )


class CountRow(BaseModel):
    """How many of a class went over a line one way since the beginning."""

    line: str
    road_user: RoadUserWord | None
    direction: DirectionWord
    count: int


class OccupancyRow(BaseModel):
    """How many of a class are in a zone now."""

    zone: str
    road_user: RoadUserWord | None
    count: int


class DraftRuleRow(BaseModel):
    """What a rule of the draft says so far."""

    rule: str
    kind: RuleKind
    place: str
    value: float | None = Field(description="The newest; null where there is none.")
    threshold: float
    unit: str
    passed: bool = Field(description="The value is past the threshold now.")
    events: int = Field(description="How many events it would have raised since the beginning.")
    why_not: str = Field(description="Why it is not watched; empty where it is.")


class TrialState(BaseModel):
    """The newest trial of a camera."""

    running: bool
    why_over: str = Field(description="Why it is over, a sentence; empty while it runs.")
    begun: str
    until: str
    lines: list[str] = Field(description="What is measured at: the draft's, and those of the camera that rules name.")
    zones: list[str]
    time: str | None = Field(description="Of the newest numbers; null before the first, a second after the beginning.")
    coverage: float | None = Field(description="The share of the time since the beginning that was really watched.")
    counts: list[CountRow] = Field(description="Those that are not zero.")
    occupancy: list[OccupancyRow] = Field(description="Now; those that are not zero.")
    rules: list[DraftRuleRow]


router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"])


@router.post("/{camera}/trial", dependencies=DRAWING, responses=documented(400, 401, 403, 404, 409, 422, 503))
async def begin_trial(hub: HubHere, principal: PrincipalHere, camera: CameraName, body: DraftBody) -> TrialState:
    """Tries a draft from now on, in place of the one that runs. Nothing is stored, and no event is raised."""
    plan = hub.running_camera(camera)
    why_no_events = plan.registration.why_no_events
    if body.rules and why_no_events:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "no-events",
            f"No rule is tried at {plan.name}: {why_no_events}.",
            "Try lines and zones alone, or let the register name operational events for this camera.",
        )
    try:
        layout, rules = await hub.configurations.draft(camera, {"lines": body.lines, "zones": body.zones}, body.rules)
    except DraftError as error:
        raise draft_refused(error.faults) from None
    now_ns = hub.clock()
    draft = Draft(secrets.token_hex(8), now_ns + body.seconds * NS_PER_S, layout, rules)
    # Into the audit first: an act that could not be looked up later does not happen.
    note = f"{_note(layout, rules)}; until {iso_time(draft.until_ns, hub.zone)}"
    await hub.store.append_audit(AuditEntry(now_ns, principal.name, "trial.begun", plan.name, note))
    if not hub.live.try_draft(camera, draft, now_ns):
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "worker-away",
            f"The process that watches {plan.name} is not running now.",
            "Wait until the camera has a state again, then try once more.",
        )
    return _row(hub, DraftState(draft, now_ns))


@router.get("/{camera}/trial", dependencies=DRAWING, responses=documented(401, 403, 404, 422))
async def get_trial(hub: HubHere, camera: CameraName) -> TrialState:
    """The newest numbers of a camera's trial, or the last ones where it is over; of this service's start."""
    return _row(hub, _state(hub, camera))


@router.delete("/{camera}/trial", dependencies=DRAWING, responses=documented(401, 403, 404, 422, 503))
async def withdraw_trial(hub: HubHere, principal: PrincipalHere, camera: CameraName) -> TrialState:
    """Ends a camera's trial; one that is over stays as it is."""
    state = _state(hub, camera)
    if not state.why_over(hub.clock()):
        await hub.store.append_audit(AuditEntry(hub.clock(), principal.name, "trial.withdrawn", camera))
        hub.live.withdraw_draft(camera)
    return _row(hub, _state(hub, camera))


def _state(hub: Hub, camera: str) -> DraftState:
    state = hub.live.draft(hub.camera(camera).name)
    if state is None:
        raise ProblemError(
            HTTPStatus.NOT_FOUND,
            "no-such-trial",
            f"Nothing has been tried at {camera} since the service was started.",
            f"POST /api/v1/cameras/{camera}/trial begins.",
        )
    return state


def _note(layout: Layout, rules: tuple[EventRule, ...]) -> str:
    """What is tried and where, for the audit log: it stands in no version of the site file."""
    lines = [f"line {echoed(line.name)} {_points(line.points)}" for line in layout.lines]
    zones = [f"zone {echoed(zone.name)} {_points(zone.points)}" for zone in layout.zones]
    return ", ".join([*lines, *zones, *(f"rule {echoed(rule.name)} ({rule.kind.value})" for rule in rules)])


def _points(points: npt.NDArray[np.float32]) -> str:
    listed = [f"{x:.3f} {y:.3f}" for x, y in points.tolist()]
    left_out = len(listed) - MAX_NOTED_POINTS
    return f"({'; '.join(listed[:MAX_NOTED_POINTS])}{f' and {left_out} more' if left_out > 0 else ''})"


def _row(hub: Hub, state: DraftState) -> TrialState:
    draft, numbers = state.draft, state.numbers
    why_over = state.why_over(hub.clock())
    newest = {one.rule: one for one in numbers.rules} if numbers is not None else {}
    return TrialState(
        running=not why_over,
        why_over=why_over,
        begun=iso_time(state.begun_ns, hub.zone),
        until=iso_time(draft.until_ns, hub.zone),
        lines=[line.name for line in draft.layout.lines],
        zones=[zone.name for zone in draft.layout.zones],
        time=None if numbers is None else iso_time(numbers.time_ns, hub.zone),
        coverage=None if numbers is None else numbers.coverage,
        counts=[
            CountRow.model_validate(
                {
                    "line": one.line,
                    "road_user": road_user_word(one.road_user),
                    "direction": str(one.direction),
                    "count": one.count,
                }
            )
            for one in (numbers.counts if numbers is not None else ())
        ],
        occupancy=[
            OccupancyRow(zone=one.zone, road_user=road_user_word(one.road_user), count=one.count)
            for one in (numbers.occupancy if numbers is not None else ())
        ],
        rules=[_rule(rule, newest.get(rule.name, DraftRule(rule.name, None, False, 0))) for rule in draft.rules],
    )


def _rule(rule: EventRule, newest: DraftRule) -> DraftRuleRow:
    return DraftRuleRow(
        rule=rule.name,
        kind=rule.kind,
        place=rule.place,
        value=newest.value,
        threshold=rule.threshold,
        unit=rule.unit,
        passed=newest.passed,
        events=newest.events,
        why_not=newest.why_not,
    )

"""Rules: how often each has raised an event, and how often it was right."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.burden import LONG_RUN_NS, Burden
from passerby.domain.decisions import RuleRecord
from passerby.domain.event_rules import RAISED_BY_RULES, EventRule, RuleKind, Severity
from passerby.domain.queries import PlaceEventQuery
from passerby.domain.service import CameraPlan
from passerby.text import figure
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.problems import documented
from passerby.web.ranges import LONGEST_EVENTS, Cameras, End, Start, asked_cameras, range_of
from passerby.web.rows import ListOf

GONE: Final = "the site file does not have it any more"


class RuleRow(BaseModel):
    """A rule of a camera, with how it was judged."""

    camera: str = Field(examples=["square-north"])
    rule: str
    kind: RuleKind
    place: str | None = Field(description="The line or zone, empty for the camera as a whole; null as `severity`.")
    severity: Severity | None = Field(description="Null where the site file does not have the rule any more.")
    threshold: float | None
    unit: str | None = Field(examples=["m-2"])
    silent: bool | None = Field(description="It is tried out: its events are no alarms.")
    why_not: str | None = Field(description="Why it is not watched; null where it is.")
    events: int = Field(description="Events that went on in that time.")
    true: int = Field(description="Of these, how many were judged to be true.")
    false: int
    unsure: int
    precision: float | None = Field(
        description="True ones among those judged true or false; null where none was. Unsure ones do not count."
    )
    precision_low: float | None = Field(description="Lower end of its 95 % interval (Wilson).")
    precision_high: float | None = Field(description="Upper end.")
    silent_events: int = Field(description="Of the events, how many were raised while it was tried out.")
    alarms: int = Field(description="Alarms raised in that time: groups of events of which it raised the first.")
    alarms_per_day: float
    false_alarms_per_day: float = Field(description="Those that were judged false.")
    above_share: bool = Field(description="All rules raise too many alarms, and this one more than its share.")


class BurdenRow(BaseModel):
    """The alarms of the rows together, against what operators can attend to."""

    days: float = Field(description="Of the time, or since the first alarm in it; at least one.")
    alarms_per_day: float
    operators: int = Field(description="`access.operators_on_duty` of the site file.")
    limit_per_day: float = Field(description="One alarm an operator in ten minutes (EEMUA 191).")
    too_many: bool


class RuleRows(ListOf[RuleRow]):
    """Rules by camera, in the site file's order; then those that it does not have any more."""

    burden: BurdenRow


def _query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
) -> PlaceEventQuery:
    span = range_of(hub, start, end, LONGEST_EVENTS)
    start_ns = max(0, span.end_ns - LONG_RUN_NS) if start is None else span.start_ns
    return PlaceEventQuery(start_ns, span.end_ns, tuple(camera))


router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get("/rules", dependencies=[needs(Permission.SEE_EVENTS)], responses=documented(401, 403, 404, 422, 503))
async def list_rules(
    hub: HubHere, principal: PrincipalHere, query: Annotated[PlaceEventQuery, Depends(_query)]
) -> RuleRows:
    """The rules of the cameras, and those that raised an event in a time (30 days where none is named)."""
    permission = Permission.SEE_EVENTS
    visible = VisibleCameras.of(hub, principal, permission)
    cameras = await asked_cameras(hub, principal, permission, query.cameras)
    asked = PlaceEventQuery(query.start_ns, query.end_ns, cameras, kinds=RAISED_BY_RULES)
    found = await hub.store.rule_records(asked)
    burden = Burden.over(
        found, query.start_ns, query.end_ns, rules=hub.plan.alarming_rules, operators=hub.plan.access.operators_on_duty
    )
    records = {(one.camera, one.rule, one.kind): one for one in found}
    rows = []
    for camera in hub.plan.cameras:
        if camera.name in visible and (not cameras or camera.name in cameras):
            for rule in camera.rules:
                none = RuleRecord(camera.name, rule.name, rule.kind, 0)
                record = records.pop((camera.name, rule.name, rule.kind), none)
                rows.append(_row(record, rule, _why_not(camera, rule), burden))
    return RuleRows(
        rows=[*rows, *(_row(one, None, GONE, burden) for one in records.values())],
        after=None,
        burden=BurdenRow(
            days=figure(burden.days) or 0.0,
            alarms_per_day=figure(burden.alarms_per_day) or 0.0,
            operators=burden.operators,
            limit_per_day=burden.limit_per_day,
            too_many=burden.too_many,
        ),
    )


def _why_not(camera: CameraPlan, rule: EventRule) -> str | None:
    if rule in camera.running_rules:
        return None if camera.runs else camera.registration.why or camera.fault
    return camera.registration.why_no_events


def _row(record: RuleRecord, rule: EventRule | None, why_not: str | None, burden: Burden) -> RuleRow:
    low, high = record.precision_interval or (None, None)
    return RuleRow(
        camera=record.camera,
        rule=record.rule,
        kind=record.kind,
        place=None if rule is None else rule.place,
        severity=None if rule is None else rule.severity,
        threshold=None if rule is None else rule.threshold,
        unit=None if rule is None else rule.unit,
        silent=None if rule is None else rule.silent,
        why_not=why_not,
        events=record.events,
        true=record.true,
        false=record.false,
        unsure=record.unsure,
        precision=figure(record.precision),
        precision_low=figure(low),
        precision_high=figure(high),
        silent_events=record.silent,
        alarms=record.alarms,
        alarms_per_day=figure(record.alarms / burden.days) or 0.0,
        false_alarms_per_day=figure(record.false_alarms / burden.days) or 0.0,
        above_share=burden.above_share(record),
    )

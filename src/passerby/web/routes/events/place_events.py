"""Place-safety events: what is dangerous at a place and why, and what people decide about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import Permission, Principal
from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import (
    Decision,
    DecisionKind,
    Judgement,
    Standing,
    holding,
    newest_own,
    standing_of,
)
from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind, Severity
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.queries import PlaceEventQuery
from passerby.ports import TooManyDecisionsError
from passerby.tables.events_json import event_row
from passerby.text import iso_time
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, groups_of, needs, not_permitted
from passerby.web.problems import ProblemError, bad_value, documented, no_such
from passerby.web.ranges import place_event_query, seen_page, time_at
from passerby.web.rows import ListOf
from passerby.web.times import iso_or_none

MAX_SNOOZE_DAYS: Final = 31

SEEING: Final = (Permission.SEE_EVENTS, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT)
"""Privacy officers and auditors see who looks too much, and no events of the place."""


class StandingRow(BaseModel):
    """What holds of an event after all that was decided about it."""

    acknowledged_by: str | None = Field(description="The account that acknowledged it last.")
    assigned_to: str | None = Field(description="The account that deals with it since it was handed over.")
    snoozed_until: str | None = Field(description="Until when it asks for no attention.")
    verdict: Judgement | None = Field(description="The newest one.")
    reviewed_by: list[str] = Field(description="Accounts that have looked at it, the first one first.")


class ServiceLevelsRow(BaseModel):
    """Fruin's levels of service of a density, A to F; they describe comfort, and neither is a danger limit."""

    walkway: str = Field(description="For those who walk.", examples=["E"])
    queue: str = Field(description="For those who stand and wait.", examples=["C"])


class PlaceEventRow(BaseModel):
    """A place-safety event as it stands."""

    id: str = Field(examples=["9bd419a897f0c9499010d662de25161a"])
    camera: str = Field(examples=["square-north"])
    rule: str = Field(description="The rule's name in the site file.")
    kind: RuleKind = Field(description="What the rule watches for.")
    place: str = Field(description="The line or zone; empty for the camera as a whole.")
    severity: Severity
    state: EventState = Field(description="`suspended` while what it rests on cannot be measured.")
    start: str = Field(description="When the threshold was passed.", examples=["2026-09-28T08:10:00+02:00"])
    raised: str = Field(description="When it had been passed for the rule's hold time.")
    updated: str = Field(description="When this was reported.")
    end: str | None = Field(description="When the threshold was kept again; null while the event is not closed.")
    value: float | None = Field(description="The newest measured value; null where it cannot be measured now.")
    peak: float = Field(description="The value farthest past the threshold.")
    threshold: float
    unit: str = Field(description="The unit of these three.", examples=["m-2"])
    at_least: bool = Field(description="The values are lower bounds: the zone is too full to count.")
    confidence: float | None = Field(description="Mean confidence of the detections; null where it rests on none.")
    coverage: float = Field(description="The share of the time since its start that was really watched.")
    why: str = Field(description="One sentence for a person.")
    service_levels: ServiceLevelsRow | None = Field(description="Of `peak`, where it is a density; else null.")
    group: str = Field(description="The same in all events of one cause: the `id` of the first of them.")
    silent: bool = Field(description="Its rule is only tried out: this is no alarm.")


class ListedEvent(PlaceEventRow):
    """An event with what holds of it."""

    standing: StandingRow
    replay_until: str | None = Field(description="Until when its replay is kept; null where there is none.")


class SampleRow(BaseModel):
    """A measured value at one moment."""

    time: str
    value: float | None = Field(description="Null where it could not be measured.")


class DecisionRow(BaseModel):
    """One decision of one person."""

    time: str
    account: str
    kind: DecisionKind
    to: str | None = Field(description="The account that it was handed over to.")
    until: str | None = Field(description="Until when it was snoozed.")
    verdict: Judgement | None = Field(description="Of a verdict that was taken back, the one that held then.")
    of: DecisionKind | None = Field(description="The kind that was taken back.")
    note: str


class EventDetail(ListedEvent):
    """An event with its values over time and all that was decided about it."""

    samples: list[SampleRow]
    decisions: list[DecisionRow]


class EventPage(ListOf[ListedEvent]):
    """Events by their start, oldest first."""


_ONE_LINE: Final = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_ONE_LINE)]


class DecisionBody(BaseModel):
    """What a person decides."""

    kind: DecisionKind
    to: Annotated[str, StringConstraints(max_length=200, pattern=_ONE_LINE)] = Field(
        "", description="For `handed_over`: an account that may decide about this camera's events."
    )
    until: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        None, description=f"For `snoozed`: a time or date to come, {MAX_SNOOZE_DAYS} days ahead at most."
    )
    verdict: Judgement | None = Field(None, description="For `judged`.")
    of: DecisionKind | None = Field(
        None, description="For `taken_back`: the kind, of which your own newest decision does not hold any more."
    )
    note: Note = Field("", description="In one's own words; it is kept as long as the event.")


EventId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The event's `id`.")]

router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get("/events", dependencies=[needs(*SEEING)], responses=documented(401, 403, 404, 422, 503))
async def list_events(
    hub: HubHere, principal: PrincipalHere, query: Annotated[PlaceEventQuery, Depends(place_event_query)]
) -> EventPage:
    """The events that went on in a time, oldest first; for privacy officers and auditors, those of mass viewing."""
    permission = next(each for each in SEEING if principal.may(each))
    if permission is not Permission.SEE_EVENTS:
        kinds = RAISED_BY_SERVICE.intersection(query.kinds or RAISED_BY_SERVICE)
        if not kinds:
            return EventPage(rows=[], after=None)
        query = replace(query, kinds=tuple(sorted(kinds)))
    page = await seen_page(hub, principal, permission, hub.store.events, query)
    return EventPage(rows=await listed(hub, page.rows), after=page.after)


@router.get("/events/{event_id}", dependencies=[needs(*SEEING)], responses=documented(401, 403, 404, 422, 503))
async def get_event(hub: HubHere, principal: PrincipalHere, event_id: EventId) -> EventDetail:
    """One event, with its values over time and all that was decided about it."""
    return await _detail(hub, await seen_event(hub, principal, event_id))


@router.post(
    "/events/{event_id}/decisions",
    dependencies=[needs(Permission.DECIDE_EVENTS)],
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 404, 409, 422, 503),
)
async def decide_event(hub: HubHere, principal: PrincipalHere, event_id: EventId, body: DecisionBody) -> EventDetail:
    """Decides about an event: acknowledges, hands over, snoozes or judges it, or marks it as reviewed by oneself."""
    found = await seen_event(hub, principal, event_id)
    if not await decided(hub, principal, [found], body):
        raise _no_event(event_id)
    return await _detail(hub, found)


async def decided(hub: Hub, principal: Principal, events: Sequence[PlaceEvent], body: DecisionBody) -> bool:
    """Stores one decision about each of some events of one camera, or about none of them.

    Returns whether all of them are still there.

    Raises:
        ProblemError: the principal may not decide that, or what it decided lacks something.
    """
    if not principal.may(Permission.DECIDE_EVENTS, groups_of(hub, events[0].camera)):
        raise not_permitted((Permission.DECIDE_EVENTS,))
    if any(one.kind in RAISED_BY_SERVICE for one in events):
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "not-to-be-decided",
            "Who looks too much is for the privacy officer to follow up, not for those who may look.",
            "The audit log says who looked.",
        )
    decision = await _decision(hub, principal, events[0], body)
    detail = decision.to or (decision.of or "") or (decision.verdict or "") or (body.until or "")
    action = f"event.{decision.kind.value}"
    pairs = [
        (
            replace(decision, event_id=one.event_id),
            AuditEntry(decision.time_ns, principal.name, action, one.event_id, detail),
        )
        for one in events
    ]
    try:
        return await hub.store.add_decisions(pairs)
    except TooManyDecisionsError as error:
        raise ProblemError(HTTPStatus.CONFLICT, "too-many-decisions", str(error), "Look at what was decided.") from None


async def _decision(hub: Hub, principal: Principal, found: PlaceEvent, body: DecisionBody) -> Decision:
    """Returns what a body says.

    Raises:
        ProblemError: it lacks what its kind needs, or has what belongs to another.
    """
    now_ns, until_ns = hub.clock(), None
    if body.until is not None:
        until_ns = time_at("body.until", body.until, hub.zone)
        if until_ns > now_ns + MAX_SNOOZE_DAYS * DAY_S * NS_PER_S:
            raise bad_value("body.until", f"{MAX_SNOOZE_DAYS} days from now at most", body.until)
    account = principal.responsible
    verdict = body.verdict
    if body.kind is DecisionKind.TAKEN_BACK and body.of is not None:
        verdict = await _verdict_without(hub, found.event_id, account, body.of)
    try:
        decision = Decision(found.event_id, now_ns, account, body.kind, body.to, until_ns, verdict, body.note, body.of)
    except ValueError as error:
        name, _, what = str(error).partition(": ")
        raise bad_value(f"body.{name}", what, body.kind) from None
    groups = groups_of(hub, found.camera)
    if body.to and not await hub.access.grants.gives(body.to, Permission.DECIDE_EVENTS, groups):
        # One answer for both, so that no list of accounts can be made by asking.
        raise bad_value("body.to", "an account that may decide about this camera's events is needed", body.to)
    return decision


async def _verdict_without(hub: Hub, event_id: str, account: str, kind: DecisionKind) -> Judgement | None:
    """Returns the verdict that holds once an account's newest decision of a kind is taken back; None for other kinds.

    Raises:
        ProblemError: there is none to take back.
    """
    held = list(holding(await hub.store.decisions([event_id])))
    own = newest_own(held, account, kind)
    if own is None:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "nothing-to-take-back",
            f"You have decided nothing of the kind {kind.value} about this event that still holds.",
            "Look at what was decided; what others decided is theirs to take back.",
        )
    held.remove(own)
    return standing_of(held).verdict if kind is DecisionKind.JUDGED else None


async def listed(hub: Hub, events: Sequence[PlaceEvent]) -> list[ListedEvent]:
    """Returns events as lists have them, each with what holds of it."""
    found, kept_ns = await _decisions(hub, events), await _replays_until(hub, events)
    return [
        ListedEvent(
            **event_row(one, hub.zone),
            standing=_standing(standing_of(found[one.event_id]), hub.zone),
            replay_until=iso_or_none(kept_ns.get(one.event_id), hub.zone),
        )
        for one in events
    ]


async def seen_event(hub: Hub, principal: Principal, event_id: str) -> PlaceEvent:
    """Returns an event that the principal may see.

    Raises:
        ProblemError: there is none; the same for one of a camera that it may not see.
    """
    found = await hub.store.event(event_id)
    if found is None:
        raise _no_event(event_id)
    wanted = SEEING if found.kind in RAISED_BY_SERVICE else SEEING[:1]
    groups = groups_of(hub, found.camera)
    if not any(principal.may(permission, groups) for permission in wanted):
        raise _no_event(event_id)
    return found


def _no_event(event_id: str) -> ProblemError:
    return no_such("event", event_id, "GET /api/v1/events lists those that you may see.")


async def _decisions(hub: Hub, rows: Sequence[PlaceEvent]) -> dict[str, list[Decision]]:
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    if rows:
        for decision in await hub.store.decisions([one.event_id for one in rows]):
            found[decision.event_id].append(decision)
    return found


async def _replays_until(hub: Hub, rows: Sequence[PlaceEvent]) -> Mapping[str, int]:
    """Returns which events have a replay that may be opened, each with the time until which it is kept."""
    replaying = hub.plan.replaying
    wanted = [one.event_id for one in rows if one.camera in replaying]
    return await hub.store.replays_until(wanted) if wanted else {}


async def _detail(hub: Hub, one: PlaceEvent) -> EventDetail:
    decisions, zone = (await _decisions(hub, [one]))[one.event_id], hub.zone
    return EventDetail(
        **event_row(one, zone),
        standing=_standing(standing_of(decisions), zone),
        replay_until=iso_or_none((await _replays_until(hub, [one])).get(one.event_id), zone),
        samples=[SampleRow(time=iso_time(sample.time_ns, zone), value=sample.value) for sample in one.samples],
        decisions=[
            DecisionRow(
                time=iso_time(decision.time_ns, zone),
                account=decision.account,
                kind=decision.kind,
                to=decision.to or None,
                until=iso_or_none(decision.until_ns, zone),
                verdict=decision.verdict,
                of=decision.of,
                note=decision.note,
            )
            for decision in decisions
        ],
    )


def _standing(standing: Standing, zone: ZoneInfo) -> StandingRow:
    return StandingRow(
        acknowledged_by=standing.acknowledged_by or None,
        assigned_to=standing.assigned_to or None,
        snoozed_until=iso_or_none(standing.snoozed_until_ns, zone),
        verdict=standing.verdict,
        reviewed_by=list(standing.reviewed_by),
    )

"""Profiles: which sets of rules are on now, by the calendar, or by hand for a while."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import EVERY_CAMERA, Permission, Principal
from passerby.domain.audit import AuditEntry
from passerby.domain.event_rules import BY_CALENDAR, WEEK, ProfileSwitch, WeekDay, WeeklyHours
from passerby.domain.intervals import SiteClock
from passerby.domain.rule_hours import profiles_at
from passerby.text import in_nfc, iso_time
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs, not_permitted
from passerby.web.problems import bad_value, documented
from passerby.web.ranges import time_at
from passerby.web.rows import ListOf

MAX_DAYS: Final = 31
"""For longer the calendar is to be changed: what was switched by hand is easily overlooked."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class HoursRow(BaseModel):
    """Hours of the week, by the site's clock."""

    days: list[WeekDay] = Field(description="On which they begin.")
    start_s: int = Field(description="Seconds since midnight.", examples=[28_800])
    end_s: int = Field(description="Likewise; of the next day where it is not after `start_s`.", examples=[50_400])


class ProfileRow(BaseModel):
    """A profile of the site."""

    name: str
    on: bool = Field(description="Whether its rules are watched now.")
    by_calendar: bool = Field(description="Whether they would be by the calendar alone.")
    rules: int = Field(description="How many rules of all cameras belong to it.")
    hours: list[HoursRow] = Field(description="When it is on each week by the calendar.")
    dates: list[str] = Field(description="Days on which it is on as a whole.", examples=[["2026-12-24"]])


class ByHandRow(BaseModel):
    """What was switched by hand."""

    profiles: list[str] = Field(description="Those that are on, and no others.")
    until: str = Field(description="The calendar holds from then on.")
    account: str


class ProfileRows(ListOf[ProfileRow]):
    """The profiles of the site, in the site file's order."""

    by_hand: ByHandRow | None = Field(description="Null while the calendar holds.")


class SwitchBody(BaseModel):
    """Which profiles are to be on, in place of those that the calendar has on."""

    profiles: Annotated[list[Name], Field(max_length=100)] = Field(
        description="All that are to be on; none for the rules alone that belong to no profile."
    )
    until: Annotated[str, StringConstraints(max_length=40)] = Field(
        description=f"Until when: a time or date to come, {MAX_DAYS} days ahead at most."
    )


router = APIRouter(prefix="/api/v1", tags=["events"])
SWITCHING = [needs(Permission.DECIDE_EVENTS)]


@router.get("/profiles", dependencies=[needs(Permission.SEE_EVENTS)], responses=documented(401, 403, 503))
async def list_profiles(hub: HubHere) -> ProfileRows:
    """The profiles, and which are on now."""
    return await _rows(hub)


@router.put("/profiles", dependencies=SWITCHING, responses=documented(400, 401, 403, 422, 503))
async def switch_profiles(hub: HubHere, principal: PrincipalHere, body: SwitchBody) -> ProfileRows:
    """Switches profiles on until a time, and all others off, at all cameras; needs a grant on all of them."""
    known = {profile.name for profile in hub.plan.profiles}
    names = frozenset(map(in_nfc, body.profiles))
    for name in sorted(names - known):
        raise bad_value("body.profiles", "profiles of the site: GET /api/v1/profiles lists them", name)
    until_ns = time_at("body.until", body.until, hub.zone)
    now_ns = hub.clock()
    if not now_ns < until_ns <= now_ns + MAX_DAYS * DAY_S * NS_PER_S:
        raise bad_value("body.until", f"a time to come, {MAX_DAYS} days from now at most", body.until)
    return await _switch(hub, principal, ProfileSwitch(names, until_ns), iso_time(until_ns, hub.zone))


@router.delete("/profiles", dependencies=SWITCHING, status_code=HTTPStatus.OK, responses=documented(401, 403, 503))
async def return_to_calendar(hub: HubHere, principal: PrincipalHere) -> ProfileRows:
    """Ends what was switched by hand: the calendar holds again."""
    return await _switch(hub, principal, BY_CALENDAR, "the calendar holds")


async def _switch(hub: Hub, principal: Principal, by_hand: ProfileSwitch, until: str) -> ProfileRows:
    # Rules of cameras that one may not see would be switched off with the others.
    if not principal.may(Permission.DECIDE_EVENTS, (EVERY_CAMERA,)):
        raise not_permitted((Permission.DECIDE_EVENTS,))
    names = ", ".join(sorted(by_hand.profiles))
    entry = AuditEntry(hub.clock(), principal.name, "profiles.switched", names[:200], until)
    await hub.store.switch_profiles(by_hand, principal.responsible, entry)
    hub.live.switch_profiles(by_hand)
    return await _rows(hub)


async def _rows(hub: Hub) -> ProfileRows:
    now_ns, stored = hub.clock(), await hub.store.profile_switch()
    now_s = now_ns // NS_PER_S
    clock = SiteClock.of(hub.zone, now_s - DAY_S, now_s + DAY_S)
    by_calendar = profiles_at(hub.plan.profiles, now_ns, clock)
    holds = stored is not None and now_ns < stored[0].until_ns
    on = stored[0].profiles if stored is not None and holds else by_calendar
    every_rule = [rule for camera in hub.plan.cameras for rule in camera.rules]
    return ProfileRows(
        rows=[
            ProfileRow(
                name=each.name,
                on=each.name in on,
                by_calendar=each.name in by_calendar,
                rules=sum(each.name in rule.profiles for rule in every_rule),
                hours=[_hours(hours) for hours in each.hours],
                dates=sorted(each.dates),
            )
            for each in hub.plan.profiles
        ],
        after=None,
        by_hand=None
        if stored is None or not holds
        else ByHandRow(
            profiles=sorted(stored[0].profiles), until=iso_time(stored[0].until_ns, hub.zone), account=stored[1]
        ),
    )


def _hours(hours: WeeklyHours) -> HoursRow:
    days = [day for number, day in enumerate(WEEK) if number in hours.days]
    return HoursRow(days=days, start_s=hours.start_s, end_s=hours.end_s)

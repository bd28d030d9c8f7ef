"""Counts by hand of recordings that passerby counted as well; and what every count by hand is checked for."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from passerby.domain.access import Permission, Principal
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, CountedMinute, HandCount, MinutePair, line_version
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan
from passerby.text import in_nfc
from passerby.units import MINUTE_S, NS_PER_S
from passerby.web.hub import Hub
from passerby.web.permissions import groups_of, not_permitted
from passerby.web.problems import ProblemError, bad_value, no_such
from passerby.web.ranges import time_at
from passerby.web.routes.measured.validations.rows import RecordedBody, ValidationBody

CLOCK_S: Final = 5
"""A time so little ahead of the service's clock is one of a clock that is off by that much."""


def line_to_count(hub: Hub, principal: Principal, body: ValidationBody | RecordedBody) -> Line:
    """Returns the line that a count by hand is of.

    Raises:
        ProblemError: it is of another site, there is no such camera or line, or the principal may not draw there.
    """
    if body.site is not None and in_nfc(body.site) != hub.plan.name:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "other-site",
            f"This is the service of {hub.plan.name}, and the count is of another site.",
            "Send it to that site's service, or give the site the same name in both site files.",
        )
    if not principal.may(Permission.DRAW, groups_of(hub, body.camera)):
        raise not_permitted((Permission.DRAW,))
    wanted = in_nfc(body.line)
    for line in hub.camera(body.camera).layout.lines:
        if line.name == wanted:
            return line
    raise no_such("line", body.line, f"GET /api/v1/cameras/{body.camera}/lines lists them.")


def classes_of(words: Sequence[str], line: Line) -> tuple[RoadUser, ...]:
    """Returns the classes that were counted.

    Raises:
        ProblemError: the line does not count one of them.
    """
    road_users = tuple(sorted({RoadUser.from_label(word) for word in words}))
    for road_user in road_users:
        if road_user not in line.road_users:
            raise bad_value("body.road_users", f"classes that {line.name} counts", road_user.label)
    return road_users


def version_now(hub: Hub, camera: str, line: str) -> str | None:
    """Returns the version of a line as it is now; None where there is none."""
    plan = hub.plan.camera(camera)
    found = None if plan is None else next((one for one in plan.layout.lines if one.name == line), None)
    return None if plan is None or found is None else line_version(plan, found, hub.plan.detector.model)


def recorded_count(hub: Hub, body: RecordedBody, line: Line, account: str) -> HandCount:
    """Returns a recording's count by hand as it is stored: with what passerby counted.

    Raises:
        ProblemError: it was counted with another instrument, or a time, a class or a minute cannot be.
    """
    plan, now_ns, road_users = hub.camera(body.camera), hub.clock(), classes_of(body.road_users, line)
    _check_instrument(hub, plan, body)
    pairs = _pairs(body, road_users, start_s := _start_s(hub, body, now_ns))
    whole_s = tuple(sorted({pair.start_s for pair in pairs}))
    return HandCount(
        body.id,
        plan.name,
        line.name,
        body.line_version,
        CountedFrom.RECORDING,
        start_s * NS_PER_S,
        (whole_s[-1] + MINUTE_S) * NS_PER_S,
        road_users,
        tuple(CountedMinute(one.start_s, one.road_user, one.direction, one.by_hand) for one in pairs if one.by_hand),
        whole_s,
        account,
        now_ns,
        pairs=pairs,
    )


def _check_instrument(hub: Hub, plan: CameraPlan, body: RecordedBody) -> None:
    if body.line_version != version_now(hub, plan.name, in_nfc(body.line)):
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "other-instrument",
            f"The recording was counted with another line, masks, rate or detector than {plan.name} counts with.",
            f"Count it with the service's own site file, --camera {plan.name} and --fps {plan.analysed_fps:g}.",
        )


def _start_s(hub: Hub, body: RecordedBody, now_ns: int) -> int:
    start_ns = time_at("body.start", body.start, hub.zone)
    # The last minute may be a part of one.
    last_ns = start_ns + max(one.minute for one in body.minutes) * MINUTE_S * NS_PER_S
    if not 0 < start_ns <= last_ns <= now_ns + CLOCK_S * NS_PER_S:
        raise bad_value("body.start", "a time so long ago that the recording is over", body.start)
    return start_ns // NS_PER_S


def _pairs(body: RecordedBody, road_users: Sequence[RoadUser], start_s: int) -> tuple[MinutePair, ...]:
    """Both counts of each minute; the minutes are the recording's own, and need not begin with the clock's."""
    pairs: dict[tuple[int, RoadUser, Direction], MinutePair] = {}
    for place, one in enumerate(body.minutes):
        road_user, direction = RoadUser.from_label(one.road_user), Direction(one.direction)
        if road_user not in road_users:
            raise bad_value(f"body.minutes.{place}.road_user", "one of `road_users`", one.road_user)
        key = (start_s + one.minute * MINUTE_S, road_user, direction)
        if key in pairs:
            raise bad_value(f"body.minutes.{place}", "each minute, class and way once", f"minute {one.minute} again")
        pairs[key] = MinutePair(*key, one.by_hand, one.by_system)
    return tuple(pairs[key] for key in sorted(pairs))

"""The questions that routes share: from when to when, of which cameras, which page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import JsonValue

from passerby.domain.access import Permission, Principal
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.observations import Quantity
from passerby.domain.place_events import EventState
from passerby.domain.queries import LARGEST_PAGE, Bin, EventQuery, ObservationQuery, Page, PlaceEventQuery
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.permissions import VisibleCameras
from passerby.web.problems import bad_value, no_such, no_such_camera
from passerby.web.rows import DirectionWord, RoadUserWord
from passerby.web.times import TIME_OR_DATE, time_ns_of

NAMES = r"^[^\x00-\x1f\x7f]{1,80}$"
"""A name of a line or zone; no control character, for no database takes all of them."""

MAX_NAMES = 100
CURSOR = r"^[0-9.]{1,40}$"
NAMED_CURSOR = r"^[0-9]{1,19}(\.[A-Za-z0-9_-]{1,63})?$"
"""Of rows of one time, which the name of a camera distinguishes."""

EVENT_CURSOR = r"^[0-9]{1,19}\.[0-9a-f]{32}$"

# Described, not checked: times.py says in words what is wrong with a time.
_WRITTEN: dict[str, JsonValue] = {"pattern": TIME_OR_DATE}

Start = Annotated[
    str | None,
    Query(
        max_length=40,
        json_schema_extra=_WRITTEN,
        description="Intervals or events from here on: a time with its offset from UTC (RFC 3339), or a date, which "
        "stands for the midnight in the site's time zone that it begins with. A day before `end` where it is left out.",
        examples=["2026-09-28T06:00:00Z"],
    ),
]
End = Annotated[
    str | None,
    Query(
        max_length=40,
        json_schema_extra=_WRITTEN,
        description="Up to here, without it. Now where it is left out.",
        examples=["2026-09-29"],
    ),
]
Cameras = Annotated[
    list[Annotated[str, Query(pattern=CAMERAS)]],
    Query(max_length=MAX_NAMES, description="Only these cameras; may be repeated. All where it is left out."),
]
After = Annotated[
    str | None, Query(pattern=CURSOR, description="`after` of the page before. The first page where it is left out.")
]
AfterNamed = Annotated[
    str | None,
    Query(pattern=NAMED_CURSOR, description="`after` of the page before. The first page where it is left out."),
]
AfterCamera = Annotated[
    str | None,
    Query(pattern=CAMERAS, description="`after` of the page before. The first page where it is left out."),
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Most rows in the page.")]

Series = Annotated[
    list[Annotated[str, Query(pattern=NAMES)]],
    Query(max_length=MAX_NAMES, description="Only these lines, zones or movements; may be repeated."),
]
Quantities = Annotated[list[Quantity], Query(max_length=20, description="Only these; may be repeated.")]
RoadUsers = Annotated[
    list[RoadUserWord | Literal["all"]],
    Query(max_length=10, description="Only these classes; `all` for what is measured of all together."),
]
Directions = Annotated[
    list[DirectionWord | Literal["none"]],
    Query(max_length=10, description="Only these ways; `none` for what has no way."),
]

Rules = Annotated[
    list[Annotated[str, Query(pattern=NAMES)]],
    Query(max_length=MAX_NAMES, description="Only events of these rules; may be repeated. All where it is left out."),
]
Kinds = Annotated[list[RuleKind], Query(max_length=MAX_NAMES, description="Only these kinds; may be repeated.")]
States = Annotated[
    list[EventState], Query(max_length=MAX_NAMES, description="Only those that stand so; may be repeated.")
]
Severities = Annotated[
    list[Severity], Query(max_length=MAX_NAMES, description="Only those that matter so much; may be repeated.")
]
Groups = Annotated[
    list[Annotated[str, Query(pattern=r"^[0-9a-f]{32}$")]],
    Query(max_length=MAX_NAMES, description="Only events of these groups; may be repeated."),
]
Silent = Annotated[bool, Query(description="Those of rules that are tried out silently, in place of all others.")]
AfterEvent = Annotated[
    str | None,
    Query(pattern=EVENT_CURSOR, description="`after` of the page before. The first page where it is left out."),
]

Row = TypeVar("Row")
Question = TypeVar("Question", EventQuery, PlaceEventQuery)

_DAY_NS = DAY_S * NS_PER_S
LONGEST_EVENTS = timedelta(days=5 * 366)

LONGEST = {
    Bin.MINUTE: timedelta(days=35),
    Bin.QUARTER: timedelta(days=400),
    Bin.HOUR: timedelta(days=5 * 366),
    Bin.DAY: timedelta(days=20 * 366),
}
"""As long as each is kept by default: a client that wants more at once wants longer bins."""


@dataclass(frozen=True, slots=True)
class Range:
    """UTC nanoseconds, [start, end)."""

    start_ns: int
    end_ns: int


def range_of(hub: Hub, start: str | None, end: str | None, longest: timedelta, *, where: str = "query") -> Range:
    """The range that is asked for.

    Args:
        hub: the service.
        start: a time; None for a day before the end.
        end: a time; None for now.
        longest: how long the range may be.
        where: where the two stand, `query` or `body`.

    Raises:
        ProblemError: one of the times is none, the range is empty, or longer than `longest`.
    """
    # The minute that has just begun is asked for too, hence one nanosecond more.
    end_ns = hub.clock() + 1 if end is None else time_at(f"{where}.end", end, hub.zone)
    start_ns = max(0, end_ns - _DAY_NS) if start is None else time_at(f"{where}.start", start, hub.zone)
    if end_ns <= start_ns:
        raise bad_value(f"{where}.end", "a time after `start`", end or "now")
    if end_ns - start_ns > longest.total_seconds() * NS_PER_S:
        raise bad_value(
            f"{where}.start", f"at most {longest.days} days before `end`; ask for a part, or longer bins", start or ""
        )
    return Range(start_ns, end_ns)


def time_at(where: str, text: str, zone: ZoneInfo) -> int:
    """Returns UTC nanoseconds of a time as `time_ns_of` takes it.

    Raises:
        ProblemError: it is none; `where` is named.
    """
    try:
        return time_ns_of(text, zone)
    except ValueError as error:
        raise bad_value(where, str(error), text) from None


def event_query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    limit: Limit = 1000,
    after: AfterNamed = None,
) -> EventQuery:
    """The health reports or hand-overs that are asked for."""
    span = range_of(hub, start, end, LONGEST_EVENTS)
    return EventQuery(span.start_ns, span.end_ns, tuple(camera), limit=limit, after=after)


def place_event_query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    rule: Rules = [],  # noqa: B006
    kind: Kinds = [],  # noqa: B006
    state: States = [],  # noqa: B006
    severity: Severities = [],  # noqa: B006
    group: Groups = [],  # noqa: B006
    silent: Silent = False,
    limit: Limit = 1000,
    after: AfterEvent = None,
) -> PlaceEventQuery:
    """The place-safety events that are asked for."""
    span = range_of(hub, start, end, LONGEST_EVENTS)
    filters = tuple(camera), tuple(rule), tuple(kind), tuple(state), tuple(severity), tuple(group), silent
    return PlaceEventQuery(span.start_ns, span.end_ns, *filters, limit=limit, after=after)


def road_users_of(words: Sequence[str]) -> tuple[RoadUser | None, ...]:
    """Returns classes as the store is asked for them; None for all together."""
    return tuple(None if word == "all" else RoadUser.from_label(word) for word in words)


def directions_of(words: Sequence[str]) -> tuple[str | None, ...]:
    """Returns ways as the store is asked for them; None for what has no way."""
    return tuple(None if word == "none" else word for word in words)


async def asked_cameras(
    hub: Hub, principal: Principal, permission: Permission, wanted: tuple[str, ...]
) -> tuple[str, ...]:
    """Returns the cameras that a query may cover; () for all of them.

    Args:
        hub: the service.
        principal: who asks.
        permission: what they are asked for.
        wanted: the cameras that were named; empty where all are.

    Raises:
        ProblemError: one that was named is not there, or may not be seen; or there is no grant for it at all.
    """
    visible = VisibleCameras.of(hub, principal, permission)
    for camera in wanted:
        # Of a camera that was taken out of the site file, what was measured is still to be had.
        gone = visible.anywhere and hub.plan.camera(camera) is None
        if gone and not (visible.every and await _stored(hub, (camera,))):
            raise no_such_camera(camera)
    return visible.asked(permission, wanted)


async def check_series(hub: Hub, cameras: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Passes where each line, zone, movement or pair that was named is one of the cameras', or was measured there once.

    Args:
        hub: the service.
        cameras: those that are asked about; empty for all.
        wanted: the names.

    Raises:
        ProblemError: one of them is not there.
    """
    plans = [plan for plan in hub.plan.cameras if not cameras or plan.name in cameras]
    known = frozenset().union(*(plan.layout.series for plan in plans))
    for name in map(in_nfc, wanted):
        if name not in known and not await _stored(hub, cameras, name):
            do = "GET /api/v1/cameras lists lines, zones and movements by camera."
            raise no_such("series", name, do)


async def _stored(hub: Hub, cameras: tuple[str, ...], *series: str) -> bool:
    """Returns whether something is stored of one of these cameras, or of these series at them."""
    return bool(await hub.store.series(ObservationQuery(0, 1, cameras=cameras, series=series)))


async def seen_page(
    hub: Hub,
    principal: Principal,
    permission: Permission,
    read: Callable[[Question], Awaitable[Page[Row]]],
    query: Question,
) -> Page[Row]:
    """Returns a page of what is asked for, of the cameras on which the principal may do that.

    Raises:
        ProblemError: a camera that was named is not there or not among them, or `after` is not from an earlier page.
    """
    cameras = await asked_cameras(hub, principal, permission, query.cameras)
    try:
        return await read(replace(query, cameras=cameras))
    except ValueError:
        raise wrong_cursor(query.after) from None


def wrong_cursor(after: str | None) -> Exception:
    """The problem of an `after` that the store does not know."""
    return bad_value("query.after", "what the page before gave as `after`", after or "")

"""All cameras at a glance: state, crossings of the day so far and open events of each, made once for all who look."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.observations import Quantity
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.ports import Live
from passerby.text import share_figure
from passerby.web.live.today import DaySoFar, Today

CAMERAS_AT_ONCE: Final = 250
"""Cameras about which the store is asked at a time: some 4,000 rows, which take it a twentieth of a second."""

_COVERAGE_DIGITS = 3
"""A minute and a half of a day: finer shares would change with every report and say no more."""


@dataclass(frozen=True, slots=True)
class CrossingsToday:
    """How many crossed a camera's lines on the site's own day so far, all lines and ways together.

    Attributes:
        counts: class -> crossings, of the classes of which anything is known.
        coverage: the share of the day that was watched, the least of its lines; None where nothing is known.
        reliable: False if some of it was counted while the camera had moved, unconfirmed.
    """

    counts: Mapping[RoadUser, int]
    coverage: float | None
    reliable: bool


NOT_KNOWN: Final = CrossingsToday({}, None, reliable=True)


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known of a camera without adding anything up.

    Attributes:
        state: its state; None until its process has reported.
        why: the reason of a state that is not `online`; empty for that one, whose reason changes with every report.
        since_ns: when that began, UTC nanoseconds; None while it is online.
        events: severity -> how many events go on.
    """

    state: CameraState | None
    why: str
    since_ns: int | None
    events: Mapping[Severity, int]


@dataclass(frozen=True, slots=True)
class CameraNow:
    """One camera as a list shows it.

    Attributes:
        glance: state and events.
        crossings: of the day so far.
    """

    glance: Glance
    crossings: CrossingsToday


class Overview:
    """Keeps what a list of all cameras shows.

    Args:
        live: what is known of this moment.
        flows: the crossings of the day so far.
    """

    def __init__(self, live: Live, flows: Today) -> None:
        self._live = live
        self._flows = flows
        self._summed: dict[str, tuple[DaySoFar, CrossingsToday]] = {}
        # Many may want to know at once; one of them asks the store.
        self._asking = asyncio.Lock()

    async def refresh(self, cameras: Iterable[str], zone: ZoneInfo) -> None:
        """Asks the store about those cameras of which it may hold more by now, at most `CAMERAS_AT_ONCE` of them.

        Raises:
            StoreError: the store does not say what it holds.
        """
        async with self._asking:
            stale = self._flows.stale(cameras, zone)
            if stale:
                await self._flows.refresh(stale[:CAMERAS_AT_ONCE], zone)

    def glances(self, cameras: Iterable[str]) -> dict[str, Glance]:
        """Returns state and events of each of these cameras."""
        reports = {report.camera: report for report in self._live.health()}
        events = self._open_events()
        return {name: _glance(reports.get(name), events.get(name, {})) for name in cameras}

    def crossings(self, camera: str, zone: ZoneInfo) -> CrossingsToday:
        """Returns a camera's crossings of the day so far, without asking the store."""
        day = self._flows.known(camera, zone)
        if day is None:
            return NOT_KNOWN
        known = self._summed.get(camera)
        if known is None or known[0] is not day:
            known = self._summed[camera] = (day, crossings_of(day))
        return known[1]

    def _open_events(self) -> Mapping[str, Mapping[Severity, int]]:
        found: defaultdict[str, Counter[Severity]] = defaultdict(Counter)
        for one in self._live.events():
            if one.state is not EventState.CLOSED and not one.silent:
                found[one.camera][one.severity] += 1
        return found


def crossings_of(day: DaySoFar) -> CrossingsToday:
    """Returns the crossings of a day, class by class."""
    counts: Counter[RoadUser] = Counter()
    shares: list[float] = []
    reliable = True
    for key, value in day.values.items():
        if key.quantity is not Quantity.FLOW or key.road_user is None:
            continue
        shares.append(value.coverage(day.elapsed_s))
        if value.value is not None:
            counts[key.road_user] += round(value.value)
            reliable = reliable and value.reliable
    coverage = share_figure(min(shares), _COVERAGE_DIGITS) if shares else None
    return CrossingsToday(dict(sorted(counts.items())), coverage, reliable)


def _glance(report: CameraHealth | None, events: Mapping[Severity, int]) -> Glance:
    if report is None:
        return Glance(None, "", None, events)
    if report.state is CameraState.ONLINE:
        return Glance(report.state, "", None, events)
    return Glance(report.state, report.why, report.since_ns, events)

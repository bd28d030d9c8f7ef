"""All cameras at a glance: state, crossings of the day so far and open events of each, made once for all who look."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.event_rules import Severity
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.observations import Quantity
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.domain.service import SitePlan
from passerby.ports import Live, StoreError
from passerby.text import share_figure
from passerby.web.live.today import DaySoFar, Today

CAMERAS_AT_ONCE: Final = 250
"""Cameras about which the store is asked at a time: some 4,000 rows, which take it a twentieth of a second."""

AGAIN_S: Final = 1.5
"""Thousands of cameras are looked at no sooner again: it takes a tenth of a second. Who listens asks every two."""

OLD_S: Final = 10.0
"""What was seen so long ago is shown to nobody."""

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
    """Looks at all cameras for everybody who wants to know of them, and keeps what was seen.

    Args:
        live: what is known of this moment.
        flows: the crossings of the day so far.

    Attributes:
        again_s: how soon thousands of cameras are looked at again.
        cameras: what was seen of each camera, by its name.
        changes: grows with whatever is seen to have changed.
        fault: why the store does not say what it holds; None while it does.
    """

    def __init__(self, live: Live, flows: Today) -> None:
        self.again_s = AGAIN_S
        self.cameras: dict[str, CameraNow] = {}
        self.changes = 0
        self.fault: StoreError | None = None
        self._live = live
        self._flows = flows
        self._summed: dict[str, tuple[DaySoFar, CrossingsToday]] = {}
        # Camera -> the change with which it changed last, in the order of these.
        self._stated: dict[str, int] = {}
        self._counted: dict[str, int] = {}
        # In the order in which the store was asked about them.
        self._asked: dict[str, None] = {}
        self._looked_s = -OLD_S
        self._site: SitePlan | None = None
        # Many may want to know at once; one of them looks.
        self._looking = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None

    async def look(self, site: SitePlan) -> None:
        """Looks at all cameras; does nothing where thousands were looked at just now.

        Of the store no more is asked at a time than it answers soon; what it does not answer stays as it was.
        """
        many = len(site.cameras) > CAMERAS_AT_ONCE
        async with self._looking:
            if many and self._age_s < self.again_s and site is self._site:
                return
            self._site, zone = site, ZoneInfo(site.time_zone)
            self._see(camera.name for camera in site.cameras)
            await self._refresh(zone)
            await self._count(zone)
            self._looked_s = asyncio.get_running_loop().time()

    async def newest(self, site: SitePlan) -> None:
        """Returns when what was seen may be shown; thousands of cameras are looked at while others are answered."""
        if len(site.cameras) <= CAMERAS_AT_ONCE or site is not self._site or self._age_s >= OLD_S:
            await self.look(site)
        elif self._age_s >= self.again_s and (self._soon is None or self._soon.done()):
            if self._soon is not None and not self._soon.cancelled():
                self._soon.result()
            self._soon = asyncio.create_task(self.look(site))

    def since(self, change: int) -> tuple[list[str], list[str]]:
        """The cameras that have changed after a change: those with new states or events, and those with new counts."""
        return _after(self._stated, change), _after(self._counted, change)

    def crossings(self, camera: str, zone: ZoneInfo) -> CrossingsToday:
        """Returns a camera's crossings of the day so far, without asking the store."""
        day = self._flows.known(camera, zone)
        if day is None:
            return NOT_KNOWN
        known = self._summed.get(camera)
        if known is None or known[0] is not day:
            known = self._summed[camera] = (day, crossings_of(day))
        return known[1]

    @property
    def _age_s(self) -> float:
        return asyncio.get_running_loop().time() - self._looked_s

    def _see(self, cameras: Iterable[str]) -> None:
        """Takes in states and events, and which cameras there are."""
        self.changes += 1
        reports = {report.camera: report for report in self._live.health()}
        events = self._open_events()
        before = self.cameras
        self.cameras = {}
        for name in cameras:
            glance, known = _glance(reports.get(name), events.get(name, {})), before.get(name)
            if known is None or known.glance != glance:
                known = CameraNow(glance, NOT_KNOWN if known is None else known.crossings)
                self._stated.pop(name, None)
                self._stated[name] = self.changes
            self.cameras[name] = known
        for gone in before.keys() - self.cameras.keys():
            for kept in (self._stated, self._counted, self._asked, self._summed):
                kept.pop(gone, None)

    async def _refresh(self, zone: ZoneInfo) -> None:
        """Asks the store about those of which it may hold more by now; first about those that were asked for least."""
        for name in self.cameras:
            self._asked.setdefault(name, None)
        stale = list(islice(self._flows.stale(self._asked, zone), CAMERAS_AT_ONCE))
        try:
            await self._flows.refresh(stale, zone)
            self.fault = None
        except StoreError as fault:
            self.fault = fault
        for name in stale:
            self._asked.pop(name, None)
            self._asked[name] = None

    async def _count(self, zone: ZoneInfo) -> None:
        """Adds up what was counted; others are answered meanwhile."""
        each = iter(tuple(self.cameras))
        while some := tuple(islice(each, CAMERAS_AT_ONCE)):
            self.changes += 1
            for name in some:
                known, crossings = self.cameras[name], self.crossings(name, zone)
                if known.crossings is not crossings and known.crossings != crossings:
                    self.cameras[name] = CameraNow(known.glance, crossings)
                    self._counted.pop(name, None)
                    self._counted[name] = self.changes
            await asyncio.sleep(0)

    def _open_events(self) -> Mapping[str, Mapping[Severity, int]]:
        found: defaultdict[str, Counter[Severity]] = defaultdict(Counter)
        for one in self._live.events():
            if one.state is not EventState.CLOSED and not one.silent:
                found[one.camera][one.severity] += 1
        return found


def _after(changed: dict[str, int], change: int) -> list[str]:
    found = [name for name, _ in takewhile(lambda one: one[1] > change, reversed(changed.items()))]
    return found[::-1]


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

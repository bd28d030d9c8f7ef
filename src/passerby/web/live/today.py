"""The site's own day so far: the minutes that are stored, and those that are not yet; none of them twice."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from passerby.domain.intervals import COMBINATIONS, Aggregate
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import LARGEST_PAGE, Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Live, Store
from passerby.text import figure, iso_time, share_figure
from passerby.units import MINUTE_S, NS_PER_S
from passerby.web.rows import road_user_word
from passerby.web.times import midnight_ns

_MINUTE_NS = MINUTE_S * NS_PER_S

_MAX_TRIES = 3


class SeriesKey(NamedTuple):
    """What is measured, where, of whom and which way."""

    series: str
    quantity: Quantity
    road_user: RoadUser | None
    direction: str | None


class _MinuteKey(NamedTuple):
    series: SeriesKey
    start_ns: int


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """One camera's day.

    Attributes:
        time_ns: UTC nanoseconds of the asking.
        elapsed_s: seconds since the site's midnight.
        values: in the order in which their series were first seen.
    """

    time_ns: int
    elapsed_s: float
    values: dict[SeriesKey, Aggregate]


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store had of a day, and which of the open minutes were in it already."""

    asked: tuple[int, int, frozenset[int]]
    values: dict[SeriesKey, Aggregate]
    held: frozenset[_MinuteKey]


class Today:
    """Adds up, asking the store once for each minute of each camera.

    Args:
        store: holds the minutes that are over.
        live: knows the others.
        clock: UTC nanoseconds now.
        quantities: what is added up; empty for all.
    """

    def __init__(
        self, store: Store, live: Live, clock: Callable[[], int], quantities: tuple[Quantity, ...] = ()
    ) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._quantities = quantities
        self._stored: dict[str, _Stored] = {}
        # Many may want to know at once; one of them asks the store.
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._newest: dict[str, tuple[_Stored, tuple[Observation, ...], DaySoFar]] = {}
        # What is open stays the same rows until there are others: looked at by everybody who looks.
        self._opened: dict[str, tuple[tuple[Observation, ...], int, tuple[Observation, ...]]] = {}

    async def of(self, camera: str, zone: ZoneInfo) -> DaySoFar:
        """The camera's day so far; the same one again if nothing is new, and a new one each minute.

        Raises:
            StoreError: the store does not say what it holds.
        """
        now_ns = self._clock()
        begin_ns = midnight_ns(now_ns, zone)
        for _ in range(_MAX_TRIES):
            async with self._asking[camera]:
                stored, settled = (await self._stored_parts((camera,), now_ns, begin_ns))[camera]
            # Asked for after the store: a minute that went there in the meantime changes what is open.
            minutes = self._open(camera, begin_ns)
            if settled and stored.asked == _question(now_ns, begin_ns, minutes):
                break
        return self._day(camera, stored, minutes, now_ns)

    async def refresh(self, cameras: Iterable[str], zone: ZoneInfo) -> None:
        """Asks the store about many cameras at once, so that `known` has all that it holds of them.

        Those of which nothing has changed since they were asked about within this minute are left out.

        Raises:
            StoreError: the store does not say what it holds.
        """
        now_ns, names = self._clock(), tuple(cameras)
        await self._stored_parts(names, now_ns, midnight_ns(now_ns, zone))
        for name in names:  # what is summed up now stands when a minute goes to the store
            self.known(name, zone)

    def stale(self, cameras: Iterable[str], zone: ZoneInfo) -> Iterator[str]:
        """Yields the cameras about which `refresh` would ask the store."""
        now_ns = self._clock()
        begin_ns = midnight_ns(now_ns, zone)
        for camera in cameras:
            kept = self._stored.get(camera)
            if kept is None or kept.asked != _question(now_ns, begin_ns, self._open(camera, begin_ns)):
                yield camera

    def known(self, camera: str, zone: ZoneInfo) -> DaySoFar | None:
        """The camera's day so far without asking the store; None where the store was not asked about this day yet.

        When a minute has gone to the store since, the sum of before stands until `refresh`: none is lost meanwhile.
        """
        now_ns = self._clock()
        stored = self._stored.get(camera)
        if stored is None or stored.asked[0] != _begin_ns(now_ns // _MINUTE_NS, zone):
            return None
        begin_ns, asked_minute, starts_ns = stored.asked
        # A minute that was not open then, and is no newer, may be in the store already.
        minutes = tuple(
            each
            for each in self._open(camera, begin_ns)
            if each.start_ns in starts_ns or each.start_ns >= asked_minute * _MINUTE_NS
        )
        newest = self._newest.get(camera)
        if newest is not None and newest[0] is stored and not starts_ns <= {each.start_ns for each in minutes}:
            return newest[2]
        return self._day(camera, stored, minutes, now_ns)

    def _day(self, camera: str, stored: "_Stored", minutes: tuple[Observation, ...], now_ns: int) -> DaySoFar:
        known = self._newest.get(camera)
        if known is not None and known[0] is stored and known[1] == minutes:
            return known[2]
        values = dict(stored.values)
        for each in minutes:
            if _minute_key(each) not in stored.held:
                _add(values, each)
        day = DaySoFar(now_ns, (now_ns - stored.asked[0]) / NS_PER_S, values)
        self._newest[camera] = (stored, minutes, day)
        return day

    def _open(self, camera: str, begin_ns: int) -> tuple[Observation, ...]:
        """Today's open minutes; of two rows of one minute the better covered stays, as in the store."""
        rows = self._live.open_observations(camera)
        known = self._opened.get(camera)
        if known is None or known[0] is not rows or known[1] != begin_ns:
            known = self._opened[camera] = (rows, begin_ns, self._best(rows, begin_ns))
        return known[2]

    def _best(self, rows: Iterable[Observation], begin_ns: int) -> tuple[Observation, ...]:
        best: dict[_MinuteKey, Observation] = {}
        for each in rows:
            key = _minute_key(each)
            if self._quantities and each.quantity not in self._quantities:
                continue
            if each.start_ns >= begin_ns and (key not in best or best[key].coverage < each.coverage):
                best[key] = each
        return tuple(best.values())

    async def _stored_parts(
        self, cameras: tuple[str, ...], now_ns: int, begin_ns: int
    ) -> dict[str, tuple[_Stored, bool]]:
        """The store's part of each camera's day, and whether no minute arrived there while it was being asked."""
        minutes = {camera: self._open(camera, begin_ns) for camera in cameras}
        asked = {camera: _question(now_ns, begin_ns, minutes[camera]) for camera in cameras}
        kept = {camera: self._stored[camera] for camera in cameras if camera in self._stored}
        parts = {camera: (one, True) for camera, one in kept.items() if one.asked == asked[camera]}
        wanted = {camera: minutes[camera] for camera in cameras if camera not in parts}
        if not wanted:
            return parts
        before = await self._held(wanted)
        day = ObservationQuery(
            begin_ns,
            begin_ns + NS_PER_S,
            Bin.DAY,
            tuple(wanted),
            quantities=self._quantities,
            limit=LARGEST_PAGE,
        )
        values: defaultdict[str, dict[SeriesKey, Aggregate]] = defaultdict(dict)
        async for each in rows_of(self._store, day):
            _add(values[each.camera], each)
        held = await self._held(wanted)
        for camera in wanted:
            stored = _Stored(asked[camera], values[camera], held[camera])
            settled = before[camera] == held[camera]
            if settled:
                self._stored[camera] = stored
            parts[camera] = (stored, settled)
        return parts

    async def _held(self, minutes: Mapping[str, Iterable[Observation]]) -> dict[str, frozenset[_MinuteKey]]:
        """Which of the open minutes the store holds all the same, because they are on their way there just now."""
        cameras: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for camera, rows in minutes.items():
            starts_ns = {each.start_ns for each in rows}
            if starts_ns:
                cameras[min(starts_ns), max(starts_ns) + _MINUTE_NS].append(camera)
        held: defaultdict[str, set[_MinuteKey]] = defaultdict(set)
        for (start_ns, end_ns), names in cameras.items():
            query = ObservationQuery(
                start_ns, end_ns, Bin.MINUTE, tuple(names), quantities=self._quantities, limit=LARGEST_PAGE
            )
            async for each in rows_of(self._store, query):
                held[each.camera].add(_minute_key(each))
        return {camera: frozenset(held[camera]) for camera in minutes}


@lru_cache(maxsize=4)
def _begin_ns(minute: int, zone: ZoneInfo) -> int:
    """The midnight before a minute: asked for each of thousands of cameras, and the same for all of them."""
    return midnight_ns(minute * _MINUTE_NS, zone)


async def rows_of(store: Store, query: ObservationQuery) -> AsyncIterator[Observation]:
    """Every row that is asked for, page after page."""
    while True:
        page = await store.observations(query)
        for row in page.rows:
            yield row
        if page.after is None:
            return
        query = replace(query, after=page.after)


def _question(now_ns: int, begin_ns: int, minutes: Iterable[Observation]) -> tuple[int, int, frozenset[int]]:
    """What the store's answer depends on; the minute is in it for rows that arrive late, from a worker's outbox."""
    return begin_ns, now_ns // _MINUTE_NS, frozenset(each.start_ns for each in minutes)


def series_key(observation: Observation) -> SeriesKey:
    """The series that an observation belongs to, within its camera."""
    return SeriesKey(observation.series, observation.quantity, observation.road_user, observation.direction)


def _minute_key(observation: Observation) -> _MinuteKey:
    return _MinuteKey(series_key(observation), observation.start_ns)


def _add(values: dict[SeriesKey, Aggregate], observation: Observation) -> None:
    key, new = series_key(observation), Aggregate.of(observation)
    known = values.get(key)
    values[key] = new if known is None else known.plus(new, COMBINATIONS[key.quantity])


class DayEvents:
    """Keeps the newest event of each camera, because many listeners want the same one."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[DaySoFar, bytes]] = {}

    def of(self, camera: str, day: DaySoFar, zone: ZoneInfo) -> bytes:
        """The event of a camera's day; its times are in the zone."""
        kept = self._newest.get(camera)
        if kept is not None and kept[0] is day:
            return kept[1]
        content = {"camera": camera, "time": iso_time(day.time_ns, zone), "today": _rows(day)}
        made = event("values", content)
        self._newest[camera] = (day, made)
        return made


def event(name: str, content: object) -> bytes:
    """One server-sent event; JSON has no line break in it, so it is always one line of data."""
    return f"event: {name}\ndata: {json.dumps(content, allow_nan=False)}\n\n".encode()


def _rows(day: DaySoFar) -> list[dict[str, object]]:
    return [
        {
            "series": key.series,
            "quantity": key.quantity.value,
            "road_user": road_user_word(key.road_user),
            "direction": key.direction,
            "value": figure(so_far.value),
            "unit": key.quantity.unit,
            "coverage": share_figure(so_far.coverage(day.elapsed_s), 4),
            "reliable": so_far.reliable,
        }
        for key, so_far in day.values.items()
    ]

"""Everything that is measured at one camera's lines and in its zones: what other packages use of the measures."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.events import Encounter, LineCrossing, MovementCount, ZoneOccupancy, ZoneVisit
from passerby.domain.intervals import SiteClock, sort_observations
from passerby.domain.layout import GroundPlane, Layout, Line, Movement, Zone
from passerby.domain.leases import MinuteSpan
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.observations import Observation
from passerby.domain.tracks import Tracks
from passerby.geometry.ground import polygon_area_m2
from passerby.measure.aggregate import IntervalAggregator
from passerby.measure.coverage import Coverage, WatchedMinutes, WatchedSpan
from passerby.measure.flow_map import FlowGrid
from passerby.measure.ground.sizes import GroundSizes
from passerby.measure.ground.speed import SpeedMeter
from passerby.measure.headways import Headways
from passerby.measure.line_counter import LineCounter, SlotCrossing
from passerby.measure.movements import MovementCounter
from passerby.measure.near_misses.counting import EncounterCounter
from passerby.measure.slots import SlottedTracks, TrackSlots
from passerby.measure.tally import Inside, Series, Tally
from passerby.measure.totals import Totals, encounter_totals, line_totals, movement_totals, zone_totals
from passerby.measure.unexplained_motion import UnexplainedMotion
from passerby.measure.zones import ZoneEntry, ZoneWatch


@dataclass(frozen=True, slots=True)
class Measured:
    """What one frame made certain. Times may lie a little before the frame.

    Attributes:
        crossings: lines crossed.
        movement_counts: movements completed.
        entries: zones entered over their edge.
        visits: visits that have ended.
        occupancy: how many are in each zone now; empty from `finish`.
        encounters: encounters that are over; empty where none are looked for.
        feet_in_zones: bool (tracks, zones), whose foot point lies in which zone in this very frame; `occupancy` is
            another thing, which waits at the edge for more sightings and counts the hidden on. None from `finish`.
        crossing_rows: for each crossing the row of the frame's tracks that made it; None where it is not seen in this
            frame. Empty from `finish`.
    """

    crossings: tuple[LineCrossing, ...] = ()
    movement_counts: tuple[MovementCount, ...] = ()
    entries: tuple[ZoneEntry, ...] = ()
    visits: tuple[ZoneVisit, ...] = ()
    occupancy: tuple[ZoneOccupancy, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    feet_in_zones: npt.NDArray[np.bool_] | None = field(default=None, compare=False)
    crossing_rows: tuple[int | None, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """Settings of the measures; each is explained where it is used.

    Attributes:
        band_picture_share, band_box_share, band_height_share, settle_sightings: see `LineCounter`.
        handover_s, handover_reach: see `TrackSlots`.
        hidden_s: see `ZoneWatch`.
        max_gap_s: see `Coverage`.
        interval_s: length of the intervals that `take_closed` gives.
        report_interval_s: length of the intervals in `totals`; None keeps none, for a run that never ends.
        grace_s: see `IntervalAggregator`.
        clock: the site's clock, by which the reported intervals begin; None for UTC.
        lists_crossings: keep the crossings of the reported intervals one by one, in `totals`.
        keep_confidence: see `UnexplainedMotion`; at 0 every detection explains what moves.
    """

    band_picture_share: float = 0.011
    band_box_share: float = 0.06
    band_height_share: float = 0.18
    settle_sightings: int = 2
    handover_s: float = 1.5
    handover_reach: float = 0.35
    hidden_s: float = 2.0
    max_gap_s: float = 2.0
    interval_s: int = 60
    report_interval_s: int | None = 900
    grace_s: float = 15.0
    clock: SiteClock | None = None
    lists_crossings: bool = False
    keep_confidence: float = 0.0


class CameraMeasures:
    """Turns tracks into crossings, movements, visits and observations.

    Call `update` once for every analysed frame, in order, also of an empty scene: a frame without tracks is what makes
    a zero. Memory is flat but for `totals.observations`, which `report_interval_s=None` leaves out.

    Args:
        camera_id: the camera's name.
        lines, movements, zones: where to measure.
        ground: the ground plane, None without calibration: then no speeds, no densities and no near misses.
        settings: None for the defaults.
        near_misses: which near misses are counted; None for none.

    Raises:
        ValueError: a line has no length, or an interval does not divide a day.
    """

    def __init__(
        self,
        camera_id: str,
        lines: tuple[Line, ...] = (),
        movements: tuple[Movement, ...] = (),
        zones: tuple[Zone, ...] = (),
        ground: GroundPlane | None = None,
        settings: MeasureSettings | None = None,
        *,
        near_misses: NearMissMeasure | None = None,
    ) -> None:
        chosen = settings or MeasureSettings()
        areas_m2 = tuple(polygon_area_m2(ground, zone.points) if ground else None for zone in zones)
        counted = near_misses if ground else None
        series = Series(camera_id, lines, movements, zones, areas_m2, ground is not None, counted)
        self._slots = TrackSlots(handover_s=chosen.handover_s, handover_reach=chosen.handover_reach)
        self._lines = LineCounter(
            lines,
            band_picture_share=chosen.band_picture_share,
            band_box_share=chosen.band_box_share,
            band_height_share=chosen.band_height_share,
            settle_sightings=chosen.settle_sightings,
        )
        self._movements = MovementCounter(movements)
        self._zones = ZoneWatch(zones, areas_m2, settle_sightings=chosen.settle_sightings, hidden_s=chosen.hidden_s)
        self._speeds = SpeedMeter(ground) if ground else None
        self._sizes = GroundSizes(ground) if ground else None
        self._encounters = EncounterCounter(ground, counted) if ground and counted else None
        self._headways = Headways()
        self._flow_grid = FlowGrid()
        self._coverage = Coverage(max_gap_s=chosen.max_gap_s)
        self._minutes = WatchedMinutes()
        self._run = Tally(series)
        self._unexplained = UnexplainedMotion(chosen.keep_confidence)
        self._intervals = self._aggregator(series, chosen.interval_s, chosen)
        report_s = chosen.report_interval_s
        self._report = self._aggregator(series, report_s, chosen, chosen.lists_crossings) if report_s else None
        self._closed: list[Observation] = []
        self._reported: list[Observation] = []
        self._now_s = 0.0
        self._inside = Inside.empty(len(zones))

    @classmethod
    def of_layout(cls, camera_id: str, layout: Layout, settings: MeasureSettings | None = None) -> Self:
        """Returns the measures of all that a layout has."""
        return cls(
            camera_id,
            layout.lines,
            layout.movements,
            layout.zones,
            layout.ground,
            settings,
            near_misses=layout.near_misses,
        )

    @property
    def coverage(self) -> Coverage:
        """The watched time, to be read, or corrected with `lost`."""
        return self._coverage

    @property
    def unexplained(self) -> float | None:
        """The share of the last five minutes' steady motion that no detection explains; None where too little moved."""
        return self._unexplained.recent

    def lost(self, start_ns: int, end_ns: int) -> None:
        """Records that a stretch was not watched, although frames came before and after it."""
        self._coverage.lost(start_ns, end_ns)
        self._headways.gap()

    def start_anew(self) -> None:
        """Ends all tracks with the next frame, and hands none of them over: time or view went on elsewhere."""
        self._slots.start_anew()
        self._headways.gap()

    def update(self, tracks: Tracks) -> Measured:
        """Adds one frame's tracks; returns what became certain with it."""
        stamp = tracks.stamp
        self._now_s = stamp.stream_s
        slotted = self._slotted(tracks)
        if self._speeds:
            self._speeds.update(slotted)
        self._flow_grid.update(slotted)
        crossings = self._lines.update(slotted)
        movement_counts = self._movements.update(slotted, crossings)
        changes = self._zones.update(slotted)
        self._inside = Inside.of(changes.occupancy)
        span = self._coverage.update(stamp)
        if span.end_ns <= span.start_ns:
            self._headways.gap()
        self._watch(span)
        self._unexplained.update(tracks)
        measured = Measured(
            self._completed(crossings), movement_counts, changes.entries, changes.visits, changes.occupancy,
            self._encounters.update(slotted, self._movements.completed) if self._encounters else (),
            changes.feet_in_zones, _rows(crossings, slotted),
        )  # fmt: skip
        self._record(measured)
        self._close(stamp.time_ns)
        return measured

    def _slotted(self, tracks: Tracks) -> SlottedTracks:
        slotted = self._slots.update(tracks)
        return replace(slotted, road_user=self._sizes.update(slotted)) if self._sizes else slotted

    def finish(self) -> Measured:
        """Ends the run: what was waiting is settled, the last frame's time is added, all intervals are closed."""
        crossings = self._lines.finish()
        measured = Measured(
            crossings=self._completed(crossings),
            movement_counts=self._movements.finish(crossings),
            visits=self._zones.finish(),
            encounters=self._encounters.finish() if self._encounters else (),
        )
        span = self._coverage.finish()
        if span:
            self._watch(span, new_frame=False)
        self._record(measured)
        self._closed += self._intervals.finish(self._coverage)
        if self._report:
            self._reported += self._report.finish(self._coverage)
        return measured

    def take_closed(self) -> tuple[Observation, ...]:
        """The observations of intervals closed since the last call, each once, sorted."""
        closed, self._closed = self._closed, []
        return tuple(sort_observations(closed))

    def so_far(self) -> tuple[Observation, ...]:
        """The observations of the intervals that are still open, as they stand."""
        return tuple(sort_observations(self._intervals.so_far(self._coverage)))

    def take_watched(self) -> tuple[MinuteSpan, ...]:
        """What was watched of each minute that is open, or was when this was called before."""
        return self._minutes.take(self.open_from_ns)

    @property
    def open_from_ns(self) -> int | None:
        """UTC nanoseconds from which intervals may still change; None before the first frame."""
        return self._intervals.open_from_ns

    @property
    def totals(self) -> Totals:
        """The run's totals so far; complete after `finish`."""
        return Totals(
            lines=line_totals(self._run),
            movements=movement_totals(self._run),
            zones=zone_totals(self._run),
            observations=tuple(sort_observations(self._reported)),
            encounters=encounter_totals(self._run),
            flow_map=self._flow_grid.flow_map(),
            watched_s=self._coverage.total_s,
            crossings=tuple(self._report.crossings) if self._report else (),
        )

    def _watch(self, span: WatchedSpan, *, new_frame: bool = True) -> None:
        self._run.occupancy(self._inside, span.length_s, new_frame=new_frame)
        self._intervals.watched(span, self._inside, new_frame=new_frame)
        self._minutes.add(span)
        if self._report:
            self._report.watched(span, self._inside, new_frame=new_frame)

    def _record(self, measured: Measured) -> None:
        for adder in (self._run, self._intervals, self._report):
            if adder is None:
                continue
            for crossing in measured.crossings:
                adder.crossing(crossing)
            for count in measured.movement_counts:
                adder.movement(count)
            for encounter in measured.encounters:
                adder.encounter(encounter)
            for entry in measured.entries:
                adder.entry(entry)
            for visit in measured.visits:
                adder.visit(visit)

    def _close(self, now_ns: int) -> None:
        self._closed += self._intervals.take_closed(now_ns, self._coverage)
        needed = [self._intervals.open_from_ns]
        if self._report:
            self._reported += self._report.take_closed(now_ns, self._coverage)
            needed.append(self._report.open_from_ns)
        from_ns = min(each for each in needed if each is not None)
        self._coverage.drop_before(from_ns)
        self._unexplained.drop_before(from_ns)

    def _aggregator(
        self, series: Series, length_s: int, settings: MeasureSettings, lists_crossings: bool = False
    ) -> IntervalAggregator:
        return IntervalAggregator(
            series, length_s=length_s, grace_s=settings.grace_s, clock=settings.clock, lists_crossings=lists_crossings,
            unexplained=self._unexplained,
        )  # fmt: skip

    def _completed(self, crossings: tuple[SlotCrossing, ...]) -> tuple[LineCrossing, ...]:
        return self._headways.of([self._with_speed(crossing) for crossing in crossings])

    def _with_speed(self, crossing: SlotCrossing) -> LineCrossing:
        speed = self._speeds.speed(crossing.slot, self._now_s) if self._speeds else None
        return LineCrossing(
            line=crossing.line,
            direction=crossing.direction,
            road_user=crossing.road_user,
            time_ns=crossing.time_ns,
            speed_mps=speed.mps if speed else None,
            speed_error_mps=speed.error_mps if speed else None,
        )


def _rows(crossings: tuple[SlotCrossing, ...], seen: SlottedTracks) -> tuple[int | None, ...]:
    if not crossings:
        return ()
    rows = {slot: row for row, slot in enumerate(seen.slot.tolist())}
    return tuple(rows.get(crossing.slot) for crossing in crossings)

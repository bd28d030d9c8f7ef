"""The wall clock is set, or summer ends: from the frames to the stored rows, on a clock of the tests' own."""

import asyncio
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraHealth, CameraState, ImageQuality, SourceCondition
from passerby.domain.layout import Line
from passerby.domain.observations import Observation, Quantity
from passerby.domain.preview import Preview
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.engine.journal import Journal
from passerby.ingest.stage import FrameResult, LiveStage
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.columns import observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery
from passerby.messages.sandbox_messages import Message, Minutes
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.pipeline.live_reporter import LiveReporter
from passerby.store import open_store
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from testing.pictures.walks import SIZE_PX
from testing.pictures.walks import Seen as Walker
from testing.pictures.walks import detections as found

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

NS = 1_000_000_000
MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32))
EVERY_S = 10
"""So often somebody walks over the line, three seconds into the time."""

PER_MINUTE = 60 // EVERY_S
CALM_S = 198.0
"""A moment at which nobody walks: 18 s into the fourth minute, in which two have crossed by then."""

Times = Callable[[], Iterator[float]]


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * NS


def steadily(seconds: float, fps: float = 2.0) -> Times:
    return lambda: (number / fps for number in range(round(seconds * fps)))


class Machine:
    """A machine with a clock that somebody sets.

    Args:
        start_ns: what its clock says at first.
        jumps: seconds since the start -> nanoseconds by which the clock is set then.
    """

    def __init__(self, start_ns: int, jumps: dict[float, int] | None = None) -> None:
        self._start_ns, self._jumps = start_ns, jumps or {}
        self.steady_s = 0.0

    def wall_ns(self) -> int:
        set_by = sum(by_ns for when_s, by_ns in self._jumps.items() if self.steady_s >= when_s)
        return self._start_ns + round(self.steady_s * NS) + set_by

    def timer(self) -> float:
        return self.steady_s


class Street:
    """A stage whose camera sees somebody cross from time to time."""

    held_back = 0.0

    def __init__(self, machine: Machine, times: Times, every_s: int = EVERY_S) -> None:
        self._machine, self._times, self._every_s = machine, times, every_s
        self.condition = SourceCondition(CameraState.ONLINE, machine.wall_ns(), "pictures come and change")

    def __iter__(self) -> Iterator[FrameResult]:
        for index, steady_s in enumerate(self._times()):
            self._machine.steady_s = steady_s
            phase_s = steady_s % self._every_s
            walkers = [Walker((200.0 + 100.0 * phase_s, 400.0))] if phase_s <= 6.0 else []
            seen = found(steady_s, walkers)
            stamp = FrameStamp("square", index, self._machine.wall_ns(), steady_s, SIZE_PX)
            yield FrameResult(Detections(stamp, seen.xyxy_px, seen.confidence, seen.road_user), self._signs(index))

    def _signs(self, _index: int) -> ImageQuality | None:
        return None

    def preview(self, _tracks: Tracks) -> Preview | None:
        return None

    def learn_place(self, *, quietly: bool = False) -> None:
        pass

    def take_counts(self) -> tuple[int, int, int]:
        return 1, 0, 0

    def detect_ms(self) -> tuple[float, float] | None:
        return None

    def view_signature(self) -> None:
        return None


def delivered(frame: bytes) -> tuple[Observation, ...]:
    message = TO_HUB.receive(io.BytesIO(frame))
    assert isinstance(message, Delivery)
    return observations_of(message.observations)


class Reported:
    """What came of a time before the camera: stored rows and health reports."""

    def __init__(
        self, folder: Path, machine: Machine, street: Street, zone: str = "UTC", max_gap_s: float = 2.0
    ) -> None:
        self.health: list[CameraHealth] = []
        self._url, self._zone = f"sqlite:///{folder / 'store.sqlite'}", ZoneInfo(zone)
        settings = MeasureSettings(report_interval_s=None, max_gap_s=max_gap_s)
        with Journal(folder / "worker.sqlite") as journal:
            run = journal.begin_run("square")
            settled_s = 0.0

            def tell(message: Message) -> None:
                if isinstance(message, Minutes):
                    journal.store_minutes("square", run, message)
                elif isinstance(message, CameraHealth):
                    self.health.append(message)

            def settle() -> None:
                nonlocal settled_s
                if machine.steady_s >= settled_s + 1.0:
                    settled_s = machine.steady_s
                    journal.finish_minutes(machine.wall_ns())

            loop = CameraLoop(
                street, Tracker(), lambda: CameraMeasures("square", (MIDDLE,), settings=settings), StageTimes()
            )
            reporter = LiveReporter(
                loop,
                cast("LiveStage", street),
                CameraHealthWatch("square"),
                tell,
                clock=machine.wall_ns,
                timer=machine.timer,
            )
            for step in loop:
                settle()
                reporter.update(step)
            reporter.finish()
            journal.end_run("square", run)
            journal.finish_minutes(machine.wall_ns() + 60 * NS)
            frames = journal.outbox.next(0, 1_000_000)
        self._deliveries = [delivered(frame) for _, frame in frames]
        self.delivered = [one for rows in self._deliveries for one in rows]
        asyncio.run(self._store())

    async def _store(self) -> None:
        store = await open_store(self._url, zone=self._zone)
        try:
            for rows in self._deliveries:  # as the hub stores them, one delivery after the other
                await store.store_observations(rows)
            await store.roll_up()
        finally:
            await store.close()

    def rows(self, bin_: Bin = Bin.MINUTE) -> dict[int, Observation]:
        """Stored crossings by the start of their interval."""

        async def read() -> list[Observation]:
            store = await open_store(self._url, zone=self._zone)
            try:
                query = ObservationQuery(
                    0, at("2100-01-01T00:00:00Z"), bin_, quantities=(Quantity.FLOW,),
                    road_users=(RoadUser.PEDESTRIAN,), directions=("forward", "backward"), limit=10_000,
                )  # fmt: skip
                return list((await store.observations(query)).rows)
            finally:
                await store.close()

        found: dict[int, Observation] = {}
        for row in asyncio.run(read()):
            way = found.get(row.start_ns)
            if way is None or (row.value or 0) > (way.value or 0):  # all walk one way
                found[row.start_ns] = row
        return found

    def minutes(self) -> dict[str, tuple[int, float]]:
        """What was watched, as text: clock -> crossings, coverage."""
        return {
            datetime.fromtimestamp(start_ns / NS, UTC).strftime("%H:%M"): (int(row.value or 0), round(row.coverage, 2))
            for start_ns, row in self.rows().items()
            if row.coverage > 0
        }


WHOLE = (PER_MINUTE, 1.0)
START = at("2026-11-23T10:00:00Z")
HOUR = 3600 * NS


def test_a_clock_that_nobody_sets(tmp_path: Path) -> None:
    machine = Machine(START)
    reported = Reported(tmp_path, machine, Street(machine, steadily(300)))
    assert reported.minutes() == dict.fromkeys(("10:00", "10:01", "10:02", "10:03", "10:04"), WHOLE)


def test_an_hour_back(tmp_path: Path) -> None:
    machine = Machine(START, {CALM_S: -HOUR})
    reported = Reported(tmp_path, machine, Street(machine, steadily(360)))
    assert reported.minutes() == {
        "10:00": WHOLE, "10:01": WHOLE, "10:02": WHOLE, "10:03": (2, 0.3),
        "09:03": (4, 0.7), "09:04": WHOLE, "09:05": WHOLE,
    }  # fmt: skip


def test_an_hour_ahead(tmp_path: Path) -> None:
    machine = Machine(START, {CALM_S: HOUR})
    reported = Reported(tmp_path, machine, Street(machine, steadily(360)))
    assert reported.minutes() == {
        "10:00": WHOLE, "10:01": WHOLE, "10:02": WHOLE, "10:03": (2, 0.29),
        "11:03": (4, 0.71), "11:04": WHOLE, "11:05": WHOLE,
    }  # fmt: skip


@pytest.mark.parametrize("back_s", [150, 300, 3600])
def test_minutes_that_come_twice_are_counted_once(back_s: int, tmp_path: Path) -> None:
    seconds = back_s + 360.0
    machine = Machine(START, {CALM_S: -back_s * NS})
    reported = Reported(tmp_path, machine, Street(machine, steadily(seconds)))
    minutes = reported.minutes()
    last = datetime.fromtimestamp(machine.wall_ns() / NS, UTC).strftime("%H:%M")
    assert minutes.pop(last, WHOLE)[0] <= PER_MINUTE
    begun = datetime.fromtimestamp((START + round((CALM_S - back_s) * NS)) / NS, UTC).strftime("%H:%M")
    assert minutes.pop(begun, WHOLE)[0] <= PER_MINUTE
    assert set(minutes.values()) == {WHOLE}
    assert {"10:00", "10:01", "10:02", "10:03"} - {begun} <= set(minutes)


@pytest.mark.parametrize("by_s", [-3600, -90, -20, -1, 1, 20, 90, 3600])
@pytest.mark.parametrize("when_s", [CALM_S, 203.0])
def test_whoever_crosses_while_it_is_set_is_reported_at_most_once(by_s: int, when_s: float, tmp_path: Path) -> None:
    machine = Machine(START, {when_s: by_s * NS})
    reported = Reported(tmp_path, machine, Street(machine, steadily(300)))
    counted = sum(row.value or 0 for row in reported.rows().values())
    # Of a minute that was measured twice one measurement is kept; who crosses in just the moment may be missed.
    twice_s = 90 if by_s == -90 else 0
    assert 29 - twice_s / EVERY_S <= counted <= 30 - twice_s / EVERY_S
    assert all(0.0 <= one.coverage <= 1.0 for one in reported.delivered)


def test_health_goes_on_being_reported_and_lasts_in_real_time(tmp_path: Path) -> None:
    machine = Machine(START, {CALM_S: -HOUR, 2 * CALM_S: 2 * HOUR})
    reported = Reported(tmp_path, machine, Street(machine, steadily(600)))
    times_s = [one.time_ns / NS for one in reported.health]
    gaps_s = {round(later - earlier) for earlier, later in pairwise(times_s)}
    ordinary = {gap for gap in gaps_s if 0 < gap < 3600}
    assert len(reported.health) >= 600 / max(ordinary) - 2
    assert all(one.since_ns <= one.time_ns for one in reported.health)
    assert reported.health[-1].time_ns - reported.health[-1].since_ns <= 600 * NS


def once_an_hour(hours: int) -> Times:
    """Closely while somebody walks, at the hour; every other minute besides."""

    def times() -> Iterator[float]:
        for hour in range(hours):
            yield from (hour * 3600 + number / 2 for number in range(20))
            yield from (hour * 3600 + second for second in range(20, 3600, 120))
        yield hours * 3600.0

    return times


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_change_has_its_own_length(day: str, hours: int, tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight_ns = round(datetime.fromisoformat(day).replace(tzinfo=zone).timestamp()) * NS
    machine = Machine(midnight_ns)
    street = Street(machine, once_an_hour(hours), every_s=3600)
    reported = Reported(tmp_path, machine, street, "Europe/Berlin", max_gap_s=130.0)
    per_hour = {
        start_ns: row for start_ns, row in reported.rows(Bin.HOUR).items() if start_ns < midnight_ns + hours * HOUR
    }
    assert sorted(per_hour) == [midnight_ns + number * HOUR for number in range(hours)]
    assert {(row.value, round(row.coverage, 2)) for row in per_hour.values()} == {(1.0, 1.0)}
    whole = reported.rows(Bin.DAY)[midnight_ns]
    assert (whole.value, round(whole.coverage, 3)) == (float(hours), 1.0)
    assert (
        midnight_ns + hours * HOUR
        == round(datetime.fromtimestamp(midnight_ns / NS + 30 * 3600, zone).replace(hour=0, minute=0).timestamp()) * NS
    )

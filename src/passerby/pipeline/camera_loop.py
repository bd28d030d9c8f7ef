"""The loop of one camera, for recordings and live cameras: each frame's detections through tracker and measures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from passerby.domain.detections import Detections
from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.health import CameraState, ImageQuality
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.events.scene import EventFrame
from passerby.ingest.attention.frame_detector import Stopwatch
from passerby.ingest.stage import FrameResult
from passerby.measure.camera_measures import CameraMeasures, Measured
from passerby.pipeline.continuity import Continuity
from passerby.track.tracker import Tracker
from passerby.units import NS_PER_S

CLOCK_SET_BACK_S = 60.0
"""A frame stamped so much earlier than the one before was taken after the clock was set back; a smaller step lies
within what open minutes and late crossings forgive."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What came of one frame, or of a beat without one.

    Attributes:
        detections: everything that the detector reported, however weak; None on a beat without a frame.
        quality: the image quality, of a live camera's frames.
        tracks: the road users that are followed now; None without a frame.
        measured: what became certain with this frame; None without a frame.
        finished: the measures of the time before the clock was set back, where it was.
        started_anew: no track of before goes on: time or view went on elsewhere.
    """

    detections: Detections | None
    quality: ImageQuality | None
    tracks: Tracks | None
    measured: Measured | None
    finished: CameraMeasures | None
    started_anew: bool = False


def event_frame(
    tracks: Tracks,
    measured: Measured,
    state: CameraState = CameraState.ONLINE,
    *,
    reliable: bool = True,
    things: StandingThings | None = None,
) -> EventFrame:
    """Returns a frame as the rules on the safety of places take it.

    Args:
        tracks: the frame's tracks.
        measured: what was measured with them.
        state: the camera's state.
        reliable: lines and zones lie where they were drawn, as far as is known.
        things: what stands in the way; None where it is not looked for.
    """
    return EventFrame(
        tracks,
        measured.crossings,
        measured.occupancy,
        state,
        reliable,
        measured.encounters,
        things,
        measured.feet_in_zones,
    )


class CameraLoop:
    """Takes each frame's detections through tracker and measures, in order of time."""

    def __init__(
        self,
        frames: Iterable[FrameResult],
        tracker: Tracker,
        make_measures: Callable[[], CameraMeasures],
        stopwatch: Stopwatch,
        expect: Callable[[ExpectedBoxes], None] | None = None,
    ) -> None:
        """Takes the stages.

        Args:
            frames: the results of the frames.
            tracker: follows what is detected.
            make_measures: makes the measures; called again when the clock was set back.
            stopwatch: gets the name of each part of the work as it begins.
            expect: takes what is followed after each frame, for the choice of what is looked at next.
        """
        self._frames, self._tracker, self._stopwatch, self._expect = frames, tracker, stopwatch, expect
        self._make_measures, self.measures = make_measures, make_measures()
        self._time_ns: int | None = None
        self._continuity = Continuity()

    def __iter__(self) -> Iterator[Step]:
        """Returns a step for every frame, and for every beat without one."""
        for frame in self._frames:
            yield self.step(frame)

    def step(self, frame: FrameResult) -> Step:
        """Takes one frame through all stages."""
        if frame.detections is None:
            return Step(None, frame.quality, None, None, None)
        self._stopwatch.start("track")
        broken = self._continuity.broken(frame.detections.stamp, frame.quality)
        if broken:
            self._tracker.start_anew()
            self.measures.start_anew()
        tracks = self._tracker.update(frame.detections, frame.moving)
        if self._expect is not None:
            self._expect(self._tracker.expected())
        self._stopwatch.start("measure")
        finished = self._follow_clock(tracks.stamp.time_ns)
        measured = self.measures.update(tracks)
        self._stopwatch.start("other")
        return Step(frame.detections, frame.quality, tracks, measured, finished, broken)

    def _follow_clock(self, time_ns: int) -> CameraMeasures | None:
        """Begins to measure anew where the clock was set back; returns the finished measures of before.

        Else all would be filed under the last minute from before until the clock has come there again.
        """
        last_ns, self._time_ns = self._time_ns, time_ns
        if last_ns is None or time_ns > last_ns - CLOCK_SET_BACK_S * NS_PER_S:
            return None
        finished, self.measures = self.measures, self._make_measures()
        finished.finish()
        return finished

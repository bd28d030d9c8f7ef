"""Counts a place's runs through passerby's own tracker and line counter, or as `passerby count` does as a whole."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unittest import mock

from benchmarks.counting.tune.place import Passage, Place, off
from benchmarks.counting.tune.sightings import Run
from passerby.domain.layout import Layout
from passerby.domain.report import LineTotal
from passerby.domain.road_user import RoadUser
from passerby.domain.service import DetectorPlan
from passerby.domain.tracks import Tracks
from passerby.ingest.sources.file.file_clock import FileClock, TimedPicture
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.stage import FrameResult
from passerby.measure.line_counter import LineCounter, SlotCrossing
from passerby.measure.slots import TrackSlots
from passerby.messages.sandbox_orders import CountPlan
from passerby.pipeline import count_job
from passerby.track.tracker import Tracker, TrackerSettings


@dataclass(frozen=True, slots=True)
class RunScore:
    """How far one run's counts are from the truth.

    Attributes:
        run: the run.
        off: crossings counted too many or too few.
        counted: all that were counted.
    """

    run: Run
    off: int
    counted: int

    @property
    def wape(self) -> float:
        """The share of the true crossings that `off` is."""
        return self.off / self.run.place.true_crossings


def count_tracks(
    place: Place,
    frames: Sequence[FrameResult],
    settings: TrackerSettings,
    on_tracks: Callable[[Tracks], object] | None = None,
) -> Counter[Passage]:
    """Returns the crossings of one run; of the measures the lines alone, which is quicker and counts the same."""
    tracker, slots, counter = Tracker(settings), TrackSlots(), LineCounter(place.lines)
    crossings: list[SlotCrossing] = []
    for frame in frames:
        if frame.detections is not None:
            tracks = tracker.update(frame.detections, frame.moving)
            if on_tracks is not None:
                on_tracks(tracks)
            crossings += counter.update(slots.update(tracks))
    crossings += counter.finish()
    return Counter((one.line, one.direction.value, place.group(one.road_user)) for one in crossings)


def score(run: Run, frames: Sequence[FrameResult], settings: TrackerSettings) -> RunScore:
    """Counts a run and compares it with the truth."""
    counted = count_tracks(run.place, frames, settings)
    return RunScore(run, off(run.place, counted), sum(counted.values()))


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted by class: line, way, class -> how many."""

    crossings: Mapping[tuple[str, str, RoadUser], int]

    @classmethod
    def of(cls, lines: Iterable[LineTotal]) -> "Counted":
        """Takes the totals of lines."""
        return cls({
            (total.line.name, way.value, road_user): count
            for total in lines
            for road_user, ways in total.counts.items()
            for way, count in ways.items()
        })  # fmt: skip

    def passages(self, place: Place) -> Counter[Passage]:
        """Returns the crossings in the groups that a place is scored in."""
        found: Counter[Passage] = Counter()
        for (line, way, road_user), count in self.crossings.items():
            found[line, way, place.group(road_user)] += count
        return found

    @property
    def classes(self) -> dict[str, int]:
        """Class -> how many crossed, over all lines and ways; none of those that were not counted."""
        found: Counter[str] = Counter()
        for (*_, road_user), count in self.crossings.items():
            found[road_user.label] += count
        return dict(+found)


def count_whole(run: Run, model: str | None = None) -> Counted:
    """Counts a run as `passerby count` does, at the default settings and with nothing kept; whole views only."""
    place = run.place
    plan = CountPlan(place.video, "place", Layout(place.lines, (), (), None), run.fps, detector=DetectorPlan(model))

    def opened(*words: object, **options: object) -> "_LaterVideo":
        return _LaterVideo(run.phase, place.last_s, *words, **options)

    with mock.patch.object(count_job, "VideoFile", opened):
        return Counted.of(count_job.count_video(plan, lambda _: None).report.lines)


def score_whole(run: Run, model: str | None = None) -> RunScore:
    """Counts a run as `passerby count` does, and compares it with the truth."""
    counted = count_whole(run, model).passages(run.place)
    return RunScore(run, off(run.place, counted), sum(counted.values()))


class _LaterVideo(VideoFile):
    """A file's frames from one of them on, as if the file began with it, up to a time."""

    def __init__(self, skipped: int, last_s: float, *words: object, **options: object) -> None:
        super().__init__(*words, **options)  # type: ignore[arg-type]
        self._skipped, self._last_s = skipped, last_s

    def _timed(self, clock: "FileClock[object]") -> "Iterator[TimedPicture[object]]":  # type: ignore[override]
        begun_s = 0.0
        for number, timed in enumerate(super()._timed(clock)):  # type: ignore[arg-type]
            if number == self._skipped:
                begun_s = timed.stream_s
            if timed.stream_s > self._last_s:
                return
            if number >= self._skipped:
                yield TimedPicture(timed.picture, timed.stream_s - begun_s, timed.stretch)

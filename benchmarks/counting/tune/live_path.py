"""Counts recordings as a live camera's are, with attention, and as `passerby count` does, against the same truth.

`python -m benchmarks.counting.tune.live_path [--phases 4] [--only NAME]` hands each recording's frames to the stages of
a live camera, in order and by the stream's own time, as its decoder does at the default rate; no clock of the machine
is read, so that a busy machine counts the same. Each phase begins with a later frame of the file, so that other frames
are looked at: what differs among them is chance, and what differs between both ways by more than that is not. What the
detector finds in a picture is kept under `build/places`, as by `tune`.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import mean, stdev
from typing import Final
from unittest import mock

from rich.console import Console
from rich.table import Table

from benchmarks.counting.tune.count import Counted, count_whole
from benchmarks.counting.tune.place import WHOLE, Place, all_places, off
from benchmarks.counting.tune.sightings import Run, kept_detector
from benchmarks.footage import RESULTS_FOLDER, FootageMissingError, find_footage
from passerby.domain.film import Mode
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.layout import Layout
from passerby.domain.service import LIVE_FPS, DetectorPlan
from passerby.ingest.detectors.registry import DEFAULT_MODEL
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.sources.frame_pacer import SLACK_S, FramePacer
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.pipeline import detector_setup
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.detector_setup import attentive_detector, ready_detector
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

RESULTS: Final = RESULTS_FOLDER / "live_path.json"


@dataclass(frozen=True, slots=True)
class PathScore:
    """How far one phase's counts are from the truth, counted both ways.

    Attributes:
        live, whole: crossings counted too many or too few, live and by `passerby count`.
        looks_s: frames that were looked at live, a second.
        classes_live, classes_whole: class -> how many were counted.
    """

    live: int
    whole: int
    looks_s: float
    classes_live: Mapping[str, int]
    classes_whole: Mapping[str, int]


class PlayedCamera:
    """A recording's frames as a live camera's analysis process gets them, by the stream's time alone."""

    def __init__(self, place: Place, phase: int, fps: float = LIVE_FPS) -> None:
        """Args: place: whose video; phase: number of the file's frame to begin with; fps: frames a second at most."""
        self._place, self._phase, self._fps = place, phase, fps
        self._left_out: tuple[int, tuple[int, int], float] = (0, (0, 0), 0.0)
        self.end_s = 0.0

    @property
    def condition(self) -> SourceCondition:
        """The state of the stream: always well."""
        return SourceCondition(CameraState.ONLINE, 0, "pictures come and change")

    def __iter__(self) -> Iterator[RawFrame | FrameStamp | None]:
        """Returns the frames that are due, or the stamps alone of those that the analysis leaves out."""
        pacer, begun_s = FramePacer(self._fps, SLACK_S), None
        with VideoFile(self._place.video, self._place.name) as video:
            for number, raw in enumerate(video):
                if number < self._phase or raw.stamp.stream_s > self._place.last_s:
                    continue
                begun_s = raw.stamp.stream_s if begun_s is None else begun_s
                stamp = replace(raw.stamp, stream_s=raw.stamp.stream_s - begun_s)
                if not pacer.is_due(stamp.stream_s):
                    continue
                self.end_s = stamp.stream_s
                stretch, size_px, before_s = self._left_out
                left_out = (stamp.stretch, stamp.size_px) == (stretch, size_px) and stamp.stream_s < before_s
                yield stamp if left_out else replace(raw, stamp=stamp)

    def take_counts(self) -> tuple[int, int, int]:
        """Returns no counts: no one reports them."""
        return 0, 0, 0

    def show(self, shown_fps: float | None) -> None:
        """Does nothing: no one looks."""

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        """Does nothing: this decoder does not sleep."""

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None:
        """Gives the stamp alone of frames of this stretch and size whose stream time is before that."""
        self._left_out = (stretch, size_px, before_s)

    def stop(self) -> None:
        """Does nothing: the file ends by itself."""


def count_live(run: Run) -> tuple[Counted, float]:
    """Returns what a live camera counts, and how many frames a second it looks at; `run.fps` is the most."""
    layout, times = Layout(run.place.lines, (), (), None), StageTimes()
    ready = ready_detector(DetectorPlan(), layout)
    settings = MeasureSettings(
        report_interval_s=None, max_gap_s=ready.tracker.hidden_s, keep_confidence=ready.tracker.keep_confidence
    )
    camera = PlayedCamera(run.place, run.phase, run.fps)
    stage = LiveStage(
        camera,
        lambda: attentive_detector(ready, layout, times, ()),
        ImageQualityMeter(None),
        LiveView(Mode.REDRAWN, (), ()),
    )
    measures = CameraMeasures.of_layout("place", layout, settings)
    loop = CameraLoop(stage, Tracker(ready.tracker), lambda: measures, times, stage.expect)
    looks = sum(step.tracks is not None for step in loop)
    measures.finish()
    return Counted.of(measures.totals.lines), looks / max(camera.end_s, 1.0)


def scored(run: Run) -> PathScore:
    """Counts one phase both ways."""
    live, looks_s = count_live(run)
    whole, place = count_whole(run), run.place
    return PathScore(
        off(place, live.passages(place)), off(place, whole.passages(place)), looks_s, live.classes, whole.classes
    )


def worse_by(scores: Sequence[PathScore]) -> tuple[float, float]:
    """Returns by how many crossings live is worse than whole looks, and the standard error of that over the phases.

    >>> one, two = (PathScore(live, whole, 5.0, {}, {}) for live, whole in ((4, 2), (2, 2)))
    >>> worse_by([one, two])
    (1.0, 1.0)
    """
    more = [float(one.live - one.whole) for one in scores]
    return mean(more), stdev(more) / len(more) ** 0.5 if len(more) > 1 else float("nan")


def row_of(place: Place, scores: Sequence[PathScore]) -> tuple[str, ...]:
    """Returns a recording's row of the table."""
    true, (more, error) = place.true_crossings, worse_by(scores)
    return (
        place.recording,
        f"{true}",
        " ".join(f"{one.live}" for one in scores),
        " ".join(f"{one.whole}" for one in scores),
        f"{mean(one.live for one in scores) / true:.3f}",
        f"{mean(one.whole for one in scores) / true:.3f}",
        f"{more:+.1f} ± {error:.1f}",
        f"{mean(one.looks_s for one in scores):.1f}",
    )


def classes_of(totals: Sequence[Mapping[str, int]]) -> str:
    """Returns how many of each class were counted, the mean over the phases.

    >>> classes_of([{"car": 7, "truck": 1}, {"car": 8}])
    'car 7.5, truck 0.5'
    """
    found: Counter[str] = Counter()
    for one in totals:
        found.update(one)
    return ", ".join(f"{kind} {count / len(totals):g}" for kind, count in sorted(found.items()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts every recording both ways, prints the table and writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phases", type=int, default=4)
    parser.add_argument("--only", action="append", metavar="NAME", help="one recording")
    asked = parser.parse_args(arguments)
    try:
        footage = find_footage()
    except FootageMissingError as missing:
        print(f"Skipped: {missing}")
        return 0
    columns = ("", "true", "off, live", "off, count", "live", "count", "live worse by", "looks/s")
    table, figures = Table(*columns, title="Live against whole looks"), {}
    with kept_detector(DEFAULT_MODEL) as kept, mock.patch.object(detector_setup, "detector_from", lambda *_: kept):
        for place in all_places(footage):
            if place.view != WHOLE or (asked.only and place.recording not in asked.only):
                continue
            scores = [scored(Run(place, LIVE_FPS, phase)) for phase in range(asked.phases)]
            for way, totals in (
                ("live", [one.classes_live for one in scores]),
                ("count", [one.classes_whole for one in scores]),
            ):
                print(f"{place.recording}, {way}: {classes_of(totals)}", flush=True)
            figures[place.recording] = {"true": place.true_crossings, "phases": [asdict(one) for one in scores]}
            table.add_row(*row_of(place, scores))
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

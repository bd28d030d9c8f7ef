"""Count error, IDF1 and HOTA against frames a second: the same pictures, fewer of them looked at."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.counting.our_tracks import Looked
from benchmarks.counting.tracking import evaluated, mot_rows
from benchmarks.counting.tune.count import score
from benchmarks.counting.tune.place import WHOLE, Look, Place
from benchmarks.counting.tune.sightings import Looking, runs_of, sightings
from passerby.ingest.stage import FrameResult
from passerby.track.tracker import Tracker, TrackerSettings

RATES_FPS = (10.0, 8.0, 5.0, 4.0, 3.0, 2.0, 1.0)
PHASES = 2


@dataclass(frozen=True, slots=True)
class RateScore:
    """How well one recording is followed and counted at one rate; means over the phases.

    Attributes:
        recording: which.
        fps: frames a second that are looked at.
        off: crossings counted too many or too few.
        true: true crossings.
        idf1, hota: 0-1, of the tracks; None where the truth has no boxes.
    """

    recording: str
    fps: float
    off: float
    true: int
    idf1: float | None = None
    hota: float | None = None


def curve(
    places: tuple[Place, ...], looking: Looking, settings: TrackerSettings, boxes: Mapping[str, Path]
) -> list[RateScore]:
    """Returns every recording's figures at every rate.

    Args:
        places: those that are whole are counted.
        looking: how pictures are looked at.
        settings: the tracker's.
        boxes: recording -> the file of its true boxes, where it has one.
    """
    looks = [Look(fps, PHASES) for fps in RATES_FPS]
    scores = []
    for place in places:
        if place.view != WHOLE:
            continue
        runs = runs_of(place, looks)
        found = list(zip(runs, sightings(runs, looking), strict=True))
        for fps in RATES_FPS:
            at_rate = [(run, frames) for run, frames in found if run.fps == fps]
            off = [score(run, frames, settings).off for run, frames in at_rate]
            truth = boxes.get(place.recording)
            followed = [_followed(frames, settings, truth) for _, frames in at_rate] if truth else []
            idf1, hota = (_mean([one[name] for one in followed]) for name in ("IDF1", "HOTA"))
            scores.append(RateScore(place.recording, fps, sum(off) / len(off), place.true_crossings, idf1, hota))
            print(f"{place.recording}, {fps:g} fps: {scores[-1].off:g} of {place.true_crossings} off", flush=True)
    return scores


def _followed(frames: Sequence[FrameResult], settings: TrackerSettings, boxes: Path) -> dict[str, float]:
    """The evaluator's figures of one run's tracks."""
    tracker = Tracker(settings)
    looked = [
        Looked(frame.detections.stamp.index + 1, tracker.update(frame.detections, frame.moving))
        for frame in frames
        if frame.detections is not None
    ]
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "tracks.txt"
        result.write_text("".join(mot_rows(looked)))
        return evaluated(boxes, result, {frame.number for frame in looked})


def _mean(figures: Sequence[float]) -> float | None:
    return sum(figures) / len(figures) if figures else None

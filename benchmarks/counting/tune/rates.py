"""Count error against frames a second, of every recording: the same pictures, fewer of them looked at."""

from dataclasses import dataclass

from benchmarks.counting.tune.count import score
from benchmarks.counting.tune.place import WHOLE, Look, Place
from benchmarks.counting.tune.sightings import Looking, runs_of, sightings
from passerby.track.tracker import TrackerSettings

RATES_FPS = (10.0, 8.0, 5.0, 4.0, 3.0, 2.0, 1.0)
PHASES = 2


@dataclass(frozen=True, slots=True)
class RateScore:
    """How far one recording's counts are off at one rate.

    Attributes:
        recording: which.
        fps: frames a second that are looked at.
        off: crossings counted too many or too few, the mean over the phases.
        true: true crossings.
    """

    recording: str
    fps: float
    off: float
    true: int


def curve(places: tuple[Place, ...], looking: Looking, settings: TrackerSettings) -> list[RateScore]:
    """Returns every recording's error at every rate."""
    looks = [Look(fps, PHASES) for fps in RATES_FPS]
    scores = []
    for place in places:
        if place.view != WHOLE:
            continue
        runs = runs_of(place, looks)
        scored = [score(run, frames, settings) for run, frames in zip(runs, sightings(runs, looking), strict=True)]
        for fps in RATES_FPS:
            each = [one.off for one in scored if one.run.fps == fps]
            scores.append(RateScore(place.recording, fps, sum(each) / len(each), place.true_crossings))
            print(f"{place.recording}, {fps:g} fps: {scores[-1].off:g} of {place.true_crossings} off", flush=True)
    return scores

"""Chooses passerby's settings on many places, and judges them where they were not chosen.

    python -m benchmarks.counting.tune [--model NAME_OR_FILE] [--whole]

One recording after the other is left out: the settings are chosen on the rest, and the one that was left out gives
the published figure. The settings in use are those chosen on all. A setting is one for all places, never for one.

Few settings, in coarse steps, every combination of them, each judged together with those one step beside it, so that a
plateau is preferred to a peak. The rest of the tracker's numbers come from how people and vehicles move, and stay.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

from benchmarks.counting.tune.count import RunScore, score, score_whole
from benchmarks.counting.tune.place import WHOLE, Place, all_places, in_conditions
from benchmarks.counting.tune.rates import curve
from benchmarks.counting.tune.sightings import Looking, runs_of, sightings
from benchmarks.footage import BOTH, RESULTS_FOLDER, FootageMissingError, find_footage
from passerby.ingest.detectors.registry import DEFAULT_MODEL
from passerby.ingest.stage import FrameResult
from passerby.track.tracker import TrackerSettings

RESULTS = RESULTS_FOLDER / "tuned.json"

KNOBS: dict[str, tuple[float, ...]] = {
    "side_px": (384, 448),
    "start_confidence": (0.4, 0.45, 0.5, 0.55),
    "keep_confidence": (0.3, 0.35),
}
"""What is chosen for the default model, and the values tried."""

OTHER_KNOBS: dict[str, tuple[float, ...]] = {
    "start_confidence": (0.3, 0.35, 0.4, 0.45, 0.5),
    "keep_confidence": (0.15, 0.2, 0.25, 0.3),
}
"""The same for another model: its confidences mean something else, and an input of its own size gets no larger look."""

FEW_CROSSINGS = 20
"""A recording with so many true crossings weighs half of one with very many: one crossing more or less is noise."""

NEIGHBOUR_SHARE = 1 / 3
"""How much of a combination's loss is its neighbours'."""

AS_GOOD_SHARE = 0.01
"""Of combinations whose losses differ by no more, which is one crossing of a few, the one with the lower values is
taken: a smaller look costs less, and who is detected too faintly is missed by all that follows."""

Choice = tuple[float, ...]
"""A value for each of `KNOBS`."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What one recording got with settings that were chosen without it.

    Attributes:
        recording: which.
        fps: frames a second that were looked at.
        off: crossings counted too many or too few, the mean over the phases.
        true: true crossings.
        choice: the settings.
        used: how many are off with the settings chosen on all recordings.
    """

    recording: str
    fps: float
    off: float
    true: int
    choice: dict[str, float]
    used: float


class Tuner:
    """Tries settings, each once, and chooses among them."""

    def __init__(self, places: Sequence[Place], model: str, knobs: Mapping[str, tuple[float, ...]] = KNOBS) -> None:
        self._model, self._knobs = model, knobs
        self._tried: dict[Choice, list[RunScore]] = {}
        self._runs = [run for place in places for run in runs_of(place)]
        self._frames: dict[int | None, list[list[FrameResult]]] = {}

    def scores(self, choice: Choice) -> list[RunScore]:
        """Returns every run's score with these settings."""
        if choice not in self._tried:
            named = dict(zip(self._knobs, choice, strict=True))
            side_px = int(named.pop("side_px")) if "side_px" in named else None
            settings = replace(TrackerSettings(), **named)  # type: ignore[arg-type]
            if side_px not in self._frames:
                self._frames[side_px] = sightings(self._runs, Looking(self._model, side_px))
            found = zip(self._runs, self._frames[side_px], strict=True)
            self._tried[choice] = [score(run, frames, settings) for run, frames in found]
            self._report(choice)
        return self._tried[choice]

    def loss(self, choice: Choice, without: str | None) -> float:
        """Returns the weighted mean error over the recordings, each recording's runs taken together."""
        return weighted_loss(self.scores(choice), without)

    def chosen(self, without: str | None) -> Choice:
        """Returns the settings that do best on all recordings but one."""
        return plateau({choice: self.loss(choice, without) for choice in product(*self._knobs.values())})

    def _report(self, choice: Choice) -> None:
        off = " ".join(f"{name} {wape:.3f}" for name, wape in _by_recording(self._tried[choice]).items())
        print(f"{dict(zip(self._knobs, choice, strict=True))}: {self.loss(choice, None):.4f} ({off})", flush=True)


def weighted_loss(scores: Iterable[RunScore], without: str | None) -> float:
    """Returns the mean error of the recordings but one; those with few crossings weigh less."""
    scores = list(scores)
    wapes = {name: wape for name, wape in _by_recording(scores).items() if name != without}
    true = {one.run.place.recording: one.run.place.true_crossings for one in scores if one.run.place.view == WHOLE}
    weights = {name: true[name] / (true[name] + FEW_CROSSINGS) for name in wapes}
    return sum(weights[name] * wape for name, wape in wapes.items()) / sum(weights.values())


def _by_recording(scores: Iterable[RunScore]) -> dict[str, float]:
    """Each recording's mean error over its runs."""
    each: dict[str, list[float]] = {}
    for one in scores:
        each.setdefault(one.run.place.recording, []).append(one.wape)
    return {name: sum(wapes) / len(wapes) for name, wapes in each.items()}


def plateau(losses: Mapping[Choice, float]) -> Choice:
    """Returns the choice that does best together with those that are one step of one setting beside it.

    >>> plateau({(0.35,): 0.3, (0.4,): 0.09, (0.45,): 0.3, (0.5,): 0.15, (0.55,): 0.12, (0.6,): 0.12})
    (0.6,)
    """
    values = [sorted(set(column)) for column in zip(*losses, strict=True)]
    steps = {choice: [column.index(value) for column, value in zip(values, choice, strict=True)] for choice in losses}

    def joined(choice: Choice) -> float:
        beside = [
            loss
            for other, loss in losses.items()
            if sum(abs(one - two) for one, two in zip(steps[choice], steps[other], strict=True)) == 1
        ]
        share = NEIGHBOUR_SHARE if beside else 0.0
        return (1 - share) * losses[choice] + share * sum(beside) / max(len(beside), 1)

    best = min(joined(choice) for choice in losses)
    return min(choice for choice in losses if joined(choice) <= (1 + AS_GOOD_SHARE) * best)


def tuned(places: Sequence[Place], model: str, knobs: Mapping[str, tuple[float, ...]] = KNOBS) -> dict[str, Any]:
    """Returns the settings chosen on all recordings, and each recording's figures with those chosen without it."""
    tuner = Tuner(places, model, knobs)
    every = tuner.chosen(None)
    rows: list[LeftOut] = []
    for recording in dict.fromkeys(place.recording for place in places):
        choice = tuner.chosen(recording)
        for place in places:
            if place.recording != recording or place.view != WHOLE:
                continue
            for look in place.looks:
                off, used = (_mean_off(tuner.scores(one), place, look.fps) for one in (choice, every))
                named = dict(zip(knobs, choice, strict=True))
                rows.append(LeftOut(recording, look.fps, off, place.true_crossings, named, used))
    return {"model": model, "chosen": dict(zip(knobs, every, strict=True)), "left_out": [asdict(row) for row in rows]}


def _mean_off(scores: Iterable[RunScore], place: Place, fps: float) -> float:
    each = [one.off for one in scores if one.run.place is place and one.run.fps == fps]
    return sum(each) / len(each)


def whole(places: Sequence[Place], model: str | None = None) -> list[dict[str, Any]]:
    """Counts every whole view as `passerby count` does, at its default settings and with nothing kept."""
    rows = []
    for place in places:
        if place.view != WHOLE:
            continue
        for look in place.looks:
            each = [score_whole(run, model).off for run in runs_of(place, [look])]
            mean = sum(each) / len(each)
            print(f"{place.recording}, {look.fps:g} fps: {each} of {place.true_crossings} off", flush=True)
            rows.append({"recording": place.recording, "fps": look.fps, "off": mean, "true": place.true_crossings})
    return rows


def seen_badly(places: Sequence[Place], looking: Looking, settings: TrackerSettings) -> list[dict[str, Any]]:
    """Counts every whole view in every condition that makes it harder to see; the mean over its rates, a run each."""
    rows = []
    for place in in_conditions(places):
        runs = runs_of(place)
        each = [score(run, frames, settings).off for run, frames in zip(runs, sightings(runs, looking), strict=True)]
        row = {"recording": place.recording, "condition": place.view.condition, "off": sum(each) / len(each)}
        rows.append({**row, "true": place.true_crossings})
        print(f"{place.name}: {each} of {place.true_crossings} off", flush=True)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0; 2 where the recordings are not here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counting.tune", description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="a name that `passerby models` lists, or a file")
    parser.add_argument("--whole", action="store_true", help="judge the settings in use, through the whole of passerby")
    parser.add_argument("--rates", action="store_true", help="judge the settings in use at 10 to 1 frames a second")
    parser.add_argument("--conditions", action="store_true", help="judge them in made rain, fog, dusk and so on")
    asked = parser.parse_args(arguments)
    try:
        footage = find_footage()
        places = all_places(footage)
    except FootageMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    if asked.whole:
        _write("whole", {"rows": whole(places, asked.model)})
        return 0
    if asked.rates:
        boxes = {recording.folder: footage.boxes(recording) for recording in BOTH}
        scores = curve(places, Looking(asked.model), TrackerSettings(), boxes)
        _write("rates", {"rows": [asdict(one) for one in scores]})
        return 0
    if asked.conditions:
        _write("conditions", {"rows": seen_badly(places, Looking(asked.model), TrackerSettings())})
        return 0
    found = tuned(places, asked.model, KNOBS if asked.model == DEFAULT_MODEL else OTHER_KNOBS)
    _write(asked.model.rsplit("/", 1)[-1].removesuffix(".onnx"), found)
    print(json.dumps(found, indent=1))
    return 0


def _write(name: str, found: Mapping[str, Any]) -> None:
    found = {**found, "measured": time.strftime("%Y-%m-%d", time.gmtime())}
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**kept, name: found}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())

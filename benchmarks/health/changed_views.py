"""Camera health on real recordings with made changes: python -m benchmarks.health.changed_views.

Writes results/health.json.
"""

import argparse
import copy
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.health.changes import CREEPING, FAULTS, MOVES, WELL, Case
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.ingest.raw import Plane, RawFrame
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.units import NS_PER_S

RESULTS = RESULTS_FOLDER / "health.json"

LEARNING_S = 40
CHANGED_S = 60
"""Seconds that a change is watched for; the longest hold is 30 s."""

WELL_S = 120


@dataclass(frozen=True, slots=True)
class Film:
    """A recording that is looped, look by look.

    Attributes:
        name: in the tables.
        file: below the folder of recordings.
        looks_fps: looks taken of a second of it; short ones are played slower, a look a second.
        most: looks used; the camera of `mixed` creeps from its 13th second on, by 2 % of the width, all by itself.
    """

    name: str
    file: str
    looks_fps: float
    most: int = 1000


FILMS = (
    Film("PETS09-S2L1", "pets09-s2l1/video.avi", 1.0),
    Film("Town Centre", "town-centre/video.mp4", 3.0),
    Film("plaza", "plaza/video.mp4", 3.0),
    Film("mixed, first 12 s", "mixed/video.mp4", 1.0, 12),
    Film("motorway", "motorway/video.mp4", 3.0),
    Film("junction, cyclist", "junction/cars-cyclist.mp4", 3.0),
    Film("junction, lorry", "junction/cars-truck.mp4", 3.0),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case came to on one recording.

    Attributes:
        film, case: which.
        expected: the state that it should lead to; `online` if none.
        reached: the states it led to, in order.
        after_s: seconds from the change to the expected state; None if never.
        doubt_s: seconds from the change to the first doubt whether lines lie right; None without.
        doubted: share of the looks at which counting was marked unreliable.
        watched_s: seconds watched.
    """

    film: str
    case: str
    expected: str
    reached: tuple[str, ...]
    after_s: int | None
    doubt_s: int | None
    doubted: float
    watched_s: int

    @property
    def alarms(self) -> int:
        """States entered that the case gives no reason for."""
        return sum(state not in ("online", self.expected) for state in self.reached)


class Rig:
    """One camera under test: signs and watch, and a clock that goes on by a second a look."""

    def __init__(self, pictures: Sequence[Plane]) -> None:
        self.pictures = pictures
        self.signs, self.watch = ImageQualityMeter(), CameraHealthWatch("camera")
        self.second = 0
        self.cpu_s = 0.0

    def look(self, luma: Plane) -> CameraState | None:
        """One look; the state that it changed to, if it did."""
        height, width = luma.shape
        now_ns = (1 + self.second) * NS_PER_S
        stamp = FrameStamp("camera", self.second, now_ns, float(self.second), (width, height))
        grey = np.zeros(((height + 1) // 2, (width + 1) // 2), np.uint8)
        began = time.thread_time()
        signs = self.signs.update(RawFrame(stamp, luma, grey, grey), None)
        self.cpu_s += time.thread_time() - began
        report = self.watch.update(now_ns, SourceCondition(CameraState.ONLINE, 0, "Pictures arrive."), signs)
        self.second += 1
        return report.state if report else None

    def learn(self) -> None:
        """Watches the untouched recording until its view is known."""
        for _ in range(LEARNING_S):
            self.look(self.pictures[self.second % len(self.pictures)])


def outcome_of(
    learned: Rig, film: Film, case: Case, watched_s: int, pictures: Sequence[Plane] | None = None
) -> Outcome:
    """Plays a case to a camera that knows its view, on the recording's pictures or on others."""
    rig = copy.deepcopy(learned)
    rig.pictures = pictures or rig.pictures
    chance = np.random.default_rng(7)
    reached: list[str] = []
    after_s = doubt_s = None
    doubts = 0
    for second in range(watched_s):
        luma = rig.pictures[(second if pictures else rig.second) % len(rig.pictures)]
        state = rig.look(case.change(luma, float(second), chance))
        if state is not None and [state.value] != reached[-1:]:
            reached.append(state.value)
        if after_s is None and case.state is not None and state is case.state:
            after_s = second
        if not rig.watch.reliable:
            doubts += 1
            doubt_s = second if doubt_s is None else doubt_s
    expected = (case.state or CameraState.ONLINE).value
    return Outcome(film.name, case.name, expected, tuple(reached), after_s, doubt_s, doubts / watched_s, watched_s)


def pictures_of(folder: Path, film: Film) -> list[Plane]:
    """The luma of the looks at a recording."""
    with VideoFile(folder / film.file, film.name, analysed_fps=film.looks_fps) as source:
        return [np.ascontiguousarray(raw.luma) for raw in source]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs all cases on all recordings; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.health.changed_views", description=__doc__)
    parser.add_argument("--well-s", type=int, default=WELL_S, help="seconds that a camera that is well is watched for")
    parser.add_argument("--film", action="append", help="only recordings whose names begin so")
    parser.add_argument("--case", action="append", help="only cases whose names begin so")
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        folder = find_footage().recordings
    except FootageMissingError as missing:
        print(f"Skipped: {missing}")
        return 0
    outcomes, costs = [], {}
    for film in FILMS:
        if asked.film and not film.name.startswith(tuple(asked.film)):
            continue
        pictures = pictures_of(folder, film)
        rig = Rig(pictures[: film.most])
        rig.learn()
        costs[film.name] = round(1000 * rig.cpu_s / rig.second, 2)
        for case in (*MOVES, *FAULTS, *WELL):
            if asked.case and not case.name.startswith(tuple(asked.case)):
                continue
            outcome = outcome_of(rig, film, case, CHANGED_S if case.state else asked.well_s)
            outcomes.append(outcome)
            tell(outcome)
        if pictures[film.most :] and not asked.case:
            rest = pictures[film.most :]
            outcomes.append(outcome_of(rig, film, CREEPING, len(rest), rest))
            tell(outcomes[-1])
    if not asked.case:
        write(outcomes, costs)
    return 0


def tell(outcome: Outcome) -> None:
    """One line a case."""
    print(
        f"{outcome.film:18} {outcome.case:34} {outcome.after_s!s:5} {outcome.doubt_s!s:5} "
        f"{outcome.doubted:4.0%} {' '.join(outcome.reached)}",
        flush=True,
    )


def write(outcomes: Sequence[Outcome], costs: dict[str, float]) -> None:
    """Keeps what was measured; recordings that were not run keep what an earlier run found."""
    earlier = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {"cpu_ms_a_look": {}, "outcomes": []}
    fresh = [asdict(each) | {"alarms": each.alarms} for each in outcomes]
    films = {each["film"] for each in fresh}
    rows = [each for each in earlier["outcomes"] if each["film"] not in films] + fresh
    well = [each for each in rows if each["expected"] == "online"]
    document = {
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cpu_ms_a_look": earlier["cpu_ms_a_look"] | costs,
        "hours_well": round(sum(each["watched_s"] for each in well) / 3600, 2),
        "false_alarms": sum(each["alarms"] for each in well),
        "outcomes": rows,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())

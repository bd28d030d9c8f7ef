"""What anonymising leaves of people, on the recordings and on scenes made from them to break it.

Usage: python -m benchmarks.anonymise.concealment [--scene NAME ...] [--mode redrawn|mosaic] [--deface]
       [--json OUT.json] [--pictures FOLDER]

Every scene runs live: one look, from the first picture on, as a camera would give it. `film` scenes look through the
whole recording first, as the command does. Scenes are made in memory; no picture is written unless --pictures asks.

Columns: heads and bodies that are at least 95 % covered (see `passerby.ingest.anonymise.concealment`: sharp pixels that
look like the camera's count as not covered, even where they are the ground beside somebody), the body area covered,
the worst head; correlation of high-pass detail (sigma 2 px) between camera and picture inside the body boxes, all
boxes pooled, the 95th percentile of single boxes, and that of boxes compared with the person of the box before, which
is what chance gives; pictures masked; the part of the never-touched picture that is sharp at the end
(twice: see `FLOORS`); CPU ms a picture on top of detection. `--deface` runs deface 1.5 on the same recordings and puts
a line of its coverage, its CPU and how many times ours that is beneath.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.anonymise.deface import OF_SCENE, deface_row
from benchmarks.anonymise.near import NEAR
from benchmarks.anonymise.scenes import NOBODY, Shot
from benchmarks.anonymise.scenes import SCENES as PLAIN
from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.domain.service import DetectorPlan
from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser, FilmAnonymiser, FilmLearner
from passerby.ingest.anonymise.canvas import Canvas, filled
from passerby.ingest.anonymise.concealment import ConcealmentMeter
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.pipeline.detector_setup import ready_detector
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

SCENES = {**PLAIN, **NEAR}
FLOORS = (0.15, 0.35)
"""What counts as detected, for the part of the picture that nobody ever touches: whatever the anonymiser itself takes
for a possible person, and what a tracker would start on."""


def detail(grey: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """High-pass: what is finer than a few pixels."""
    plane = np.asarray(grey, np.float32)
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), 2.0), np.float32)


def common_detail(camera: npt.NDArray[np.float32], picture: npt.NDArray[np.float32]) -> tuple[float, float, float]:
    """What two patches of the same size have in common, and what is in each: sums over their pixels."""
    one, two = camera - camera.mean(), picture - picture.mean()
    return float((one * two).sum()), float((one**2).sum()), float((two**2).sum())


def correlation(common: float, of_camera: float, of_picture: float) -> float:
    """-1 to 1; 0 where one of the two is flat."""
    return common / float(np.sqrt(of_camera * of_picture) + 1e-3)


def p95(shares: list[float]) -> float:
    """What 95 % stay below; 0 without any."""
    return float(np.quantile(shares, 0.95)) if shares else 0.0


@dataclass(slots=True)
class Measures:
    """Sums over one scene."""

    heads: ConcealmentMeter = field(default_factory=lambda: ConcealmentMeter({}))
    bodies: ConcealmentMeter = field(default_factory=lambda: ConcealmentMeter({}))
    correlations: list[float] = field(default_factory=list)
    by_chance: list[float] = field(default_factory=list)
    somebody_else: npt.NDArray[np.float32] | None = None
    common: float = 0.0
    of_camera: float = 0.0
    of_picture: float = 0.0
    sharp_curve: list[tuple[float, float]] = field(default_factory=list)
    touched: dict[float, npt.NDArray[np.uint8]] = field(default_factory=dict)
    hidden: list[tuple[float, npt.NDArray[np.bool_]]] = field(default_factory=list)
    learn_s: float = 0.0
    draw_s: float = 0.0
    find_s: float = 0.0

    def take(self, shot: Shot, found: Detections, frame: AnonymousFrame, anonymiser: Anonymiser) -> None:
        """Measures one picture."""
        index = shot.raw.stamp.index
        for meter, boxes in ((self.heads, shot.heads), (self.bodies, shot.bodies)):
            meter.truth = {} if boxes is None else {index: boxes}
            meter.measure(shot.raw, frame, anonymiser)
        canvas = anonymiser.canvas
        if shot.bodies is not None and frame.method != MASKED:
            self._correlate(shot, frame, canvas)
        for floor in FLOORS:
            touched = self.touched.setdefault(floor, np.zeros(canvas.shape, np.uint8))
            for boxes in (found.xyxy_px[found.confidence >= floor], NOBODY if shot.bodies is None else shot.bodies):
                filled(touched, canvas.boxes(boxes), 255)
        self.hidden.append((shot.raw.stamp.stream_s, anonymiser.concealed[::4, ::4] > 0))

    def _correlate(self, shot: Shot, frame: AnonymousFrame, canvas: Canvas) -> None:
        assert shot.bodies is not None
        camera = detail(cv2.cvtColor(shot.raw.picture(canvas.size_px), cv2.COLOR_BGR2GRAY))
        picture = detail(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY))
        edges_px = np.array([*canvas.size_px, *canvas.size_px], np.float32)
        for left, top, right, bottom in np.clip(canvas.boxes(shot.bodies), 0, edges_px).astype(int):
            if right - left < 4 or bottom - top < 4:
                continue
            one, two = camera[top:bottom, left:right], picture[top:bottom, left:right]
            sums = common_detail(one, two)
            self.correlations.append(correlation(*sums))
            self.common, self.of_camera, self.of_picture = (
                total + part for total, part in zip((self.common, self.of_camera, self.of_picture), sums, strict=True)
            )
            if self.somebody_else is not None:
                other = np.asarray(cv2.resize(self.somebody_else, (right - left, bottom - top)), np.float32)
                self.by_chance.append(correlation(*common_detail(other, two)))
            self.somebody_else = one

    def _curve(self, floor: float) -> list[tuple[float, float]]:
        """Seconds, and the part of the never-touched picture that is sharp then."""
        free = self.touched[floor][::4, ::4] == 0
        return [(stream_s, float((~hidden)[free].mean()) if free.any() else 0.0) for stream_s, hidden in self.hidden]

    def row(self, name: str, mode: Mode, anonymiser: Anonymiser) -> dict[str, object]:
        """The scene's line in the table."""
        curves = [self._curve(floor) for floor in FLOORS]
        frames = len(self.hidden)
        return {
            "scene": name,
            "mode": mode.value,
            "heads": len(self.heads.shares),
            "heads_covered": self.heads.boxes_covered,
            "heads_half": float(np.mean(np.array(self.heads.shares) >= 0.5)) if self.heads.shares else 1.0,
            "head_least": self.heads.worst_covered,
            "bodies_covered": self.bodies.boxes_covered,
            "body_area": self.bodies.area_covered,
            "correlation": self.common / (np.sqrt(self.of_camera * self.of_picture) + 1e-6),
            "correlation_p95": p95(self.correlations),
            "chance_p95": p95(self.by_chance),
            "masked": {reason.value: count for reason, count in anonymiser.masked.items()},
            "masked_share": anonymiser.masked.total() / max(frames, 1),
            "sharp_free_area": curves[0][-1][1],
            "sharp_free_area_sure": curves[1][-1][1],
            "sharp_curve": [curves[0][step * (len(curves[0]) - 1) // 20] for step in range(21)],
            "sharp_curve_sure": [curves[1][step * (len(curves[1]) - 1) // 20] for step in range(21)],
            "learn_ms": 1000 * self.learn_s / max(frames, 1),
            "draw_ms": 1000 * self.draw_s / max(frames, 1),
            "find_ms": 1000 * self.find_s / max(frames, 1),
        }


@lru_cache(maxsize=1)
def detected(name: str) -> tuple[list[Shot], list[Detections], float]:
    """A scene, what the detector finds in it, and the CPU seconds of that; the same for each mode."""
    shots = list(SCENES[name]())
    frame_detector = FrameDetector(ready_detector(DetectorPlan()).detector, CropPlan(), StageTimes())
    start_s = time.process_time()
    found = [frame_detector.find(shot.raw) for shot in shots]
    return shots, found, time.process_time() - start_s


def run(name: str, mode: Mode, pictures: Path | None) -> dict[str, object]:
    """One scene in one mode."""
    cv2.setNumThreads(1)
    detector, face_finder = ready_detector(DetectorPlan()).detector, open_face_finder()
    tracker, measures = Tracker(), Measures()
    shots, found, measures.find_s = detected(name)
    size_px = shots[0].raw.size_px
    if name.endswith("-film"):
        duration_s = shots[-1].raw.stamp.stream_s
        learner = FilmLearner(size_px, [detector.find], duration_s, face_finders=[face_finder.find])
        start_s = time.process_time()
        for shot, detections in zip(shots, found, strict=True):
            learner.learn(shot.raw, detections)
        anonymiser: Anonymiser = FilmAnonymiser(size_px, mode, learner.backgrounds())
        measures.learn_s += time.process_time() - start_s
    else:
        anonymiser = Anonymiser(size_px, mode, [detector.find], face_finders=[face_finder.find])
    for number, (shot, detections) in enumerate(zip(shots, found, strict=True)):
        tracks = tracker.update(detections)
        times_s = [time.process_time()]
        anonymiser.learn(shot.raw, detections)
        times_s.append(time.process_time())
        frame = anonymiser.show(shot.raw, detections, Silhouettes.of(tracks))
        times_s.append(time.process_time())
        measures.learn_s += times_s[1] - times_s[0]
        measures.draw_s += times_s[2] - times_s[1]
        measures.take(shot, detections, frame, anonymiser)
        if pictures is not None and number % max(len(shots) // 4, 1) == len(shots) // 8:
            cv2.imwrite(str(pictures / f"{name}-{mode.value}-{number}.png"), frame.image)
    return measures.row(name, mode, anonymiser)


def beside(name: str, rows: list[dict[str, object]]) -> dict[str, float]:
    """deface on a scene's recording, printed beside what ours did of it."""
    theirs = deface_row(OF_SCENE[name])
    print(f"{name:18} deface   {theirs['heads_covered']:9.4f}; half or more: {theirs['heads_half']:.4f}", end="; ")
    print(f"{theirs['cpu_ms']:.0f} ms")
    for row in rows:
        if row["scene"] == name:
            on_top_ms = float(str(row["learn_ms"])) + float(str(row["draw_ms"]))
            whole_ms = on_top_ms + float(str(row["find_ms"]))
            times = f"deface costs {theirs['cpu_ms'] / on_top_ms:.0f} times {on_top_ms:.1f} ms on top of detection"
            print(f"{'':18} {row['mode']:8} {times}, {theirs['cpu_ms'] / whole_ms:.0f} times {whole_ms:.1f} ms with it")
            print(f"{'':27} heads half or more: {float(str(row['heads_half'])):.4f}", flush=True)
    return theirs


def main() -> int:
    """Runs the scenes and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", choices=sorted(SCENES), action="append")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], action="append")
    parser.add_argument("--deface", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    rows = []
    print(
        f"{'scene':18} {'mode':8} heads>=95% worst bodies>=95% area    corr    p95 chance masked sharp (sure) "
        "learn draw ms"
    )
    for name in asked.scene or SCENES:
        for mode in asked.mode or [mode.value for mode in Mode]:
            row = run(name, Mode(mode), asked.pictures)
            rows.append(row)
            print(
                f"{name:18} {mode:8} {row['heads_covered']:9.4f} {row['head_least']:6.2f} {row['bodies_covered']:9.4f} "
                f"{row['body_area']:8.4f} {row['correlation']:7.4f} {row['correlation_p95']:6.3f} "
                f"{row['chance_p95']:6.3f} {row['masked_share']:6.2f} {row['sharp_free_area']:6.2f} "
                f"{row['sharp_free_area_sure']:5.2f} "
                f"{row['learn_ms']:5.1f} {row['draw_ms']:5.1f}",
                flush=True,
            )
        if asked.deface and name in OF_SCENE:
            rows.append({"scene": name, "mode": "deface", **beside(name, rows)})
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

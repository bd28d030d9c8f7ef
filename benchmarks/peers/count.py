"""The baseline: NanoDet-g on the full frame, roboflow's ByteTrack at its defaults, a plain line test.

Usage: python -m benchmarks.peers.count VIDEO --model M.onnx --lines L.yaml --json OUT [--fps N] [--tracks OUT.txt]
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import cv2
import numpy as np
import supervision as sv
import yaml
from trackers.core.bytetrack.tracker import ByteTrackTracker

from benchmarks.peers.line_test import LineTest
from benchmarks.peers.nanodet import NanoDet


class Stages:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.cpu_s: dict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Adds what runs inside to `stage`."""
        start_s = time.process_time()
        yield
        self.cpu_s[stage] += time.process_time() - start_s


def read_lines(path: Path, size_px: tuple[int, int]) -> list[LineTest]:
    """The lines of a lines file (points as 0-1 of the picture), in pixels of `size_px`."""
    width, height = size_px
    found = []
    for name, line in yaml.safe_load(path.read_text("utf-8"))["lines"].items():
        (ax, ay), (bx, by) = line["points"]
        found.append(LineTest(name, (ax * width, ay * height), (bx * width, by * height)))
    return found


def sampled(container: av.container.InputContainer, fps: float | None) -> Iterator[tuple[int, av.VideoFrame]]:
    """Number (from 0) and picture of every frame, or of the first frame in each 1/fps seconds."""
    stream = container.streams.video[0]
    stream.thread_count = 1
    next_s = 0.0
    for number, frame in enumerate(container.decode(stream)):
        now_s = number / float(stream.average_rate or 1)
        if fps is None:
            yield number, frame
        elif now_s >= next_s - 1e-6:
            yield number, frame
            next_s += 1 / fps


def main() -> int:
    """Counts one video and writes the counts."""
    asked = _asked()
    cv2.setNumThreads(1)
    stages, rows, numbers = Stages(), [], []
    with stages.of("start"):
        detector = NanoDet(asked.model, tuple(asked.input))
    with av.open(str(asked.video)) as container:
        stream = container.streams.video[0]
        lines = read_lines(asked.lines, (stream.width, stream.height))
        tracker = ByteTrackTracker(frame_rate=asked.fps or float(stream.average_rate or 1))
        pictures = sampled(container, asked.fps)
        while True:
            with stages.of("decode"):
                number, frame = next(pictures, (0, None))
            if frame is None:
                break
            numbers.append(number + 1)
            with stages.of("scale"):
                image = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
            with stages.of("detect"):
                boxes, confidence = detector.find(image)
            with stages.of("track"):
                tracked = tracker.update(sv.Detections(xyxy=boxes, confidence=confidence))
            with stages.of("measure"):
                for box, track_id in zip(tracked.xyxy, tracked.tracker_id, strict=True):
                    if track_id >= 0:
                        for line in lines:
                            line.update(int(track_id), float(box[0] + box[2]) / 2, float(box[3]))
                        rows.append((number + 1, int(track_id), box[0], box[1], box[2] - box[0], box[3] - box[1]))
    counts = {line.name: {"pedestrian": {"forward": line.forward, "backward": line.backward}} for line in lines}
    asked.json.write_text(json.dumps({"lines": counts, "frame_numbers": numbers, "stages_cpu_s": stages.cpu_s}))
    if asked.tracks:
        asked.tracks.write_text("".join("{},{},{:.2f},{:.2f},{:.2f},{:.2f},1,1,1\n".format(*row) for row in rows))
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--fps", type=float)
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--input", type=int, nargs=2, default=(416, 416))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

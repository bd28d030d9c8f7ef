"""Measures on real footage what span of numbers each tensor takes; a developer does it once and commits the result."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from tools.detector_build.ranges import Ranges

VIDEO_SUFFIXES = {".mp4", ".avi", ".mkv", ".mov", ".ts"}
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png"}
SIZES_PX = ((416, 416), (640, 384))
"""Width and height of the pictures that ranges are taken from: a crop's and a whole picture's usual size."""

FRAMES_A_VIDEO = 12


def pictures_of(place: Path) -> Iterator[npt.NDArray[np.uint8]]:
    """Pictures spread over the videos and pictures in a folder, or in one file, in a fixed order."""
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    for file in files:
        if file.suffix.lower() in PICTURE_SUFFIXES:
            yield np.asarray(cv2.imread(str(file)), np.uint8)
        elif file.suffix.lower() in VIDEO_SUFFIXES:
            yield from _frames(file)


def _frames(video: Path) -> Iterator[npt.NDArray[np.uint8]]:
    capture = cv2.VideoCapture(str(video))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = {round(index) for index in np.linspace(0, max(total - 1, 0), FRAMES_A_VIDEO)}
    index = 0
    while capture.grab():
        if index in wanted:
            good, frame = capture.retrieve()
            if good:
                yield np.asarray(frame, np.uint8)
        index += 1
    capture.release()


def measured_ranges(model: onnx.ModelProto, pictures: Iterable[npt.NDArray[np.uint8]]) -> Ranges:
    """Least and greatest value of every float tensor, over all pictures at both sizes."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    names = [name for node in watched.graph.node for name in node.output]
    shown = {port.name for port in watched.graph.output}
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in shown)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges: Ranges = {}
    for picture in pictures:
        for size_px in SIZES_PX:
            small = cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA)
            for name, values in zip(names, session.run(names, {"picture": small[None]}), strict=True):
                low, high = ranges.get(name, (0.0, 0.0))
                ranges[name] = (min(low, float(values.min())), max(high, float(values.max())))
    return ranges

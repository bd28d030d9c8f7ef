"""Benchmark `far`: people far away, made by putting PETS pictures together into one of four times the size."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.bench import Bench
from benchmarks.counting.matching import match, read_labels
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import PETS
from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan, CropSettings
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.telemetry.stages import StageTimes

SIDE = 2
"""Pictures beside and above each other."""

APART = 60
"""Analysed frames between the pictures that are put together, so that they show different people."""

FRAMES = 100
WARM_UP = 10
CONFIDENCE = 0.4

Boxes = npt.NDArray[np.float32]


@dataclass(slots=True)
class Tally:
    """What one way of looking found: labelled people, those found, boxes on nobody, CPU ms a frame."""

    labelled: int = 0
    found: int = 0
    false: int = 0
    cpu_ms: float = 0.0


def measure(bench: Bench) -> Chapter:
    """Recall of far people by the full look alone, and with the crops that motion and doubt ask for."""
    video, labels = bench.footage.video(PETS), read_labels(bench.footage.boxes(PETS))
    boxes = {number: found.xyxy_px.astype(np.float32) for number, found in labels.items()}
    tallies = {}
    for name, settings in (("full look alone", CropSettings(crops_a_frame=0)), ("with crops", CropSettings())):
        bench.report(f"far people, {name}")
        tallies[name] = _look(video, boxes, settings)
    where = f"PETS {SIDE}x{SIDE}, {PETS.analysed_fps:g} fps"
    rows = []
    for name, tally in tallies.items():
        rows += [
            Figure(where, f"{name}: people missed, share", 1 - tally.found / tally.labelled),
            Figure(where, f"{name}: boxes on nobody, a labelled person", tally.false / tally.labelled),
            Figure(where, f"{name}: CPU ms a frame", tally.cpu_ms, digits=1),
        ]
    return Chapter("far", "People far away (26 px high in the full look)", tuple(rows))


def _look(video: Path, boxes: dict[int, Boxes], settings: CropSettings) -> Tally:
    times = StageTimes()
    frame_detector = FrameDetector(open_detector(), CropPlan(settings=settings), times)
    tally = Tally()
    for number, (raw, labelled) in enumerate(_together(video, boxes)):
        times.start("find")
        seen = frame_detector.find(raw)
        times.start("other")
        if number < WARM_UP:
            continue
        people = seen[(seen.confidence >= CONFIDENCE) & (seen.road_user == RoadUser.PEDESTRIAN)]
        pairs = len(match(people.xyxy_px, labelled))
        tally.labelled += len(labelled)
        tally.found += pairs
        tally.false += len(people) - pairs
    tally.cpu_ms = 1000 * (times.cpu_s["scale"] + times.cpu_s["detect"]) / FRAMES
    return tally


def _together(video: Path, boxes: dict[int, Boxes]) -> Iterator[tuple[RawFrame, Boxes]]:
    """Pictures of `SIDE` x `SIDE` moments, and the labelled boxes in them."""
    with VideoFile(video, "far", analysed_fps=PETS.analysed_fps) as source:
        kept = [(raw.stamp.index, raw.luma.copy(), raw.chroma_u.copy(), raw.chroma_v.copy()) for raw in source]
    width_px, height_px = PETS.size_px
    for number in range(FRAMES):
        parts = [kept[(number + place * APART) % len(kept)] for place in range(SIDE * SIDE)]
        planes = [
            np.block([[parts[row * SIDE + column][plane] for column in range(SIDE)] for row in range(SIDE)])
            for plane in (1, 2, 3)
        ]
        labelled = [
            boxes.get(part[0] + 1, np.empty((0, 4), np.float32))
            + np.array([width_px * (place % SIDE), height_px * (place // SIDE)] * 2, np.float32)
            for place, part in enumerate(parts)
        ]
        stamp = FrameStamp("far", number, 0, number / PETS.analysed_fps, (width_px * SIDE, height_px * SIDE))
        yield RawFrame(stamp, planes[0], planes[1], planes[2]), np.concatenate(labelled)

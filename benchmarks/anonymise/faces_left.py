"""Faces that others' finders see in the recordings, in what deface leaves of them, and in what passerby makes of them.

Usage: python -m benchmarks.anonymise.faces_left [--pictures N] [--only FOLDER ...] [--json OUT.json]

The same pictures each time, spread over the recording; both finders at a score of 0.2, CenterFace on the whole
picture, MediaPipe's full-range model on it and on enlarged tiles. A face is `on somebody` if its middle lies in a
labelled body or, where nothing is labelled, in a person or rider that passerby's detector finds in the camera's picture
at a confidence of 0.15 or more.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.anonymise.face_finders import FINDERS, FaceSearch, search
from benchmarks.bench import Bench
from benchmarks.footage import BOTH, OTHERS, REPOSITORY, find_footage
from passerby.domain.road_user import RIDDEN, RoadUser
from passerby.domain.service import DetectorPlan
from passerby.ingest.anonymise.concealment import read_truth
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.messages.sandbox_orders import AnonymisePlan
from passerby.pipeline.anonymise_job import anonymise_video
from passerby.pipeline.detector_setup import ready_detector
from passerby.telemetry.stages import StageTimes

Boxes = npt.NDArray[np.float32]
FPS = 5.0
SOMEBODY = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """Some pictures of a recording.

    Attributes:
        video: the recording.
        every: each how many-th analysed picture it holds.
        pictures: the camera's, lossless.
        people: for each, float32 (N, 4), 0-1 of the picture.
    """

    video: Path
    every: int
    pictures: Path
    people: tuple[Boxes, ...]


def extracted(video: Path, folder: Path, pictures: int) -> Extract:
    """About so many pictures of a recording, and who is in them."""
    truth = video.parent / "gt.txt"
    labelled = read_truth(truth) if truth.exists() else None
    frame_detector = FrameDetector(ready_detector(DetectorPlan()).detector, CropPlan(), StageTimes())
    with VideoFile(video, "faces", analysed_fps=FPS) as frames:
        every = max(sum(1 for _ in frames) // pictures, 1)
    path, people = folder / "input.mkv", []
    with VideoFile(video, "faces", analysed_fps=FPS) as frames, av.open(str(path), "w") as film:
        stream = film.add_stream("ffv1", rate=10)
        (stream.width, stream.height), stream.pix_fmt = frames.size_px, "bgr0"
        for number, raw in enumerate(frames):
            if number % every:
                continue
            film.mux(stream.encode(av.VideoFrame.from_ndarray(raw.picture(raw.size_px), format="bgr24")))
            boxes = _found(frame_detector, raw) if labelled is None else labelled.get(raw.stamp.index, np.empty((0, 4)))
            people.append(np.asarray(boxes / np.tile(np.array(raw.size_px), 2), np.float32))
        film.mux(stream.encode())
    return Extract(video, every, path, tuple(people))


def _found(frame_detector: FrameDetector, raw: RawFrame) -> Boxes:
    found = frame_detector.find(raw)
    somebody = np.isin(found.road_user, (RoadUser.PEDESTRIAN, *RIDDEN)) & (found.confidence >= SOMEBODY)
    return found.xyxy_px[somebody]


def size_of(video: Path) -> tuple[int, int]:
    """Width and height."""
    with av.open(str(video)) as film:
        return film.streams.video[0].width, film.streams.video[0].height


def on_somebody(found: FaceSearch, extract: Extract, size_px: tuple[int, int]) -> int:
    """How many faces lie on a person."""
    total = 0
    for rows, people in zip(found.boxes.values(), extract.people, strict=False):
        for left, top, right, bottom, *_ in rows:
            middle = np.array([(left + right) / 2 / size_px[0], (top + bottom) / 2 / size_px[1]])
            total += bool(((people[:, :2] <= middle) & (middle <= people[:, 2:])).all(axis=1).any())
    return total


def films(bench: Bench, extract: Extract) -> dict[str, tuple[Path, int]]:
    """Kind of film -> the film, and each how many-th picture of it is one of the extract."""
    defaced = bench.folder / "deface.mkv"
    bench.in_peers(
        "benchmarks.peers.deface_cover",
        *(str(extract.pictures), str(bench.folder / "deface.json"), "--every", "1", "--output", str(defaced)),
    )
    made = {"input": (extract.pictures, 1), "deface": (defaced, 1)}
    for mode in Mode:
        film = bench.folder / f"{mode.value}.mkv"
        anonymise_video(AnonymisePlan(extract.video, film, mode.value, FPS), lambda _: None)
        made[mode.value] = (film, extract.every)
    return made


def row_of(bench: Bench, video: Path, pictures: int) -> dict[str, object]:
    """One recording: kind of film and finder -> faces, and faces on somebody."""
    extract = extracted(video, bench.folder, pictures)
    row: dict[str, object] = {"recording": f"{video.parent.name}/{video.stem}", "pictures": len(extract.people)}
    for kind, (film, every) in films(bench, extract).items():
        for finder in FINDERS:
            found = search(bench, film, finder, every=every)
            row[f"{kind} {finder}"] = (found.total, on_somebody(found, extract, size_of(film)))
    return row


def main() -> int:
    """Looks for faces and prints a line for every recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--only", action="append")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    footage, rows = find_footage(), []
    for folder, file in [(one.folder, one.video) for one in BOTH] + list(OTHERS):
        if asked.only and folder not in asked.only:
            continue
        with tempfile.TemporaryDirectory() as place:
            bench = Bench(footage, REPOSITORY / "build" / "detector", Path(place), 1, print)
            rows.append(row_of(bench, footage.recordings / folder / file, asked.pictures))
        print(*(f"{key}: {value}" for key, value in rows[-1].items()), sep="  ", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

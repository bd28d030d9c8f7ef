"""What the detector finds in every run of a place, kept on the disk, so that trackers can be tried in seconds.

Kept twice: the answer by the very picture that the detector got, which all runs share, and each run by all
that it comes of, the code included.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import numpy.typing as npt

from benchmarks.counting.tune.conditions import in_condition
from benchmarks.counting.tune.place import Look, Place
from benchmarks.footage import REPOSITORY
from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.moving_things import MovingThings
from passerby.ingest import crops
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.detector import Boxes, Detector
from passerby.ingest.detectors.loader import chosen_model, detector_from
from passerby.ingest.detectors.registry import sha256_of
from passerby.ingest.moving_things.finder import MovingThingFinder
from passerby.ingest.raw import Picture, Plane, RawFrame
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.sources.frame_pacer import FramePacer
from passerby.ingest.stage import FrameResult
from passerby.telemetry.stages import StageTimes

CACHE = REPOSITORY / "build" / "places"
INGEST = REPOSITORY / "src" / "passerby" / "ingest"
GREY = 128

RUNS_FORM = 1
"""Goes up when this module chooses or makes pictures in another way: what was kept is then made anew."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How pictures are looked at.

    Attributes:
        model: a model's name or file.
        side_px: the shorter side of the full look; None for what passerby chooses.
    """

    model: str = "nanodet-g"
    side_px: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a place.

    Attributes:
        place: where.
        fps: frames looked at a second.
        phase: number of the file's frame that it begins with.
    """

    place: Place
    fps: float
    phase: int


def runs_of(place: Place, looks: Sequence[Look] | None = None) -> list[Run]:
    """Returns a run for every rate and phase."""
    wanted = place.looks if looks is None else looks
    return [Run(place, look.fps, phase) for look in wanted for phase in range(look.phases)]


def sightings(runs: Sequence[Run], looking: Looking) -> list[list[FrameResult]]:
    """Returns the detections of every run, frame by frame; what is not kept yet is detected in one pass a place."""
    made_of = _made_of(looking.model)
    files = [_file(run, looking, made_of) for run in runs]
    missing = [run for run, file in zip(runs, files, strict=True) if not file.is_file()]
    for place in dict.fromkeys(run.place for run in missing):
        _detect([run for run in missing if run.place is place], looking, made_of)
    return [_read(file) for file in files]


def _file(run: Run, looking: Looking, made_of: str) -> Path:
    stat = run.place.video.stat()
    side_px = looking.side_px or crops.FULL_FRAME_SIDE_PX
    about = (run.place.name, run.place.view.part, stat.st_size, run.fps, run.phase, side_px, made_of)
    key = hashlib.sha256(repr(about).encode()).hexdigest()[:16]
    return CACHE / f"{run.place.name}-{run.fps:g}-{run.phase}-{key}.npz"


def _made_of(model: str) -> str:
    """A digest of the model and of the code that makes detections of pictures."""
    digest = hashlib.sha256(f"{RUNS_FORM}{_code_of_detectors(model)}".encode())
    for file in (
        *sorted(INGEST.glob("*.py")),
        *sorted(INGEST.glob("moving_things/*.py")),
        INGEST / "detectors" / "riders.py",
    ):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _code_of_detectors(model: str) -> str:
    digest = hashlib.sha256(sha256_of(chosen_model(model).path).encode())
    for name in ("detector", "nanodet", "yolox", "dfine", "network_input"):
        digest.update((INGEST / "detectors" / f"{name}.py").read_bytes())
    return digest.hexdigest()


class KeptAnswers:
    """A detector that looks its answers up by the picture, and asks the real one where there is none."""

    def __init__(self, detector: Detector, made_of: str, kept: sqlite3.Connection) -> None:
        self._detector, self._made_of, self._kept = detector, made_of, kept
        kept.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, boxes BLOB)")

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture."""
        key = hashlib.blake2b(
            np.ascontiguousarray(picture).tobytes(), digest_size=20, key=f"{self._made_of[:32]}{picture.shape}".encode()
        ).digest()
        row = self._kept.execute("SELECT boxes FROM answers WHERE key = ?", (key,)).fetchone()
        if row is not None:
            table = np.frombuffer(row[0], np.float32).reshape(-1, 6)
            return Boxes(table[:, :4].copy(), table[:, 4].copy(), table[:, 5].astype(np.int16))
        boxes = self._detector.find(picture)
        table = np.column_stack([boxes.xyxy_px, boxes.confidence, boxes.road_user]).astype(np.float32)
        self._kept.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, table.tobytes()))
        return boxes

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures, one by one."""
        return [self.find(picture) for picture in pictures]


@contextmanager
def kept_detector(model: str) -> Iterator[Detector]:
    """A detector whose answers are kept on the disk."""
    CACHE.mkdir(parents=True, exist_ok=True)
    chosen = chosen_model(model)
    with sqlite3.connect(CACHE / "answers.sqlite", timeout=600, isolation_level=None) as kept:
        kept.execute("PRAGMA journal_mode = WAL")
        kept.execute("PRAGMA synchronous = OFF")
        yield KeptAnswers(detector_from(chosen.path, chosen.decoder), _code_of_detectors(model), kept)


@contextmanager
def full_look(side_px: int | None) -> Iterator[None]:
    """Full looks of another shorter side; as many times larger in wide pictures."""
    if side_px is None:
        yield
        return
    area_px = round(crops.FULL_FRAME_MAX_PX * (side_px / crops.FULL_FRAME_SIDE_PX) ** 2)
    with mock.patch.multiple(crops, FULL_FRAME_SIDE_PX=side_px, FULL_FRAME_MAX_PX=area_px):
        yield


def _detect(runs: Sequence[Run], looking: Looking, made_of: str) -> None:
    """Detects for all runs of one place in one pass over its video, and keeps what was found."""
    place = runs[0].place
    found: list[list[FrameResult]] = [[] for _ in runs]
    with (
        kept_detector(looking.model) as detector,
        full_look(looking.side_px),
        VideoFile(place.video, place.name) as video,
    ):
        finders = [FrameDetector(detector, CropPlan(), StageTimes()) for _ in runs]
        slack_s = 0.5 / (video.rate_fps or 25.0)
        movers = [MovingThingFinder() for _ in runs]
        pacers = [FramePacer(run.fps, slack_s) for run in runs]
        begun_s: list[float | None] = [None for _ in runs]
        for number, raw in enumerate(video):
            if raw.stamp.stream_s > place.last_s:
                break
            seen: RawFrame | None = None
            for row, run in enumerate(runs):
                if number < run.phase:
                    continue
                start_s = begun_s[row] = raw.stamp.stream_s if begun_s[row] is None else begun_s[row]
                if pacers[row].is_due(raw.stamp.stream_s - (start_s or 0.0)):
                    seen = seen or viewed(raw, place)
                    detections = finders[row].find(seen)
                    found[row].append(FrameResult(detections, moving=movers[row].update(seen, detections)))
    for run, frames in zip(runs, found, strict=True):
        _write(_file(run, looking, made_of), frames)


def viewed(raw: RawFrame, place: Place) -> RawFrame:
    """Returns the view of a frame in its condition; what lies beyond the recording's picture is grey."""
    return in_condition(_part(raw, place), place.view.condition)


def _part(raw: RawFrame, place: Place) -> RawFrame:
    left, top, right, bottom = place.view.corners_px(raw.size_px)
    if (left, top, right, bottom) == (0, 0, *raw.size_px):
        return raw
    stamp = FrameStamp(place.name, raw.stamp.index, raw.stamp.time_ns, raw.stamp.stream_s, (right - left, bottom - top))
    luma = _cut(raw.luma, left, top, right, bottom)
    half = (left // 2, top // 2, right // 2, bottom // 2)
    return RawFrame(stamp, luma, _cut(raw.chroma_u, *half), _cut(raw.chroma_v, *half), raw.colour)


def _cut(plane: Plane, left: int, top: int, right: int, bottom: int) -> Plane:
    beyond = max(0, -left, -top, right - plane.shape[1], bottom - plane.shape[0])
    padded = np.pad(plane, beyond, constant_values=GREY) if beyond else plane
    return np.ascontiguousarray(padded[top + beyond : bottom + beyond, left + beyond : right + beyond])


def _write(file: Path, frames: Sequence[FrameResult]) -> None:
    found = [frame.detections for frame in frames if frame.detections is not None]
    moving = [frame.moving or MovingThings.none(one.stamp) for frame, one in zip(frames, found, strict=True)]
    columns: dict[str, npt.NDArray[np.generic]] = {
        "stream_s": np.array([one.stamp.stream_s for one in found]),
        "index": np.array([one.stamp.index for one in found]),
        "size_px": np.array([one.stamp.size_px for one in found]),
        "rows": np.array([len(one) for one in found]),
        "xyxy_px": np.concatenate([one.xyxy_px for one in found]),
        "confidence": np.concatenate([one.confidence for one in found]),
        "road_user": np.concatenate([one.road_user for one in found]),
        "moving_rows": np.array([len(one) for one in moving]),
        "moving_xyxy_px": np.concatenate([one.xyxy_px for one in moving]),
    }
    part = file.with_suffix(".part.npz")
    np.savez(part, **columns)  # type: ignore[arg-type]
    part.replace(file)


def _read(file: Path) -> list[FrameResult]:
    with np.load(file) as kept:
        columns = {name: kept[name] for name in kept.files}
    ends, moving_ends = np.cumsum(columns["rows"]).tolist(), np.cumsum(columns["moving_rows"]).tolist()
    frames = []
    for number, (end, moving_end) in enumerate(zip(ends, moving_ends, strict=True)):
        rows = slice(end - int(columns["rows"][number]), end)
        moving_rows = slice(moving_end - int(columns["moving_rows"][number]), moving_end)
        stream_s = float(columns["stream_s"][number])
        width_px, height_px = columns["size_px"][number].tolist()
        index = int(columns["index"][number])
        stamp = FrameStamp("place", index, round(stream_s * 1e9), stream_s, (width_px, height_px))
        found = Detections(stamp, *(columns[name][rows] for name in ("xyxy_px", "confidence", "road_user")))
        frames.append(FrameResult(found, moving=MovingThings(stamp, columns["moving_xyxy_px"][moving_rows])))
    return frames

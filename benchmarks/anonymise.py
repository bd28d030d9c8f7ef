"""What anonymising leaves of people, on the recordings and on scenes made from them to break it.

Usage: python -m benchmarks.anonymise [--scene NAME ...] [--mode redrawn|mosaic] [--json OUT.json] [--pictures FOLDER]

Every scene runs live: one look, from the first picture on, as a camera would give it. `film` scenes look through the
whole recording first, as the command does. Scenes are made in memory; no picture is written unless --pictures asks.

Columns: heads and bodies that are at least 95 % covered (see `passerby.ingest.anonymise.coverage`: sharp pixels that
look like the camera's count as not covered, even where they are the ground beside somebody), the body area covered,
the worst head; correlation of high-pass detail (sigma 2 px) between camera and picture inside the body boxes, all
boxes pooled and the 95th percentile; pictures masked; the part of the never-touched picture that is sharp at the end;
CPU ms a picture on top of detection.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.footage import PETS, TOWN_CENTRE, Recording, find_footage
from passerby.app.detectors import DetectorChoice, ready_detector
from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser, FilmAnonymiser, FilmLearner
from passerby.ingest.anonymise.canvas import Canvas, filled
from passerby.ingest.anonymise.coverage import Coverage, read_truth
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.looks import LookPlan
from passerby.ingest.raw import RawFrame
from passerby.ingest.sight import Sight
from passerby.ingest.sources.video_file import VideoFile
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

Boxes = npt.NDArray[np.float32]
NOBODY = np.empty((0, 4), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a scene with its truth: bodies and heads float32 (N, 4), None where this frame is not labelled."""

    raw: RawFrame
    bodies: Boxes | None
    heads: Boxes | None


Scene = Callable[[], Iterator[Shot]]


def heads_of(bodies: Boxes) -> Boxes:
    """Heads of standing people, from their bodies: the middle 45 % of the upper seventh."""
    width, height = bodies[:, 2] - bodies[:, 0], bodies[:, 3] - bodies[:, 1]
    left, right = bodies[:, 0] + 0.275 * width, bodies[:, 2] - 0.275 * width
    return np.stack([left, bodies[:, 1], right, bodies[:, 1] + height / 7], axis=1).astype(np.float32)


def plain(recording: Recording, fps: float | None = None) -> Iterator[Shot]:
    """A recording as it is."""
    footage = find_footage()
    bodies = read_truth(footage.boxes(recording))
    head_file = footage.boxes(recording).with_name("heads.txt")
    heads = read_truth(head_file) if head_file.exists() else {number: heads_of(row) for number, row in bodies.items()}
    rate = fps or recording.analysed_fps
    with VideoFile(footage.video(recording), recording.name, analysed_fps=rate) as video:
        for raw in video:
            yield Shot(raw, bodies.get(raw.stamp.index), heads.get(raw.stamp.index))


def restamped(shots: Iterable[Shot], period_s: float) -> Iterator[Shot]:
    """The same pictures as one stream without jumps in time."""
    for number, shot in enumerate(shots):
        raw = shot.raw
        stamp = FrameStamp("scene", number, 0, number * period_s, raw.size_px)
        yield Shot(RawFrame(stamp, raw.luma, raw.chroma_u, raw.chroma_v, raw.colour), shot.bodies, shot.heads)


def relit(shot: Shot, luma: npt.NDArray[np.floating]) -> Shot:
    """The shot with other luma."""
    raw = shot.raw
    plane = np.clip(luma, 0, 255).astype(np.uint8)
    return Shot(RawFrame(raw.stamp, plane, raw.chroma_u, raw.chroma_v, raw.colour), shot.bodies, shot.heads)


def still(recording: Recording, first_s: float, minutes: float) -> Iterator[Shot]:
    """One second looped there and back, so that everybody stands for minutes; the sensor's noise goes on."""
    stretch = [shot for shot in plain(recording) if first_s <= shot.raw.stamp.stream_s < first_s + 1]
    stretch = [Shot(shot.raw, NOBODY if shot.bodies is None else shot.bodies, shot.heads) for shot in stretch]
    random = np.random.default_rng(1)
    loop = stretch + stretch[-2:0:-1]
    period_s = 0.5

    def endless() -> Iterator[Shot]:
        for number in range(int(minutes * 60 / period_s)):
            shot = loop[number % len(loop)]
            yield relit(shot, shot.raw.luma + random.normal(0, 2, shot.raw.luma.shape))

    yield from restamped(endless(), period_s)


def lights(recording: Recording) -> Iterator[Shot]:
    """Lights go off after 4 s, on again after 6 s, and half off from 8 s on."""
    for shot in plain(recording):
        now_s = shot.raw.stamp.stream_s
        share = 0.12 if 4 <= now_s < 6 else 0.55 if now_s >= 8 else 1.0
        yield relit(shot, 16 + (shot.raw.luma.astype(np.float32) - 16) * share)


def moved_picture(shot: Shot, right_px: int, down_px: int) -> Shot:
    """The picture as a camera sees it that looks a little elsewhere; the truth goes along."""
    raw = shot.raw
    planes = [np.roll(raw.luma, (down_px, right_px), (0, 1))]
    planes += [np.roll(plane, (down_px // 2, right_px // 2), (0, 1)) for plane in (raw.chroma_u, raw.chroma_v)]
    moved = RawFrame(raw.stamp, *planes, raw.colour)
    shift = np.array([right_px, down_px, right_px, down_px], np.float32)
    return Shot(
        moved,
        None if shot.bodies is None else shot.bodies + shift,
        None if shot.heads is None else shot.heads + shift,
    )


def shaken(recording: Recording) -> Iterator[Shot]:
    """The pole is hit after 4 s and swings for 2 s; after 7 s somebody turns the camera for good."""
    for shot in plain(recording):
        now_s, width = shot.raw.stamp.stream_s, shot.raw.size_px[0]
        swing = int(0.03 * width * np.sin(now_s * 20)) // 2 * 2 if 4 <= now_s < 6 else 0
        yield moved_picture(shot, swing, swing // 4 * 2) if now_s < 7 else moved_picture(shot, width // 6 // 2 * 2, 0)


def noisy(recording: Recording) -> Iterator[Shot]:
    """Night-time noise of 14 levels in every pixel."""
    random = np.random.default_rng(2)
    for shot in plain(recording):
        yield relit(shot, shot.raw.luma + random.normal(0, 14, shot.raw.luma.shape))


def rainy(recording: Recording) -> Iterator[Shot]:
    """Two hundred bright streaks, new in every picture, and a grey veil."""
    random = np.random.default_rng(3)
    for shot in plain(recording):
        streaks = np.zeros(shot.raw.luma.shape, np.uint8)
        width, height = shot.raw.size_px
        for left, top in random.integers(0, (width, height), (200, 2)):
            length = height // 18
            cv2.line(streaks, (int(left), int(top)), (int(left) - length // 6, int(top) + length), 90, 2)
        yield relit(shot, 30 + shot.raw.luma * 0.8 + cv2.GaussianBlur(streaks, (0, 0), 1.0))


def squeezed(recording: Recording, bits_a_second: int = 100_000) -> Iterator[Shot]:
    """The recording after a codec had 100 kbit/s for it."""
    shots = list(plain(recording))
    memory = BytesIO()
    with av.open(memory, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(recording.analysed_fps).limit_denominator(100))
        stream.width, stream.height = shots[0].raw.size_px
        stream.pix_fmt, stream.bit_rate = "yuv420p", bits_a_second
        stream.codec_context.options = {"qmax": "31", "maxrate": str(bits_a_second), "bufsize": str(bits_a_second)}
        for shot in shots:
            half = np.concatenate([shot.raw.chroma_u.ravel(), shot.raw.chroma_v.ravel()])
            planes = np.concatenate([shot.raw.luma.ravel(), half]).reshape(-1, shot.raw.size_px[0])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode())
    memory.seek(0)
    with av.open(memory) as container:
        for shot, frame in zip(shots, container.decode(video=0), strict=False):
            width, height = shot.raw.size_px
            planes = frame.to_ndarray(format="yuv420p").ravel()
            luma, rest = planes[: width * height], planes[width * height :]
            chroma_u, chroma_v = rest.reshape(2, height // 2, width // 2)
            squeezed_raw = RawFrame(shot.raw.stamp, luma.reshape(height, width), chroma_u, chroma_v, shot.raw.colour)
            yield Shot(squeezed_raw, shot.bodies, shot.heads)


def crowded(recording: Recording) -> Iterator[Shot]:
    """The recording's own people pasted over all the ground, milling about: nothing of it is ever seen."""
    cut: list[npt.NDArray[np.uint8]] = []
    shots = list(plain(recording))
    for shot in shots[::10]:
        for left, top, right, bottom in (NOBODY if shot.bodies is None else shot.bodies).astype(int):
            patch = shot.raw.luma[max(top, 0) : bottom, max(left, 0) : right]
            if patch.shape[0] > shot.raw.size_px[1] // 8 and patch.shape[1] > 8:
                cut.append(patch.copy())
    random = np.random.default_rng(4)
    width, height = shots[0].raw.size_px
    step_x, step_y = width // 16, height // 12
    chosen = random.integers(0, len(cut), (14, 18))
    for shot in shots:
        luma, bodies = shot.raw.luma.copy(), []
        now_s = shot.raw.stamp.stream_s
        for row in range(14):
            for column in range(18):
                patch = cut[chosen[row, column]]
                left = int((column - 1) * step_x + 0.4 * step_x * np.sin(now_s * 1.1 + column * 3 + row))
                top = int((row - 1) * step_y + 0.3 * step_y * np.sin(now_s * 0.9 + row * 5 + column))
                inner = np.s_[max(-top, 0) : max(height - top, 0), max(-left, 0) : max(width - left, 0)]
                shown = patch[inner]
                if shown.size:
                    luma[max(top, 0) : max(top, 0) + shown.shape[0], max(left, 0) : max(left, 0) + shown.shape[1]] = (
                        shown
                    )
                    bodies.append((left, top, left + patch.shape[1], top + patch.shape[0]))
        truth = np.array(bodies, np.float32)
        yield Shot(relit(shot, luma).raw, truth, heads_of(truth))


def cut_scene(recording: Recording) -> Iterator[Shot]:
    """Half-way another scene: the same place mirrored and darker, as a turret camera's next preset."""
    shots = list(plain(recording))
    half = len(shots) // 2
    for number, shot in enumerate(shots):
        if number < half:
            yield shot
            continue
        raw, width = shot.raw, shot.raw.size_px[0]
        planes = [np.ascontiguousarray(plane[:, ::-1]) for plane in (raw.luma, raw.chroma_u, raw.chroma_v)]
        planes[0] = (planes[0] * 0.8 + 10).astype(np.uint8)

        def mirrored(boxes: Boxes | None, width: int = width) -> Boxes | None:
            if boxes is None:
                return None
            return np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)

        yield Shot(RawFrame(raw.stamp, *planes, raw.colour), mirrored(shot.bodies), mirrored(shot.heads))


SCENES: dict[str, Scene] = {
    "town-centre-film": lambda: plain(TOWN_CENTRE),
    "town-centre": lambda: plain(TOWN_CENTRE),
    "pets-film": lambda: plain(PETS),
    "pets": lambda: plain(PETS),
    "still-10-minutes": lambda: still(PETS, 30.0, 10.0),
    "lights": lambda: lights(TOWN_CENTRE),
    "shaken-turned": lambda: shaken(TOWN_CENTRE),
    "noise": lambda: noisy(TOWN_CENTRE),
    "rain": lambda: rainy(TOWN_CENTRE),
    "100-kbit": lambda: squeezed(TOWN_CENTRE),
    "crowd": lambda: crowded(TOWN_CENTRE),
    "cut": lambda: cut_scene(TOWN_CENTRE),
}


def detail(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """High-pass: what is finer than a few pixels."""
    plane = grey.astype(np.float32)
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), 2.0), np.float32)


@dataclass(slots=True)
class Measures:
    """Sums over one scene."""

    heads: Coverage = field(default_factory=lambda: Coverage({}))
    bodies: Coverage = field(default_factory=lambda: Coverage({}))
    correlations: list[float] = field(default_factory=list)
    common: float = 0.0
    of_camera: float = 0.0
    of_picture: float = 0.0
    sharp_curve: list[tuple[float, float]] = field(default_factory=list)
    touched: npt.NDArray[np.uint8] | None = None
    hidden: list[tuple[float, npt.NDArray[np.bool_]]] = field(default_factory=list)
    learn_s: float = 0.0
    draw_s: float = 0.0

    def take(self, shot: Shot, found: Detections, frame: AnonymousFrame, anonymiser: Anonymiser) -> None:
        """Measures one picture."""
        index = shot.raw.stamp.index
        for coverage, boxes in ((self.heads, shot.heads), (self.bodies, shot.bodies)):
            coverage.truth = {} if boxes is None else {index: boxes}
            coverage.take(shot.raw, frame, anonymiser)
        canvas = anonymiser.canvas
        if shot.bodies is not None and frame.method != MASKED:
            self._correlate(shot, frame, canvas)
        if self.touched is None:
            self.touched = np.zeros(canvas.shape, np.uint8)
        seen = found.xyxy_px[found.confidence >= 0.35]
        for boxes in (seen, NOBODY if shot.bodies is None else shot.bodies):
            filled(self.touched, canvas.boxes(boxes), 255)
        self.hidden.append((shot.raw.stamp.stream_s, anonymiser.covered[::4, ::4] > 0))

    def _correlate(self, shot: Shot, frame: AnonymousFrame, canvas: Canvas) -> None:
        assert shot.bodies is not None
        camera = detail(cv2.cvtColor(shot.raw.picture(canvas.size_px), cv2.COLOR_BGR2GRAY))
        picture = detail(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY))
        edges_px = np.array([*canvas.size_px, *canvas.size_px], np.float32)
        for left, top, right, bottom in np.clip(canvas.boxes(shot.bodies), 0, edges_px).astype(int):
            if right - left < 4 or bottom - top < 4:
                continue
            one, two = camera[top:bottom, left:right], picture[top:bottom, left:right]
            one, two = one - one.mean(), two - two.mean()
            common, first, second = float((one * two).sum()), float((one**2).sum()), float((two**2).sum())
            self.correlations.append(common / float(np.sqrt(first * second) + 1e-3))
            self.common, self.of_camera = self.common + common, self.of_camera + first
            self.of_picture += second

    def row(self, name: str, mode: Mode, anonymiser: Anonymiser) -> dict[str, object]:
        """The scene's line in the table."""
        assert self.touched is not None
        free = self.touched[::4, ::4] == 0
        curve = [(stream_s, float((~hidden)[free].mean())) for stream_s, hidden in self.hidden if free.any()]
        frames = len(self.hidden)
        return {
            "scene": name,
            "mode": mode.value,
            "heads": len(self.heads.shares),
            "heads_covered": self.heads.boxes_covered,
            "head_least": self.heads.least,
            "bodies_covered": self.bodies.boxes_covered,
            "body_area": self.bodies.area_covered,
            "correlation": self.common / (np.sqrt(self.of_camera * self.of_picture) + 1e-6),
            "correlation_p95": float(np.quantile(self.correlations, 0.95)) if self.correlations else 0.0,
            "masked": {reason.value: count for reason, count in anonymiser.masked.items()},
            "masked_share": anonymiser.masked.total() / max(frames, 1),
            "sharp_free_area": curve[-1][1] if curve else 0.0,
            "sharp_curve": [curve[step * (len(curve) - 1) // 20] for step in range(21)] if curve else [],
            "learn_ms": 1000 * self.learn_s / max(frames, 1),
            "draw_ms": 1000 * self.draw_s / max(frames, 1),
        }


def run(name: str, mode: Mode, pictures: Path | None) -> dict[str, object]:
    """One scene in one mode."""
    cv2.setNumThreads(1)
    detector = ready_detector(DetectorChoice()).detector
    sight, tracker, measures = Sight(detector, LookPlan(), StageTimes()), Tracker(), Measures()
    shots = list(SCENES[name]())
    size_px = shots[0].raw.size_px
    found = [sight.find(shot.raw) for shot in shots]
    if name.endswith("-film"):
        learner = FilmLearner(size_px, [detector.find], shots[-1].raw.stamp.stream_s)
        start_s = time.process_time()
        for shot, detections in zip(shots, found, strict=True):
            learner.learn(shot.raw, detections)
        anonymiser: Anonymiser = FilmAnonymiser(size_px, mode, learner.places())
        measures.learn_s += time.process_time() - start_s
    else:
        anonymiser = Anonymiser(size_px, mode, [detector.find])
    for number, (shot, detections) in enumerate(zip(shots, found, strict=True)):
        tracks = tracker.update(detections)
        times_s = [time.process_time()]
        anonymiser.learn(shot.raw, detections)
        times_s.append(time.process_time())
        silhouettes = Silhouettes(tracks.xyxy_px[tracks.confirmed], tracks.road_user[tracks.confirmed])
        frame = anonymiser.show(shot.raw, detections, silhouettes)
        times_s.append(time.process_time())
        measures.learn_s += times_s[1] - times_s[0]
        measures.draw_s += times_s[2] - times_s[1]
        measures.take(shot, detections, frame, anonymiser)
        if pictures is not None and number % max(len(shots) // 4, 1) == len(shots) // 8:
            cv2.imwrite(str(pictures / f"{name}-{mode.value}-{number}.png"), frame.image)
    return measures.row(name, mode, anonymiser)


def main() -> int:
    """Runs the scenes and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", choices=sorted(SCENES), action="append")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], action="append")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    rows = []
    print(f"{'scene':18} {'mode':8} heads>=95% worst bodies>=95% area    corr   p95    masked sharp learn draw ms")
    for name in asked.scene or SCENES:
        for mode in asked.mode or [mode.value for mode in Mode]:
            row = run(name, Mode(mode), asked.pictures)
            rows.append(row)
            print(
                f"{name:18} {mode:8} {row['heads_covered']:9.4f} {row['head_least']:6.2f} {row['bodies_covered']:9.4f} "
                f"{row['body_area']:8.4f} {row['correlation']:7.4f} {row['correlation_p95']:6.3f} "
                f"{row['masked_share']:6.2f} {row['sharp_free_area']:6.2f} "
                f"{row['learn_ms']:5.1f} {row['draw_ms']:5.1f}",
                flush=True,
            )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Scenes that try to break anonymising: recordings as they are, and what is made of them in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.footage import PETS, TOWN_CENTRE, Recording, find_footage
from passerby.domain.frames import FrameStamp
from passerby.ingest.anonymise.concealment import read_truth
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.video_file import VideoFile

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


def relit(shot: Shot, luma: npt.ArrayLike) -> Shot:
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
    moved = RawFrame(raw.stamp, planes[0], planes[1], planes[2], raw.colour)
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
    with av.open(memory, "r") as squeezed_film:
        for shot, frame in zip(shots, squeezed_film.decode(video=0), strict=False):
            width, height = shot.raw.size_px
            flat = np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8).ravel()
            flat_luma, rest = flat[: width * height], flat[width * height :]
            chroma_u, chroma_v = rest.reshape(2, height // 2, width // 2)
            squeezed_raw = RawFrame(
                shot.raw.stamp, flat_luma.reshape(height, width), chroma_u, chroma_v, shot.raw.colour
            )
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

        yield Shot(
            RawFrame(raw.stamp, planes[0], planes[1], planes[2], raw.colour),
            mirrored(shot.bodies),
            mirrored(shot.heads),
        )


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

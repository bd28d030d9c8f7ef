"""A made street at night as a camera sends it: dark, noisy, empty for most of the time, with people who pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.events.cuts import Cut, people
from benchmarks.footage import TOWN_CENTRE, Footage

SIZE_PX: Final = (1920, 1080)
RATE_FPS: Final = 25
GROUP: Final = 50
NOISES: Final = 16
"""Different pictures of noise, shifted at random: as good as new ones, and a tenth of their cost."""

Grey = npt.NDArray[Any]
"""float32 (H, W, 3) or uint8 likewise."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A person who walks through the picture on a straight way.

    Attributes:
        from_s: when they begin.
        length_s: how long it takes.
        start, end: feet, 0-1 of the picture; may lie outside.
        height_px: of the person.
        who: which of the cut people.
        pause_s: how long they stand still half-way.
    """

    from_s: float
    length_s: float
    start: tuple[float, float]
    end: tuple[float, float]
    height_px: float
    who: int = 0
    pause_s: float = 0.0

    def foot_at(self, now_s: float) -> tuple[float, float] | None:
        """Where the feet are, 0-1; None before and after."""
        at_s, half_s = now_s - self.from_s, self.length_s / 2
        if not 0 <= at_s <= self.length_s + self.pause_s:
            return None
        walked_s = min(at_s, half_s) + max(0.0, at_s - half_s - self.pause_s)
        share = walked_s / self.length_s
        (x0, y0), (x1, y1) = self.start, self.end
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share


def night_place() -> Grey:
    """Returns an empty street under two lamps: float32 (H, W, 3), the same at every call."""
    chance = np.random.default_rng(3)
    width, height = SIZE_PX
    place = np.full((height, width, 3), 34.0, np.float32)
    place[: height // 3] = (22.0, 20.0, 20.0)
    for _ in range(60):  # houses with dark windows
        left, top = int(chance.integers(0, width)), int(chance.integers(0, height // 3))
        right, bottom = left + int(chance.integers(20, 160)), min(height // 3, top + int(chance.integers(20, 120)))
        cv2.rectangle(place, (left, top), (right, bottom), [float(each) for each in chance.integers(14, 60, 3)], -1)
    grain = chance.normal(0, 6, (height // 2, width // 2)).astype(np.float32)
    place[height // 3 :] += cv2.resize(grain, SIZE_PX)[height // 3 :, :, None]
    for y in range(height // 3, height, 90):  # kerbs and joints
        cv2.line(place, (0, y), (width, y + 40), (50.0, 50.0, 50.0), 2)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.full((height, width), 0.75, np.float32)
    for x, y in ((500, 420), (1400, 480)):
        light += 1.6 * np.exp(-((columns - x) ** 2 + 2 * (rows - y) ** 2) / (2 * 420.0**2))
    return np.asarray(np.clip(cv2.GaussianBlur(place, (0, 0), 1.0) * light[:, :, None], 0, 255), np.float32)


def write_night(
    path: Path,
    length_s: float,
    walks: Sequence[Walk],
    footage: Footage,
    *,
    noise: float = 3.0,
    options: Mapping[str, str] | None = None,
) -> None:
    """Codes the street as a camera does: H.264, 25 pictures a second, no reordering, a key picture every 2 s.

    Args:
        path: of the film.
        length_s: how long it is.
        walks: who passes.
        footage: where the people are cut from.
        noise: of the sensor, standard deviation in grey levels.
        options: of x264, instead of a constant quality.
    """
    chance = np.random.default_rng(7)
    place = night_place()
    cuts = people(footage, TOWN_CENTRE, 8)
    width, height = SIZE_PX
    noises = [
        cv2.resize(chance.normal(0, noise * 1.4, (height * 3 // 4, width * 3 // 4)).astype(np.float32), SIZE_PX)
        for _ in range(NOISES)
    ]
    settings = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26", "sc_threshold": "0", **(options or {})}
    if "bitrate" in settings:
        settings.pop("crf")
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=Fraction(RATE_FPS), options=settings)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = GROUP
        if "bitrate" in settings:
            stream.codec_context.bit_rate = int(settings["bitrate"])
        luma_place = cv2.cvtColor(place.astype(np.uint8), cv2.COLOR_BGR2YUV_I420)
        base = luma_place.astype(np.float32)
        for number in range(round(length_s * RATE_FPS)):
            now_s = number / RATE_FPS
            feet = [(walk, foot) for walk in walks if (foot := walk.foot_at(now_s)) is not None]
            planes = base if not feet else _with_people(place, feet, cuts)
            shifted = np.roll(noises[int(chance.integers(NOISES))], tuple(chance.integers(0, 200, 2)), (0, 1))
            planes = planes.copy()
            planes[:height] += shifted
            picture = av.VideoFrame.from_ndarray(np.clip(planes, 0, 255).astype(np.uint8), format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, RATE_FPS)
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))


def _with_people(place: Grey, feet: Sequence[tuple[Walk, tuple[float, float]]], cuts: Sequence[Cut]) -> Grey:
    picture = place.copy()
    for walk, foot in feet:
        cut = cuts[walk.who % len(cuts)]
        rows = max(4, round(walk.height_px))
        columns = max(2, round(rows * cut.alpha.shape[1] / cut.alpha.shape[0]))
        bgr, alpha = (cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA) for part in (cut.bgr, cut.alpha))
        left, top = round(foot[0] * SIZE_PX[0] - columns / 2), round(foot[1] * SIZE_PX[1] - rows)
        x0, y0, x1, y1 = max(0, left), max(0, top), min(SIZE_PX[0], left + columns), min(SIZE_PX[1], top + rows)
        if x0 >= x1 or y0 >= y1:
            continue
        part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        under = picture[y0:y1, x0:x1]
        under += alpha[part][:, :, None] * (0.65 * bgr[part] - under)
    return np.asarray(cv2.cvtColor(picture.astype(np.uint8), cv2.COLOR_BGR2YUV_I420), np.float32)

"""Made changes to a recording's luma: a camera that is moved, covered, blurred or dark, and weather that is not."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from passerby.domain.health import CameraState
from passerby.ingest.raw import Plane

Change = Callable[[Plane, float, np.random.Generator], Plane]
"""Takes the luma, the seconds since the change began, and a source of chance; gives the changed luma."""


@dataclass(frozen=True, slots=True)
class Case:
    """One made change.

    Attributes:
        name: as in the table.
        change: what is done to each look.
        state: the state it should lead to; None if the camera is well.
    """

    name: str
    change: Change
    state: CameraState | None


def warped(luma: Plane, matrix: np.ndarray) -> Plane:
    """The view of a camera that was moved; what was out of view is mirrored in."""
    height, width = luma.shape
    return np.asarray(cv2.warpAffine(luma, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def shifted(share: float) -> Change:
    def change(luma: Plane, _: float, __: np.random.Generator) -> Plane:
        right = share * luma.shape[1]
        return warped(luma, np.array([[1, 0, 0.9 * right], [0, 1, 0.436 * right]]))

    return change


def turned(degrees: float, scale: float = 1.0) -> Change:
    def change(luma: Plane, _: float, __: np.random.Generator) -> Plane:
        height, width = luma.shape
        return warped(luma, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale))

    return change


def elsewhere(luma: Plane, _: float, __: np.random.Generator) -> Plane:
    """Another view altogether: upside down, and the other way round."""
    return np.ascontiguousarray(luma[::-1, ::-1])


def noisy(luma: np.ndarray, sigma: float, chance: np.random.Generator) -> Plane:
    """Clipped, with a sensor's noise: a tile of 256x256 px, another at every look."""
    height, width = luma.shape
    tile = chance.standard_normal((256, 256), np.float32) * np.float32(sigma)
    noise = np.tile(tile, (-(-height // 256), -(-width // 256)))[:height, :width]
    return np.asarray(np.clip(luma + noise, 0, 255), np.uint8)


def darkened(gain: float) -> Change:
    def change(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
        return noisy(16 + (luma.astype(np.float32) - 16) * gain, 3.0, chance)

    return change


def cloth(share: float, level: float) -> Change:
    """A cloth hangs from above over a share of the picture, out of focus, with soft folds."""

    def change(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
        height, width = luma.shape
        folds = 8 * np.sin(np.linspace(0, 9, width, dtype=np.float32))[None, :]
        rows = np.arange(height, dtype=np.float32)[:, None]
        edge = np.clip((share * height - rows) / (0.02 * height) + 0.5, 0, 1) if share < 1 else np.ones((height, 1))
        return noisy(luma * (1 - edge) + (level + folds) * edge, 1.5, chance)

    return change


def blurred(share: float) -> Change:
    """Out of focus: `share` of the width is the blur's standard deviation."""

    def change(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
        return noisy(cv2.GaussianBlur(luma, (0, 0), share * luma.shape[1]), 1.5, chance)

    return change


def shaking(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """A pole in the wind: 0.3 % of the width to all sides."""
    right, down = chance.normal(0, 0.003 * luma.shape[1], 2)
    return warped(luma, np.array([[1, 0, right], [0, 1, down]]))


def gusts(luma: Plane, seconds: float, chance: np.random.Generator) -> Plane:
    """Every half minute, the wind pushes the camera aside by 2 % of the width, for 5 s."""
    if seconds % 30 < 5:
        luma = warped(luma, np.array([[1, 0, 0.02 * luma.shape[1]], [0, 1, 0]]))
    return shaking(luma, seconds, chance)


def gain(luma: Plane, seconds: float, chance: np.random.Generator) -> Plane:
    """Automatic exposure and clouds: the gain goes from 0.45 to 1.3 within minutes, and jumps each half minute."""
    factor = 0.85 + 0.35 * np.sin(seconds / 60) + (0.1 if int(seconds) // 30 % 2 else 0.0)
    return noisy(16 + (luma.astype(np.float32) - 16) * factor, 1.5, chance)


def lamps(luma: Plane, seconds: float, chance: np.random.Generator) -> Plane:
    """A lamp's cone and a deep shadow are switched on and off every 40 s."""
    picture = luma.astype(np.float32)
    if int(seconds) // 40 % 2:
        height, width = luma.shape
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        cone = np.clip(1 - np.hypot((x / width - 0.3) / 0.25, (y / height - 0.5) / 0.4), 0, 1)
        picture = picture + 120 * cone
        picture[:, int(0.6 * width) : int(0.85 * width)] *= 0.45
    return noisy(picture, 1.5, chance)


def rain(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """Streaks, less contrast, and noise."""
    height, width = luma.shape
    drops = (chance.random((height, width), np.float32) > 0.998).astype(np.float32)
    streaks = cv2.filter2D(drops, -1, np.ones((max(9, height // 25), 1), np.float32))
    return noisy(luma * 0.75 + 40 + 50 * np.minimum(streaks, 1), 6.0, chance)


def compressed(luma: Plane, _: float, __: np.random.Generator) -> Plane:
    """Hard compression: JPEG at quality 12."""
    _, code = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, 12])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)


def crowd(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """Nobody of a dense crowd is detected: 250 textured figures, elsewhere at every look."""
    height, width = luma.shape
    picture = luma.copy()
    for _person in range(250):
        tall = int(height * chance.uniform(0.08, 0.16))
        left, top = int(chance.integers(0, width - tall // 3)), int(chance.integers(height // 6, height - tall))
        coarse = chance.integers(20, 200, (6, 3)).astype(np.uint8)
        picture[top : top + tall, left : left + tall // 3] = cv2.resize(coarse, (tall // 3, tall))
    return picture


def lorry(luma: Plane, _: float, __: np.random.Generator) -> Plane:
    """An undetected lorry parks in front of half of the picture, and stays."""
    height, width = luma.shape
    picture = luma.copy()
    side = picture[height // 6 :, width // 4 : width * 3 // 4 + width // 10]
    side[:] = 190
    side[:: max(height // 12, 2)] = 90
    side[-height // 8 :] = 40
    return picture


def night(luma: Plane, seconds: float, chance: np.random.Generator) -> Plane:
    """Day turns to night within five minutes: a fifth of the light, noise, two lamps and their cones."""
    dusk = min(seconds / 300, 1.0)
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lit = sum(np.exp(-((x / width - at) ** 2 + (y / height - 0.45) ** 2) / 0.04) for at in (0.25, 0.75))
    factor = (1 - dusk) + dusk * (0.2 + 0.7 * np.minimum(lit, 1.0))
    return noisy(16 + (luma.astype(np.float32) - 16) * factor, 1.5 + 4 * dusk, chance)


def infrared(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """Switched to infrared at once: another tone curve, half of it turned over, brighter in the middle, noise."""
    height, width = luma.shape
    tone = np.clip(200 - 1.2 * np.abs(np.arange(256, dtype=np.float32) - 120), 16, 235)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    beam = 0.35 + 0.65 * np.exp(-((x / width - 0.5) ** 2 + (y / height - 0.6) ** 2) / 0.12)
    return noisy(16 + (tone[luma] - 16) * beam, 5.0, chance)


def fog(luma: Plane, _: float, chance: np.random.Generator) -> Plane:
    """Contrast falls to a half below and to a seventh above."""
    clear = np.linspace(0.15, 0.5, luma.shape[0], dtype=np.float32)[:, None]
    return noisy(luma * clear + 170 * (1 - clear), 1.5, chance)


MOVES = tuple(
    [Case(f"shifted by {share:.0%}", shifted(share), CameraState.MOVED) for share in (0.01, 0.02, 0.05, 0.1, 0.2)]
    + [Case(f"turned by {degrees:g}°", turned(degrees), CameraState.MOVED) for degrees in (1, 2, 5, 10)]
    + [Case(f"zoomed by {zoom:.0%}", turned(0, 1 + zoom), CameraState.MOVED) for zoom in (0.05, 0.1, 0.2)]
    + [Case("another view", elsewhere, CameraState.MOVED)]
)

CREEPING = Case("the camera itself creeps by 2 %", lambda luma, _, __: luma, CameraState.MOVED)
"""Nothing is done to the recording: its own camera moves."""

FAULTS = (
    *(Case(f"light times {factor:g}, noise", darkened(factor), CameraState.DARK) for factor in (0.1, 0.05, 0.0)),
    *(
        Case(f"{kind} cloth over {share:.0%}", cloth(share, level), CameraState.COVERED)
        for kind, level in (("grey", 110.0), ("white", 220.0))
        for share in (0.7, 0.85, 1.0)
    ),
    *(
        Case(f"blur of {share:.1%} of the width", blurred(share), CameraState.DEFOCUSED)
        for share in (0.002, 0.004, 0.008)
    ),
)

WELL = (
    Case("untouched", lambda luma, _, __: luma, None),
    Case("shaking, 0.3 % of the width", shaking, None),
    Case("gusts, 2 % for 5 s twice a minute", gusts, None),
    Case("exposure and clouds", gain, None),
    Case("lamps and shadows switched", lamps, None),
    Case("rain and noise", rain, None),
    Case("hard compression", compressed, None),
    Case("dense crowd, undetected", crowd, None),
    Case("lorry over half, undetected", lorry, None),
    Case("dusk to night in 5 min", night, None),
    Case("switched to infrared", infrared, None),
    Case("fog", fog, None),
)

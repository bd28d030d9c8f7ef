"""Made pictures of a street that nobody uses, in which much else moves; and of one with a vehicle in it."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import RawFrame
from testing.pictures.frames import stamp

WIDTH_PX, HEIGHT_PX, FPS = 320, 180, 10.0
Luma = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Scene = Callable[[Floats, float, np.random.Generator], Floats]


def street() -> Floats:
    """A road with lane marks and a kerb under a wall with windows and a bush."""
    ground = np.random.default_rng(3).normal(0, 6, (HEIGHT_PX, WIDTH_PX)).astype(np.float32)
    picture: Floats = np.asarray(cv2.GaussianBlur(ground, (5, 5), 0), np.float32) * 2 + 105
    picture[:60] += 45
    picture[60:64] += 80
    for left in range(10, WIDTH_PX, 50):
        picture[20:42, left : left + 16] -= 60
        picture[118:122, left : left + 22] += 70
    bush = cv2.resize(np.random.default_rng(4).normal(0, 30, (12, 12)).astype(np.float32), (60, 60))
    picture[60:120, 250:310] = 70 + bush
    return picture


def pictures(scene: Scene, frames: int = 80, seed: int = 1) -> Iterator[Luma]:
    """Returns the frames of a scene as a camera gives them: with noise, and in whole grey levels."""
    place, generator = street(), np.random.default_rng(seed)
    for number in range(frames):
        picture = scene(place.copy(), number / FPS, generator)
        yield np.clip(picture + generator.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def raw(luma: Luma, at_s: float) -> RawFrame:
    """Returns a frame of that luma, grey."""
    grey = np.full((HEIGHT_PX // 2, WIDTH_PX // 2), 128, np.uint8)
    return RawFrame(stamp((WIDTH_PX, HEIGHT_PX), at_s), luma, grey, grey)


def still(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Nothing but noise."""
    return place


def cloud(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """A cloud's shadow goes over the street, soft at its edge."""
    across = np.clip((np.arange(WIDTH_PX) - (at_s * 60 - 160)) / 60, -1, 1)
    inside = np.clip(1 - np.abs(across), 0, 1) ** 0.5
    return np.asarray(place * (1 - 0.5 * inside)[None, :], np.float32)


def headlights(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """A pool of light goes along the road at night, of a car that is not in the picture."""
    y, x = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
    pool = np.exp(-(((x - (at_s * 70 - 60)) / 45) ** 2) - ((y - 130) / 22) ** 2)
    return np.asarray(place * 0.25 + 90 * pool, np.float32)


def trees(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """The bush sways by four cells to either side, each leaf by some more."""
    shift = 4 * np.sin(2 * np.pi * at_s / 2.3) + generator.normal(0, 1)
    moved = np.array([[1, 0, shift], [0, 1, generator.normal(0, 0.7)]], np.float32)
    place[60:120, 240:320] = cv2.warpAffine(place, moved, (WIDTH_PX, HEIGHT_PX))[60:120, 240:320]
    return place


def ripples(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Waves of wind run through a hedge; each fades before it has run its own length."""
    x = np.arange(WIDTH_PX)
    wave = np.zeros(WIDTH_PX)
    for start in range(20, 300, 40):
        age = (at_s * 1.5 + start * 0.37) % 1.0
        wave += np.exp(-(((x - start - 14 * age) / 10) ** 2)) * np.sin(np.pi * age)
    place[70:90] += 60 * wave.astype(np.float32)[None, :]
    return place


def rain(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Streaks that are somewhere else in each frame."""
    for _ in range(60):
        x, y = int(generator.integers(WIDTH_PX)), int(generator.integers(HEIGHT_PX))
        cv2.line(place, (x, y), (x + 2, y + 12), float(place[min(y, 179), min(x, 319)] + 50), 1)
    return place


def snow(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Flakes of two to five cells that fall, each at its own pace, and drift."""
    flakes = np.random.default_rng(9)
    for _ in range(70):
        x, y, pace, size = (
            flakes.random() * WIDTH_PX,
            flakes.random() * 400,
            40 + flakes.random() * 90,
            1 + flakes.random() * 2,
        )
        drift = 6 * np.sin(at_s * 2 + x)
        cv2.circle(place, (int(x + drift), int((y + pace * at_s) % 400) - 100), int(size), 230.0, -1)
    return place


def flicker(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Lamps of the mains beat with the camera: bands of brightness run down the picture."""
    bands = 1 + 0.12 * np.sin(2 * np.pi * (np.arange(HEIGHT_PX) / 90 - at_s * 0.8))
    return np.asarray(place * bands[:, None], np.float32)


def exposure(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """The camera opens and closes."""
    return place * np.float32(1 + 0.5 * np.sin(2 * np.pi * at_s / 4))


def shake(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """A mast in the wind: by up to two cells, to and fro."""
    moved = np.array([[1, 0, 2 * np.sin(at_s * 9)], [0, 1, 1.3 * np.sin(at_s * 7)]], np.float32)
    return np.asarray(cv2.warpAffine(place, moved, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REPLICATE), np.float32)


def compression(place: Floats, at_s: float, generator: np.random.Generator) -> Floats:
    """Blocks of 8 x 8 whose grey jumps, and a coarse picture every second."""
    blocks = generator.normal(0, 5, (HEIGHT_PX // 8 + 1, WIDTH_PX // 8))
    blocks[generator.random(blocks.shape) < 0.7] = 0
    place += np.kron(blocks, np.ones((8, 8)))[:HEIGHT_PX].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(place, (5, 5), 0), np.float32) if int(at_s * FPS) % 10 == 0 else place


QUIET = (still, cloud, headlights, trees, ripples, rain, snow, flicker, exposure, shake, compression)


def car(place: Floats, at_s: float, generator: np.random.Generator, *, grey: float = 190.0) -> Floats:
    """A car of 60 x 24 cells goes along the road to the right, with a shadow under it."""
    left = int(at_s * 55) - 70
    shadow = np.s_[140:152, max(left, 0) : max(left + 62, 0)]
    place[shadow] *= 0.55
    body = np.s_[116:140, max(left, 0) : max(left + 60, 0)]
    place[body] = grey
    place[120:128, max(left + 14, 0) : max(left + 44, 0)] = grey - 90
    return place

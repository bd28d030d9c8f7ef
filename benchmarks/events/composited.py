"""Films of real places in which a thing, or a person, is put into the pixels and stays: what is there is known.

The places and the people are of the recordings, which are read where they lie; nothing of them is kept. A recording is
played to and fro, so that a film is as long as it needs to be, and what moves in it goes past in front of what was put
in. Films are coded as H.264 and decoded again, so that what was put in has the codec's noise like all else.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import av
import cv2
import numpy as np

from benchmarks.events.cuts import CHANGED, SHADES, THINGS, Cut, Grey, Picture, people, posed, thing
from benchmarks.footage import PETS, TOWN_CENTRE, Footage
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import GroundPlane
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.decoder import raw_frame
from passerby.units import NS_PER_S

FPS = 2.0
APPEARS_S = 36.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A recording as a place that things are put into.

    Attributes:
        folder, video: below the recordings' folder.
        zone: corners of the zone that is to be kept clear, 0-1 of the picture.
        px_per_m: pixels of a metre across, at two heights of the picture (0-1 from its top): y, pixels, y, pixels.
        feet: where things are put, 0-1 of the picture.
        tuned: limits were chosen on this recording; else it is only reported on.
        width_px: of the recording.
    """

    folder: str
    video: str
    zone: tuple[tuple[float, float], ...]
    px_per_m: tuple[float, float, float, float]
    feet: tuple[tuple[float, float], ...]
    tuned: bool
    width_px: int

    def scale_at(self, y01: float) -> float:
        """Pixels of a metre across at a height of the picture."""
        first, first_px, second, second_px = self.px_per_m
        return first_px + (second_px - first_px) * (y01 - first) / (second - first)

    @property
    def ground(self) -> GroundPlane:
        """The calibrated ground that has this scale."""
        first, first_px, second, second_px = self.px_per_m
        slope = (second_px - first_px) / (second - first)
        horizon = first - first_px / slope
        matrix = np.array([[self.width_px / slope, 0, -0.5 * self.width_px / slope], [0, 0, 3.0], [0, 1, -horizon]])
        return GroundPlane(matrix, 0.1, np.array(self.zone, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Put:
    """A cut at a place of a scene, from a moment on.

    Attributes:
        cut: what, at the scene's scale.
        foot: middle of its lower edge, 0-1.
        from_s, to_s: when it is there.
        fidgets: it moves a little now and then, as a person does who sits or lies.
    """

    cut: Cut
    foot: tuple[float, float]
    from_s: float = APPEARS_S
    to_s: float = 1e9
    fidgets: bool = False


@dataclass(frozen=True, slots=True)
class Weather:
    """What is done to the whole picture.

    Attributes:
        light: from when on, and by how much it becomes lighter (below 1 darker).
        sways: so many gradual changes of light a minute, as of clouds.
        noise: grey levels of noise that is new in every picture.
        rain: streaks in every picture.
        shake_px: the picture is off by up to so much, anew in every picture.
        shadow: a soft-edged dark patch stays on the ground from APPEARS_S on, lamp likewise a bright one.
    """

    light: tuple[float, float] = (1e9, 1.0)
    sways: float = 0.0
    noise: float = 0.0
    rain: int = 0
    shake_px: float = 0.0
    shadow: bool = False
    lamp: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """One made film: iterate over it for its frames.

    Attributes:
        scene: the place.
        puts: what was put in.
        seconds: length.
        weather: what is done to the picture.
        seed: for all that is chosen at random.
    """

    scene: Scene
    puts: tuple[Put, ...] = ()
    seconds: float = 72.0
    weather: Weather = field(default_factory=Weather)
    seed: int = 0


SCENES = (
    Scene("plaza", "video.mp4", ((0.28, 0.42), (0.8, 0.4), (0.84, 0.75), (0.35, 0.8), (0.22, 0.6)),
          (0.35, 42, 0.7, 68), ((0.42, 0.55), (0.62, 0.5), (0.70, 0.66), (0.45, 0.72), (0.36, 0.6)), True, 960),
    Scene("junction", "cars-truck.mp4", ((0.1, 0.4), (0.9, 0.3), (0.98, 0.95), (0.05, 0.95)),
          (0.25, 24, 0.9, 110), ((0.4, 0.45), (0.6, 0.55), (0.3, 0.62), (0.75, 0.72), (0.5, 0.8)), True, 800),
    Scene("tunnel", "video.mp4", ((0.05, 0.6), (0.26, 0.38), (0.36, 0.4), (0.3, 0.62), (0.1, 0.95), (0.02, 0.95)),
          (0.4, 14, 0.9, 36), ((0.2, 0.6), (0.28, 0.47), (0.12, 0.72), (0.22, 0.66), (0.1, 0.85)), False, 640),
    Scene("near-overhead", "video.mp4", ((0.02, 0.05), (0.98, 0.05), (0.98, 0.95), (0.02, 0.95)),
          (0.1, 14, 0.9, 24), ((0.3, 0.4), (0.6, 0.55), (0.2, 0.75), (0.7, 0.3), (0.5, 0.85)), True, 640),
    Scene("pets09-s2l1", "video.avi", ((0.02, 0.4), (0.9, 0.4), (0.98, 0.8), (0.5, 0.6), (0.02, 0.6)),
          (0.35, 28, 0.9, 62), ((0.3, 0.5), (0.45, 0.48), (0.75, 0.58), (0.2, 0.45), (0.65, 0.5)), False, 768),
    Scene("town-centre", "video.mp4", ((0.15, 0.5), (0.45, 0.2), (0.75, 0.15), (0.85, 0.5), (0.6, 0.98), (0.2, 0.98)),
          (0.2, 70, 0.9, 150), ((0.4, 0.5), (0.55, 0.35), (0.5, 0.75), (0.3, 0.65), (0.65, 0.6)), False, 1920),
    Scene("campus-path", "video.mp4", ((0.2, 0.95), (0.25, 0.4), (0.55, 0.1), (0.75, 0.1), (0.6, 0.95)),
          (0.1, 14, 0.9, 30), ((0.4, 0.6), (0.5, 0.4), (0.45, 0.8), (0.58, 0.3), (0.32, 0.7)), False, 640),
    Scene("motorway", "video.mp4", ((0.12, 0.85), (0.18, 0.45), (0.32, 0.45), (0.75, 0.88)),
          (0.4, 7, 0.85, 20), ((0.3, 0.65), (0.35, 0.75), (0.5, 0.8), (0.25, 0.55), (0.45, 0.85)), False, 352),
    Scene("turning-junction", "video.mp4", ((0.02, 0.98), (0.2, 0.3), (0.4, 0.3), (0.6, 0.8), (0.6, 0.98)),
          (0.3, 10, 0.95, 38), ((0.2, 0.7), (0.3, 0.5), (0.35, 0.8), (0.15, 0.88), (0.4, 0.62)), False, 640),
)  # fmt: skip


@lru_cache(maxsize=3)
def base(footage: Footage, scene: Scene) -> tuple[tuple[Picture, ...], Picture]:
    """A recording's pictures at the film's rate, and the place without what moves: each pixel's middle colour."""
    source = cv2.VideoCapture(str(footage.recordings / scene.folder / scene.video))
    step = max(1, round(source.get(cv2.CAP_PROP_FPS) / FPS))
    pictures: list[Picture] = []
    number = 0
    while True:
        good, picture = source.read()
        if not good:
            break
        if number % step == 0:
            pictures.append(np.asarray(picture, np.uint8))
        number += 1
    some = pictures[:: max(1, len(pictures) // 40)]
    return tuple(pictures[:120]), np.median(np.array(some), axis=0).astype(np.uint8)


def frames(footage: Footage, film: Film) -> Iterator[RawFrame]:
    """The frames of a made film, as a decoder gives them."""
    return decoded(coded(footage, film))


def coded(footage: Footage, film: Film) -> bytes:
    """A made film as a Matroska file with H.264."""
    chance = np.random.default_rng(film.seed)
    played, empty = base(footage, film.scene)
    ways = [*range(len(played)), *range(len(played) - 2, 0, -1)]
    memory = io.BytesIO()
    with av.open(memory, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=Fraction(FPS).limit_denominator(10))
        stream.width, stream.height, stream.pix_fmt = empty.shape[1] // 2 * 2, empty.shape[0] // 2 * 2, "yuv420p"
        stream.options = {"crf": "27", "preset": "veryfast", "g": "30", "threads": "1"}
        for number in range(round(film.seconds * FPS)):
            picture = _made(played[ways[number % len(ways)]], empty, film, number / FPS, chance)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        output.mux(stream.encode(None))
    return memory.getvalue()


def decoded(film: bytes) -> Iterator[RawFrame]:
    """The frames of a coded film."""
    with av.open(io.BytesIO(film), "r") as source:
        for number, frame in enumerate(source.decode(video=0)):
            second = number / FPS
            stamp = FrameStamp("made", number, round(second * NS_PER_S), second, (frame.width, frame.height))
            yield raw_frame(frame, stamp)


def pictures_at(footage: Footage, film: Film, second: float) -> tuple[Picture, Picture]:
    """What moves in a recording at a second of a film, uint8 (H, W), 1 for it, and the place with all that was put in.

    The place is float32 (H, W, 3), without what moves.
    """
    played, empty = base(footage, film.scene)
    ways = [*range(len(played)), *range(len(played) - 2, 0, -1)]
    placed: Grey = empty.astype(np.float32)
    nothing = np.zeros(empty.shape[:2], np.uint8)
    for put in film.puts:
        _lay(placed, nothing, put, (put.foot[0] * empty.shape[1], put.foot[1] * empty.shape[0]), second)
    return _in_front(played[ways[round(second * FPS) % len(ways)]].astype(np.float32), empty), placed


def with_put(picture: Picture, empty: Picture, put: Put) -> tuple[Picture, Picture]:
    """Returns a picture with something put in, and uint8 (H, W), 1 for what moves in front of it."""
    made: Grey = picture.astype(np.float32)
    in_front = _in_front(made, empty)
    _lay(made, in_front, put, (put.foot[0] * empty.shape[1], put.foot[1] * empty.shape[0]), put.from_s)
    return np.clip(made, 0, 255).astype(np.uint8), in_front


def _in_front(picture: Grey, empty: Picture) -> Picture:
    moves = (np.abs(picture - empty).max(axis=2) > CHANGED).astype(np.uint8)
    return cv2.morphologyEx(moves, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))


def _made(picture: Picture, empty: Picture, film: Film, second: float, chance: np.random.Generator) -> Picture:
    made: Grey = picture.astype(np.float32)
    height, width = empty.shape[:2]
    in_front = _in_front(made, empty)
    for put in film.puts:
        if put.from_s <= second < put.to_s:
            _lay(made, in_front, put, (put.foot[0] * width, put.foot[1] * height), second)
    weather = film.weather
    if second >= APPEARS_S and (weather.shadow or weather.lamp):
        made *= _patch(film.scene, (width, height), 0.55 if weather.shadow else 1.5)[:, :, None]
    if second >= weather.light[0]:
        made *= weather.light[1]
    if weather.sways:
        made *= 1 + 0.35 * np.sin(second * weather.sways * 2 * np.pi / 60)
    if weather.shake_px:
        off = chance.uniform(-weather.shake_px, weather.shake_px, 2)
        made = cv2.warpAffine(
            made, np.array([[1, 0, off[0]], [0, 1, off[1]]]), (width, height), borderMode=cv2.BORDER_REPLICATE
        )
    for _ in range(weather.rain):
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        cv2.line(made, (int(x), int(y)), (int(x + 2), int(y + height * 0.04)), (190, 190, 190), 1)
    if weather.noise:
        made += chance.normal(0, weather.noise, made.shape)
    return np.clip(made, 0, 255).astype(np.uint8)


def _lay(made: Grey, in_front: Picture, put: Put, foot_px: tuple[float, float], second: float) -> None:
    """Puts something into a picture, behind what moves in front of it, with the shadow under it."""
    bgr, alpha = (put.cut.bgr, put.cut.alpha) if not put.fidgets else _fidgeted(put.cut, second)
    rows, columns = alpha.shape
    left, top = round(foot_px[0] - columns / 2), round(foot_px[1] - rows)
    if left < 0 or top < 0 or left + columns > made.shape[1] or top + rows > made.shape[0]:
        return
    ground = np.zeros(made.shape[:2], np.float32)
    middle = (int(foot_px[0]), int(foot_px[1]) - max(1, rows // 20))
    cv2.ellipse(
        ground, middle, (max(1, int(columns * 0.55)), max(1, int(min(rows, columns) * 0.12))), 0, 0, 360, 0.4, -1
    )
    made *= (1 - cv2.GaussianBlur(ground, (0, 0), max(1.0, columns / 14)))[:, :, None]
    region = made[top : top + rows, left : left + columns]
    shown = (alpha * (1 - in_front[top : top + rows, left : left + columns]))[:, :, None]
    region[:] = region * (1 - shown) + bgr * shown


def _fidgeted(cut: Cut, second: float) -> tuple[Grey, Grey]:
    """A cut whose upper or lower half bends by a few hundredths of its size for a second or two, every 8 s or so."""
    phase = (second * 0.9) % 8.0
    if phase > 2.0:
        return cut.bgr, cut.alpha
    rows, columns = cut.alpha.shape
    reach = max(1.0, 0.05 * max(rows, columns)) * np.sin(phase / 2.0 * np.pi)
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    bend = np.float32(reach) * np.clip(1 - (x if columns > rows else y) / (max(rows, columns) * 0.6), 0, 1)
    moved = [cv2.remap(part, x + bend, y + 0.6 * bend, cv2.INTER_LINEAR) for part in (cut.bgr, cut.alpha)]
    return moved[0], moved[1]


def _patch(scene: Scene, size_px: tuple[int, int], factor: float) -> Grey:
    """Factors of a patch of shadow with a sharp edge on the ground, or of the light of a lamp, which fades out."""
    width, height = size_px
    x, y = scene.feet[0]
    side = scene.scale_at(y) * 1.2
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (int(x * width), int(y * height)), (int(side), int(side * 0.45)), 15, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, side * (0.04 if factor < 1 else 0.35)))
    return np.asarray(1 + (factor - 1) * soft, np.float32)


def films_of_things(footage: Footage, scene: Scene) -> list[Film]:
    """Films with three things each, of all kinds, shades and sizes from 0.3 to 1.5 m."""
    films = []
    chance = np.random.default_rng(len(scene.folder))
    _, empty = base(footage, scene)
    height, width = empty.shape[:2]
    sizes = (0.3, 0.5, 0.7, 1.0, 1.5)
    shades = tuple(SHADES)
    number = 0
    for group in range(3):
        puts = []
        for place in range(3):
            foot = scene.feet[(group + place * 2) % len(scene.feet)]
            ground = float(empty[int(foot[1] * height) - 3, int(foot[0] * width)].mean())
            kind, shade = THINGS[number % len(THINGS)], shades[(number * 2 + group) % len(shades)]
            metres = sizes[(number * 3) % len(sizes)]
            cut = thing(kind, shade, metres, scene.scale_at(foot[1]), ground, chance)
            puts.append(Put(cut, foot))
            number += 1
        films.append(Film(scene, tuple(puts), seed=group))
    return films


def films_of_people(footage: Footage, scene: Scene) -> list[Film]:
    """Films with three people each, who lie, sit or stand, quite still in one half and fidgeting in the other."""
    films = []
    poses = ("lying left", "sitting", "lying right", "standing")
    cut_out = (*people(footage, PETS, 6), *people(footage, TOWN_CENTRE, 6))
    number = len(scene.folder)
    for group in range(3):
        puts = []
        for place in range(3):
            foot = scene.feet[(group + place * 2) % len(scene.feet)]
            cut = posed(cut_out[number % len(cut_out)], poses[number % len(poses)], scene.scale_at(foot[1]))
            puts.append(Put(cut, foot, fidgets=number % 3 == 1))
            number += 1
        films.append(Film(scene, tuple(puts), seed=group))
    return films


def quiet_films(scenes: Sequence[Scene]) -> dict[str, Film]:
    """Films into which nothing was put: as they are, with other light, rain, noise, shake, a shadow and a lamp."""
    weathers = {
        "as it is": Weather(),
        "darker at once": Weather(light=(45.0, 0.6)),
        "lighter at once": Weather(light=(45.0, 1.35)),
        "clouds": Weather(sways=2.0),
        "noise": Weather(noise=9.0),
        "rain": Weather(rain=250, noise=3.0),
        "shake": Weather(shake_px=3.0),
        "a shadow": Weather(shadow=True),
        "a lamp": Weather(lamp=True),
    }
    return {
        f"{scene.folder}, {name}": Film(scene, weather=weather)
        for scene in scenes
        for name, weather in weathers.items()
    }

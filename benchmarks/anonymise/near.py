"""Scenes with somebody very near, or with number plates, made from Town Centre; all stand still."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.anonymise.scenes import NOBODY, Boxes, Shot
from benchmarks.footage import TOWN_CENTRE, find_footage
from passerby.domain.frames import FrameStamp
from passerby.ingest.anonymise.concealment import read_truth
from passerby.ingest.raw import RawFrame

SIZE_PX = (960, 540)
HELD_S, FPS = 25.0, 4.0
"""How long each of them stands still, and pictures a second."""

Bgr = npt.NDArray[np.uint8]
Look = Callable[[Bgr], Bgr]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture that is held, and where in it a body and a head are: left, top, right, bottom in px.

    Of a plate, the whole is the body, and each of its letters a head: a plate that leans does not fill its box.
    """

    picture: Bgr
    body: tuple[float, float, float, float]
    heads: Boxes


def town_frames() -> list[tuple[Bgr, Boxes, Boxes]]:
    """Three frames of Town Centre with bodies and heads, the nearest first."""
    footage = find_footage()
    bodies = read_truth(footage.boxes(TOWN_CENTRE))
    heads = read_truth(footage.boxes(TOWN_CENTRE).with_name("heads.txt"))
    film = cv2.VideoCapture(str(footage.video(TOWN_CENTRE)))
    frames = []
    for number in (10, 120, 250):
        film.set(cv2.CAP_PROP_POS_FRAMES, number)
        _, picture = film.read()
        frames.append((np.asarray(picture, np.uint8), bodies[number], heads[number]))
    return frames


def persons() -> list[tuple[Bgr, Boxes, Boxes]]:
    """The nearest whole person of each frame: the frame, and one row of body and head each."""
    chosen = []
    for picture, bodies, heads in town_frames():
        height, width = picture.shape[:2]
        inside = (bodies[:, :2] > 4).all(axis=1) & (bodies[:, 2] < width - 4) & (bodies[:, 3] < height - 4)
        whole = bodies[inside]
        for body in whole[np.argsort(whole[:, 1] - whole[:, 3])][:1]:
            middle = (heads[:, 0] + heads[:, 2]) / 2
            own = heads[(middle > body[0]) & (middle < body[2]) & (np.abs(heads[:, 1] - body[1]) < 40)]
            if len(own):
                chosen.append((picture, body, own[0]))
    return chosen


def enlarged(share: float) -> Iterator[Still]:
    """Each person's head, as high as `share` of the picture, in the middle of it."""
    width, height = SIZE_PX
    for picture, body, head in persons():
        scale = share * height / (head[3] - head[1])
        x, y = (head[0] + head[2]) / 2, (head[1] + head[3]) / 2
        move = np.array([[scale, 0, width / 2 - scale * x], [0, scale, height / 2 - scale * y]], np.float32)
        view = cv2.warpAffine(picture, move, SIZE_PX, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        boxes = (np.array([body, head]).reshape(-1, 2) @ move[:, :2].T + move[:, 2]).reshape(2, 4)
        yield Still(np.asarray(view, np.uint8), tuple(boxes[0]), boxes[1:].astype(np.float32))


def place() -> Bgr:
    """The street, with its people far away."""
    return np.asarray(cv2.resize(town_frames()[0][0], SIZE_PX, interpolation=cv2.INTER_AREA), np.uint8)


def half_outside() -> Iterator[Still]:
    """Each person's head and shoulders before the street, half of them beyond its left, right or lower edge."""
    width, height = SIZE_PX
    for number, (picture, body, head) in enumerate(persons()):
        scale = 0.6 * height / (head[3] - head[1])
        top, bottom = max(int(head[1] - 8), 0), int(head[3] + (head[3] - head[1]) * 0.8)
        left, right = int(max(min(body[0], head[0]), 0)), int(max(body[2], head[2]))
        patch = cv2.resize(picture[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        middle = scale * ((head[0] + head[2]) / 2 - left)
        corner = [(-middle, 60.0), (width - middle, 60.0), (300.0, height - scale * ((head[1] + head[3]) / 2 - top))]
        x, y = (int(side) for side in corner[number % 3])
        view = place()
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + patch.shape[1], width), min(y + patch.shape[0], height)
        view[y0:y1, x0:x1] = patch[y0 - y : y1 - y, x0 - x : x1 - x]
        head_box = scale * (head - np.array([left, top, left, top])) + np.array([x, y, x, y])
        yield Still(view, (x0, y0, x1, y1), head_box[None].astype(np.float32))


def plates() -> Iterator[Still]:
    """Plates of five sizes with made numbers, slanted, on the street; each letter is a "head"."""
    random = np.random.default_rng(3)
    for letter_px in (8, 12, 20, 40, 80):
        view = place()
        text = "".join(random.choice(list("ABCDEFHKLMNPRSTUVWXYZ23456789"), 7))
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 3, 7)
        plate = np.full((height + 44, width + 50, 3), 235, np.uint8)
        cv2.putText(plate, text, (25, height + 20), cv2.FONT_HERSHEY_DUPLEX, 3, (25, 25, 25), 7, cv2.LINE_AA)
        scale = letter_px / height
        side = np.array([plate.shape[1], plate.shape[0]]) * scale
        corners = np.array([[0, 0], [side[0], 0.12 * side[0]], [side[0], side[1] + 0.12 * side[0]], [0, side[1]]])
        corners += np.array([(SIZE_PX[0] - side[0]) / 2, (SIZE_PX[1] - side[1]) / 2])
        flat = np.array([[0, 0], [plate.shape[1], 0], plate.shape[1::-1], [0, plate.shape[0]]], np.float32)
        bent = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
        small = cv2.GaussianBlur(plate, (0, 0), max(0.4 / scale, 0.1))
        lay = cv2.warpPerspective(small, bent, SIZE_PX, flags=cv2.INTER_LINEAR)
        cover = cv2.warpPerspective(np.full(plate.shape[:2], 255, np.uint8), bent, SIZE_PX)
        view[cover > 127] = lay[cover > 127]
        yield Still(
            view, (*corners.min(axis=0), *corners.max(axis=0)), letters_of(text, height, np.asarray(bent, np.float64))
        )


def letters_of(text: str, height: int, bent: npt.NDArray[np.float64]) -> Boxes:
    """Where the single letters of a plate are, float32 (N, 4)."""
    ends = [25 + cv2.getTextSize(text[:count], cv2.FONT_HERSHEY_DUPLEX, 3, 7)[0][0] for count in range(len(text) + 1)]
    boxes = []
    for left, right in zip([25, *ends[1:-1]], ends[1:], strict=True):
        corners = np.array([[left, 20], [right, 20], [right, height + 20], [left, height + 20]], np.float32)
        there = cv2.perspectiveTransform(corners[None], bent)[0]
        boxes.append([*there.min(axis=0), *there.max(axis=0)])
    return np.array(boxes, np.float32)


def grey(picture: Bgr) -> Bgr:
    """As an infrared camera shows it: no colour, little contrast in clothes, a bright middle."""
    plane = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR), np.uint8)


def dim(picture: Bgr) -> Bgr:
    """At dusk, hardly above the luma below which everything is masked."""
    return np.asarray(picture * 0.28 + 2, np.uint8)


def held(
    stills: Iterator[Still], look: Look | None = None, fade_s: float = 0.0, held_s: float = HELD_S
) -> Iterator[Shot]:
    """Each of them for `held_s` with a camera's noise; faded in slowly over the street if `fade_s` is more than 0."""
    random, street = np.random.default_rng(7), place().astype(np.float32)
    number = 0
    for still in stills:
        for step in range(int(held_s * FPS)):
            seen = min(max((step / FPS - 10.0) / fade_s, 0.0), 1.0) if fade_s else 1.0
            mixed = street + seen * (still.picture - street)
            picture = np.clip(mixed + random.normal(0, 2, mixed.shape), 0, 255).astype(np.uint8)
            stamp = FrameStamp("near", number, round(number / FPS * 1e9), number / FPS, SIZE_PX)
            raw = raw_frame(stamp, picture if look is None else look(picture))
            there = seen == 1.0
            yield Shot(raw, np.array([still.body], np.float32) if there else NOBODY, still.heads if there else NOBODY)
            number += 1


def raw_frame(stamp: FrameStamp, picture: Bgr) -> RawFrame:
    """A picture as a camera sends it, 4:2:0."""
    width, height = SIZE_PX
    flat = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8).ravel()
    chroma_u, chroma_v = flat[width * height :].reshape(2, height // 2, width // 2)
    return RawFrame(stamp, flat[: width * height].reshape(height, width), chroma_u, chroma_v)


NEAR: dict[str, Callable[[], Iterator[Shot]]] = {
    "near-face": lambda: held(enlarged(0.55)),
    "half-face": lambda: held(half_outside()),
    "lens": lambda: held(enlarged(1.1)),
    "near-faded-in": lambda: held(enlarged(0.7), fade_s=20.0, held_s=50.0),
    "near-infrared": lambda: held(enlarged(0.7), grey),
    "near-dusk": lambda: held(enlarged(0.7), dim),
    "half-infrared": lambda: held(half_outside(), grey),
    "plates": lambda: held(plates()),
}

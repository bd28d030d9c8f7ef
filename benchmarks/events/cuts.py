"""Things that are drawn, and people who are cut out of recordings, to be put into the pictures of others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.counting.matching import read_labels
from benchmarks.footage import Footage, Recording

Picture = npt.NDArray[Any]
"""uint8 (H, W, 3), BGR."""
Grey = npt.NDArray[Any]
"""float32 (H, W) or (H, W, 3)."""

CHANGED = 25
"""Difference of a colour channel from the empty place, from which a pixel shows something that moves."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Something that can be put into a picture.

    Attributes:
        name: what it is.
        bgr: float32 (H, W, 3).
        alpha: float32 (H, W), 0-1.
        metres: its larger side.
    """

    name: str
    bgr: Grey
    alpha: Grey
    metres: float


THINGS = ("crate", "suitcase", "tyre", "barrier", "trunk", "bag")
SHADES = {"dark": 35.0, "light": 215.0, "like the ground": 0.0, "brown": -1.0, "red": -2.0}
_COLOURS = {"brown": (60.0, 105.0, 150.0), "red": (45.0, 40.0, 185.0)}


def thing(kind: str, shade: str, metres: float, px_per_m: float, ground: float, chance: np.random.Generator) -> Cut:
    """Something drawn, four times as large and then scaled down.

    Args:
        kind: one of `THINGS`.
        shade: one of `SHADES`.
        metres: its larger side.
        px_per_m: the scale where it will stand.
        ground: how light the ground is there; things like the ground are a little darker than it.
        chance: chooses textures.
    """
    colour = np.array(_COLOURS.get(shade, (SHADES[shade] or max(ground - 28.0, 20.0),) * 3), np.float32)
    if kind == "tyre":
        colour = np.full(3, 28.0, np.float32)
    side = max(8, round(4 * metres * px_per_m))
    wide, high = {
        "crate": (1.0, 0.85), "suitcase": (0.7, 1.0), "tyre": (1.0, 0.75), "barrier": (1.0, 0.6), "trunk": (1.0, 0.3),
        "bag": (1.0, 0.7),
    }[kind]  # fmt: skip
    columns, rows = round(side * wide), round(side * high)
    bgr = np.broadcast_to(colour, (rows, columns, 3)).astype(np.float32).copy()
    alpha = np.zeros((rows, columns), np.float32)
    _DRAWN[kind](bgr, alpha)
    grain = cv2.resize(
        chance.normal(0, 7, (max(2, rows // 6), max(2, columns // 6))).astype(np.float32), (columns, rows)
    )
    bgr += grain[:, :, None]
    small = (max(3, round(columns / 4)), max(3, round(rows / 4)))
    parts = [cv2.resize(part, small, interpolation=cv2.INTER_AREA) for part in (np.clip(bgr, 0, 255), alpha)]
    return Cut(f"{shade} {kind}", parts[0], parts[1], metres)


def _crate(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    alpha[:] = 1
    top, edge = int(rows * 0.35), int(columns * 0.72)
    bgr[:top] *= 1.25
    bgr[top:, edge:] *= 0.65
    for y in np.linspace(top, rows, 4)[1:-1]:
        bgr[int(y) : int(y) + max(1, rows // 40)] *= 0.6


def _suitcase(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    alpha[int(rows * 0.15) :] = 1
    alpha[: int(rows * 0.15), int(columns * 0.35) : int(columns * 0.65)] = 1
    bgr[:, : int(columns * 0.25)] *= 0.7
    for x in np.linspace(0, columns, 6)[1:-1]:
        bgr[int(rows * 0.15) :, int(x) : int(x) + max(1, columns // 30)] *= 1.35


def _tyre(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    centre = (columns // 2, rows // 2)
    cv2.ellipse(alpha, centre, (columns // 2 - 1, rows // 2 - 1), 0, 0, 360, 1.0, -1)
    cv2.ellipse(bgr, centre, (int(columns * 0.25), int(rows * 0.25)), 0, 0, 360, (85, 85, 85), -1)


def _barrier(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    alpha[: int(rows * 0.45)] = 1
    for x in (0.12, 0.82):
        alpha[:, int(columns * x) : int(columns * (x + 0.07))] = 1
    stripes = (np.arange(columns)[None, :] + np.arange(rows)[:, None]) // max(1, columns // 8) % 2 == 0
    bgr[stripes] = (220, 220, 220)
    bgr[~stripes] = (40, 35, 190)


def _trunk(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    cv2.line(
        alpha, (int(columns * 0.05), int(rows * 0.75)), (int(columns * 0.95), int(rows * 0.6)), 1.0, max(2, rows // 3)
    )
    for x in (int(share * columns) for share in (0.25, 0.4, 0.55, 0.7, 0.85)):
        end = (x + columns // 15, rows // 8)
        cv2.line(alpha, (x, int(rows * 0.7)), end, 1.0, max(1, rows // 12))
    bgr[: rows // 2] *= 1.15
    bgr[int(rows * 0.7) :] *= 0.6


def _bag(bgr: Grey, alpha: Grey) -> None:
    rows, columns = alpha.shape
    cv2.ellipse(alpha, (columns // 2, int(rows * 0.6)), (columns // 2 - 1, int(rows * 0.4) - 1), 0, 0, 360, 1.0, -1)
    cv2.ellipse(alpha, (columns // 2, int(rows * 0.25)), (columns // 6, rows // 5), 0, 0, 360, 1.0, max(2, rows // 12))
    bgr[:, int(columns * 0.6) :] *= 0.7
    bgr[: int(rows * 0.4)] *= 1.2


_DRAWN: Mapping[str, Callable[[Grey, Grey], None]] = {
    "crate": _crate,
    "suitcase": _suitcase,
    "tyre": _tyre,
    "barrier": _barrier,
    "trunk": _trunk,
    "bag": _bag,
}


@lru_cache(maxsize=4)
def people(footage: Footage, recording: Recording, number: int) -> tuple[Cut, ...]:
    """People of a labelled recording, cut out of its pictures; `number` of them, spread over it."""
    source = cv2.VideoCapture(str(footage.video(recording)))
    pictures = []
    while True:
        good, picture = source.read()
        if not good:
            break
        pictures.append(picture)
    empty = np.median(np.array(pictures[:: max(1, len(pictures) // 30)]), axis=0)
    found: list[Cut] = []
    taken: set[int] = set()
    for frame, labels in list(read_labels(footage.boxes(recording)).items())[5::7]:
        for track_id, box in zip(labels.ids.tolist(), labels.xyxy_px, strict=True):
            cut = _cut_out(pictures[frame - 1], empty, box, labels.xyxy_px)
            if cut is not None and track_id not in taken:
                taken.add(track_id)
                found.append(cut)
    return tuple(found[:: max(1, len(found) // number)][:number])


def _cut_out(picture: Picture, empty: Grey, box: Grey, boxes: Grey) -> Cut | None:
    left, top, right, bottom = np.round(box + np.array([-4, -4, 4, 4])).astype(int)
    if left < 2 or top < 2 or right > picture.shape[1] - 2 or bottom > picture.shape[0] - 2:
        return None
    near = (boxes[:, 0] < right + 8) & (boxes[:, 2] > left - 8) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    if near.sum() > 1:
        return None
    part = picture[top:bottom, left:right].astype(np.float32)
    changed = (np.abs(part - empty[top:bottom, left:right]).max(axis=2) > CHANGED).astype(np.uint8)
    changed = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(changed)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, columns, rows, area = (int(value) for value in stats[largest])
    if rows < 0.75 * (bottom - top - 8) or not 0.25 < area / (rows * columns) < 0.8:
        return None
    alpha = cv2.GaussianBlur((labels == largest).astype(np.float32), (3, 3), 0)
    return Cut("person", part[y : y + rows, x : x + columns], alpha[y : y + rows, x : x + columns], 1.7)


def posed(person: Cut, pose: str, px_per_m: float) -> Cut:
    """A person at a scene's scale: `standing`, `lying left` or `lying right`, or `sitting`: the upper part alone."""
    bgr, alpha = person.bgr, person.alpha
    scale = 1.7 * px_per_m / alpha.shape[0]
    if pose == "sitting":
        keep = int(alpha.shape[0] * 0.6)
        bgr, alpha = bgr[:keep], alpha[:keep]
    size = (max(3, round(alpha.shape[1] * scale)), max(3, round(alpha.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    bgr, alpha = cv2.resize(bgr, size, interpolation=way), cv2.resize(alpha, size, interpolation=way)
    if pose.startswith("lying"):
        turn = cv2.ROTATE_90_COUNTERCLOCKWISE if pose.endswith("left") else cv2.ROTATE_90_CLOCKWISE
        bgr, alpha = cv2.rotate(bgr, turn), cv2.rotate(alpha, turn)
    return replace(person, name=f"{person.name} {pose}", bgr=bgr, alpha=alpha)

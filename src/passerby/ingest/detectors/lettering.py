"""Finds where a picture may hold lettering, on vehicles or on signs, so that it can be hidden; it reads none of it.

Nothing is compared with letters of any alphabet: what counts is a row of shapes of like height, each much darker or
much lighter than the ground that it stands on.
"""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Picture

SCALES = (2.0, 1.0, 0.5, 0.25)
"""Sizes at which letters are looked for: from 5 px of the picture, below which nothing is read, to a third of it."""

MIN_LETTER_PX, MAX_LETTER_PX = 9, 30
"""Height of a letter at one of the scales."""

WINDOW_PX = 25
"""Side of the surroundings that a pixel must differ from, at each scale; odd."""

MIN_CONTRAST = 14.0
"""Least difference of luma from the mean of the surroundings."""

WIDEST = 1.5
"""A letter's width in its heights; letters that run into each other are split by no rule and found by the others."""

MIN_ROW = 3
"""Letters in a row from which on it may be lettering: the shortest plates have four or five, and one may be lost."""

GAP = 2.2
"""Farthest between the middles of neighbours, in letter heights: a space between them is as wide as a letter."""

TILT = 0.6
"""Largest difference of their feet and of their tops, in heights and for each height of distance between them: a plate
that leans by 30 degrees has it."""

HEIGHT_RATIO = 1.45

MIN_TWO_TONED, MIN_TONES_APART = 0.7, 40.0
"""Of a row's letters with their ground: how much of the variance is between two tones (after Otsu 1979; 0.64 for noise,
1 for ink on paper), and how far apart these are. Leaves and bricks have less of both."""


def lettering(picture: Picture) -> npt.NDArray[np.float32]:
    """Returns boxes of what may be letters of a row: float32 (N, 4), left, top, right, bottom in the picture's pixels.

    Args:
        picture: uint8 (H, W, 3), BGR.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    return np.concatenate([_rows_at(grey, scale) for scale in SCALES])


def around_letters(letters_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the boxes with room for another letter at each side, and for marks above and below: float32 (N, 4)."""
    height = (letters_px[:, 3] - letters_px[:, 1])[:, None]
    return np.asarray(letters_px + height * np.array([-1.0, -0.4, 1.0, 0.4], np.float32), np.float32)


def _rows_at(grey: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.float32]:
    sampling = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    plane = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=sampling).astype(np.float32)
    surroundings = cv2.blur(plane, (WINDOW_PX, WINDOW_PX))
    difference = plane - surroundings
    found: list[npt.NDArray[np.float32]] = [np.empty((0, 4), np.float32)]
    for sign in (1.0, -1.0):
        rows = _rows(_letters((sign * difference > MIN_CONTRAST).astype(np.uint8)))
        found += [row for row in rows if _two_toned(plane, row)]
    return np.concatenate(found) / np.float32(scale)


def _two_toned(plane: npt.NDArray[np.float32], letters: npt.NDArray[np.float32]) -> bool:
    """Returns whether the letters of a row are of one tone, and the ground close around them of another."""
    pixels = []
    for left, top, right, bottom in letters.astype(int).tolist():
        margin = max((bottom - top) // 8, 1)
        pixels.append(plane[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin].ravel())
    tones = np.clip(np.concatenate(pixels), 0, 255).astype(np.uint8)
    limit, _ = cv2.threshold(tones, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    low, high = tones[tones <= limit].astype(np.float32), tones[tones > limit].astype(np.float32)
    if not len(low) or not len(high):
        return False
    apart = float(high.mean() - low.mean())
    between = len(low) * len(high) / len(tones) ** 2 * apart**2
    return apart >= MIN_TONES_APART and between >= MIN_TWO_TONED * float(tones.var())


def _letters(shapes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Returns the boxes of single shapes as large as letters: float32 (N, 4)."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(shapes, connectivity=4)
    left, top, width, height, area = stats[1:].T
    letter = (height >= MIN_LETTER_PX) & (height <= MAX_LETTER_PX) & (width <= WIDEST * height) & (width * 8 >= height)
    letter &= area >= 0.2 * width * height
    boxes = np.stack([left, top, left + width, top + height], axis=1)[letter]
    return np.asarray(boxes, np.float32)


def _rows(letters: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
    """Returns the letters of each row: float32 (N, 4) each."""
    if len(letters) < MIN_ROW:
        return []
    height = letters[:, 3] - letters[:, 1]
    middle = (letters[:, 0] + letters[:, 2]) / 2
    taller = np.maximum(height[:, None], height[None, :])
    shorter = np.minimum(height[:, None], height[None, :])
    step = np.abs(middle[:, None] - middle[None, :])
    feet = np.abs(letters[:, None, 3] - letters[None, :, 3])
    tops = np.abs(letters[:, None, 1] - letters[None, :, 1])
    beside = (step <= GAP * taller) & (step > 0.2 * shorter)
    beside &= (taller <= HEIGHT_RATIO * shorter) & (np.maximum(feet, tops) <= TILT * np.maximum(step, 0.5 * taller))
    return _joined(letters, beside)


def _joined(letters: npt.NDArray[np.float32], beside: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.float32]]:
    """Returns each set of letters that are beside one another, of at least `MIN_ROW`."""
    row = np.arange(len(letters))
    while True:
        lowest = np.where(beside, row[None, :], len(letters)).min(axis=1)
        joined = np.minimum(row, lowest)
        if (joined == row).all():
            break
        row = joined
    sets = [letters[row == first] for first in np.unique(row)]
    return [letters for letters in sets if len(letters) >= MIN_ROW]

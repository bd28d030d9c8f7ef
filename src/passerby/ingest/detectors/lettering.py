"""Finds where a picture may hold lettering, on vehicles or on signs, so that it can be hidden; it reads none of it.

Nothing is compared with letters of any alphabet: what counts is a row of shapes of like height, each much darker or
much lighter than the ground that it stands on, drawn with strokes, and not all of one form as windows and railings are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Picture

SCALES = (2.0, 1.0, 0.5, 0.25)
"""Sizes at which letters are looked for: from 5 px of the picture, below which nothing is read, to a third of it."""

MIN_LETTER_PX, MAX_LETTER_PX = 9, 36
"""Height of a letter at one of the scales."""

WINDOW_PX = 25
"""Side of the surroundings that a pixel must differ from, at each scale; odd."""

MIN_CONTRAST = 14
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

MIN_TWO_TONED = 0.6
"""Least share of the variance of a row's letters with their ground that is between two tones (after Otsu 1979; 0.64
for noise, 1 for ink on paper)."""

LARGE_PX, LARGE_TWO_TONED, LARGE_STROKES = 16.0, 0.79, 1.05
"""Height of letters, in pixels of the picture, from which they are sharp; what they then have at least of that share,
and of strokes that a level line meets: a row of posts has 1.0, letters of whatever size 1.4."""

MIN_TONES_APART = 25.0
"""Least difference of the two tones, in levels."""

MIN_WIDTH, MAX_STEP, MAX_LIKENESS, MAX_SPREAD = 0.36, 1.6, 0.75, 0.22
"""Of a row: mean width and step in letter heights, likeness of its forms, spread of their heights. Bars, posts, panes
and several rows in one lie outside."""

WEIGHTS = np.array([12.30, 4.39, -6.39, -14.23, -5.03, -1.33, 21.43, 0.52])
LIMIT = 21.9
"""What each number that `_measures` returns weighs, then the share between two tones and the letters of the row; and
the least sum. Fitted by logistic regression to 823 rows of made plates and signs in twelve places and to 622 others;
what made those was not kept. `python -m benchmarks.anonymise.lettering_fit` makes others, with eleven recordings: of
the rows within the limits above, these weights take 94 of 100 on made texts and 26 of 100 others, mostly lattices,
branches and titles. Its own fit takes 95 and 18, but hides less of some letters (12 instead of 17 % at 8 px, 97 instead
of 98 % at 14 px), so that these stay."""

COUNTED = 8
"""Letters beyond which a row that has more of them is no surer."""

FORM_SIDE = 8
"""Side to which shapes are brought before they are compared with one another, in pixels."""

SIDE_ROOM, UPPER_ROOM = 1.5, 0.7
"""Room around each letter, in its heights: for a letter that was lost at an end of the row, and for the plate's rim."""


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Some connected shapes of one picture.

    Attributes:
        labels: int32 (H, W), the number of the shape that each pixel is of.
        number: int64 (N,), numbers in `labels`.
        xyxy: int32 (N, 4), box in pixels of the picture.
        area: int32 (N,), pixels of each.
    """

    labels: npt.NDArray[np.int32]
    number: npt.NDArray[np.int64]
    xyxy: npt.NDArray[np.int32]
    area: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> "Shapes":
        return Shapes(self.labels, self.number[rows], self.xyxy[rows], self.area[rows])

    def masks(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Yields each shape within its box: uint8 (h, w), 0 or 1."""
        for number, (left, top, right, bottom) in zip(self.number.tolist(), self.xyxy.tolist(), strict=True):
            yield (self.labels[top:bottom, left:right] == number).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of shapes that may be letters.

    Attributes:
        xyxy_px: float32 (N, 4), their boxes in pixels of the picture.
        numbers: float64 (8,), what is weighed: `_measures`, the share between two tones, the letters of the row.
    """

    xyxy_px: npt.NDArray[np.float32]
    numbers: npt.NDArray[np.float64]


def lettering_at(picture: Picture, scale: float) -> npt.NDArray[np.float32]:
    """Returns boxes of what may be letters of a row, at one scale; the largest takes less than 40 ms for half of 1080p.

    Args:
        picture: uint8 (H, W, 3), BGR.
        scale: one of the `SCALES`.

    Returns:
        float32 (N, 4): left, top, right, bottom in the picture's pixels.
    """
    found = [row.xyxy_px for row in rows_at(picture, scale) if WEIGHTS @ row.numbers >= LIMIT]
    return np.concatenate([np.empty((0, 4), np.float32), *found])


def rows_at(picture: Picture, scale: float) -> Iterator[Row]:
    """Yields the rows of shapes within the limits above, before they are weighed; see `lettering_at`."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    sampling = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    plane = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=sampling), np.uint8)
    surroundings = cv2.blur(plane, (WINDOW_PX, WINDOW_PX))
    for above, below in ((plane, surroundings), (surroundings, plane)):
        _, apart = cv2.threshold(cv2.subtract(above, below), MIN_CONTRAST, 1, cv2.THRESH_BINARY)
        for row in _rows(_letters(np.asarray(apart, np.uint8))):
            numbers = _numbers(plane, row, scale)
            if numbers is not None:
                yield Row(row.xyxy.astype(np.float32) / np.float32(scale), numbers)


def around_letters(letters_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the boxes with room for another letter at each side, and for the rest of a plate: float32 (N, 4)."""
    height = (letters_px[:, 3] - letters_px[:, 1])[:, None]
    room = np.array([-SIDE_ROOM, -UPPER_ROOM, SIDE_ROOM, UPPER_ROOM], np.float32)
    return np.asarray(letters_px + height * room, np.float32)


def _numbers(plane: npt.NDArray[np.uint8], row: Shapes, scale: float) -> npt.NDArray[np.float64] | None:
    """Returns what is weighed of a row; None where it is outside of the limits."""
    two_toned, apart = _tones(plane, row.xyxy)
    if two_toned < MIN_TWO_TONED or apart < MIN_TONES_APART:
        return None
    measures = _measures(row)
    _, strokes, likeness, spread, width, step = measures
    if width < MIN_WIDTH or step > MAX_STEP or likeness > MAX_LIKENESS or spread > MAX_SPREAD:
        return None
    large = float((row.xyxy[:, 3] - row.xyxy[:, 1]).mean()) >= LARGE_PX * scale
    if large and (two_toned < LARGE_TWO_TONED or strokes < LARGE_STROKES):
        return None
    return np.array([*measures, two_toned, min(len(row), COUNTED)])


def _tones(plane: npt.NDArray[np.uint8], letters: npt.NDArray[np.int32]) -> tuple[float, float]:
    """Returns what share of the variance is between two tones, of letters and ground, and how far apart these are."""
    pixels = []
    for left, top, right, bottom in letters.tolist():
        margin = max((bottom - top) // 8, 1)
        pixels.append(plane[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin].ravel())
    tones = np.concatenate(pixels)
    limit, _ = cv2.threshold(tones, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    low, high = tones[tones <= limit], tones[tones > limit]
    if not len(low) or not len(high):
        return 0.0, 0.0
    apart = float(high.mean() - low.mean())
    return len(low) * len(high) / len(tones) ** 2 * apart**2 / float(tones.var()), apart


def _measures(row: Shapes) -> tuple[float, ...]:
    """Returns what sets letters apart from other rows of shapes.

    Returns:
        how much of their boxes they fill; strokes that a level line through one meets (1 for a pane, 1.3 for letters);
        how like one another their forms are, 0-1; the spread of their heights, their width, and the step from one to
        the next, in heights.
    """
    width, height = (row.xyxy[:, 2:] - row.xyxy[:, :2]).T
    mean_height = float(height.mean())
    strokes, forms = [], []
    for mask in row.masks():
        starts = int(mask[:, 0].sum()) + int((mask[:, 1:] > mask[:, :-1]).sum())
        strokes.append(starts / mask.shape[0])
        forms.append(cv2.resize(255 * mask, (FORM_SIDE, FORM_SIDE), interpolation=cv2.INTER_AREA).ravel())
    step = float(np.diff(np.sort(row.xyxy[:, ::2].mean(axis=1))).mean())
    return (
        float((row.area / (width * height)).mean()),
        float(np.mean(strokes)),
        _likeness(np.array(forms, np.float32)),
        float(height.std()) / mean_height,
        float(width.mean()) / mean_height,
        step / mean_height,
    )


def _likeness(forms: npt.NDArray[np.float32]) -> float:
    """Returns the mean overlap of any two forms, intersection over union: 0-1.

    Args:
        forms: float32 (N, pixels), N at least 2.
    """
    total = 0.0
    for number, form in enumerate(forms[:-1]):
        others = forms[number + 1 :]
        both, either = np.minimum(form, others).sum(axis=1), np.maximum(form, others).sum(axis=1)
        total += float((both / np.maximum(either, 1.0)).sum())
    return total / (len(forms) * (len(forms) - 1) / 2)


def _letters(shapes: npt.NDArray[np.uint8]) -> Shapes:
    """Returns the single shapes as large as letters."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shapes, connectivity=4)
    left, top, width, height, area = stats.T
    letter = (height >= MIN_LETTER_PX) & (height <= MAX_LETTER_PX) & (width <= WIDEST * height) & (width * 8 >= height)
    letter &= area >= 0.2 * width * height
    letter[0] = False  # the ground
    number = np.flatnonzero(letter)
    boxes = np.stack([left, top, left + width, top + height], axis=1)
    return Shapes(np.asarray(labels), number, boxes[number], area[number])


def _rows(letters: Shapes) -> list[Shapes]:
    """Returns the letters of each row, at least `MIN_ROW`."""
    if len(letters) < MIN_ROW:
        return []
    left, top, right, bottom = letters.xyxy.astype(np.float32).T
    height = bottom - top
    middle = (left + right) / 2
    taller = np.maximum(height[:, None], height[None, :])
    shorter = np.minimum(height[:, None], height[None, :])
    step = np.abs(middle[:, None] - middle[None, :])
    feet = np.abs(bottom[:, None] - bottom[None, :])
    tops = np.abs(top[:, None] - top[None, :])
    beside = (step <= GAP * taller) & (step > 0.2 * shorter)
    beside &= (taller <= HEIGHT_RATIO * shorter) & (np.maximum(feet, tops) <= TILT * np.maximum(step, 0.5 * taller))
    return [letters[row] for row in _joined(beside) if len(row) >= MIN_ROW]


def _joined(beside: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.int64]]:
    """Returns the numbers of each set of letters that are beside one another: int64 (N,) each."""
    row = np.arange(len(beside))
    while True:
        lowest = np.where(beside, row[None, :], len(beside)).min(axis=1)
        joined = np.minimum(row, lowest)
        if (joined == row).all():
            break
        row = joined
    return [np.flatnonzero(row == first) for first in np.unique(row)]

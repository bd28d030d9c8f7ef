"""A part of a view as it has stayed for some seconds, beside the same part as it is when empty."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.view_health.measurements import detail_of, shift_between

Colours = npt.NDArray[np.float32]
"""float32 (H, W, 3): luma, red and blue difference (Y, Cr, Cb)."""
Grid = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float32]

STILL_SAMPLES: Final = 4
"""Samples in a row that show the same before a pixel counts as still: people and traffic on their way stay shorter."""

LEARNING_SAMPLES: Final = 30
"""Samples in which whatever is still is taken for the empty place."""

MIN_LUMA: Final = 9.0
MIN_CHROMA: Final = 6.0
"""Least levels that count as another colour: the codec and the sensor leave less on even ground."""
NOISES: Final = 4.0
"""A pixel differs from so many times its own usual change from sample to sample: leaves and water change always."""

FOLLOW: Final = 0.1
"""How far a sample moves what is still."""
LEARN: Final = 0.02
"""How far a sample moves the empty place where it shows the same: in a minute, as daylight changes."""

_NEIGHBOURS: Final = np.ones((3, 3), np.uint8)
MAX_SHIFT_PX: Final = 4.0
CLEAR_SHIFT: Final = 0.1
"""Least clearness of a shift that is taken back: a pole that sways in the wind shifts the whole picture."""

GAIN_LIMIT: Final = 4.0
BLOCK_SHARE: Final = 0.5
"""Light is evened out over this part of the grid's width: much larger than what could stand there."""

MAX_NEW_SHARE: Final = 0.3
"""Where more of the grid is new than this, the light or the camera has changed, and nothing has been put there."""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What one sample shows.

    Attributes:
        new: where the still view differs from the empty one.
        moving: where the sample differs from the still view.
        usable: the sample could be compared; else both are empty.
    """

    new: Grid
    moving: Grid
    usable: bool


class Views:
    """Learns the still and the empty view of one part of a camera's picture from a sample about each second.

    The empty view keeps what it was where something new has come to stand, until `absorb`.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        """Starts with nothing learned.

        Args:
            shape: rows and columns of the grid.
        """
        self.still: Colours = np.zeros((*shape, 3), np.float32)
        self.empty: Colours = np.zeros((*shape, 3), np.float32)
        self.since_s = np.zeros(shape, np.float64)
        self.known: Grid = np.zeros(shape, np.bool_)
        self._pending: Colours = np.zeros((*shape, 3), np.float32)
        self._pending_s = np.zeros(shape, np.float64)
        self._count = np.zeros(shape, np.int32)
        self.noise: Colours = np.full((*shape, 3), 2.0, np.float32)
        self.samples = 0
        self._upset = 0

    @property
    def ready(self) -> bool:
        """Whether the empty place has been learned."""
        return self.samples >= LEARNING_SAMPLES

    def update(self, picture: Colours, covered: Grid, now_s: float) -> Changes:
        """Takes a sample.

        Args:
            picture: as the camera shows it.
            covered: where the detector has found road users: there is nothing to learn.
            now_s: stream seconds.
        """
        self.samples += 1
        if self.samples > 1:
            picture = self._evened(self._aligned(picture), covered)
        limit = self._limits()
        free = ~covered
        self._follow(picture, free, now_s, limit)
        still = self.since_s > 0
        learning = still & ~self.known if self.ready else still
        _copy(self.still, self.empty, learning)
        self.known |= learning
        if not self.ready:
            nothing = np.zeros_like(self.known)
            return Changes(nothing, nothing, usable=False)
        new = self.known & differs(self.still, self.empty, limit)
        _move(self.empty, self.still, LEARN, self.known & ~new)
        if self._is_upset(new):
            return Changes(np.zeros_like(new), np.zeros_like(new), usable=False)
        return Changes(new, differs(picture, self.still, limit) & free, usable=True)

    def absorb(self, part: Grid) -> None:
        """Takes what is still in a part of the grid for the empty place."""
        _copy(self.still, self.empty, part)

    def _follow(self, picture: Colours, free: Grid, now_s: float, limit: Colours) -> None:
        """Follows what is still: a pixel is, with one colour, once it has shown that for `STILL_SAMPLES`."""
        agrees = ~differs(picture, self._pending, limit) & (self._count > 0)
        goes_on, fresh = agrees & free, ~agrees & free
        self._count += goes_on
        _move(self._pending, picture, 0.3, goes_on)
        self._count[fresh], self._pending_s[fresh] = 1, now_s
        _copy(picture, self._pending, fresh)
        same = ~differs(picture, self.still, limit) & free & (self.since_s > 0)
        _move(self.noise, cv2.absdiff(picture, self.still) * np.float32(1.25), 0.05, same)
        _move(self.still, picture, FOLLOW, same)
        # The first seconds of a stream begin at 0, which stands for never.
        settled = (self._count >= STILL_SAMPLES) & free & ~same
        _copy(self._pending, self.still, settled)
        self.since_s[settled] = np.maximum(self._pending_s[settled], 1e-6)

    def _limits(self) -> Colours:
        floor = np.array([MIN_LUMA, MIN_CHROMA, MIN_CHROMA], np.float32)
        return np.asarray(np.maximum(NOISES * self.noise, floor), np.float32)

    @property
    def _reference(self) -> tuple[Colours, Grid]:
        """What samples are compared with in light and place, and where it is known."""
        return (self.empty, self.known) if self.known.mean() > 0.3 else (self._pending, self._count > 0)

    def _aligned(self, picture: Colours) -> Colours:
        reference, known = self._reference
        if known.mean() < 0.7:
            return picture
        shift = shift_between(detail_of(reference[..., 0]), detail_of(picture[..., 0]))
        if not 0.25 < shift.largest_px <= MAX_SHIFT_PX or shift.clearness < CLEAR_SHIFT:
            return picture
        back = np.array([[1, 0, -shift.right_px], [0, 1, -shift.down_px]], np.float64)
        size_px = picture.shape[1], picture.shape[0]
        return np.asarray(cv2.warpAffine(picture, back, size_px, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def _evened(self, picture: Colours, covered: Grid) -> Colours:
        """Returns a sample in the light that the empty view was learned in: exposure, dusk, broad shade."""
        reference, known = self._reference
        use = known & ~covered
        if use.sum() < 100:
            return picture
        ratio = np.log(np.maximum(picture[..., 0], 4.0) / np.maximum(reference[..., 0], 4.0))
        whole = float(np.median(ratio[use]))
        around = np.where(use, np.clip(ratio - whole, -0.25, 0.25), 0.0).astype(np.float32)
        side = int(picture.shape[1] * BLOCK_SHARE) | 1
        weight = cv2.blur(use.astype(np.float32), (side, side))
        local = cv2.blur(around, (side, side)) / np.maximum(weight, 0.05)
        gain = np.clip(np.exp(whole + local), 1 / GAIN_LIMIT, GAIN_LIMIT)
        evened = picture.copy()
        evened[..., 0] /= gain
        for channel in (1, 2):
            cast = float(np.median((picture[..., channel] - reference[..., channel])[use]))
            evened[..., channel] -= cast
        return evened

    def _is_upset(self, new: Grid) -> bool:
        """Returns whether too much is new at once; what stays so for a minute is the place from then on."""
        if new.mean() <= MAX_NEW_SHARE:
            self._upset = 0
            return False
        self._upset += 1
        if self._upset >= 2 * LEARNING_SAMPLES:
            self.absorb(new)
            self._upset = 0
        return True


def differs(one: Colours, other: Colours, limit: Colours) -> Grid:
    """Returns where a picture shows another colour than any of a pixel's neighbours in another: shake is no change.

    Args:
        one: the picture.
        other: the other one.
        limit: float32 (H, W, 3), levels by which a channel may differ.
    """
    above = cv2.subtract(one, cv2.dilate(other, _NEIGHBOURS))
    below = cv2.subtract(cv2.erode(other, _NEIGHBOURS), one)
    first, second, third = cv2.split(cv2.subtract(cv2.max(above, below), limit))
    return np.asarray(np.asarray(cv2.max(cv2.max(first, second), third)) > 0, np.bool_)


def _copy(source: Colours, target: Colours, part: Grid) -> None:
    cv2.copyTo(source, part.view(np.uint8), target)


def _move(target: Colours, source: Colours, share: float, part: Grid) -> None:
    """Moves part of an average towards a sample."""
    cv2.accumulateWeighted(source, target, share, part.view(np.uint8))

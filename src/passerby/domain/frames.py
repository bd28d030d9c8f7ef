"""What is known of a frame besides its pixels, and the only picture that may leave a worker."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column


@dataclass(frozen=True, slots=True)
class FrameStamp:
    """Which frame this is, and when it was taken.

    Attributes:
        camera_id: the camera's name in the site file.
        index: number of the frame in this run of the source, from 0, undecodable frames included.
        time_ns: UTC nanoseconds since 1970 of the wall clock that the results are filed under.
        stream_s: seconds on the source's own clock (from PTS); never jumps back: speed and dwell use it.
        size_px: width and height of the picture as the camera sends it.
        stretch: number of the stretch of continuous time that the frame is of; where it changes (a loop's seam, a
            recording's clock that starts anew) the picture does not go on from the one before.
        after_loss: a picture that was due before it came damaged or not at all: the time since the frame before was not
            watched.
        after_rest: nothing moved since the frame before, as key pictures every two seconds and the sizes of all others
            showed; that time was watched, though no frame of it was analysed.
    """

    camera_id: str
    index: int
    time_ns: int
    stream_s: float
    size_px: tuple[int, int]
    stretch: int = 0
    after_loss: bool = False
    after_rest: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AnonymousFrame:
    """A picture in which no person can be recognised. Made only by the anonymiser.

    Attributes:
        stamp: when and where.
        image: uint8 (H, W, 3), BGR, read-only, sharing no memory with the raw picture.
        method: how it was made: `redrawn`, `mosaic` or `masked`.
        coarse: bool (R, C) over the picture, where the empty place is not known with certainty and only coarse cells of
            it are shown; None where that is not said.
    """

    stamp: FrameStamp
    image: npt.NDArray[np.uint8]
    method: str
    coarse: npt.NDArray[np.bool_] | None = None

    def on_page(self, page: npt.NDArray[np.uint8], film_s: float) -> "AnonymousFrame":
        """Returns the page of a film that this picture stands on, at its time in the film.

        Args:
            page: uint8 (H, W, 3), BGR, this picture with what is written and drawn over and beside it.
            film_s: seconds from the film's beginning.
        """
        return replace(self, stamp=replace(self.stamp, stream_s=film_s), image=page, coarse=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "image", read_only_column("image", self.image, np.uint8, (None, None, 3)))
        if self.coarse is not None:
            object.__setattr__(self, "coarse", read_only_column("coarse", self.coarse, np.bool_, (None, None)))

"""A raw picture as the camera sent it; it cannot be pickled, copied out or printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Never

import numpy as np
import numpy.typing as npt

from passerby.domain.frames import FrameStamp

Picture = npt.NDArray[np.uint8]
"""uint8 (H, W, 3), BGR, used within `passerby.ingest` only."""

Plane = npt.NDArray[np.uint8]
"""uint8 (H, W), one plane of a YUV 4:2:0 picture."""


@dataclass(frozen=True, slots=True, eq=False)
class ColourCode:
    """How a picture's YUV values stand for colours.

    Attributes:
        bt709: BT.709 weights (high definition), else BT.601.
        full_range: luma spans 0-255 (JPEG), else 16-235.
    """

    bt709: bool = False
    full_range: bool = False

    @property
    def luma_weights(self) -> tuple[float, float, float]:
        """What blue, green and red add to luma, after ITU-R BT.601-7 and BT.709-6."""
        red, blue = (0.2126, 0.0722) if self.bt709 else (0.299, 0.114)
        return blue, 1.0 - red - blue, red

    def bgr_from_yuv(self) -> npt.NDArray[np.float32]:
        """float32 (3, 4): takes (Y, U, V, 1) to (B, G, R), after ITU-R BT.601-7 and BT.709-6."""
        blue, green, red = self.luma_weights
        luma_scale, chroma_scale = (1.0, 1.0) if self.full_range else (255 / 219, 255 / 224)
        luma_floor = 0.0 if self.full_range else 16.0
        from_u = np.array([2 * (1 - blue), -2 * blue * (1 - blue) / green, 0.0]) * chroma_scale
        from_v = np.array([0.0, -2 * red * (1 - red) / green, 2 * (1 - red)]) * chroma_scale
        offset = -luma_scale * luma_floor - 128.0 * (from_u + from_v)
        return np.stack([np.full(3, luma_scale), from_u, from_v, offset], axis=1).astype(np.float32)


def scaled(plane: Plane, size_px: tuple[int, int]) -> Plane:
    """A plane at another size: halved by area as often as it goes, then linear.

    Measured on 1920x1080 to 640x384: 0.26 ms, against 2.4 ms for one area resize and 0.9 ms for swscale.
    """
    import cv2  # 5 MB, which a process that only decodes has no use for

    width_px, height_px = size_px
    while plane.shape[0] >= 2 * height_px and plane.shape[1] >= 2 * width_px:
        plane = _halved(plane)
    return np.asarray(cv2.resize(plane, size_px, interpolation=cv2.INTER_LINEAR), np.uint8)


def _halved(plane: Plane) -> Plane:
    import cv2

    half_px = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, half_px, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RawFrame:
    """One decoded picture in YUV 4:2:0, with its stamp.

    Kept in the decoder's own planes: every user of the pixels wants another size of another region, and resizing the
    planes before converting colours costs a fraction of converting 2 million pixels first.

    Attributes:
        stamp: when and where.
        luma: uint8 (H, W).
        chroma_u, chroma_v: uint8 (ceil(H / 2), ceil(W / 2)).
        colour: how the planes stand for colours.
    """

    stamp: FrameStamp
    luma: Plane
    chroma_u: Plane
    chroma_v: Plane
    colour: ColourCode = ColourCode()
    _halves: list[Plane] = field(default_factory=list, init=False)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the luma plane."""
        return self.luma.shape[1], self.luma.shape[0]

    def picture(self, size_px: tuple[int, int], region_px: tuple[int, int, int, int] | None = None) -> Picture:
        """The picture, or a region of it, scaled to `size_px`.

        Args:
            size_px: width and height of the result.
            region_px: left, top, right, bottom; inside the picture. None is all of it.

        Returns:
            uint8 (size_px[1], size_px[0], 3), BGR.
        """
        import cv2

        left, top, right, bottom = region_px or (0, 0, *self.size_px)
        luma = self.luma[top:bottom, left:right]
        half = np.s_[top // 2 : (bottom + 1) // 2, left // 2 : (right + 1) // 2]
        luma = self.luma_scaled(size_px) if region_px is None else scaled(luma, size_px)
        planes = [luma, *(scaled(plane[half], size_px) for plane in (self.chroma_u, self.chroma_v))]
        return np.asarray(cv2.transform(cv2.merge(planes), self.colour.bgr_from_yuv()), np.uint8)

    def mosaic(
        self, size_px: tuple[int, int], parts: Sequence[tuple[tuple[int, int, int, int], tuple[int, int, int, int]]]
    ) -> Picture:
        """Regions of the picture, each scaled to its own place in a new one; what lies between them means nothing.

        Args:
            size_px: width and height of the result.
            parts: region of this picture and place in the result, left, top, right, bottom; both inside.

        Returns:
            uint8 (size_px[1], size_px[0], 3), BGR.
        """
        import cv2

        planes = np.zeros((3, size_px[1], size_px[0]), np.uint8)
        for (left, top, right, bottom), (to_left, to_top, to_right, to_bottom) in parts:
            part_px = to_right - to_left, to_bottom - to_top
            half = np.s_[top // 2 : (bottom + 1) // 2, left // 2 : (right + 1) // 2]
            place = np.s_[to_top:to_bottom, to_left:to_right]
            planes[0][place] = scaled(self.luma[top:bottom, left:right], part_px)
            planes[1][place] = scaled(self.chroma_u[half], part_px)
            planes[2][place] = scaled(self.chroma_v[half], part_px)
        return np.asarray(cv2.transform(cv2.merge(list(planes)), self.colour.bgr_from_yuv()), np.uint8)

    def luma_scaled(self, size_px: tuple[int, int]) -> Plane:
        """Luma alone, scaled: uint8 (size_px[1], size_px[0])."""
        # Whole looks, motion and image quality halve the same plane first, which is most of the work: it is kept.
        plane, level, (width_px, height_px) = self.luma, 0, size_px
        while plane.shape[0] >= 2 * height_px and plane.shape[1] >= 2 * width_px:
            if level == len(self._halves):
                self._halves.append(_halved(plane))
            plane, level = self._halves[level], level + 1
        return scaled(plane, size_px)

    def __repr__(self) -> str:
        return f"RawFrame({self.stamp!r})"

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a raw frame stays in the process that decoded it: it cannot be pickled or copied")

    def __copy__(self) -> Never:
        self.__reduce_ex__(0)

    def __deepcopy__(self, memo: object) -> Never:
        self.__reduce_ex__(0)

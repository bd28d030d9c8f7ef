"""The flow heat map: colours whose lightness grows with the logarithm of how many passed."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from passerby.domain.report import MIN_ROAD_USERS, FlowMap

# Red, green, blue from few to many. Lightness rises evenly from anchor to anchor (a test measures CIE L*), so that
# "brighter" means "more" to every eye, colour-blind ones and printers included.
_ANCHORS = np.array(
    [
        [58, 22, 108],
        [112, 26, 117],
        [168, 38, 105],
        [214, 66, 74],
        [240, 115, 38],
        [250, 170, 40],
        [252, 235, 140],
    ],
    dtype=np.float64,
)
_FAINTEST, _STRONGEST = 90.0, 195.0  # opacity of 0-255: the place stays visible under the crowd too


def heat_colours(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """The colour of each level.

    Args:
        levels: float64 (...), 0-1, from few to many.

    Returns:
        uint8 (..., 3), red, green, blue.
    """
    steps = np.linspace(0.0, 1.0, len(_ANCHORS))
    channels = [np.interp(levels, steps, _ANCHORS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def heat_levels(passes: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """How hot each cell is: 0-1, the logarithm of its passes against the busiest cell's.

    Args:
        passes: float32 (R, C), tracks that touched the cell.
    """
    busiest = float(passes.max(initial=0.0))
    if busiest <= 0:
        return np.zeros(passes.shape)
    levels: npt.NDArray[np.float64] = np.log1p(np.maximum(passes, 0.0).astype(np.float64)) / np.log1p(busiest)
    return levels


def heat_overlay(flow_map: FlowMap, size_px: tuple[int, int]) -> Image.Image | None:
    """Returns the heat as a picture to lay over the place, clear where no track passed; None where there is no track.

    Args:
        flow_map: where they went.
        size_px: width and height of the picture of the place.
    """
    levels = heat_levels(flow_map.passes)
    if levels.size == 0 or not levels.any():
        return None
    cell_px = max(size_px[0] / levels.shape[1], size_px[1] / levels.shape[0])
    smooth = Image.fromarray(levels.astype(np.float32)).resize(size_px, Image.Resampling.BILINEAR)
    # Single-channel float pictures cannot be blurred by Pillow, hence the eight bits.
    byte_levels = Image.fromarray((np.clip(np.asarray(smooth), 0.0, 1.0) * 255).astype(np.uint8))
    spread = np.asarray(byte_levels.filter(ImageFilter.GaussianBlur(cell_px * 0.6)), dtype=np.float64) / 255.0
    opacity = np.where(spread > 0, _FAINTEST + (_STRONGEST - _FAINTEST) * spread, 0.0)
    opacity *= np.clip(spread / 0.12, 0.0, 1.0)  # soft rims where the blur runs out
    rgba = np.dstack([heat_colours(spread), opacity.round().astype(np.uint8)])
    return Image.fromarray(rgba, "RGBA")


def heat_ticks(flow_map: FlowMap) -> list[tuple[float, int]]:
    """Where on the legend's bar (0-1) which number of road users belongs: 5, 10, 100 ... and the busiest spot."""
    busiest = int(flow_map.passes.max(initial=0.0))
    if busiest < MIN_ROAD_USERS:
        return []
    numbers = [number for number in (MIN_ROAD_USERS, *(10**power for power in range(1, 9))) if number * 2 <= busiest]
    return [(float(np.log1p(n) / np.log1p(busiest)), n) for n in [*numbers, busiest]]

"""ImageQuality in a camera's own picture that it is dark, covered, out of focus or moved."""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.health import ImageQuality
from passerby.ingest.raw import Plane, RawFrame
from passerby.ingest.view_health.displacement import ViewMatch
from passerby.ingest.view_health.edges import Field, Levels, edge_field, grid_size
from passerby.ingest.view_health.learned_edges import SIGNATURE_SHAPE, LearnedEdges, Signature
from passerby.ingest.view_health.texture import Texture, TextureMemory

FREE_MARGIN_PX = 2
"""Round a detection, in pixels of the grid of edges: boxes fit loosely, and shadows lie beside them."""


PROVEN_LOOKS = 10
"""Looks that must have shown the view in place after one that is learned. Without, a view that was turned away became
a tenth of what was learned before it was noticed, and from then on was recognised."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lesson:
    """One look that may be learned from: its edges, where they lie, and its structure at its light."""

    field: Field
    free: npt.NDArray[np.float32]
    found: ViewMatch | None
    texture: Texture
    light: float
    brightness: float


@dataclass(frozen=True, slots=True)
class ImageQualitySettings:
    """How often to look, and what may be learned from.

    Attributes:
        every_s: seconds of stream time from one look to the next.
        calm_s: the same, while nothing was wrong for `calm_looks` looks.
        calm_looks: how many those are.
        dark: brightness (0-255) below which nothing is compared or learned.
        blank: share of the texture that is gone, 0-1, above which nothing is learned.
        sharpness: below it nothing is learned.
        displaced: share of the width; a view that lies farther off is not learned from.
        recognised: share of the windows that must be found for a view to be learned from.
    """

    every_s: float = 1.0
    calm_s: float = 2.0
    calm_looks: int = 60
    dark: float = 30.0
    blank: float = 0.3
    sharpness: float = 0.75
    displaced: float = 0.008
    recognised: float = 0.5


class ImageQualityMeter:
    """Looks at one camera's picture about once a second and says what it shows, in a few numbers."""

    def __init__(self, reference: Signature | None = None, settings: ImageQualitySettings | None = None) -> None:
        """Starts with nothing learned.

        Args:
            reference: what `reference()` gave before a restart, int8 (36, 64, 2): the view is compared with it as soon
                as it has been learned again. None takes the first view for the right one.
            settings: how often to look.

        Raises:
            ValueError: `reference` is none.
        """
        if reference is not None and (reference.shape != (*SIGNATURE_SHAPE, 2) or reference.dtype != np.int8):
            raise ValueError(
                f"reference: int8 {(*SIGNATURE_SHAPE, 2)} is needed, got {reference.dtype} {reference.shape}"
            )
        self._settings = settings or ImageQualitySettings()
        self._kept = reference
        self._edges: LearnedEdges | None = None
        self._texture = TextureMemory()
        self._start: ViewMatch | None = None
        self._lessons: deque[Lesson] = deque()
        self._calm_looks = 0
        self._last_s: float | None = None

    def update(self, raw: RawFrame, detections: Detections | None) -> ImageQuality | None:
        """Looks at the picture, when it is time to.

        Args:
            raw: the frame.
            detections: who was found in it; nothing is learned or judged where they are. None is nobody.

        Returns:
            The signs, or None between two looks.
        """
        now_s = raw.stamp.stream_s
        calm = self._calm_looks >= self._settings.calm_looks
        pause_s = self._settings.calm_s if calm else self._settings.every_s
        if self._last_s is not None and 0 <= now_s - self._last_s < pause_s:
            return None
        self._last_s = now_s
        if self._edges is None:
            width_px, height_px = grid_size(raw.size_px)
            self._edges = LearnedEdges((height_px, width_px))
        return self._look(raw, detections, self._edges)

    def accept_view(self) -> None:
        """A person has looked: the view as it is now is the right one, and is learned anew."""
        self._kept = self._edges = self._start = None
        self._texture = TextureMemory()
        self._lessons.clear()

    def reference(self) -> Signature | None:
        """The right view as coarse numbers to keep across a restart, int8 (36, 64, 2); None while it is learned."""
        if self._edges is None or not self._edges.ready:
            return self._kept
        return self._edges.signature()

    def _look(self, raw: RawFrame, detections: Detections | None, edges: LearnedEdges) -> ImageQuality:
        height, width = edges.shape
        levels = Levels.of(raw.luma_scaled((2 * width, 2 * height)))
        light, brightness = _brightness(levels.middle, full_range=raw.colour.full_range)
        if brightness < self._settings.dark:
            self._calm_looks = 0
            return ImageQuality(raw.stamp.time_ns, brightness)
        field, energy = edge_field(levels.middle)
        free = _free(detections, edges.shape)
        texture = Texture.of(levels, energy, free)
        judged = self._texture.judge(texture, light, brightness)
        edges.look(field, free)
        found = self._found(edges)
        displacement = found.displacement(edges.shape) if found else None
        signs = ImageQuality(
            raw.stamp.time_ns,
            brightness,
            judged.blank if judged else None,
            judged.sharpness if judged else None,
            found.recognised if found else None,
            displacement,
        )
        if self._teaches(signs):
            self._learn(edges, Lesson(field, free, found if edges.ready else self._start, texture, light, brightness))
            self._calm_looks += 1
        else:
            self._lessons.clear()
            self._calm_looks = 0
        return signs

    def _learn(self, edges: LearnedEdges, lesson: Lesson) -> None:
        """Learns a look once it is old, so that the first looks of a moved view never are."""
        self._lessons.append(lesson)
        while self._lessons and (not edges.ready or len(self._lessons) > PROVEN_LOOKS):
            old = self._lessons.popleft()
            edges.learn(old.field, old.free, old.found)
            self._texture.learn(old.texture, old.light, old.brightness)

    def _found(self, edges: LearnedEdges) -> ViewMatch | None:
        """Where the right view lies in what is seen now: after a restart against what was kept, later in full."""
        if edges.ready:
            return edges.find()
        if self._kept is None or not edges.settled:
            return None
        found = edges.find_kept(self._kept)
        if not edges.looks:
            self._start = found
        return found

    def _teaches(self, signs: ImageQuality) -> bool:
        """The view is as it should be, as far as can be told, and may be learned from."""
        most = self._settings
        if signs.recognised is None and (self._kept is not None or (self._edges is not None and self._edges.ready)):
            return False
        if signs.recognised is not None:
            lies = signs.displacement
            if lies is None or lies.largest > most.displaced or signs.recognised < most.recognised:
                return False
        return (signs.blank or 0.0) <= most.blank and (signs.sharpness is None or signs.sharpness >= most.sharpness)


def _brightness(luma: Plane, *, full_range: bool) -> tuple[float, float]:
    """The middle luma, and the one that a tenth of the picture exceeds; 0-255 from black to white."""
    black, white = (0, 255) if full_range else (16, 235)
    middle, bright = np.clip((np.percentile(luma[::2, ::2], (50, 90)) - black) * 255 / (white - black), 0, 255)
    return float(middle), float(bright)


def _free(detections: Detections | None, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """float32 (H, W): 0 where somebody was detected, else 1."""
    free = np.ones(shape, np.float32)
    if detections is None or not len(detections):
        return free
    height, width = shape
    scale = np.array([width / detections.stamp.size_px[0], height / detections.stamp.size_px[1]] * 2)
    boxes = detections.xyxy_px * scale + np.array([-1, -1, 1, 1]) * FREE_MARGIN_PX
    for left, top, right, bottom in np.clip(boxes, 0, max(shape)).astype(int).tolist():
        free[top : bottom + 1, left : right + 1] = 0
    return free

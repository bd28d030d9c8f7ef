"""Measures in a camera's own picture whether it is dark, covered, out of focus or moved."""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.health import ImageQuality
from passerby.ingest.raw import RawFrame
from passerby.ingest.view_health.displacement import ViewMatch
from passerby.ingest.view_health.edges import Field, Levels, edge_field, grid_size
from passerby.ingest.view_health.learned_edges import SIGNATURE_SHAPE, LearnedEdges, Signature
from passerby.ingest.view_health.measurements import Brightness, brightness
from passerby.ingest.view_health.texture import Texture, TextureMemory

FREE_MARGIN_PX = 2
"""Round a detection, in pixels of the grid of edges: boxes fit loosely, and shadows lie beside them."""

PROVEN_SAMPLES = 10
"""Samples that must have shown the view in place after one that is learned. Without them, a view that was turned away
became a tenth of what was learned before it was noticed, and from then on was recognised."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample:
    """One picture that may be learned from: its edges, where they lie, and its structure at its light."""

    field: Field
    free: npt.NDArray[np.float32]
    found: ViewMatch | None
    texture: Texture
    light: Brightness


@dataclass(frozen=True, slots=True)
class ImageQualitySettings:
    """How often a picture is measured, and which pictures may be learned from.

    Attributes:
        every_s: seconds of stream time from one measured picture to the next.
        calm_s: the same, while nothing was wrong for `calm_samples` pictures.
        calm_samples: how many those are.
        dark: brightness (0-255) below which nothing is compared or learned.
        blank: share of the texture that is gone, 0-1, above which nothing is learned.
        sharpness: below it nothing is learned.
        displaced: share of the width; a view that lies farther off is not learned from.
        recognised: share of the windows that must be found for a view to be learned from.
    """

    every_s: float = 1.0
    calm_s: float = 2.0
    calm_samples: int = 60
    dark: float = 30.0
    blank: float = 0.3
    sharpness: float = 0.75
    displaced: float = 0.008
    recognised: float = 0.5


class ImageQualityMeter:
    """Measures one camera's picture about once a second; a few numbers, compared with no limit yet."""

    def __init__(self, reference: Signature | None = None, settings: ImageQualitySettings | None = None) -> None:
        """Starts with nothing learned.

        Args:
            reference: what `reference()` returned before a restart, int8 (36, 64, 2): the view is compared with it as
                soon as it has been learned again. None takes the first view for the right one.
            settings: how often, and what is learned from.

        Raises:
            ValueError: `reference` is not such an array.
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
        self._samples: deque[Sample] = deque()
        self._calm_samples = 0
        self._last_s: float | None = None

    def update(self, raw: RawFrame, detections: Detections | None) -> ImageQuality | None:
        """Measures the picture, when it is time to.

        Args:
            raw: the frame.
            detections: the road users found in it; nothing is learned or compared where they are. None stands for none.

        Returns:
            The measurements, or None when it is not time yet.
        """
        now_s = raw.stamp.stream_s
        calm = self._calm_samples >= self._settings.calm_samples
        pause_s = self._settings.calm_s if calm else self._settings.every_s
        if self._last_s is not None and 0 <= now_s - self._last_s < pause_s:
            return None
        self._last_s = now_s
        if self._edges is None:
            width_px, height_px = grid_size(raw.size_px)
            self._edges = LearnedEdges((height_px, width_px))
        return self._measured(raw, detections, self._edges)

    def accept_view(self) -> None:
        """Takes the view as it is now for the right one, because a person has confirmed it; it is learned anew."""
        self._kept = self._edges = self._start = None
        self._texture = TextureMemory()
        self._samples.clear()

    def reference(self) -> Signature | None:
        """Returns the right view as coarse numbers for after a restart, int8 (36, 64, 2); None while it is learned."""
        if self._edges is None or not self._edges.ready:
            return self._kept
        return self._edges.signature()

    def _measured(self, raw: RawFrame, detections: Detections | None, edges: LearnedEdges) -> ImageQuality:
        height, width = edges.shape
        levels = Levels.of(raw.luma_scaled((2 * width, 2 * height)))
        light = brightness(levels.middle, full_range=raw.colour.full_range)
        if light.bright < self._settings.dark:
            self._calm_samples = 0
            return ImageQuality(raw.stamp.time_ns, light.bright)
        field, energy = edge_field(levels.middle)
        free = _free(detections, edges.shape)
        texture = Texture.of(levels, energy, free)
        loss = self._texture.loss(texture, light.middle, light.bright)
        edges.add(field, free)
        found = self._found(edges)
        displacement = found.displacement(edges.shape) if found else None
        quality = ImageQuality(
            raw.stamp.time_ns,
            light.bright,
            loss.blank if loss else None,
            loss.sharpness if loss else None,
            found.recognised if found else None,
            displacement,
        )
        if self._may_be_learned(quality):
            self._learn(edges, Sample(field, free, found if edges.ready else self._start, texture, light))
            self._calm_samples += 1
        else:
            self._samples.clear()
            self._calm_samples = 0
        return quality

    def _learn(self, edges: LearnedEdges, sample: Sample) -> None:
        """Learns a sample once it is old, so that the first ones of a moved view are never learned."""
        self._samples.append(sample)
        while self._samples and (not edges.ready or len(self._samples) > PROVEN_SAMPLES):
            old = self._samples.popleft()
            edges.learn(old.field, old.free, old.found)
            self._texture.learn(old.texture, old.light.middle, old.light.bright)

    def _found(self, edges: LearnedEdges) -> ViewMatch | None:
        """Returns where the right view lies now: after a restart by what was kept, later by what was learned."""
        if edges.ready:
            return edges.find()
        if self._kept is None or not edges.settled:
            return None
        found = edges.find_kept(self._kept)
        if not edges.samples:
            self._start = found
        return found

    def _may_be_learned(self, quality: ImageQuality) -> bool:
        """Returns whether the view is as it should be, as far as is known, and may be learned from."""
        limits = self._settings
        if quality.recognised is None and (self._kept is not None or (self._edges is not None and self._edges.ready)):
            return False
        if quality.recognised is not None:
            displacement = quality.displacement
            if (
                displacement is None
                or displacement.largest > limits.displaced
                or quality.recognised < limits.recognised
            ):
                return False
        return (quality.blank or 0.0) <= limits.blank and (
            quality.sharpness is None or quality.sharpness >= limits.sharpness
        )


def _free(detections: Detections | None, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Returns float32 (H, W): 0 where a road user was detected, else 1."""
    free = np.ones(shape, np.float32)
    if detections is None or not len(detections):
        return free
    height, width = shape
    scale = np.array([width / detections.stamp.size_px[0], height / detections.stamp.size_px[1]] * 2)
    boxes = detections.xyxy_px * scale + np.array([-1, -1, 1, 1]) * FREE_MARGIN_PX
    for left, top, right, bottom in np.clip(boxes, 0, max(shape)).astype(int).tolist():
        free[top : bottom + 1, left : right + 1] = 0
    return free

"""Counts the recording that is drawn on: to learn its place, and to try what is drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from passerby.domain.layout import Layout
from passerby.domain.progress import Progress
from passerby.domain.report import CountResult
from passerby.messages.sandbox_orders import DEFAULT_FPS, CountPlan
from passerby.recordings.count import count_in_sandbox
from passerby.recordings.drawing.live import Count, Enough
from passerby.recordings.drawing.site import RecordingSite


def counter(
    site: RecordingSite, video: Path, *, model: str | None, like: Path | None, recorded_fps: float | None
) -> Count:
    """Returns what counts the recording, with the masks and the detector that the site file has then.

    Args:
        site: the site file.
        video: the recording.
        model: the detector; None for what the site says.
        like, recorded_fps: as in `CountPlan`.
    """

    def count(layout: Layout, with_picture: bool, enough: Enough) -> CountResult:
        keys = site.keys
        plan = CountPlan(
            video,
            site.camera,
            layout,
            keys.analysed_fps or DEFAULT_FPS,
            detector=replace(site.detector, model=model or site.detector.model),
            closer_areas=tuple(np.array(area, np.float32) for area in keys.look_closer),
            masks=tuple(np.array(area, np.float32) for area in keys.masks),
            with_picture=with_picture,
            like=like,
            recorded_fps=recorded_fps,
        )
        return count_in_sandbox(plan, _ignored, enough=enough)

    return count


def _ignored(_: Progress) -> None:
    """Takes no step: `enough` sees each of them."""

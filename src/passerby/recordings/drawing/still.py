"""The empty place of one camera of a site file, learned from a recording of it, and what is drawn there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.config.loader import layout_of
from passerby.domain.errors import SourceError
from passerby.domain.frames import AnonymousFrame
from passerby.domain.layout import Layout
from passerby.domain.progress import Progress
from passerby.recordings.drawing.counting import counter
from passerby.recordings.drawing.live import LEARNS_S, NOTHING, TOO_LITTLE
from passerby.recordings.drawing.site import RecordingSite


@dataclass(frozen=True, slots=True, eq=False)
class DrawnStill:
    """What is drawn at a camera, and what it is drawn on.

    Attributes:
        camera: the camera's name.
        layout: lines, zones, movements and ground.
        masks: polygons, float32 (P, 2), 0-1 of the picture.
        place: the empty place; None where it is not known.
        why: why it is not; empty where it is.
    """

    camera: str
    layout: Layout
    masks: tuple[npt.NDArray[np.float32], ...]
    place: AnonymousFrame | None
    why: str


def drawn_still(path: Path, camera: str | None, video: Path | None) -> DrawnStill:
    """Returns a camera's drawing on its empty place; it takes as long as counting up to three minutes of a recording.

    Args:
        path: the site file.
        camera: which of its cameras; None for the only one.
        video: the recording; None for the file that is the camera's source.

    Raises:
        SiteFileError: the site file has faults.
        PasserbyError: the camera is not known, or the recording cannot be read.
    """
    site = RecordingSite.open(path, camera, video or Path(), 0)
    own = site.keys.source.file if site.keys.source is not None else None
    recording = video or (path.absolute().parent / own if own is not None else None)
    layout, masks = layout_of(site.keys), site.plan.cameras[0].masks
    if recording is None:
        return DrawnStill(site.camera, layout, masks, None, "name a recording of it with --video")
    if not recording.is_file():
        raise SourceError(f"{recording}: there is no such recording. Name a video file with --video.")
    count = counter(site, recording, model=None, like=None, recorded_fps=None)
    scene = count(NOTHING, True, _enough).empty_scene
    return DrawnStill(site.camera, layout, masks, scene, TOO_LITTLE if scene is None else "")


def _enough(step: Progress) -> bool:
    return step.done_s >= LEARNS_S

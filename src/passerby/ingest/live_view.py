"""The anonymous live picture: learned and drawn only while there is a viewer, and encoded once for all of them."""

from collections.abc import Sequence

import cv2
import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.domain.preview import Preview
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.anonymiser import Anonymiser
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

JPEG_QUALITY = 75
"""A redrawn picture is flat: more shows nothing more, and costs bytes for every viewer."""


class LiveView:
    """Draws a camera's anonymous pictures on demand.

    What was learned of the background stays for the next viewer: it is drawn from again as soon as the scene's guard
    has found that it is the same scene in the same light.
    """

    def __init__(self, mode: Mode, finders: Sequence[Finder], face_finders: Sequence[Finder]) -> None:
        """Draws nothing yet.

        Args:
            mode: how pictures are made.
            finders: inspect the learned background before it is shown.
            face_finders: search it for faces, and nothing else.
        """
        self._mode, self._finders, self._face_finders = mode, tuple(finders), tuple(face_finders)
        self._anonymiser: Anonymiser | None = None

    def picture(self, raw: RawFrame, detections: Detections, tracks: Tracks) -> Preview:
        """Returns the picture of an analysed frame; masked, with the reason, where it cannot be drawn safely."""
        anonymiser = self._anonymiser
        if anonymiser is None or anonymiser.canvas.source_size_px != raw.size_px:
            anonymiser = self._anonymiser = Anonymiser(
                raw.size_px, self._mode, self._finders, face_finders=self._face_finders
            )
        anonymiser.learn(raw, detections)
        frame = anonymiser.show(raw, detections, Silhouettes.of(tracks))
        sure = tracks.confirmed
        width_px, height_px = raw.size_px
        scale = np.array([width_px, height_px, width_px, height_px], np.float32)
        why = "" if anonymiser.reason is None else anonymiser.reason.value
        return Preview(
            camera=frame.stamp.camera_id,
            time_ns=frame.stamp.time_ns,
            size_px=(frame.image.shape[1], frame.image.shape[0]),
            jpeg=encoded(frame),
            method=frame.method,
            why=why,
            sharp_share=anonymiser.sharp_share,
            xyxy=np.clip(tracks.xyxy_px[sure] / scale, 0.0, 1.0).astype(np.float32),
            road_user=np.ascontiguousarray(tracks.road_user[sure]),
        )


def encoded(frame: AnonymousFrame) -> np.typing.NDArray[np.uint8]:
    """Returns the picture as JPEG: uint8 (B,)."""
    _, jpeg = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return np.asarray(jpeg, np.uint8).reshape(-1)

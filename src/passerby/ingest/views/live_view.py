"""The anonymous live picture, drawn only while there is a viewer; and the empty place, for the replay of an event."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.preview import Preview
from passerby.domain.replays import EmptyPlace
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.anonymiser import Anonymiser
from passerby.ingest.anonymise.background_learner import LIVE, QUIET
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

JPEG_QUALITY = 75
"""A redrawn picture is flat: more shows nothing more, and costs bytes for every viewer."""


class LiveView:
    """Draws a camera's anonymous pictures on demand, of a place that is learned all the time.

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
        self._learned: FrameStamp | None = None

    def learn(self, raw: RawFrame, detections: Detections, *, quietly: bool = False) -> None:
        """Learns from an analysed frame, once: `picture` does so by itself while there is a viewer.

        Args:
            raw: the frame.
            detections: what was found in it.
            quietly: at the pace of a place that no one looks at, so that it is known when someone does.
        """
        if self._learned is not raw.stamp:
            self._learned = raw.stamp
            anonymiser = self._for(raw)
            anonymiser.set_pace(QUIET if quietly else LIVE)
            anonymiser.learn(raw, detections)

    def keep_out(self, detections: Detections) -> None:
        """Takes who was found in a frame of which not all was looked at: nothing is learned near them."""
        if self._anonymiser is not None:
            self._anonymiser.keep_out(detections)

    @property
    def sharp_share(self) -> float:
        """The part of the picture, 0-1, that is certainly background."""
        return 0.0 if self._anonymiser is None else self._anonymiser.sharp_share

    def empty_place(self, size_px: tuple[int, int]) -> EmptyPlace:
        """Returns the empty place of a camera's picture; without a picture where it has not been learned.

        Args:
            size_px: width and height of the camera's picture.
        """
        anonymiser, stamp = self._anonymiser, self._learned
        frame = None
        if anonymiser is not None and stamp is not None and anonymiser.canvas.source_size_px == size_px:
            with suppress(Exception):  # as with all anonymous pictures: any fault at all ends in none
                frame = anonymiser.empty_place(stamp)
        if anonymiser is None or frame is None:
            return EmptyPlace(Canvas.for_source(size_px).size_px, np.empty(0, np.uint8), 0.0)
        return EmptyPlace(anonymiser.canvas.size_px, encoded(frame), anonymiser.sharp_share)

    def picture(self, raw: RawFrame, detections: Detections, tracks: Tracks) -> Preview:
        """Returns the picture of an analysed frame; masked, with the reason, where it cannot be drawn safely."""
        self.learn(raw, detections)
        anonymiser = self._for(raw)
        frame = anonymiser.show(raw, detections, Silhouettes.of(tracks))
        sure = tracks.confirmed
        width_px, height_px = raw.size_px
        scale = np.array([width_px, height_px, width_px, height_px], np.float32)
        why = "" if anonymiser.reason is None else anonymiser.reason.value
        return replace(
            _preview(frame, why, anonymiser.sharp_share),
            xyxy=np.clip(tracks.xyxy_px[sure] / scale, 0.0, 1.0).astype(np.float32),
            road_user=np.ascontiguousarray(tracks.road_user[sure]),
        )

    def differences(self, raw: RawFrame) -> Preview:
        """Returns a picture of all that differs from the empty place, detected or not; masked where that is not known.

        Nothing that the detector or the tracker says is in it, so that it shows whom they miss as it shows the others.
        """
        anonymiser = self._for(raw)
        frame = anonymiser.show_differences(raw)
        why = "" if anonymiser.why_no_differences is None else anonymiser.why_no_differences.value
        return replace(_preview(frame, why, anonymiser.sharp_share), tally=True)

    def _for(self, raw: RawFrame) -> Anonymiser:
        """Returns the anonymiser for pictures of that size."""
        anonymiser = self._anonymiser
        if anonymiser is None or anonymiser.canvas.source_size_px != raw.size_px:
            anonymiser = self._anonymiser = Anonymiser(
                raw.size_px, self._mode, self._finders, face_finders=self._face_finders
            )
        return anonymiser


def _preview(frame: AnonymousFrame, why: str, sharp_share: float) -> Preview:
    """A picture without a box, for a viewer."""
    return Preview(
        camera=frame.stamp.camera_id,
        time_ns=frame.stamp.time_ns,
        size_px=(frame.image.shape[1], frame.image.shape[0]),
        jpeg=encoded(frame),
        method=frame.method,
        why=why,
        sharp_share=sharp_share,
        xyxy=np.empty((0, 4), np.float32),
        road_user=np.empty(0, np.int16),
    )


def encoded(frame: AnonymousFrame) -> np.typing.NDArray[np.uint8]:
    """Returns the picture as JPEG: uint8 (B,)."""
    _, jpeg = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return np.asarray(jpeg, np.uint8).reshape(-1)

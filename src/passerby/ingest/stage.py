"""What the pipeline sees of ingest: a camera's frames as detections, image quality and anonymous pictures."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from passerby.domain.detections import Detections
from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.health import ImageQuality, SourceCondition
from passerby.domain.moving_things import MovingThings
from passerby.domain.preview import Preview
from passerby.domain.replays import EmptyPlace
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.empty_scene import EmptyScene
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.attention.frame_detector import FrameDetector, FrameFinder, Stopwatch
from passerby.ingest.moving_things.finder import MovingThingFinder
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.frame_pacer import TALLY_FPS, FramesBetween
from passerby.ingest.standing_things.finder import StandingThingFinder
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.view_health.learned_edges import Signature
from passerby.ingest.views.live_view import LiveView
from passerby.ingest.views.review_view import ReviewView

KNOWN_SHARE = 0.5
"""Part of the picture from which the empty place counts as known, and is learned on quietly."""

KEPT_TIMES = 600
"""Detection times that p50 and p95 are taken over: a minute or two."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What one frame gave; both are None while a live camera sends no new frame.

    Attributes:
        detections: everything that the detector reported, however weak.
        quality: the image quality, of a live camera's frames.
        moving: what moves, detected or not; None where that is not looked for.
    """

    detections: Detections | None
    quality: ImageQuality | None = None
    moving: MovingThings | None = None


class FileStage:
    """Turns the frames of a recording into detections, and learns its empty scene where that is wanted."""

    def __init__(
        self,
        source: Iterable[RawFrame],
        detector: FrameDetector,
        stopwatch: Stopwatch,
        masks: StaticMasks | None = None,
        scene: EmptyScene | None = None,
        finder: StandingThingFinder | None = None,
        view: ReviewView | None = None,
    ) -> None:
        """Takes the parts.

        Args:
            source: the frames.
            detector: finds road users in them.
            stopwatch: gets the name of each part of the work as it begins.
            masks: parts of the picture that are blotted out before detection.
            scene: learns the empty scene, where a picture of it is wanted.
            finder: finds what stands in zones that are to be kept clear, where there are any.
            view: draws the pictures of a review film, where one is wanted.
        """
        self._source, self._detector, self._stopwatch = source, detector, stopwatch
        self._masks, self._scene, self._finder, self._view = masks or StaticMasks(), scene, finder, view
        self._moving = MovingThingFinder()
        self._now: tuple[RawFrame, Detections] | None = None

    def __iter__(self) -> Iterator[FrameResult]:
        """Returns the result of every analysed frame, in order of time, also where nothing is detected."""
        self._stopwatch.start("decode")
        for camera_raw in self._source:
            raw = self._masks.applied(camera_raw)
            detections = self._detector.find(raw)
            if self._scene is not None:
                self._stopwatch.start("picture")
                self._scene.learn(raw, detections)
            self._now = (raw, detections)
            self._stopwatch.start("motion")
            moving = self._moving.update(raw, detections)
            yield FrameResult(detections, moving=moving)
            self._stopwatch.start("decode")

    def standing_things(self, tracks: Tracks) -> StandingThings | None:
        """Returns what stands in zones that are to be kept clear; None where it is not looked for.

        Args:
            tracks: of the newest frame.
        """
        if self._finder is None or self._now is None:
            return None
        self._stopwatch.start("standing things")
        things = self._finder.update(*self._now, tracks)
        self._stopwatch.start("other")
        return things

    def learn_place(self) -> None:
        """Learns the place of a review film from the newest frame; nothing where no film is wanted."""
        if self._view is not None and self._now is not None:
            self._stopwatch.start("film")
            self._view.learn(*self._now)
            self._stopwatch.start("other")

    def film_picture(self, tracks: Tracks) -> tuple[AnonymousFrame, str]:
        """Returns the newest frame's anonymous picture, and why it is masked; nothing where it is not.

        Args:
            tracks: of the newest frame.

        Raises:
            ValueError: there is no frame yet, or no film is wanted.
        """
        if self._view is None or self._now is None:
            raise ValueError("a picture of a film needs a frame, and a view that draws it")
        self._stopwatch.start("film")
        picture = self._view.picture(*self._now, tracks)
        self._stopwatch.start("other")
        return picture, self._view.why

    def empty_scene(self) -> AnonymousFrame | None:
        """Returns the place without people, as far as it was learned; None where it was not learned."""
        self._stopwatch.start("picture")
        return None if self._scene is None else self._scene.frame()


class LiveFrames(Protocol):
    """A camera's frames until `stop`, and the state of its stream; see `sources.live`."""

    @property
    def condition(self) -> SourceCondition:
        """The state of the stream."""
        ...

    def __iter__(self) -> Iterator[RawFrame | FrameStamp | None]:
        """Returns the newest frame, its stamp alone where it is left out, or None where there was none for a while."""
        ...

    def take_counts(self) -> tuple[int, int, int]:
        """Returns how many frames arrived, were dropped, and were damaged, since the call before."""
        ...

    def show(self, shown_fps: float | None) -> None:
        """Returns more frames from now on than are analysed, for a viewer; None for those alone."""
        ...

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        """Takes in what the analysis of a frame gave.

        Args:
            index: the frame's.
            quiet: no one has been followed for a while.
            small: how high the small ones of those who are followed are, 0-1 of the picture's height; 0: not known.
        """
        ...

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None:
        """May give the stamp alone of frames of this stretch and size whose stream time is before that."""
        ...

    def stop(self) -> None:
        """Ends the frames."""
        ...


class LiveStage:
    """Turns a live camera's frames into detections and image quality, and into pictures on demand.

    A frame is kept until the next one only.
    """

    def __init__(
        self,
        source: LiveFrames,
        make_detector: Callable[[], FrameFinder],
        quality: ImageQualityMeter,
        view: LiveView,
        masks: StaticMasks | None = None,
        finder: StandingThingFinder | None = None,
    ) -> None:
        """Takes the parts.

        Args:
            source: the camera's frames.
            make_detector: makes a detector for frames of one size.
            quality: measures the image quality.
            view: draws the pictures for viewers.
            masks: parts of the picture that are blotted out before detection.
            finder: finds what stands in zones that are to be kept clear, where there are any.
        """
        self._source, self._make_detector, self._quality, self._view = source, make_detector, quality, view
        self._masks, self._finder = masks or StaticMasks(), finder
        self._detector: tuple[tuple[tuple[int, int], int], FrameFinder] | None = None
        self._moving = MovingThingFinder()
        self._now: tuple[RawFrame, Detections] | None = None
        self._between = FramesBetween()
        self._unseen: RawFrame | None = None
        self._quiet = False
        self._detect_ms: deque[float] = deque(maxlen=KEPT_TIMES)

    @property
    def condition(self) -> SourceCondition:
        """The state of the stream."""
        return self._source.condition

    @property
    def finds_things(self) -> bool:
        """It looks for what stands in the way, which takes a frame a second at least."""
        return self._finder is not None

    def __iter__(self) -> Iterator[FrameResult]:
        """Returns the result of each frame until `stop`; at least twice a second."""
        for camera_raw in self._source:
            if camera_raw is None:
                self._now = None
                yield FrameResult(None, None)
                continue
            if isinstance(camera_raw, FrameStamp):
                self._between.leave_out(camera_raw)
                self._source.attend(camera_raw.index, quiet=self._quiet)
                continue
            joined = self._between.joined(camera_raw)
            analysed = self._between.is_analysed(joined.stamp)
            if analysed and not self._is_due(joined.stamp):
                self._between.leave_out(joined.stamp)
                analysed = False
            if not analysed and not self._between.showing:
                self._source.attend(joined.stamp.index, quiet=self._quiet)
                continue
            raw = self._unseen = self._masks.applied(joined)
            if not analysed:
                yield FrameResult(None, None)
                continue
            started_s = time.perf_counter()
            looks = self._detector_for(raw.stamp)
            detections = looks.find(raw)
            self._detect_ms.append((time.perf_counter() - started_s) * 1e3)
            self._now = (raw, detections)
            moving = self._moving.update(raw, detections)
            quality = self._quality.update(raw, detections) if looks.saw_whole else None
            yield FrameResult(detections, quality, moving)
            self._now = self._unseen = None
            del camera_raw, joined, raw  # 3 MB, before the next one is taken

    @property
    def held_back(self) -> float:
        """The share of the last minute, 0-1, in which more was at stake than a camera may look at."""
        return 0.0 if self._detector is None else self._detector[1].held_back

    def expect(self, expected: ExpectedBoxes) -> None:
        """Takes what is followed after the newest frame: what is looked at next, and when, follows from it."""
        if self._detector is None:
            return
        (size_px, stretch), looks = self._detector
        looks.expect(expected)
        if not self._between.showing:
            self._source.leave_out(stretch, size_px, looks.due_s)

    def preview(self, tracks: Tracks) -> Preview | None:
        """Returns the anonymous picture of the newest frame; None where there is none."""
        if self._now is None:
            return None
        raw = self._now[0]
        return self._view.picture(raw, self._whole(raw), tracks)

    def _whole(self, raw: RawFrame) -> Detections:
        """Returns all that is found in the newest frame, for pictures, also where only parts were looked at."""
        return self._detector_for(raw.stamp).whole(raw)

    def show_differences(self, analysed_fps: float | None) -> None:
        """Takes frames between those that are analysed from now on, for `differences`; None for those alone.

        Args:
            analysed_fps: how many frames a second are analysed as before, whatever else is shown.
        """
        self._between.begin(analysed_fps)
        self._source.leave_out(0, (0, 0), -math.inf)
        self._source.show(None if analysed_fps is None else TALLY_FPS)

    def differences(self) -> Preview | None:
        """Returns a picture of all that differs from the empty place; None where there is no frame since the last."""
        raw, self._unseen = self._unseen, None
        return None if raw is None else self._view.differences(raw)

    def standing_things(self, tracks: Tracks) -> StandingThings | None:
        """Returns what stands in zones that are to be kept clear; None where it is not looked for, or without a frame.

        Args:
            tracks: of the newest frame.
        """
        if self._finder is None or self._now is None:
            return None
        raw, detections = self._now
        whole = self._whole(raw) if self._finder.is_due(raw.stamp.stream_s) else detections
        return self._finder.update(raw, whole, tracks)

    def learn_place(self, *, quietly: bool = False) -> None:
        """Learns the empty place from the newest frame; nothing where there is none.

        Args:
            quietly: at low cost, while no one looks: from those frames alone of which all is looked at anyway. A place
                that is known is learned on so, too, but for a person who counts by hand.
        """
        if self._now is None:
            return
        raw, detections = self._now
        quietly = quietly or (not self._between.showing and self._view.sharp_share >= KNOWN_SHARE)
        if quietly and not self._detector_for(raw.stamp).saw_all:
            self._view.keep_out(detections)
        else:
            self._view.learn(raw, self._whole(raw), quietly=quietly)

    def empty_place(self, size_px: tuple[int, int]) -> EmptyPlace:
        """Returns the empty place as it has been learned, of a camera whose picture is of that size."""
        return self._view.empty_place(size_px)

    def attend(self, index: int, *, quiet: bool) -> None:
        """Passes on to the source what the analysis of a frame gave; see `LiveFrames`."""
        self._quiet = quiet
        self._source.attend(index, quiet=quiet, small=0.0 if self._detector is None else self._detector[1].small_share)

    def take_counts(self) -> tuple[int, int, int]:
        """Returns how many frames arrived, were dropped, and were damaged, since the call before."""
        return self._source.take_counts()

    def detect_ms(self) -> tuple[float, float] | None:
        """Returns the detection time of one frame, p50 and p95 of the last minutes; None before the first."""
        if not self._detect_ms:
            return None
        times = sorted(self._detect_ms)
        return times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]

    def view_signature(self) -> Signature | None:
        """Returns the learned view in coarse numbers, to be kept over a restart; None while it is being learned."""
        return self._quality.reference()

    def accept_view(self) -> None:
        """Takes the view as it is now for the right one, as a person has confirmed."""
        self._quality.accept_view()
        if self._finder is not None:
            self._finder.start_anew()

    def stop(self) -> None:
        """Ends the frames after the current one."""
        self._source.stop()

    def _is_due(self, stamp: FrameStamp) -> bool:
        """Returns whether a frame is to be looked at.

        One of another size is not before the next one of the size of before was: a camera that changes its size with
        each picture costs no more than any other.
        """
        before = self._detector
        if before is not None and before[0][1] == stamp.stretch and before[0][0] != stamp.size_px:
            return stamp.stream_s >= before[1].due_s
        return self._detector_for(stamp).is_due(stamp)

    def _detector_for(self, stamp: FrameStamp) -> FrameFinder:
        """Returns the detector; a new one where the size has changed in mid-stream, or time does not go on."""
        kind = (stamp.size_px, stamp.stretch)
        if self._detector is None or self._detector[0] != kind:
            self._detector = (kind, self._make_detector())
            self._moving = MovingThingFinder()
        return self._detector[1]

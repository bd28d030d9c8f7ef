"""The messages to a sandbox: one plan first, then commands while it works."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.domain.draft_trial import Draft
from passerby.domain.event_rules import EventRule, Profile, ProfileSwitch, WeeklyHours
from passerby.domain.film import Mode
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import GroundPlane, Layout, Line, Movement, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.place_events import PlaceEvent, Sample
from passerby.domain.register import Registration
from passerby.domain.review import FilmSpan
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource
from passerby.messages.channel import Channel
from passerby.messages.codec import Codec
from passerby.messages.sandbox_messages import ViewMemory

DEFAULT_FPS = 10.0
"""Frames looked at a second: a cyclist then moves less than her own length between two of them."""


@dataclass(frozen=True, slots=True)
class RecordingPart:
    """One of several recordings that are counted as one.

    Attributes:
        video: the recording.
        start_ns: UTC nanoseconds of its first frame.
    """

    video: Path
    start_ns: int


@dataclass(frozen=True, slots=True)
class CountPlan:
    """What to count, and how.

    Attributes:
        video: the recording.
        camera_id: the name that results are filed under.
        layout: lines, zones, movements and ground.
        analysed_fps: frames looked at a second.
        start_ns: UTC nanoseconds of the first frame.
        report_s: length of the reported intervals.
        clock: the site's clock, by which they begin.
        detector: what the user says of the detector.
        closer_areas: polygons, 0-1 of the picture, that are always looked at closer.
        masks: polygons, 0-1 of the picture, that are blotted out before detection.
        with_picture: learn the empty place, for a picture of it.
        like: a whole recording of the same camera, by which one without its index is read.
        recorded_fps: pictures a second of a recording that does not say it.
        rules: place-safety rules that are watched beside.
        profiles: what switches rules on by the calendar.
        switched_on: the profiles that are on, by hand; None for those that the calendar has on.
        then: recordings of the same camera that follow `video`, in order of time.
        lists_crossings: report the crossings one by one as well.
        film: the part that a review film is made of; None for no film.
    """

    video: Path
    camera_id: str
    layout: Layout
    analysed_fps: float = DEFAULT_FPS
    start_ns: int = 0
    report_s: int = 900
    clock: SiteClock = field(default_factory=SiteClock)
    detector: DetectorPlan = field(default_factory=DetectorPlan)
    closer_areas: tuple[npt.NDArray[np.float32], ...] = ()
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    with_picture: bool = False
    like: Path | None = None
    recorded_fps: float | None = None
    rules: tuple[EventRule, ...] = ()
    profiles: tuple[Profile, ...] = ()
    switched_on: frozenset[str] | None = None
    then: tuple[RecordingPart, ...] = ()
    lists_crossings: bool = False
    film: FilmSpan | None = None


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    """Recordings whose headers are to be read.

    Attributes:
        videos: the recordings.
    """

    videos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AnonymisePlan:
    """What to anonymise, and how.

    Attributes:
        video: the recording.
        out: the film to write.
        mode: `redrawn` or `mosaic`.
        fps: pictures a second of the film.
        model: name or file of the detector, None for the default.
        masks: polygons, float32 (P, 2), 0-1 of the picture, that are blotted out before detection.
        heads, bodies: files with labelled boxes, for the report.
        like, recorded_fps: as in `CountPlan`.
    """

    video: Path
    out: Path
    mode: str = Mode.REDRAWN.value
    fps: float = DEFAULT_FPS
    model: str | None = None
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    heads: Path | None = None
    bodies: Path | None = None
    like: Path | None = None
    recorded_fps: float | None = None

    def writes_over_input(self) -> bool:
        """Returns whether the film would replace the recording itself."""
        return self.out.resolve() == self.video.resolve()


@dataclass(frozen=True, slots=True, eq=False)
class WatchPlan:
    """A live camera to watch until `Stop` comes.

    Attributes:
        camera: the camera.
        detector: what the site says of the detector.
        route: descriptor over which connections to the camera are asked for; None where none are needed.
        memory: what the camera remembers of its own view, None where it is new.
        pace: how many times faster than it was taken a looped file is played; 0 as fast as it goes.
        decoded: descriptor that says when a decoder's process has put a frame into the ring; None where this process
            decodes for itself.
        events: the camera's events that are not closed, which the rules go on with.
        profiles: what switches rules on by the calendar.
        clock: the site's clock, by which hours and dates are meant.
        replays: the register allows a short replay of each event.
        answers: descriptor to write to what the analysis of each frame gave, for the decoder's process; None likewise.
    """

    camera: CameraPlan
    detector: DetectorPlan = field(default_factory=DetectorPlan)
    route: int | None = None
    memory: ViewMemory | None = None
    pace: float = 1.0
    decoded: int | None = None
    events: tuple[PlaceEvent, ...] = ()
    profiles: tuple[Profile, ...] = ()
    clock: SiteClock = field(default_factory=SiteClock)
    replays: bool = False
    answers: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DecodePlan:
    """A live camera to decode for another process, until this one is ended.

    Attributes:
        camera: the camera.
        decoded: descriptor to write a byte to for each look at the camera.
        route: descriptor over which connections to the camera are asked for; None where none are needed.
        answers: descriptor from which comes what the analysis of each frame gave; None: the decoder never sleeps.
    """

    camera: CameraPlan
    decoded: int
    route: int | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish with what there is."""


@dataclass(frozen=True, slots=True)
class StartPreview:
    """Send anonymous pictures from now on: the camera has a viewer, or a person who counts by hand (`tally`)."""

    tally: bool = False


@dataclass(frozen=True, slots=True)
class StopPreview:
    """Send no more pictures: the last viewer has left, or the last who counts by hand (`tally`)."""

    tally: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """The lines and zones are right for the view as it is now."""


@dataclass(frozen=True, slots=True)
class SwitchProfiles:
    """An operator has switched profiles on for a while, or the calendar holds again."""

    by_hand: ProfileSwitch


@dataclass(frozen=True, slots=True, eq=False)
class TryDraft:
    """A draft of lines, zones and rules is to be tried, in place of the one that runs."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class WithdrawDraft:
    """A draft is not to be tried any more."""

    draft_id: str


Plan = CountPlan | AnonymisePlan | WatchPlan | DecodePlan | HeaderPlan
Command = Stop | StartPreview | StopPreview | ConfirmView | SwitchProfiles | TryDraft | WithdrawDraft
Order = Plan | Command

VERSION = 6
ORDERS: tuple[type, ...] = (
    CountPlan,
    AnonymisePlan,
    WatchPlan,
    Stop,
    StartPreview,
    StopPreview,
    ConfirmView,
    DecodePlan,
    SwitchProfiles,
    TryDraft,
    WithdrawDraft,
    HeaderPlan,
)

TO_SANDBOX: Channel[Order] = Channel(
    ORDERS,
    Codec(
        *ORDERS,
        RecordingPart,
        FilmSpan,
        SiteClock,
        DetectorPlan,
        Layout,
        Line,
        Zone,
        Movement,
        GroundPlane,
        NearMissMeasure,
        CameraPlan,
        CameraSource,
        Registration,
        ViewMemory,
        EventRule,
        Profile,
        ProfileSwitch,
        WeeklyHours,
        PlaceEvent,
        Sample,
        Draft,
    ),
    VERSION,
)

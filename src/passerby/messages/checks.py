"""What the fields of each message may hold, beyond their types: a sender may have been taken over.

The limits are far beyond what a camera or a recording needs, and far within what a receiver can hold.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from passerby.domain.crossings import MAX_LISTED, CrossingList
from passerby.domain.draft_trial import MAX_PLACES, MAX_RULES, DraftNumbers
from passerby.domain.events import Direction
from passerby.domain.film import FilmReport, Mode
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.place_events import MAX_SAMPLES, EventState, PlaceEvent, Sample, event_id_of
from passerby.domain.preview import DIFFERENCES, Preview
from passerby.domain.progress import Progress
from passerby.domain.replays import MAX_BOXES_EACH, MAX_MOMENTS, Boxes, EmptyPlace, EventReplay, order_of
from passerby.domain.report import CountReport, FlowMap
from passerby.domain.review import MARKED_BACKWARD, CountedCrossing, FilmEnd, FilmMoment
from passerby.domain.road_user import RoadUser
from passerby.messages.columns import ObservationColumns, check_columns
from passerby.messages.jpeg import MAX_SIDE_PX, check_jpeg

MAX_TEXT: Final = 4000
MAX_NAME: Final = 500
MAX_COUNT: Final = 10**12
MAX_VALUE: Final = 1e15
MAX_SECONDS: Final = 1e10
MAX_TIME_NS: Final = 2**63 - 1
MAX_BOXES: Final = 5000
MAX_GRID: Final = 4096
MAX_DRAFT_ID: Final = 32
MAX_EVENT_ID: Final = 32
MAX_ISOLATION: Final = 3
MAX_REPLAY_MS: Final = 12_000
"""A replay reaches ten seconds to each side; the last moment may come a little late."""
METHODS: Final = frozenset({*(mode.value for mode in Mode), DIFFERENCES, "masked"})


def between(what: str, value: float, lowest: float, highest: float) -> None:
    """Raises ValueError where a number is not within limits, or is none."""
    if not (math.isfinite(value) and lowest <= value <= highest):
        raise ValueError(f"{what}: {lowest:g} to {highest:g} is needed, got {value:g}")


def text(what: str, value: str, max_letters: int = MAX_TEXT) -> None:
    """Raises ValueError where a text is too long."""
    if len(value) > max_letters:
        raise ValueError(f"{what}: {max_letters} letters at most, got {len(value)}")


def _all_between(values: Mapping[str, float | None], lowest: float, highest: float) -> None:
    for what, value in values.items():
        if value is not None:
            between(what, value, lowest, highest)


def _texts(what: str, values: Iterable[str], max_values: int, max_letters: int = MAX_TEXT) -> None:
    listed = list(values)
    between(f"number of {what}", len(listed), 0, max_values)
    for value in listed:
        text(what, value, max_letters)


def check_size(what: str, size_px: tuple[int, int], max_side_px: int = 2 * MAX_SIDE_PX) -> None:
    """Raises ValueError where a picture's size is not one."""
    for side_px in size_px:
        between(what, side_px, 1, max_side_px)


def _progress(value: Progress) -> None:
    _all_between({"done": value.done_s, "duration": value.duration_s}, -MAX_SECONDS, MAX_SECONDS)
    between("frames", value.frames, 0, MAX_COUNT)


def _stamp(value: FrameStamp) -> None:
    text("camera", value.camera_id)
    between("index", value.index, 0, MAX_COUNT)
    between("time", value.time_ns, -MAX_TIME_NS, MAX_TIME_NS)
    between("stream time", value.stream_s, -MAX_SECONDS, MAX_SECONDS)
    check_size("size", value.size_px)


def _anonymous_frame(value: AnonymousFrame) -> None:
    height_px, width_px, _ = value.image.shape
    check_size("picture", (width_px, height_px), MAX_SIDE_PX)
    if value.coarse is not None:
        check_size("coarse", (value.coarse.shape[1], value.coarse.shape[0]), MAX_SIDE_PX)
    _method(value.method)


def _method(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"method: one of {', '.join(sorted(METHODS))} is needed")


def _isolation(value: Isolation) -> None:
    between("level", value.level, 0, MAX_ISOLATION)
    _texts("missing", value.missing, 20)


def _health(value: CameraHealth) -> None:
    text("camera", value.camera, MAX_NAME)
    text("why", value.why)
    _all_between({"time": value.time_ns, "since": value.since_ns}, 0, MAX_TIME_NS)
    _all_between({"measured": value.measured, "threshold": value.threshold}, -MAX_VALUE, MAX_VALUE)
    times_ms = {"detect p50": value.detect_p50_ms, "detect p95": value.detect_p95_ms}
    counts = {"in": value.frames_in, "dropped": value.frames_dropped, "undecodable": value.frames_undecodable}
    _all_between({**times_ms, **{f"frames {name}": count for name, count in counts.items()}}, 0, MAX_COUNT)


def _preview(value: Preview) -> None:
    text("camera", value.camera, MAX_NAME)
    text("why", value.why)
    between("time", value.time_ns, 0, MAX_TIME_NS)
    _method(value.method)
    between("sharp share", value.sharp_share, 0, 1)
    if value.jpeg.ndim != 1:
        raise ValueError("jpeg: one dimension is needed")
    check_size("size", value.size_px, MAX_SIDE_PX)
    rows = len(value.road_user) if value.road_user.ndim == 1 else -1
    if value.xyxy.shape != (rows, 4) or rows > MAX_BOXES:
        raise ValueError(f"xyxy: shape {value.xyxy.shape} does not go with road_user {value.road_user.shape}")
    if value.tally and (rows or value.method not in (DIFFERENCES, "masked")):
        raise ValueError("tally: a picture for a count by hand has no box, and shows differences or nothing")
    if not value.tally and value.method == DIFFERENCES:
        raise ValueError("method: differences are for a count by hand")
    if rows and not (value.xyxy.min() >= 0 and value.xyxy.max() <= 1):
        raise ValueError("xyxy: 0 to 1 is needed")
    if rows and not (value.road_user.min() >= 0 and value.road_user.max() < len(RoadUser)):
        raise ValueError(f"road_user: 0 to {len(RoadUser) - 1} is needed")


def check_new_preview(value: Preview) -> None:
    """Checks a preview as it leaves a sandbox: its picture, too, which goes to viewers as it is from there on.

    Raises:
        ValueError: a field is out of range, or the picture is not as our encoder writes it.
    """
    _preview(value)
    check_jpeg(value.jpeg.tobytes(), value.size_px)


def _event_replay(value: EventReplay) -> None:
    text("event_id", value.event_id, MAX_EVENT_ID)
    between("raised", value.raised_ns, 0, MAX_TIME_NS)
    times_ms, moments = value.time_ms, len(value.time_ms)
    if times_ms.ndim != 1 or not 1 <= moments <= MAX_MOMENTS or (np.diff(times_ms) <= 0).any():
        raise ValueError(f"time_ms: 1 to {MAX_MOMENTS} moments in the order of time are needed")
    between("time_ms", int(times_ms[0]), -MAX_REPLAY_MS, MAX_REPLAY_MS)
    between("time_ms", int(times_ms[-1]), -MAX_REPLAY_MS, MAX_REPLAY_MS)
    if len(value.boxes) and not 0 <= value.boxes.moment.min() <= value.boxes.moment.max() < moments:
        raise ValueError(f"moment: 0 to {moments - 1} is needed")


def _boxes(value: Boxes) -> None:
    if not len(value):
        return
    if value.xyxy.min() < 0 or value.xyxy.max() > 1 or (value.xyxy[:, :2] > value.xyxy[:, 2:]).any():
        raise ValueError("xyxy: 0 to 1, and left and top before right and bottom, is needed")
    if value.road_user.min() < 0 or value.road_user.max() >= len(RoadUser):
        raise ValueError(f"road_user: 0 to {len(RoadUser) - 1} is needed")
    # Bounded before they are counted: that takes 8 bytes for each number up to the largest.
    if value.moment.min() < 0 or value.moment.max() >= MAX_MOMENTS:
        raise ValueError(f"moment: 0 to {MAX_MOMENTS - 1} is needed")
    if np.bincount(value.moment).max() > MAX_BOXES_EACH:
        raise ValueError(f"moment: {MAX_BOXES_EACH} boxes of one at most")
    # Any other order could say who is who from one moment to the next.
    if (order_of(value.moment, value.xyxy, value.road_user) != np.arange(len(value))).any():
        raise ValueError("boxes: they have to be in the order that follows from themselves")


def _empty_place(value: EmptyPlace) -> None:
    check_size("size", value.size_px, MAX_SIDE_PX)
    between("sharp share", value.sharp_share, 0, 1)
    if value.jpeg.ndim != 1:
        raise ValueError("jpeg: one dimension is needed")
    if value.jpeg.size:
        check_jpeg(value.jpeg.tobytes(), value.size_px)


def _sample(value: Sample) -> None:
    between("time", value.time_ns, -MAX_TIME_NS, MAX_TIME_NS)
    _all_between({"value": value.value}, -MAX_VALUE, MAX_VALUE)


def _place_event(value: PlaceEvent) -> None:
    for what in (value.camera, value.rule, value.place, value.unit, value.group_id):
        text("name", what, MAX_NAME)
    text("why", value.why)
    if value.event_id != event_id_of(value.camera, value.rule, value.start_ns):
        raise ValueError("event_id: it is not made from camera, rule and start")
    times_ns = (value.start_ns, value.raised_ns, value.updated_ns)
    _all_between({"start": times_ns[0], "updated": times_ns[-1], "end": value.end_ns}, -MAX_TIME_NS, MAX_TIME_NS)
    if list(times_ns) != sorted(times_ns):
        raise ValueError("raised, updated: an event starts, is raised and is reported in this order")
    if (value.end_ns is None) != (value.state is not EventState.CLOSED):
        raise ValueError("end: closed events have one, and no others")
    _all_between({"value": value.value, "peak": value.peak, "threshold": value.threshold}, -MAX_VALUE, MAX_VALUE)
    _all_between({"confidence": value.confidence, "coverage": value.coverage}, 0, 1)
    between("number of samples", len(value.samples), 0, MAX_SAMPLES)


def _draft_numbers(value: DraftNumbers) -> None:
    text("draft_id", value.draft_id, MAX_DRAFT_ID)
    between("time", value.time_ns, 0, MAX_TIME_NS)
    between("coverage", value.coverage, 0, 1)
    # A rule may be over a place of the camera's, which is measured beside those of the draft.
    places = MAX_PLACES + MAX_RULES
    between("number of counts", len(value.counts), 0, places * len(RoadUser) * len(Direction))
    between("number of occupancies", len(value.occupancy), 0, places * len(RoadUser))
    between("number of rules", len(value.rules), 0, MAX_RULES)
    for count in value.counts:
        text("name", count.line, MAX_NAME)
        between("count", count.count, 0, MAX_COUNT)
    for inside in value.occupancy:
        text("name", inside.zone, MAX_NAME)
        between("occupancy", inside.count, 0, MAX_COUNT)
    for rule in value.rules:
        text("name", rule.rule, MAX_NAME)
        text("why_not", rule.why_not)
        _all_between({"value": rule.value}, -MAX_VALUE, MAX_VALUE)
        between("events", rule.events, 0, MAX_COUNT)


def _flow_map(value: FlowMap) -> None:
    if max(value.passes.shape) > MAX_GRID or (value.passes.size and value.passes.min() < 0):
        raise ValueError("passes: a grid of numbers that are not negative is needed")


def _film_moment(value: FilmMoment) -> None:
    text("why", value.why)
    rows = len(value.road_user)
    between("number of boxes", rows, 0, MAX_BOXES)
    between("number of crossings", len(value.crossings), 0, MAX_BOXES)
    if not rows:
        return
    if value.xyxy.min() < 0 or value.xyxy.max() > 1 or (value.xyxy[:, :2] > value.xyxy[:, 2:]).any():
        raise ValueError("xyxy: 0 to 1, and left and top before right and bottom, is needed")
    if value.road_user.min() < 0 or value.road_user.max() >= len(RoadUser):
        raise ValueError(f"road_user: 0 to {len(RoadUser) - 1} is needed")
    if value.mark.min() < 0 or value.mark.max() > MARKED_BACKWARD:
        raise ValueError(f"mark: 0 to {MARKED_BACKWARD} is needed")
    # Any other order could say who is who from one picture to the next.
    if (order_of(np.zeros(rows, np.int32), value.xyxy, value.road_user) != np.arange(rows)).any():
        raise ValueError("boxes: they have to be in the order that follows from themselves")


def _film_end(value: FilmEnd) -> None:
    between("number of crossings", len(value.crossings), 0, MAX_BOXES)


def _counted_crossing(value: CountedCrossing) -> None:
    text("name", value.line, MAX_NAME)


def _film_report(value: FilmReport) -> None:
    between("sharp share", value.sharp_share, 0, 1)
    counts = {"frames": value.frames, "scenes": value.scenes, **value.masked}
    _all_between({**counts, "learn": value.learn_ms, "draw": value.draw_ms}, 0, MAX_COUNT)
    _texts("masked", value.masked, 100)


def _count_report(value: CountReport) -> None:
    for what in (value.camera_id, value.source, value.model):
        text("name", what)
    _texts("losses", value.losses, 1000)
    _texts("notes", value.notes, 10)
    between("coverage", value.coverage, 0, 1)
    between("start", value.start_ns, -MAX_TIME_NS, MAX_TIME_NS)
    counts = {"read": value.frames_read, "analysed": value.frames_analysed, "lost": value.frames_lost}
    _all_between({**counts, "duration": value.duration_s, "analysed_fps": value.analysed_fps}, 0, MAX_COUNT)
    if value.size_px is not None:
        check_size("size", value.size_px)
    if value.crossings is not None and len(value.crossings):
        _crossings(value.crossings, len(value.lines))


def _crossings(value: CrossingList, lines: int) -> None:
    between("number of crossings", len(value), 0, MAX_LISTED)
    columns: dict[str, tuple[npt.NDArray[Any], int, float]] = {
        "time": (value.time_ns, -MAX_TIME_NS, MAX_TIME_NS),
        "interval": (value.interval_ns, -MAX_TIME_NS, MAX_TIME_NS),
        "recording": (value.recording, 0, MAX_COUNT),
        "in_recording": (value.in_recording_s, 0, MAX_SECONDS),
        "line": (value.line, 0, lines - 1),
        "road_user": (value.road_user, 0, len(RoadUser) - 1),
    }
    for what, (column, lowest, highest) in columns.items():
        between(what, column.min().item(), lowest, highest)
        between(what, column.max().item(), lowest, highest)


CHECKS: Final[Mapping[type, Callable[[Any], None]]] = {
    Progress: _progress,
    FrameStamp: _stamp,
    AnonymousFrame: _anonymous_frame,
    Isolation: _isolation,
    CameraHealth: _health,
    Preview: _preview,
    FlowMap: _flow_map,
    FilmReport: _film_report,
    FilmMoment: _film_moment,
    FilmEnd: _film_end,
    CountedCrossing: _counted_crossing,
    PlaceEvent: _place_event,
    Sample: _sample,
    CountReport: _count_report,
    EventReplay: _event_replay,
    DraftNumbers: _draft_numbers,
    Boxes: _boxes,
    EmptyPlace: _empty_place,
    ObservationColumns: check_columns,
}
"""Type -> its check, which raises ValueError; wherever such a value stands in a message."""

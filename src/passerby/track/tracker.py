"""Tracks of one camera: detections joined over seconds by where they are and how they move.

Two thresholds after ByteTrack (Zhang et al., ECCV 2022, arXiv:2110.06864): confident detections are joined first and
may start a track, weak ones may only continue one. No appearance is used, and an id lives no longer than its track.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.geometry.boxes import pairwise_ioa, pairwise_iou
from passerby.track.association import GatingLimits, Rows, assign, association_cost
from passerby.track.evidence import HEAVY_CERTAINTY, ClassEvidence, sighting_weights
from passerby.track.motion import BoxMotion, Floats, MotionNoise, feet_from_boxes, scales_px
from passerby.track.motion_sightings import Sightings, with_motion, without_motion
from passerby.track.steady_motion import SteadyLimits, SteadyMotion
from passerby.track.usual_motion import UsualMotion, newcomers

SPEED_SCALES = {
    RoadUser.PEDESTRIAN: 1.0,
    RoadUser.BICYCLE: 3.0,
    RoadUser.CAR: 6.0,
    RoadUser.MOTORCYCLE: 6.0,
    RoadUser.BUS: 4.0,
    RoadUser.TRUCK: 4.0,
    RoadUser.UNCLASSIFIED: 6.0,
    RoadUser.HEAVY_VEHICLE: 4.0,
}
"""Likely speed of a track nothing is known of yet, in box scales per second: 1.4 m/s at 1.7 m, 12 m/s at 2 m."""

KIND = np.array([0, 0, 1, 0, 1, 1, 2, 1])
"""Kind of each `RoadUser`: a rider is found now as a pedestrian, now with the bicycle, but never as a van; of an
unclassified road user the kind is not known."""

MOTORISED_KIND = 1

TAKEN_OVER_SHARE = 0.6
"""A detection that holds so much of a track begun by motion, or lies so far within it, is what moved there."""

TAKEN_OVER_IOU = 0.025
"""And on foot is at most forty times as large: a car far off is no part of a person who fills half the picture."""

SAME_BOX = GatingLimits(distance=2.0, size_ratio=1.4, same_box=0.5)
"""One of several faint detections within one moving thing continues the track that is expected just there."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Settings of what starts, keeps and ends a track.

    Attributes:
        start_confidence: a detection of this confidence may start a track.
        keep_confidence: a detection of this confidence may continue one.
        confirm_sightings: a track counts after so many sightings,
        confirm_s: and not before it is so old: at high frame rates a flicker lasts several frames.
        tentative_s: an unconfirmed track ends when it is not seen for so long,
        motion_tentative_s: and one that was begun by motion and is not proven after this time.
        hidden_s: a confirmed track ends when it is not seen for so long.
        weak_s: a weak detection may only continue a track seen so lately; one hidden for longer needs a confident one.
        motion_s: what moves may only continue a track seen so lately.
        explained_share: what moves begins no track where it shares so much with a road user that is known, either way.
        steady: what a track must have done that was begun by motion.
        covered_share: a detection lying so far inside a tracked box does not start a track of its own.
        heavy_certainty: 0.5-1, how surely a bus has to be known from a truck to be called either.
    """

    start_confidence: float = 0.45
    keep_confidence: float = 0.30
    confirm_sightings: int = 3
    confirm_s: float = 0.35
    tentative_s: float = 0.9
    motion_tentative_s: float = 0.45
    hidden_s: float = 1.5
    weak_s: float = 0.5
    covered_share: float = 0.5
    heavy_certainty: float = HEAVY_CERTAINTY
    motion_s: float = 0.6
    explained_share: float = 0.3
    steady: SteadyLimits = field(default_factory=SteadyLimits)
    gating: GatingLimits = field(default_factory=GatingLimits)
    noise: MotionNoise = field(default_factory=MotionNoise)


class Tracker:
    """Follows the road users of one camera; `update` once a frame, in order of time."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._motion = BoxMotion.empty()
        self._usual = UsualMotion()
        self._id = np.empty(0, np.int64)
        self._evidence = ClassEvidence()
        self._sightings = np.empty(0, np.int64)
        self._born_s = np.empty(0)
        self._seen_s = np.empty(0)
        self._steady = SteadyMotion(self._settings.steady)
        self._next_id = 1
        self._now_s = -np.inf
        self._interrupted = False

    def start_anew(self) -> None:
        """Ends all tracks with the next frame, before anything in it is joined: time or view went on elsewhere."""
        self._interrupted = True

    def update(self, detections: Detections, moving: MovingThings | None = None) -> Tracks:
        """Returns the tracks seen in this frame.

        A track unseen for longer than `hidden_s` has ended before anything of this frame is joined, however long the
        time between two frames was.

        Args:
            detections: of a later frame than the last one's.
            moving: what moves in it, detected or not; None where that is not looked for.

        Raises:
            ValueError: `stream_s` went back.
        """
        step_s = self._step_s(detections.stamp.stream_s)
        overdue = self._drop_overdue()
        self._motion.advance(step_s, self._scale_px, self._settings.noise)
        settings = self._settings
        sightings = (
            without_motion(detections) if moving is None else with_motion(detections, moving, settings.keep_confidence)
        )
        found, of_motion = sightings.detections, sightings.of_motion
        measured = feet_from_boxes(found.xyxy_px.astype(np.float64))
        # A box cut to a line by the picture's edge has no size to reason with.
        measured[:, 2:] = np.maximum(measured[:, 2:], 1.0)
        confident = ~of_motion & (found.confidence >= settings.start_confidence)
        weak = ~of_motion & ~confident & (found.confidence >= settings.keep_confidence)
        settled = self._confirmed
        recent = self._now_s - self._seen_s <= settings.weak_s
        by_motion = self._steady.by_motion
        lately = self._now_s - self._seen_s <= settings.motion_s
        moved = lately & (by_motion | settled & (KIND[self._road_user] == MOTORISED_KIND))
        seen_by = np.full(len(self._id), -1, np.intp)
        for tracks, candidates in (
            (settled, confident),
            (settled & recent, weak),
            # What began by motion keeps the detection that lies on it from a newcomer that is far off.
            (~settled & (~by_motion | lately), confident),
            (recent & ~by_motion, weak),
        ):
            self._join(found, measured, seen_by, tracks, candidates)
        self._take_over(found, seen_by, by_motion, confident)
        self._join(found, measured, seen_by, moved, of_motion & sightings.moves)
        self._join(found, measured, seen_by, by_motion & lately, weak)
        self._join(found, measured, seen_by, by_motion & lately, of_motion, SAME_BOX)
        self._correct(found, measured, seen_by)
        rows = np.flatnonzero(seen_by >= 0)
        self._steady.see(rows, confident[seen_by[rows]], sightings.agreed[seen_by[rows]])
        self._start(found, measured, confident, seen_by)
        self._start_by_motion(sightings, measured)
        age_s, longer_px = self._seen_s - self._born_s, max(found.stamp.size_px)
        self._steady.update(self._motion, self._sightings, age_s, self._now_s, longer_px)
        ended = np.concatenate([overdue, self._end(found.stamp.size_px)])
        return self._seen_now(found, ended)

    def expected(self) -> ExpectedBoxes:
        """Returns where all tracks are now and how they move, the hidden ones included: what to look at next."""
        motion = self._motion
        spread, spread_s = (np.sqrt(one[:, :2].max(1, initial=0.0)) for one in (motion.var_value, motion.var_rate))
        columns = (motion.xyxy_px, motion.rate[:, :2], spread, spread_s, self._now_s - self._seen_s)
        boxes, speeds, spread, spread_s, unseen_s = (one.astype(np.float32) for one in columns)
        return ExpectedBoxes(self._now_s, boxes, speeds, spread, spread_s, unseen_s, self._confirmed)

    @property
    def _scale_px(self) -> Floats:
        """The length that noise is a share of: a person's height, or the middle of a vehicle's sides."""
        return scales_px(self._motion.value)

    @property
    def _confirmed(self) -> npt.NDArray[np.bool_]:
        old_enough = self._seen_s - self._born_s >= self._settings.confirm_s
        seen_enough = old_enough & (self._sightings >= self._settings.confirm_sightings)
        return np.where(self._steady.by_motion, self._steady.proven, seen_enough)

    @property
    def _road_user(self) -> npt.NDArray[np.int16]:
        return self._evidence.road_user(self._settings.heavy_certainty)

    def _step_s(self, stream_s: float) -> float:
        step_s = stream_s - self._now_s if np.isfinite(self._now_s) else 0.0
        if step_s < 0:
            raise ValueError(f"stream_s went back by {-step_s:.3f} s: frames must come in order of time")
        self._now_s = stream_s
        return step_s

    def _drop_overdue(self) -> npt.NDArray[np.int64]:
        """Drops tracks unseen for longer than any may be, all after an interruption; returns their ids.

        A long gap widens where a track may be found until it reaches everybody, so this comes before anything is
        joined. Unconfirmed tracks get this frame as well, or no track would ever be confirmed at a low frame rate.
        """
        keep = self._now_s - self._seen_s <= (-np.inf if self._interrupted else self._settings.hidden_s)
        if self._interrupted:
            self._usual = UsualMotion()
        self._interrupted = False
        return self._keep(keep)

    def _join(
        self,
        detections: Detections,
        measured: Floats,
        seen_by: Rows,
        tracks: npt.NDArray[np.bool_],
        candidates: npt.NDArray[np.bool_],
        gating: GatingLimits | None = None,
    ) -> None:
        """Writes into `seen_by` which of the still free detections continues which of the still unseen tracks."""
        rows, columns = _unjoined(seen_by, tracks, candidates)
        if not len(rows) or not len(columns):
            return
        cost = association_cost(
            BoxMotion(*(getattr(self._motion, name)[rows] for name in BoxMotion.__slots__)),
            self._scale_px[rows],
            measured[columns],
            KIND[self._road_user[rows]][:, None] == KIND[detections.road_user[columns]][None, :],
            detections.stamp.size_px,
            self._settings.noise,
            gating or self._settings.gating,
        )
        matched_rows, matched_columns = assign(cost)
        seen_by[rows[matched_rows]] = columns[matched_columns]

    def _take_over(
        self,
        detections: Detections,
        seen_by: Rows,
        tracks: npt.NDArray[np.bool_],
        candidates: npt.NDArray[np.bool_],
    ) -> None:
        """Gives what was followed by motion to the detection that explains it, whose box may be quite another."""
        rows, columns = _unjoined(seen_by, tracks, candidates)
        if not len(rows) or not len(columns):
            return
        boxes, found = self._motion.xyxy_px[rows], detections.xyxy_px[columns].astype(np.float64)
        share = np.maximum(pairwise_ioa(boxes, found), pairwise_ioa(found, boxes).T)
        overlap = pairwise_iou(boxes, found)
        vehicle = KIND[detections.road_user[columns]] == MOTORISED_KIND
        one_thing = (share > TAKEN_OVER_SHARE) & (vehicle | (overlap > TAKEN_OVER_IOU))
        matched_rows, matched_columns = assign(np.where(one_thing, 1 - overlap, np.inf))
        seen_by[rows[matched_rows]] = columns[matched_columns]

    def _correct(self, detections: Detections, measured: Floats, seen_by: Rows) -> None:
        rows = np.flatnonzero(seen_by >= 0)
        chosen = seen_by[rows]
        noise = self._settings.noise
        scale_px = self._scale_px[rows]
        values, feet_known = restore_feet(measured[chosen], self._motion.value[rows], detections.stamp.size_px[1])
        spread = np.array([noise.position, noise.position, noise.size, noise.size])
        spread_px = scale_px[:, None] * spread
        spread_px[~feet_known, 1] *= 2.0
        spread_px[~feet_known, 3] *= 4.0
        self._motion.correct(rows, values, spread_px)
        self._learn(rows, detections, chosen, ~feet_known, self._now_s - self._seen_s[rows])
        self._sightings[rows] += 1
        self._seen_s[rows] = self._now_s
        sure = rows[self._confirmed[rows]]
        self._usual.add(
            self._motion.value[sure, :2],
            self._motion.rate[sure, :2],
            KIND[self._road_user[sure]],
            detections.stamp.size_px,
        )

    def _learn(
        self, tracks: Rows, detections: Detections, rows: Rows, hidden: npt.NDArray[np.bool_], since_s: Floats
    ) -> None:
        """Adds what the detections in `rows` say of the class of these tracks."""
        boxes = detections.xyxy_px[rows].astype(np.float64)
        size_px = detections.stamp.size_px
        weight, size_share = sighting_weights(detections.confidence[rows], boxes, hidden, size_px, since_s)
        self._evidence.add(tracks, detections.road_user[rows], weight, size_share)

    def _start(self, detections: Detections, measured: Floats, confident: npt.NDArray[np.bool_], seen_by: Rows) -> None:
        free = confident & _untracked(seen_by, len(confident))
        tracked = detections.xyxy_px[seen_by[seen_by >= 0]]
        if len(tracked):
            inside = pairwise_ioa(detections.xyxy_px.astype(np.float64), tracked.astype(np.float64)).max(1)
            free &= inside < self._settings.covered_share
        self._matched = seen_by
        self._add(detections, measured, np.flatnonzero(free), by_motion=False)

    def _start_by_motion(self, sightings: Sightings, measured: Floats) -> None:
        """Begins tracks where something moves that no road user explains; they count nothing until they are proven."""
        free = sightings.moves & _untracked(self._matched, len(measured))
        if not free.any():
            return
        found, settings = sightings.detections, self._settings
        boxes = found.xyxy_px.astype(np.float64)
        longest = (boxes[:, 2:] - boxes[:, :2]).max(1)
        free &= longest < settings.steady.largest_share * max(found.stamp.size_px)
        tracked = self._motion.xyxy_px[self._confirmed | (self._matched >= 0)]
        known = np.concatenate([tracked, boxes[~sightings.moves]])
        if len(known):
            share = np.maximum(pairwise_ioa(boxes, known), pairwise_ioa(known, boxes).T).max(1)
            free &= share < settings.explained_share
        self._add(found, measured, np.flatnonzero(free), by_motion=True)

    def _add(self, detections: Detections, measured: Floats, rows: Rows, *, by_motion: bool) -> None:
        """Begins a track with each of these detections."""
        count = len(rows)
        if not count:
            return
        kind = detections.road_user[rows]
        speed = np.array([SPEED_SCALES[RoadUser(value)] for value in kind])
        size_px, noise = detections.stamp.size_px, self._settings.noise
        walks = kind == RoadUser.PEDESTRIAN
        self._motion.append(newcomers(measured[rows], speed, KIND[kind], walks, size_px, noise, self._usual))
        self._id = np.concatenate([self._id, self._next_id + np.arange(count)])
        self._next_id += count
        self._evidence.append(count)
        new = len(self._evidence) - count + np.arange(count)
        self._learn(new, detections, rows, np.zeros(count, np.bool_), np.full(count, np.inf))
        self._sightings = np.concatenate([self._sightings, np.ones(count, np.int64)])
        self._born_s = np.concatenate([self._born_s, np.full(count, self._now_s)])
        self._seen_s = np.concatenate([self._seen_s, np.full(count, self._now_s)])
        self._matched = np.concatenate([self._matched, rows])
        self._steady.append(self._motion, by_motion=by_motion)

    def _end(self, size_px: tuple[int, int]) -> npt.NDArray[np.int64]:
        """Drops tracks unseen for too long or gone out of the picture; returns their ids."""
        settings = self._settings
        tentative_s = np.where(self._steady.by_motion, settings.motion_tentative_s, settings.tentative_s)
        allowed_s = np.where(self._confirmed, settings.hidden_s, tentative_s)
        unseen_s = self._now_s - self._seen_s
        box = self._motion.xyxy_px
        outside = (box[:, 2] < 0) | (box[:, 3] < 0) | (box[:, 0] > size_px[0]) | (box[:, 1] > size_px[1])
        keep = (unseen_s <= allowed_s) & ~(outside & (unseen_s > 0))
        self._matched = self._matched[keep]
        return self._keep(keep)

    def _keep(self, keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Drops the tracks whose row is False; returns their ids."""
        ended = self._id[~keep]
        self._motion.keep(keep)
        self._evidence.keep(keep)
        self._steady.keep(keep)
        self._id = self._id[keep]
        self._sightings, self._born_s, self._seen_s = self._sightings[keep], self._born_s[keep], self._seen_s[keep]
        return ended

    def _seen_now(self, detections: Detections, ended: npt.NDArray[np.int64]) -> Tracks:
        seen = (self._matched >= 0) & self._steady.shown
        return Tracks(
            detections.stamp,
            self._id[seen],
            self._motion.xyxy_px[seen].astype(np.float32),
            detections.confidence[self._matched[seen]],
            self._road_user[seen],
            (self._confirmed & self._steady.real(self._sightings))[seen],
            ended,
            self._evidence.unsure()[seen],
        )


def _untracked(seen_by: Rows, count: int) -> npt.NDArray[np.bool_]:
    """Returns which of `count` detections no track has: bool (D,)."""
    free = np.ones(count, np.bool_)
    free[seen_by[seen_by >= 0]] = False
    return free


def _unjoined(seen_by: Rows, tracks: npt.NDArray[np.bool_], candidates: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Returns the rows of the tracks that no detection continues yet, and those of the detections still free."""
    rows = np.flatnonzero(tracks & (seen_by < 0))
    if not len(rows) or not candidates.any():
        return rows, np.empty(0, np.intp)
    return rows, np.flatnonzero(candidates & _untracked(seen_by, len(candidates)))


def restore_feet(measured: Floats, predicted: Floats, height_px: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Puts the feet back under boxes whose lower part is hidden or cut by the picture's edge.

    A person behind a bench or half out of the picture has a box that ends too high. Where the top is where it was
    expected and the box is clearly shorter than it was, the feet are the old height below the top.

    Args:
        measured: float64 (M, 4), foot x, foot y, width, height of the detections.
        predicted: float64 (M, 4), the same of the tracks.
        height_px: of the picture.

    Returns:
        float64 (M, 4) measurements to use, and bool (M,): the feet were really seen.
    """
    top = measured[:, 1] - measured[:, 3]
    top_fits = np.abs(top - (predicted[:, 1] - predicted[:, 3])) < 0.15 * predicted[:, 3]
    cut = measured[:, 1] > 0.985 * height_px
    hidden = top_fits & ((measured[:, 3] < 0.8 * predicted[:, 3]) | (cut & (measured[:, 3] < predicted[:, 3])))
    values = measured.copy()
    values[hidden, 1] = top[hidden] + predicted[hidden, 3]
    values[hidden, 3] = predicted[hidden, 3]
    return values, ~hidden

"""Finds things that stand still in zones that are to be kept clear, and that no detector knows; never a person."""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RIDDEN, RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.ingest.detectors.detector import Boxes, Detector
from passerby.ingest.raw import RawFrame
from passerby.ingest.standing_things.candidates import Against, Candidate
from passerby.ingest.standing_things.lost_people import LostPeople
from passerby.ingest.standing_things.person_looks import covering, look_closer
from passerby.ingest.standing_things.regions import appearance_of, regions_of
from passerby.ingest.standing_things.sizes import PersonHeights
from passerby.ingest.standing_things.stays import Stays
from passerby.ingest.standing_things.views import Changes, Grid, Views
from passerby.ingest.standing_things.zone_grid import ZoneGrid

Box = npt.NDArray[np.float64]
"""Left, top, right, bottom."""

EVERY_S: Final = 1.0
COVER: Final = 0.3
"""Confidence of a find from which the ground under it is not looked at."""
COVER_GROWTH: Final = 0.1
MIN_SHARE_OF_PERSON: Final = 0.14
"""Of a person's height: a thing that is smaller (0.25 m) is in no one's way."""
MAX_SHARE_OF_GRID: Final = 0.2
"""A larger region is a change of light."""
MIN_SHARE_IN_ZONE: Final = 0.5
MAX_CANDIDATES: Final = 20
SAME_SHARE: Final = 0.5
"""Regions of two samples that share so much of the smaller one are the same."""
NEAR_SHARE: Final = 0.4
"""Of a person's height, 0.7 m: who is so near to a thing is with it, if they stay."""
GONE_S: Final = 6.0
SETTLED_S: Final = 6.0
"""A region has come at most so long before it is seen to be still."""
BLUR: Final = 1.0
"""Pixels of the grid by which blur makes a region wider than the thing, half on each side."""
LEFT_SAMPLES: Final = 5
DULL_SAMPLES: Final = 60
"""Samples after which a place that something has left, and any light or shadow, is part of the empty place."""
KEPT_S: Final = 12 * 3600.0
"""A thing that has stood for so long is part of the place."""
DARK: Final = 24.0
"""Luma that a tenth of the picture exceeds; where it is darker nothing is compared."""


class StandingThingFinder:
    """Finds what stands in some zones of one camera; call `update` with every analysed frame, in order.

    It learns the empty place from the first half minute in which something is to be seen: what stands there already is
    part of the place. Nothing leaves it but boxes.

    Args:
        zones: polygons, floating (P, 2), 0-1 of the picture.
        ground: the calibrated ground; None without one.
        detector: finds road users in pictures.
    """

    def __init__(
        self, zones: Sequence[npt.NDArray[np.floating]], ground: GroundPlane | None, detector: Detector
    ) -> None:
        self._zones, self._detector = tuple(zones), detector
        self._heights = PersonHeights(ground)
        self._last_s = -math.inf
        self._begin((16, 16))

    def _begin(self, size_px: tuple[int, int]) -> None:
        """Begins anew, with pictures of some size."""
        self._size_px, self._grid = size_px, ZoneGrid(self._zones, size_px)
        self._views = Views(self._grid.shape)
        self._lost, self._stays = LostPeople(self._grid, size_px), Stays(self._grid)
        self._candidates: list[Candidate] = []

    def start_anew(self) -> None:
        """Drops what was learned: the camera looks elsewhere."""
        self._begin(self._size_px)

    def is_due(self, stream_s: float) -> bool:
        """Returns whether the next frame, of this time, is compared: all that is found in it has to be known then."""
        return not 0 <= stream_s - self._last_s < EVERY_S - 1e-6

    def update(self, raw: RawFrame, detections: Detections, tracks: Tracks) -> StandingThings:
        """Takes one frame; returns what stands there now.

        Args:
            raw: the frame.
            detections: all that was found in it, however weak; where the frame is not due, what was looked for in it.
            tracks: the road users that are followed.
        """
        if raw.size_px != self._size_px:
            self._begin(raw.size_px)
        now_s = raw.stamp.stream_s
        self._lost.follow(tracks)
        self._take_near(tracks, now_s)
        self._stays.follow(tracks, _living(tracks))
        if self.is_due(now_s):
            self._last_s = now_s
            self._heights.add(tracks)
            self._stays.mark(detections, _living(detections), tracks)
            self._sample(raw, detections, now_s)
        return self._things(tracks)

    def _sample(self, raw: RawFrame, detections: Detections, now_s: float) -> None:
        picture = cv2.GaussianBlur(raw.picture(self._grid.grid_px, self._grid.rect), (3, 3), 0)
        colours = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb), np.float32)
        if float(np.percentile(colours[::2, ::2, 0], 90)) < DARK:
            return
        covered = self._covered(detections)
        changes = self._views.update(colours, covered, now_s)
        if not changes.usable:
            return
        self._match(changes, now_s)
        looked = False
        for each in tuple(self._candidates):
            self._judge_light(each)
            self._take_detections(each, detections)
            each.stay = self._stays.later(each.stay, each.region.mask)
            each.lost_here = each.lost_here or self._lost.lost_at(each.region.mask, each.born_s)
            whole = each.take_changes(changes, self._views.since_s, covered)
            # One closer look a sample: this frame is not to take much longer than others.
            if whole and not looked and not each.lost_here and each.look_due(now_s):
                box_px = self._grid.frame_box(each.region.box)
                found = look_closer(raw, box_px, self._detector, person_px=self._person_px(box_px))
                each.take_found(found, now_s)
                looked = True
            if now_s - each.seen_s > GONE_S:
                self._candidates.remove(each)
            elif now_s - each.born_s > KEPT_S:
                self._views.absorb(each.region.mask)

    def _match(self, changes: Changes, now_s: float) -> None:
        """Goes on with the candidates whose regions are there still, and begins new ones."""
        limit_px = MAX_SHARE_OF_GRID * changes.new.size
        found = sorted(regions_of(changes.new, self._views.since_s), key=lambda region: region.area_px, reverse=True)
        for region in found:
            in_zone = float(self._grid.inside[region.mask].mean())
            if region.area_px > limit_px or in_zone < MIN_SHARE_IN_ZONE:
                continue
            own = [each for each in self._candidates if region.overlap(each.region) >= SAME_SHARE]
            if own:
                first = min(own, key=lambda each: each.born_s)
                if first.seen_s < now_s:  # else a larger piece of it has been found in this sample
                    first.region, first.seen_s = region, now_s
            elif len(self._candidates) < MAX_CANDIDATES:
                came_s = max(region.since_s, now_s - SETTLED_S)
                stay = self._stays.before(region.mask)
                self._candidates.append(Candidate(region, now_s, came_s, now_s, stay=stay))

    def _judge_light(self, each: Candidate) -> None:
        appearance = appearance_of(each.region, self._views.still, self._views.empty, self._views.noise)
        each.take_appearance(appearance)
        if each.dull >= (LEFT_SAMPLES if appearance.left else DULL_SAMPLES):
            self._views.absorb(each.region.mask)
            each.dull = 0

    def _take_detections(self, each: Candidate, detections: Detections) -> None:
        """Takes the finds of the whole picture at a candidate, however weak."""
        boxes = Boxes(detections.xyxy_px, detections.confidence, detections.road_user)
        at = covering(boxes, self._grid.frame_box(each.region.box))
        each.take_whole_picture(float(detections.confidence[at & _living(detections)].max(initial=0.0)))

    def _take_near(self, tracks: Tracks, now_s: float) -> None:
        """Takes who stays near a candidate."""
        people = tracks.confirmed & (tracks.road_user == RoadUser.PEDESTRIAN)
        ids, boxes = tracks.track_id[people], tracks.xyxy_px[people]
        tall = boxes[:, 3] - boxes[:, 1]
        for each in self._candidates:
            left, _, right, bottom = self._grid.frame_box(each.region.box)
            gap = np.maximum(np.maximum(left - boxes[:, 2], boxes[:, 0] - right), 0.0)
            near = (gap < NEAR_SHARE * tall) & (np.abs(boxes[:, 3] - bottom) < NEAR_SHARE * tall)
            each.take_near(ids[near].tolist(), now_s)

    def judged(self) -> list[tuple[Candidate, Box, Against | None]]:
        """Returns what is new now, its box in pixels of the frame, and why it is no thing: None where it is one."""
        placed = [(each, self._grid.frame_box(each.region.box)) for each in self._candidates]
        alone = [(each, box, self._against(each, box)) for each, box in placed]
        return [
            (each, box, against or (Against.PART if any(_may_be_part(each, box, *other) for other in alone) else None))
            for each, box, against in alone
        ]

    def _things(self, tracks: Tracks) -> StandingThings:
        rows = [(each, box) for each, box, against in self.judged() if against is None]
        return StandingThings(
            tracks.stamp,
            np.array([box for _, box in rows], np.float32).reshape(-1, 4),
            np.array([each.visible / max(each.samples, 1) for each, _ in rows], np.float32),
            np.array([each.since_s for each, _ in rows], np.float64),
        )

    def _against(self, each: Candidate, box_px: Box) -> Against | None:
        side_px = float(max(box_px[2] - box_px[0], box_px[3] - box_px[1]))
        person_px = self._person_px(box_px)
        if person_px is not None and side_px < MIN_SHARE_OF_PERSON * person_px:
            return Against.LOW
        return each.against(side_px, person_px, blur_px=BLUR * self._grid.pixel_px)

    def _person_px(self, box_px: Box) -> float | None:
        foot01 = float(box_px[0] + box_px[2]) / 2 / self._size_px[0], float(box_px[3]) / self._size_px[1]
        return self._heights.at(foot01, self._size_px)

    def _covered(self, detections: Detections) -> Grid:
        covered = np.zeros(self._grid.shape, np.bool_)
        for box in _grown(detections.xyxy_px[detections.confidence >= COVER], COVER_GROWTH):
            covered[self._grid.part(box)] = True
        return covered


def _living(found: Detections | Tracks) -> npt.NDArray[np.bool_]:
    """Returns bool (N,): those that are people, riders included."""
    return np.isin(found.road_user, (RoadUser.PEDESTRIAN, *RIDDEN))


def _grown(boxes_px: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.float64]:
    """Returns boxes with a share of their size more on each side: float64 (N, 4)."""
    boxes = boxes_px.astype(np.float64)
    growth = share * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate([boxes[:, :2] - growth, boxes[:, 2:] + growth], axis=1)


def _may_be_part(each: Candidate, box_px: Box, other: Candidate, other_px: Box, against: Against | None) -> bool:
    """Returns whether a region may be a part of a person: beside one who may be one, or a larger undecided one."""
    undecided = against is not None and other.region.area_px > each.region.area_px
    return other is not each and (other.suspect or undecided) and _beside(box_px, other_px)


def _beside(box: Box, suspect: Box) -> bool:
    """Returns whether a box lies so near to another, by the other's larger side, that both may be one person."""
    gap = np.maximum(suspect[:2] - box[2:], box[:2] - suspect[2:])
    return bool(gap.max() < (suspect[2:] - suspect[:2]).max())

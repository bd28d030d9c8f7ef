"""A rider and the bicycle or motorcycle under them are one road user, not two.

A detector of COCO's classes finds a cyclist as a person and a bicycle. Joined here they are one bicycle. A person who
wheels a bicycle, or passes a parked one, stays a pedestrian, and the bicycle beside them is not counted again.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RIDDEN, RoadUser
from passerby.ingest.detectors.detector import Boxes

Column = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RidingShape:
    """How a rider's box lies to the vehicle's, as shares of boxes, so that distance does not matter.

    The numbers come from bodies: a bicycle is 1.0 m high and 1.7 m long, its saddle 0.9 m up, a pedal's lowest point
    0.1 m; a rider on it reaches from there to 1.7 m. Checked by eye on riders, wheelers and dog walkers of four scenes.

    Attributes:
        min_confidence: of the vehicle; detectors see faint bicycles in legs, dogs and shadows.
        max_centre_off: horizontal distance of the centres, in widths of the wider box.
        min_overlap_x: common width, in widths of the narrower box.
        min_feet_above: how far above the wheels feet end, in the person's heights. Who stands on the ground beside a
            bicycle, wheels it or passes in front of it has feet as low as its wheels, or lower.
        max_feet_above: the same in the vehicle's heights; feet higher than that are of a person further away.
        min_rise: how far the head rises above the vehicle's box, in the person's heights.
        min_height, max_height: the person's height in the vehicle's heights.
        min_beside_overlap_x: common width of a person and a vehicle beside them, in widths of the narrower box.
        max_beside_feet: how far their feet and its wheels differ, in the person's heights.
        same_iou: a person's and a vehicle's box that overlap more are two names for one road user.
        min_inside: the share of a box that lies inside a joined one and is then a part of it.
    """

    min_confidence: float = 0.25
    max_centre_off: float = 0.35
    min_overlap_x: float = 0.6
    min_feet_above: float = 0.05
    max_feet_above: float = 0.7
    min_rise: float = 0.05
    min_height: float = 0.7
    max_height: float = 2.8
    min_beside_overlap_x: float = 0.3
    max_beside_feet: float = 0.12
    same_iou: float = 0.6
    min_inside: float = 0.8


RIDING = RidingShape()


def join_riders(boxes: Boxes, shape: RidingShape = RIDING) -> Boxes:
    """Returns the same road users with each rider and vehicle as one row, and no row for a vehicle that is wheeled.

    A joined row has the vehicle's class, the box round both and the greater confidence of the two. Every vehicle takes
    one rider and every rider one vehicle, the closest fit first; weaker boxes inside a joined one are parts of it.
    """
    ridden = np.isin(boxes.road_user, RIDDEN)
    people = np.flatnonzero(boxes.road_user == RoadUser.PEDESTRIAN)
    if not ridden.any() or not len(people):
        return boxes
    vehicles = np.flatnonzero(ridden & (boxes.confidence >= shape.min_confidence))
    pair = _Pairs(boxes.xyxy_px[people], boxes.xyxy_px[vehicles])
    fits = pair.riding(shape)
    xyxy_px, confidence = boxes.xyxy_px.copy(), boxes.confidence.copy()
    stays, joined = np.ones(len(boxes), np.bool_), np.zeros(len(boxes), np.bool_)
    candidates = np.argwhere(fits)
    for person, vehicle in candidates[np.argsort(pair.centre_off[fits], kind="stable")]:
        rider, carrier = people[person], vehicles[vehicle]
        if joined[carrier] or not stays[rider]:
            continue
        joined[carrier], stays[rider] = True, False
        xyxy_px[carrier, :2] = np.minimum(xyxy_px[carrier, :2], xyxy_px[rider, :2])
        xyxy_px[carrier, 2:] = np.maximum(xyxy_px[carrier, 2:], xyxy_px[rider, 2:])
        confidence[carrier] = max(confidence[carrier], confidence[rider])
    stays &= ~_parts(xyxy_px, confidence, joined, ridden | (boxes.road_user == RoadUser.PEDESTRIAN), shape)
    people, vehicles = people[stays[people]], np.flatnonzero(ridden & stays & ~joined)
    stays[_beside(xyxy_px, confidence, people, vehicles, shape)] = False
    return Boxes(xyxy_px[stays], confidence[stays], boxes.road_user[stays])


def _parts(xyxy_px: Column, confidence: Column, joined: Mask, may_be_part: Mask, shape: RidingShape) -> Mask:
    """Weaker boxes of people and two-wheelers that lie inside a joined box: bool (N,)."""
    whole = np.flatnonzero(joined)
    pair = _Pairs(xyxy_px, xyxy_px[whole])
    inside = pair.common_px2 >= shape.min_inside * pair.area_p_px2
    weaker = confidence[:, None] <= confidence[whole][None]
    return np.asarray((inside & weaker).any(axis=1) & may_be_part & ~joined, np.bool_)


def _beside(
    xyxy_px: Column,
    confidence: Column,
    people: npt.NDArray[np.intp],
    vehicles: npt.NDArray[np.intp],
    shape: RidingShape,
) -> npt.NDArray[np.intp]:
    """Returns the rows to drop: wheeled or parked vehicles, and the weaker of two names for one box.

    A vehicle without a rider is dropped beside a person of at least its confidence.
    """
    pair = _Pairs(xyxy_px[people], xyxy_px[vehicles])
    more_confident = confidence[people][:, None] >= confidence[vehicles][None]
    same = pair.iou >= shape.same_iou
    wheeled = pair.beside(shape) & more_confident
    return np.concatenate(
        [vehicles[(wheeled | (same & more_confident)).any(axis=0)], people[(same & ~more_confident).any(axis=1)]]
    )


class _Pairs:
    """Measures of every person (rows, P) against every vehicle (columns, V)."""

    def __init__(self, person_xyxy_px: Column, vehicle_xyxy_px: Column) -> None:
        left_p, top_p, right_p, bottom_p = (column[:, None] for column in person_xyxy_px.T)
        left_v, top_v, right_v, bottom_v = (column[None] for column in vehicle_xyxy_px.T)
        # A box may be a line when the picture's edge cuts it; a thousandth of a pixel keeps the shares finite.
        self._width_p, self._height_p = np.maximum(right_p - left_p, 1e-3), np.maximum(bottom_p - top_p, 1e-3)
        self._width_v, self._height_v = np.maximum(right_v - left_v, 1e-3), np.maximum(bottom_v - top_v, 1e-3)
        common_y = np.clip(np.minimum(bottom_p, bottom_v) - np.maximum(top_p, top_v), 0, None)
        self._common_x = np.clip(np.minimum(right_p, right_v) - np.maximum(left_p, left_v), 0, None)
        self._narrower = np.minimum(self._width_p, self._width_v)
        self._feet_above = bottom_v - bottom_p
        self._rise = top_v - top_p
        self.common_px2 = self._common_x * common_y
        self.area_p_px2 = self._width_p * self._height_p
        self.iou = self.common_px2 / (self.area_p_px2 + self._width_v * self._height_v - self.common_px2)
        self.centre_off = np.abs(left_p + right_p - left_v - right_v) / 2 / np.maximum(self._width_p, self._width_v)

    def riding(self, shape: RidingShape) -> Mask:
        """Returns who rides which vehicle: bool (P, V)."""
        return np.asarray(
            (self.centre_off <= shape.max_centre_off)
            & (self._common_x >= shape.min_overlap_x * self._narrower)
            & (self._feet_above >= shape.min_feet_above * self._height_p)
            & (self._feet_above <= shape.max_feet_above * self._height_v)
            & (self._height_p >= shape.min_height * self._height_v)
            & (self._height_p <= shape.max_height * self._height_v)
            & (self._rise >= shape.min_rise * self._height_p),
            np.bool_,
        )

    def beside(self, shape: RidingShape) -> Mask:
        """Returns who stands on the ground beside which vehicle, and overlaps it: bool (P, V)."""
        return np.asarray(
            (self._common_x >= shape.min_beside_overlap_x * self._narrower)
            & (np.abs(self._feet_above) <= shape.max_beside_feet * self._height_p)
            & (self._rise >= shape.min_rise * self._height_p)
            & (self._height_p <= shape.max_height * self._height_v),
            np.bool_,
        )

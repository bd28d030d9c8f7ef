"""One frame: boxes of the full-frame pass and of crops, each road user once, in the frame's own pixels."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.ingest.attention.frame_detector import CUT_MARGIN_PX, FrameDetector, one_each, placed, whole
from passerby.ingest.crops import CROP_SIDE_PX, CropPlan, full_frame_size
from passerby.ingest.detectors.detector import Boxes
from testing.pictures.frames import Parts, TellingDetector, boxes, flat

SIZE_PX = (1920, 1080)
FULL_PX = full_frame_size(SIZE_PX)


def test_boxes_of_the_full_frame_are_put_into_the_frame() -> None:
    detector = TellingDetector(full=boxes((64.0, 32.0, 96.0, 96.0)))
    found = FrameDetector(detector, CropPlan(), Parts()).find(flat(SIZE_PX))
    scale_x, scale_y = SIZE_PX[0] / FULL_PX[0], SIZE_PX[1] / FULL_PX[1]
    assert found.xyxy_px[0] == pytest.approx((64 * scale_x, 32 * scale_y, 96 * scale_x, 96 * scale_y), rel=1e-5)
    assert found.stamp.size_px == SIZE_PX
    assert detector.full_shapes == [(FULL_PX[1], FULL_PX[0], 3)]
    assert not detector.crop_shapes


def test_boxes_of_a_crop_are_put_into_the_frame() -> None:
    area = np.array([[0.4, 0.3], [0.45, 0.3], [0.45, 0.4]], np.float32)
    plan = CropPlan((area,))
    detector = TellingDetector(crop=lambda picture: boxes((100.0, 120.0, 130.0, 200.0)))
    raw = flat(SIZE_PX)
    found = FrameDetector(detector, plan, Parts()).find(raw)
    region = CropPlan((area,)).crops(found[np.zeros(len(found), np.bool_)], np.empty((0, 4), np.float32))[0]
    scale = (region[2] - region[0]) / CROP_SIDE_PX
    assert detector.crop_shapes == [(CROP_SIDE_PX, CROP_SIDE_PX, 3)]
    assert found.xyxy_px[0] == pytest.approx(
        (region[0] + 100 * scale, region[1] + 120 * scale, region[0] + 130 * scale, region[1] + 200 * scale), rel=1e-4
    )


def test_a_road_user_in_both_passes_is_there_once() -> None:
    area = np.array([[0.4, 0.3], [0.45, 0.3], [0.45, 0.4]], np.float32)
    detector = TellingDetector(crop=lambda picture: boxes((100.0, 120.0, 130.0, 200.0)))
    alone = FrameDetector(detector, CropPlan((area,)), Parts()).find(flat(SIZE_PX)).xyxy_px[0]
    shrink = np.array([FULL_PX[0] / SIZE_PX[0], FULL_PX[1] / SIZE_PX[1]] * 2)
    detector.full = boxes(tuple(alone * shrink), confidence=0.6)
    found = FrameDetector(detector, CropPlan((area,)), Parts()).find(flat(SIZE_PX))
    assert len(found) == 1
    assert found.confidence[0] == pytest.approx(0.9)


INNER = (400, 200, 720, 520)


@pytest.mark.parametrize(
    "cut",
    [
        (1.0, 100.0, 40.0, 180.0),
        (100.0, 1.0, 140.0, 80.0),
        (290.0, 100.0, CROP_SIDE_PX - 1.0, 180.0),
        (100.0, 240.0, 140.0, CROP_SIDE_PX - 1.0),
    ],
)
def test_boxes_cut_by_an_inner_edge_are_dropped(cut: tuple[float, float, float, float]) -> None:
    uncut = (100.0, 100.0, 140.0, 180.0)
    kept = whole(boxes(uncut, cut), INNER, SIZE_PX)
    assert kept.xyxy_px.tolist() == [list(uncut)]


def test_an_edge_of_the_frame_cuts_nothing_off() -> None:
    at_corner = boxes((0.0, 0.0, 40.0, 80.0))
    assert len(whole(at_corner, (0, 0, 320, 320), SIZE_PX)) == 1
    far = boxes((CROP_SIDE_PX - 40.0, CROP_SIDE_PX - 80.0, float(CROP_SIDE_PX), float(CROP_SIDE_PX)))
    assert len(whole(far, (1600, 760, 1920, 1080), SIZE_PX)) == 1
    assert CUT_MARGIN_PX < 40


def test_placing_scales_and_shifts() -> None:
    found = placed(boxes((10.0, 20.0, 30.0, 40.0)), (100, 200, 740, 840), (320, 320))
    assert found.xyxy_px.tolist() == [[120.0, 240.0, 160.0, 280.0]]


def test_the_surest_of_several_boxes_stays() -> None:
    kept = one_each(boxes((0, 0, 40, 80), (2, 2, 42, 82), confidence=(0.5, 0.8)))
    assert kept.confidence.tolist() == pytest.approx([0.8])


def test_a_torso_within_a_surer_body_is_no_second_person() -> None:
    assert len(one_each(boxes((0, 0, 40, 100), (5, 5, 35, 50), confidence=(0.8, 0.6)))) == 1


def test_a_box_round_two_surer_ones_is_dropped() -> None:
    kept = one_each(boxes((0, 0, 40, 100), (50, 0, 90, 100), (0, 0, 90, 100), confidence=(0.8, 0.7, 0.4)))
    assert kept.confidence.tolist() == pytest.approx([0.8, 0.7])


def test_neighbours_stay_two() -> None:
    assert len(one_each(boxes((0, 0, 40, 100), (25, 0, 65, 100), confidence=(0.8, 0.7)))) == 2


def test_a_person_before_a_car_stays() -> None:
    both = Boxes.joined([boxes((0, 0, 200, 100), road_user=RoadUser.CAR), boxes((50, 10, 80, 90), confidence=0.6)])
    assert len(one_each(both)) == 2


def test_a_dropped_box_drops_no_other() -> None:
    # The second lies in the first; the third overlaps the second alone.
    kept = one_each(boxes((0, 0, 100, 100), (40, 0, 100, 100), (70, 0, 130, 100), confidence=(0.9, 0.8, 0.7)))
    assert kept.confidence.tolist() == pytest.approx([0.9, 0.7])


def test_an_empty_street_gives_no_boxes() -> None:
    assert len(one_each(Boxes.none())) == 0
    assert len(FrameDetector(TellingDetector(), CropPlan(), Parts()).find(flat(SIZE_PX))) == 0


def test_a_rider_and_the_bicycle_are_one() -> None:
    rider = boxes((100.0, 60.0, 130.0, 130.0))
    bicycle = boxes((90.0, 100.0, 140.0, 140.0), confidence=0.8, road_user=RoadUser.BICYCLE)
    found = FrameDetector(TellingDetector(full=Boxes.joined([rider, bicycle])), CropPlan(), Parts()).find(flat(SIZE_PX))
    assert [RoadUser(int(one)) for one in found.road_user] == [RoadUser.BICYCLE]


def test_the_parts_of_the_work_are_timed() -> None:
    parts = Parts()
    FrameDetector(TellingDetector(), CropPlan(), parts).find(flat(SIZE_PX))
    assert parts.names == ["scale", "detect"]

"""When calibration points fix a ground plane, and which of them is at fault when they do not."""

import pytest

from passerby.config.rules.ground_rules import ground_faults

CORNERS = ((0.2, 0.5), (0.8, 0.5), (0.9, 0.9), (0.1, 0.9))
METRES = ((0.0, 20.0), (10.0, 20.0), (10.0, 0.0), (0.0, 0.0))


def pairs(picture=CORNERS, metres=METRES):
    return tuple({"picture": point, "metres": place} for point, place in zip(picture, metres, strict=True))


def distance(start, end, metres=1.0):
    return {"from": start, "to": end, "metres": metres}


DISTANCES = (
    distance((0.2, 0.6), (0.8, 0.6), 9.0), distance((0.2, 0.9), (0.8, 0.9), 4.0), distance((0.5, 0.6), (0.5, 0.9), 6.0),
    distance((0.3, 0.6), (0.3, 0.75), 4.0),
)  # fmt: skip


def found(**ground):
    return list(ground_faults(ground))


def test_four_points_that_span_an_area_are_fine():
    assert found(points=pairs()) == []


@pytest.mark.parametrize("count", [0, 3])
def test_fewer_than_four_are_refused_with_their_number(count):
    assert found(points=pairs()[:count]) == [(("points",), f"the ground needs 4 points, got {count}")]
    assert found(distances=DISTANCES[:count], picture_px=(1600, 900)) == [
        (("distances",), f"the ground needs 4 distances, got {count}")
    ]


def test_a_point_given_twice_is_named_with_its_place_in_the_list():
    twice = (CORNERS[0], CORNERS[1], CORNERS[2], CORNERS[1])
    assert found(points=pairs(picture=twice)) == [
        (("points", 3, "picture"), "this is the same point in the picture as number 2 of the list")
    ]
    on_ground = (METRES[0], METRES[1], METRES[0], METRES[3])
    assert found(points=pairs(metres=on_ground)) == [
        (("points", 2, "metres"), "this is the same point on the ground as number 1 of the list")
    ]


@pytest.mark.parametrize("off", [0, 1, 2, 3, 4])
def test_all_but_one_on_a_line_fix_nothing_whichever_one_is_off_it(off):
    line = [(0.1 + 0.2 * number, 0.5 + 0.05 * number) for number in range(5)]
    line[off] = (line[off][0], 0.9)
    places = [(x * 10, y * 20) for x, y in line]
    (fault, *_) = found(points=pairs(line, places))
    assert fault == (("points",), "the points do not fix a plane: in the picture all but one of them lie on one line")
    two_off = [*line[:4], (0.95, 0.95)] if off != 4 else [(0.05, 0.95), *line[1:]]
    two_off[1 if off != 1 else 2] = (0.4, 0.8)
    assert found(points=pairs(two_off, [(x * 10, y * 20) for x, y in two_off])) == []


def test_nearly_on_a_line_is_a_thousandth_of_its_length():
    for off, fine in ((0.0002, False), (0.01, True)):
        points = ((0.1, 0.5), (0.5, 0.5 + off), (0.9, 0.5), (0.5, 0.9))
        assert (found(points=pairs(points, [(x * 10, y * 20) for x, y in points])) == []) is fine


def test_points_or_distances_and_what_belongs_to_each():
    assert found() == [((), "give either points or distances, neither is here")]
    assert ((), "give either points or distances, not both") in found(points=pairs(), distances=DISTANCES)
    assert found(points=pairs(), picture_px=(1600, 900)) == [
        (("picture_px",), "this is for distances only: with points, take it away")
    ]
    assert found(distances=DISTANCES)[0][1].startswith("distances need picture_px too")


def test_distances_are_tried_once_all_of_them_can_be_read():
    twin = distance((0.5, 0.5), (0.5, 0.5))
    assert found(distances=(*DISTANCES[:3], twin), picture_px=(1600, 900)) == [
        (("distances", 3), "from and to are the same point")
    ]
    level = tuple(distance((0.1, 0.7), (0.1 + 0.1 * n, 0.7), float(n)) for n in range(1, 6))
    (fault,) = found(distances=level, picture_px=(1600, 900))
    assert (fault[0], "one line" in fault[1]) == (("distances",), True)
    # The types report these; they hide no other fault and make none here.
    assert found(distances=(*level[:4], distance((0.1, 0.7), "x")), picture_px=(1600, 900)) == []
    assert found(distances=(*level[:4], distance((0.1, 0.7), (0.2, 0.7), 0.0)), picture_px=(1600, 900)) == []
    assert found(distances=level, picture_px=(0, 900)) == []
    assert found(distances=level, picture_px="wide") == []
    assert found(distances=level, picture_px=(1, 1)) != []

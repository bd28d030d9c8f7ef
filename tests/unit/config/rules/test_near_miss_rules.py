"""What is wrong with a camera's near misses."""

import pytest

from passerby.config.rules.near_miss_rules import near_miss_faults

GROUND: dict[str, object] = {}
MOVEMENTS: dict[str, object] = {"left": {}, "right": {}}


def faults(near_misses, **layout):
    known = {"ground": GROUND, "movements": MOVEMENTS} | layout
    return [(loc, text) for loc, text in near_miss_faults({**known, "near_misses": near_misses})]


@pytest.mark.parametrize("keys", [{}, {"ttc_s": 1.0, "movements": ("left",), "count": ("pedestrian", "car")}])
def test_what_can_be_counted_has_no_fault(keys):
    assert faults(keys) == []


def test_ground_is_needed():
    ((loc, text),) = [*near_miss_faults({"near_misses": {}})]
    assert loc == ()
    assert "calibrate" in text


def test_movements_are_the_camera_s_and_named_once():
    (unknown, twice) = faults({"movements": ("lefft", "left", "left"), "count": ("car",)})
    assert unknown[0] == ("movements", 0)
    assert "left" in unknown[1]
    assert twice[0] == ("movements", 2)
    assert "named twice" in twice[1]


def test_pairs_are_some_and_not_too_many():
    ((loc, text),) = faults({"count": ("pedestrian",)})
    assert loc == ("count",)
    assert "among_pedestrians" in text
    assert faults({"count": ("pedestrian",), "among_pedestrians": True}) == []
    names = tuple(f"way {number}" for number in range(5))
    ((_, text),) = faults({"movements": names}, movements={name: {} for name in names})
    assert "5 movements and 7 classes make" in text
    assert "at most 300" in text


def test_a_line_cannot_have_the_name_of_a_pair():
    ((_, text),) = faults({}, lines={"pedestrian and car": {}})
    assert "rename it" in text


def test_keys_of_the_wrong_type_are_left_to_the_types():
    assert faults({"ttc_s": "soon"}) == []

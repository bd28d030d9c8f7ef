"""What a rule demands of its line or zone."""

from pathlib import Path

import pytest

from passerby.config.events.rules import rules_of
from passerby.config.loader import layout_of, load_site
from passerby.domain.errors import SiteFileError
from passerby.events.subjects import lacks

PLACES = """
    lines:
      gate: {points: [[0.1, 0.7], [0.9, 0.7]], count: [pedestrian], forward: in, backward: out}
      road: {points: [[0.1, 0.6], [0.9, 0.6]], forward: same, backward: same}
    zones:
      middle: {points: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.9], [0.2, 0.9]]}
      lane: {points: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.9]], count: [car, bus]}
      corner: {points: [[0.2, 0.8], [0.3, 0.8], [0.3, 0.9], [0.2, 0.9]]}
      sky: {points: [[0.2, 0.01], [0.8, 0.01], [0.8, 0.9], [0.2, 0.9]]}
"""
GROUND = """
    ground:
      points:
        - {{picture: [0.2, 0.9], metres: [0, 0]}}
        - {{picture: [0.8, 0.9], metres: [{0}, 0]}}
        - {{picture: [0.6, 0.4], metres: [{0}, {1}]}}
        - {{picture: [0.4, 0.4], metres: [0, {1}]}}
    near_misses: {{}}
"""
NEAR, FAR = GROUND.format(8, 16), GROUND.format(400, 1600)


def faults(folder: Path, rule: str, ground: str = NEAR) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(f"cameras:\n  square:{PLACES}{ground}\n    rules:\n      a: {{{rule}}}\n")
    try:
        load_site(path)
    except SiteFileError as error:
        return [fault.partition(" cameras.square.rules.a.")[2] for fault in str(error).splitlines()]
    return []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("kind: saturated, zone: midle", "zone: the text 'midle' is no zone of this camera. Did you mean middle?"),
        ("kind: saturated, zone: gate",
         "zone: the text 'gate' is a line of this camera, and a zone is needed. Its zones: middle, lane, corner, sky."),
        ("kind: wrong_way, line: middle, allowed_way: in",
         "line: the text 'middle' is a zone of this camera, and a line is needed. Its lines: gate, road."),
        ("kind: counter_flow, line: gate, allowed_way: inn, above_share: 0.2",
         "allowed_way: the text 'inn' is no way over gate. Did you mean in?"),
        ("kind: counter_flow, line: road, allowed_way: same, above_share: 0.2",
         "allowed_way: the text 'same' names both ways over road: say forward or backward"),
        ("kind: wrong_way, line: gate, allowed_way: in",
         "line: the line counts pedestrian alone, and wrong_way watches bicycle, car, motorcycle, bus, truck and "
         "heavy_vehicle: add what it is to watch to the line's count"),
        ("kind: counter_flow, line: gate, allowed_way: in, above_share: 0.2, count: [pedestrian, bicycle]",
         "count: the line does not count bicycle: add it to its count, or take it away here"),
        ("kind: overcrowding, zone: lane, above_people: 4",
         "zone: the zone counts car and bus alone, and overcrowding watches pedestrian: add what it is to watch to the "
         "zone's count"),
        ("kind: queue, zone: middle, longer_than_m: 300", "longer_than_m: no queue in this zone is longer than 17 m, "
         "got 300"),
        ("kind: overcrowding, zone: middle, above_people: 5000",
         "above_people: no more than 569 people fit into this zone of 56.9 m² (10 on each), got 5000"),
        ("kind: overcrowding, zone: middle, above_per_m2: 0.01",
         "above_per_m2: a single person on 56.9 m² would be above it, and a rule is never about one: more "
         "than 0.02 is needed, got 0.01"),
        ("kind: densest_area, zone: middle, above_per_m2: 0.05",
         "above_per_m2: a single person on 10.0 m² would be above it, and a rule is never about one: more than 0.10 is "
         "needed, got 0.05"),
        ("kind: densest_area, zone: corner, above_per_m2: 2",
         "zone: a zone of 10 m² or more is needed for its densest 10 m², got 1.8 m². Draw a larger one, or take kind: "
         "overcrowding"),
        ("kind: overcrowding, zone: sky, above_per_m2: 2",
         "zone: a part of this zone lies at or above the ground's horizon, where nothing is measured in people for "
         "each square metre: draw it on the ground"),
    ],
)  # fmt: skip
def test_a_fault_of_a_place_names_the_key_and_what_to_do(tmp_path: Path, rule: str, fault: str) -> None:
    assert faults(tmp_path, rule) == [fault]


def test_a_key_of_the_wrong_kind_of_place_leads_to_the_right_one(tmp_path: Path) -> None:
    assert faults(tmp_path, "kind: saturated, line: gate") == [
        "line: saturated is watched at a zone: name it with zone", "zone: this key is needed: zone",
    ]  # fmt: skip
    assert faults(tmp_path, "kind: camera_state, zone: middle, longer_than_s: 60") == [
        "zone: camera_state is watched for the camera as a whole: take it away"
    ]


@pytest.mark.parametrize(
    ("rule", "key", "instead"),
    [
        ("kind: overcrowding, zone: middle, above_per_m2: 2", "above_per_m2", ", or write above_people"),
        ("kind: densest_area, zone: middle, above_per_m2: 2", "above_per_m2", ""),
        ("kind: queue, zone: middle, longer_than_m: 12", "longer_than_m", ", or write longer_than_vehicles"),
        ("kind: speeds, line: road, above_kmh: 30", "above_kmh", ""),
        ("kind: near_misses, zone: middle, above_per_hour: 2", "above_per_hour", ""),
        ("kind: near_misses, above_per_hour: 2", "above_per_hour", ""),
    ],
)
def test_metres_need_calibrated_ground(tmp_path: Path, rule: str, key: str, instead: str) -> None:
    (fault,) = faults(tmp_path, rule, ground="")
    assert fault.startswith(f"{key}: ")
    assert "calibrated ground, and this camera has none: calibrate the camera" in fault
    assert fault.endswith(f"(docs/how-to/calibrate-the-ground.md){instead}")
    assert faults(tmp_path, rule) == []


def test_what_the_camera_cannot_make_out_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "kind: densest_area, zone: middle, above_per_m2: 6", FAR)
    assert fault.startswith("above_per_m2: the camera cannot distinguish so many people in this zone: at most ")
    assert faults(tmp_path, "kind: densest_area, zone: middle, above_per_m2: 6") == []


def test_near_misses_may_be_watched_in_all_that_is_in_view(tmp_path: Path) -> None:
    assert faults(tmp_path, "kind: near_misses, above_per_hour: 2") == []


def test_a_rule_on_near_misses_needs_them_counted(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "kind: near_misses, above_per_hour: 2", NEAR.replace("near_misses: {}", ""))
    assert fault.startswith("kind: this camera does not count near misses")


def test_a_fault_of_the_ground_is_reported_once_and_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    broken = NEAR.replace("[0.8, 0.9]", "[0.2, 0.9]")
    path.write_text(
        f"cameras:\n  square:{PLACES}{broken}\n    rules:\n      a: {{kind: saturated, zone: midle}}\n"
        "      b: {kind: densest_area, zone: middle, above_per_m2: 6}\n"
    )
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    assert [fault.partition(" ")[2].partition(":")[0] for fault in str(caught.value).splitlines()] == [
        "cameras.square.ground.points[1].picture", "cameras.square.rules.a.zone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        "kind: overcrowding, zone: middle, above_people: 4", "kind: overcrowding, zone: middle, above_per_m2: 2",
        "kind: densest_area, zone: middle, above_per_m2: 2",
        "kind: crowd_rising, zone: middle, above_people_per_min: 5",
        "kind: counter_flow, line: gate, allowed_way: in, above_share: 0.3, min_count: 5",
        "kind: vehicle_in_zone, zone: lane", "kind: vehicle_in_zone, zone: middle, count: [bicycle]",
        "kind: wrong_way, line: road, allowed_way: forward", "kind: stopped_vehicle, zone: lane, longer_than_s: 9",
        "kind: queue, zone: middle, longer_than_m: 9", "kind: queue, zone: middle, longer_than_vehicles: 9",
        "kind: obstacle, zone: middle, longer_than_s: 9", "kind: speeds, line: road, above_kmh: 30, min_count: 5",
        "kind: near_misses, zone: middle, above_per_hour: 2", "kind: near_misses, above_per_hour: 2",
        "kind: saturated, zone: middle", "kind: camera_state, longer_than_s: 9",
    ],
)  # fmt: skip
def test_what_is_accepted_lacks_nothing_to_be_watched(tmp_path: Path, rule: str) -> None:
    assert faults(tmp_path, rule) == []
    camera = load_site(tmp_path / "site.yaml").cameras["square"]
    layout = layout_of(camera)
    assert [lacks(each, layout) for each in rules_of(camera.rules, layout.lines)] == [()]

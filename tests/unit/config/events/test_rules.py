"""Rules and profiles as they come out of a site file's keys."""

from pathlib import Path

import pytest

from passerby.config.events.rules import profiles_of, rules_of
from passerby.config.loader import layout_of, load_site
from passerby.domain.event_rules import EventRule, Profile, RuleKind, Severity, WeeklyHours
from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser

SITE = """
profiles:
  market day: {hours: [{days: [sat], from: "06:00", to: "14:00"}], dates: [2026-12-24]}
  concert: {}
cameras:
  square:
    lines:
      gate: {points: [[0.1, 0.5], [0.9, 0.5]], forward: in, backward: out}
    zones:
      middle: {points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]}
    ground:
      points:
        - {picture: [0.2, 0.9], metres: [0, 0]}
        - {picture: [0.8, 0.9], metres: [8, 0]}
        - {picture: [0.6, 0.4], metres: [8, 16]}
        - {picture: [0.4, 0.4], metres: [0, 16]}
    near_misses: {}
    rules:
"""


def rules(folder: Path, text: str) -> tuple[EventRule, ...]:
    path = folder / "site.yaml"
    path.write_text(SITE + "".join(f"      {line}\n" for line in text.splitlines()))
    camera = load_site(path).cameras["square"]
    return rules_of(camera.rules, layout_of(camera).lines)


@pytest.mark.parametrize(
    ("keys", "kind", "place", "threshold", "unit"),
    [
        ("kind: overcrowding, zone: middle, above_people: 40", RuleKind.OVERCROWDING, "middle", 40, "1"),
        ("kind: overcrowding, zone: middle, above_per_m2: 2.5", RuleKind.OVERCROWDING, "middle", 2.5, "m-2"),
        ("kind: densest_area, zone: middle, above_per_m2: 3", RuleKind.DENSEST_AREA, "middle", 3, "m-2"),
        ("kind: crowd_rising, zone: middle, above_people_per_min: 9", RuleKind.CROWD_RISING, "middle", 9, "/min"),
        ("kind: counter_flow, line: gate, allowed_way: in, above_share: 0.3", RuleKind.COUNTER_FLOW, "gate", 0.3, "1"),
        ("kind: vehicle_in_zone, zone: middle", RuleKind.VEHICLE_IN_ZONE, "middle", 1, "1"),
        ("kind: vehicle_in_zone, zone: middle, from_vehicles: 3", RuleKind.VEHICLE_IN_ZONE, "middle", 3, "1"),
        ("kind: wrong_way, line: gate, allowed_way: in", RuleKind.WRONG_WAY, "gate", 1, "1"),
        ("kind: stopped_vehicle, zone: middle, longer_than_s: 30", RuleKind.STOPPED_VEHICLE, "middle", 30, "s"),
        ("kind: queue, zone: middle, longer_than_m: 12", RuleKind.QUEUE, "middle", 12, "m"),
        ("kind: queue, zone: middle, longer_than_vehicles: 5", RuleKind.QUEUE, "middle", 5, "1"),
        ("kind: obstacle, zone: middle, longer_than_s: 60", RuleKind.OBSTACLE, "middle", 60, "s"),
        ("kind: speeds, line: gate, above_kmh: 36", RuleKind.SPEEDS, "gate", 10, "m/s"),
        ("kind: near_misses, zone: middle, above_per_hour: 4", RuleKind.NEAR_MISSES, "middle", 4, "/h"),
        ("kind: saturated, zone: middle", RuleKind.SATURATED, "middle", 1, "1"),
        ("kind: camera_state, longer_than_s: 300", RuleKind.CAMERA_STATE, "", 300, "s"),
    ],
)
def test_each_kind_has_its_place_and_its_threshold_in_its_unit(
    tmp_path: Path, keys: str, kind: RuleKind, place: str, threshold: float, unit: str
) -> None:
    (rule,) = rules(tmp_path, f"a: {{{keys}}}")
    assert (rule.name, rule.kind, rule.place, rule.unit) == ("a", kind, place, unit)
    assert rule.threshold == pytest.approx(threshold)


def test_every_key_is_in_the_rule(tmp_path: Path) -> None:
    (rule,) = rules(
        tmp_path,
        "a:\n  kind: counter_flow\n  line: gate\n  allowed_way: out\n  above_share: 0.25\n  min_count: 12\n"
        "  count: [bicycle]\n  hold_s: 3\n  cool_down_s: 90\n  severity: critical\n  profiles: [concert, market day]\n"
        '  hours: [{days: [fri, sat], from: "18:00", to: "02:00"}]',
    )
    assert rule == EventRule(
        "a", RuleKind.COUNTER_FLOW, "gate", 0.25, "1", 3, 90, Severity.CRITICAL, Direction.BACKWARD,
        frozenset({RoadUser.BICYCLE}), (WeeklyHours(frozenset({4, 5}), 64_800, 7_200),),
        frozenset({"concert", "market day"}), 12,
    )  # fmt: skip


def test_what_is_left_out_is_as_the_domain_has_it(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, "a: {kind: overcrowding, zone: middle, above_people: 40}")
    assert rule == EventRule("a", RuleKind.OVERCROWDING, "middle", 40, "1")


def test_profiles_have_their_calendar(tmp_path: Path) -> None:
    rules(tmp_path, "a: {kind: saturated, zone: middle}")
    assert profiles_of(load_site(tmp_path / "site.yaml").profiles) == (
        Profile("market day", (WeeklyHours(frozenset({5}), 21_600, 50_400),), frozenset({"2026-12-24"})),
        Profile("concert"),
    )

"""A draft is held to what a site file has to keep, beside the places and the ground of its camera."""

from typing import Any

import pytest

from passerby.config.document import Document, parse
from passerby.config.loader import draft_of
from passerby.domain.draft_trial import DraftError
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout

SITE = """
profiles: {night: {}}
cameras:
  square:
    lines:
      gate: {points: [[0.2, 0.2], [0.2, 0.8]], forward: out, backward: in}
      other: {points: [[0.8, 0.2], [0.8, 0.8]]}
    movements:
      through: {from: {line: gate, way: forward}, to: {line: other, way: forward}}
    zones:
      benches: {points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]}
    near_misses: {movements: [through]}
    ground:
      points:
        - {picture: [0.0, 0.5], metres: [0, 20]}
        - {picture: [1.0, 0.5], metres: [20, 20]}
        - {picture: [1.0, 1.0], metres: [15, 0]}
        - {picture: [0.0, 1.0], metres: [5, 0]}
    rules:
      full: {kind: overcrowding, zone: benches, above_people: 40}
"""
SQUARE = {"points": [[0.3, 0.6], [0.7, 0.6], [0.7, 0.9]]}
FULL = {"kind": "overcrowding", "zone": "benches", "above_people": 20}


def tried(lines: Any = None, zones: Any = None, rules: Any = None) -> tuple[Layout, tuple[EventRule, ...]]:
    site: Document = parse(SITE)
    return draft_of(site, "square", {"lines": lines or {}, "zones": zones or {}}, rules or {})


def faults(**draft: Any) -> dict[str, str]:
    with pytest.raises(DraftError) as refused:
        tried(**draft)
    return {fault.where: fault.what for fault in refused.value.faults}


def test_its_places_stand_beside_those_that_its_rules_name_on_the_camera_s_ground() -> None:
    wrong_way = {"kind": "wrong_way", "line": "gate", "allowed_way": "out"}
    layout, (full, way) = tried(zones={"new": SQUARE}, rules={"full": FULL, "way": wrong_way})
    assert [line.name for line in layout.lines] == ["gate"]
    assert [zone.name for zone in layout.zones] == ["benches", "new"]
    assert layout.ground is not None
    assert (layout.movements, layout.near_misses) == ((), None)
    assert (full.kind, full.threshold, full.place) == (RuleKind.OVERCROWDING, 20, "benches")
    assert way.direction == "forward"


def test_a_place_of_the_camera_s_name_is_tried_in_its_place() -> None:
    moved = {"gate": {"points": [[0.4, 0.2], [0.4, 0.8]]}}
    layout, _ = tried(lines=moved)
    assert [round(float(x), 3) for x in layout.lines[0].points[:, 0]] == [0.4, 0.4]
    layout, _ = tried(zones={"gate": SQUARE})
    assert ([line.name for line in layout.lines], [zone.name for zone in layout.zones]) == ([], ["gate"])


def test_near_misses_are_measured_for_a_rule_of_theirs_and_hours_are_left_out() -> None:
    hours = [{"days": ["mon"], "from": "08:00", "to": "09:00"}]
    rule = {"kind": "near_misses", "above_per_hour": 5, "hours": hours, "profiles": ["night"]}
    layout, (near,) = tried(rules={"near": rule})
    assert layout.near_misses is not None
    assert layout.near_misses.movements == ()
    assert (near.hours, near.profiles, near.silent) == ((), frozenset(), True)


def test_all_that_is_wrong_is_said_with_where() -> None:
    assert "zones.new.points" in faults(zones={"new": {"points": [[0.1, 0.1]]}})
    assert "zones.new.colour" in faults(zones={"new": {**SQUARE, "colour": "red"}})
    assert (
        "one of the lines"
        in faults(lines={"same": {"points": [[0.1, 0.1], [0.2, 0.9]]}}, zones={"same": SQUARE})["zones.same"]
    )
    assert "rules.full.zone" in faults(rules={"full": {**FULL, "zone": "nowhere"}})
    assert "rules.full.hold_s" in faults(rules={"full": {**FULL, "hold_s": -1}})
    assert (
        "silently"
        in faults(rules={"clear": {"kind": "obstacle", "zone": "benches", "longer_than_s": 30}})["rules.clear.kind"]
    )
    assert faults() == {"": "a line, a zone or a rule is needed"}
    assert "5 at most" in faults(rules={str(number): FULL for number in range(6)})["rules"]


def test_a_draft_that_is_nested_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    assert faults(zones={"new": {"points": deep}}) == {"zones": "it is nested too deep"}

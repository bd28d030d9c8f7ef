"""Rules of one camera that contradict each other."""

from pathlib import Path

import pytest

from passerby.config.loader import load_site
from passerby.domain.errors import SiteFileError

SITE = """
profiles: {market: {}, fair: {}}
cameras:
  square:
    ground:
      points:
        - {picture: [0.1, 0.6], metres: [0, 20]}
        - {picture: [0.9, 0.6], metres: [10, 20]}
        - {picture: [0.9, 0.9], metres: [10, 0]}
        - {picture: [0.1, 0.9], metres: [0, 0]}
    lines:
      gate: {points: [[0.1, 0.7], [0.9, 0.7]], forward: in, backward: out}
    zones:
      middle: {points: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.9], [0.2, 0.9]]}
      edge: {points: [[0.1, 0.6], [0.2, 0.6], [0.2, 0.9], [0.1, 0.9]]}
    rules:
"""
FULL = "kind: overcrowding, zone: middle, "
NIGHT, DAY = 'hours: [{from: "20:00", to: "06:00"}]', 'hours: [{from: "06:00", to: "20:00"}]'


def faults(folder: Path, *rules: str) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(SITE + "".join(f"      {name}: {{{rule}}}\n" for name, rule in zip("ab", rules, strict=True)))
    try:
        load_site(path)
    except SiteFileError as error:
        return [fault.partition(" cameras.square.rules.")[2] for fault in str(error).splitlines()]
    return []


@pytest.mark.parametrize("order", [1, -1])
def test_the_lower_severity_has_the_lower_threshold(tmp_path: Path, order: int) -> None:
    rules = [FULL + "above_people: 50, severity: notice", FULL + "above_people: 40, severity: critical"]
    (fault,) = faults(tmp_path, *rules[::order])
    name, other = ("a", "b")[::order]
    assert fault == (
        f"{name}.above_people: it lies above that of {other} (40), which is critical and so would come before this "
        "notice, got 50: take a lower one, or a lower severity there"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("above_people: 40, severity: notice", "above_people: 50, severity: critical"),
        ("above_people: 50, severity: notice, hold_s: 5", "above_people: 40, severity: critical, hold_s: 60"),
        (f"above_people: 50, severity: notice, {NIGHT}", f"above_people: 40, severity: critical, {DAY}"),
        ("above_people: 50, severity: notice, profiles: [market]",
         "above_people: 40, severity: critical, profiles: [fair]"),
        ("above_people: 50, severity: notice", "above_people: 40, severity: notice"),
    ],
)  # fmt: skip
def test_what_may_both_be_meant_is_left(tmp_path: Path, one: str, other: str) -> None:
    assert faults(tmp_path, FULL + one, FULL + other) == []


def test_another_place_or_kind_is_another_rule(tmp_path: Path) -> None:
    critical = "above_people: 40, severity: critical"
    assert faults(tmp_path, FULL + "above_people: 50", f"kind: overcrowding, zone: edge, {critical}") == []
    speeds = "kind: queue, zone: middle, longer_than_vehicles: 40, severity: critical"
    assert faults(tmp_path, FULL + "above_people: 50", speeds) == []


def test_no_two_rules_allow_opposite_ways_at_one_time(tmp_path: Path) -> None:
    wrong_way = "kind: wrong_way, line: gate, allowed_way: "
    (fault,) = faults(tmp_path, wrong_way + "in", wrong_way + "backward")
    assert fault.startswith("b.allowed_way: a allows the other way over the same line at the same time")
    assert faults(tmp_path, wrong_way + "in", wrong_way + "forward, severity: notice") == []
    assert faults(tmp_path, wrong_way + f"in, {NIGHT}", wrong_way + f"out, {DAY}") == []
    assert faults(tmp_path, wrong_way + "in, count: [car]", wrong_way + "out, count: [bicycle]") == []


def test_two_shares_against_each_other_need_to_leave_room_for_both(tmp_path: Path) -> None:
    flow = "kind: counter_flow, line: gate, "
    (fault,) = faults(tmp_path, f"{flow}allowed_way: in, above_share: 0.3", f"{flow}allowed_way: out, above_share: 0.4")
    assert fault.startswith("b.allowed_way: a allows the other way")
    assert not faults(tmp_path, f"{flow}allowed_way: in, above_share: 0.7", f"{flow}allowed_way: out, above_share: 0.6")


def test_two_speeds_of_one_line_do_not_contradict_each_other(tmp_path: Path) -> None:
    speeds = "kind: speeds, line: gate, above_kmh: "
    assert faults(tmp_path, speeds + "30", speeds + "40, severity: critical") == []

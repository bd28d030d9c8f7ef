"""Real recordings replayed by the real command: their events, with what was measured."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.footage]

MIDDLE = "[[0.36, 0.375], [0.66, 0.36], [0.82, 0.42], [0.80, 0.70], [0.40, 0.49]]"
PETS = f"""
cameras:
  junction:
    analysed_fps: 3
    zones: {{middle: {{points: {MIDDLE}}}}}
    lines: {{east road: {{points: [[0.895, 0.44], [0.855, 0.745]], forward: in, backward: out}}}}
    rules:
      crowded: {{kind: overcrowding, zone: middle, above_people: 3, hold_s: 2, cool_down_s: 5}}
      never: {{kind: overcrowding, zone: middle, above_people: 30, severity: critical}}
      closed: {{kind: vehicle_in_zone, zone: middle, hold_s: 1}}
      against: {{kind: counter_flow, line: east road, allowed_way: out, above_share: 0.2, min_count: 5, hold_s: 0}}
      wrong way: {{kind: wrong_way, line: east road, allowed_way: out}}
"""
CARS = """
cameras:
  junction:
    zones: {all: {points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}
    lines:
      middle: {points: [[0.5, 0], [0.5, 1]], forward: to the left, backward: to the right}
      beside: {points: [[0.45, 0], [0.45, 1]], forward: to the left, backward: to the right}
    rules:
      against: {kind: wrong_way, line: middle, allowed_way: to the left, cool_down_s: 600}
      as allowed: {kind: wrong_way, line: beside, allowed_way: to the right}
      cars: {kind: vehicle_in_zone, zone: all, hold_s: 0.5, severity: critical}
      lorries: {kind: vehicle_in_zone, zone: all, hold_s: 0.5, count: [bus]}
"""


def events(folder: Path, video: Path, site: str) -> list[dict[str, Any]]:
    path = folder / "site.yaml"
    path.write_text(site)
    command = [sys.executable, "-m", "passerby", "replay", video, "--site", path, "--events", "--json"]
    ended = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["not_watched"] == []
    assert document["isolation"]["level"] >= 2
    found: list[dict[str, Any]] = document["events"]
    return found


def test_a_junction_on_foot_is_crowded_now_and_then_and_never_driven_on(footage: Path, tmp_path: Path) -> None:
    found = events(tmp_path, footage / "pets09-s2l1" / "video.avi", PETS)
    assert {event["rule"] for event in found} == {"crowded", "against"}  # people come in by the road, and no vehicle
    against = [event for event in found if event["rule"] == "against"]
    assert all(event["peak"] > 0.5 and event["why"].startswith("Many people against") for event in against)
    crowded = [event for event in found if event["rule"] == "crowded"]
    assert 2 <= len(crowded) <= 6
    for event in crowded:
        assert event["place"] == "middle"
        assert 4 <= event["peak"] <= 10  # the recording shows 8 people at once
        assert event["raised_s"] == pytest.approx(event["start_s"] + 2, abs=0.4)
        assert event["why"].startswith("Crowded in middle: ")
        assert 0.3 < event["confidence"] <= 1
        assert event["coverage"] > 0.9
        # The samples are the event's own values: past the threshold from its start to when it was raised.
        held = [each["value"] for each in event["samples"] if event["start_s"] <= each["time_s"] <= event["raised_s"]]
        assert held
        assert min(held) > 3


def test_cars_on_a_road_are_vehicles_where_none_may_be(footage: Path, tmp_path: Path) -> None:
    found = {event["rule"]: event for event in events(tmp_path, footage / "junction" / "cars-cyclist.mp4", CARS)}
    assert set(found) == {"cars", "against"}  # all go to the right, and none is a bus
    assert found["against"]["why"].startswith("Vehicles against the direction over middle: ")
    event = found["cars"]
    assert (event["kind"], event["severity"]) == ("vehicle_in_zone", "critical")
    assert event["peak"] >= 2  # two cars follow a cyclist
    assert event["why"].startswith("Vehicles in all, which is closed to them: ")

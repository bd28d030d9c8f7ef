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
    rules:
      crowded: {{kind: overcrowding, zone: middle, above_people: 3, hold_s: 2, cool_down_s: 5}}
      never: {{kind: overcrowding, zone: middle, above_people: 30, severity: critical}}
      closed: {{kind: vehicle_in_zone, zone: middle, hold_s: 1}}
"""
CARS = """
cameras:
  junction:
    zones: {all: {points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}
    rules:
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
    assert {event["rule"] for event in found} == {"crowded"}
    assert 2 <= len(found) <= 6
    for event in found:
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
    (event,) = events(tmp_path, footage / "junction" / "cars-cyclist.mp4", CARS)
    assert (event["rule"], event["kind"], event["severity"]) == ("cars", "vehicle_in_zone", "critical")
    assert event["peak"] >= 2  # two cars follow a cyclist
    assert event["why"].startswith("Vehicles in all, which is closed to them: ")

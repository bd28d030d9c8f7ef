"""What counts by hand say about a line, as it stands beside that line's numbers."""

import pytest

from passerby.domain.count_accuracy import PRIOR_SD, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import pairs_of
from passerby.domain.road_user import RoadUser
from tests.unit.web.routes.measured.validations.test_hand_counts import PATH, body, counting, later

ACCURACY = "/api/v1/accuracy"


def test_a_validated_line_has_its_error_with_the_interval() -> None:
    made = counting()
    made.post(PATH, json=body())
    assert made.get(ACCURACY).json()["rows"][0]["waiting"] == 1
    later(made)
    square, gate = made.get(ACCURACY).json()["rows"]
    assert (square["camera"], square["validated"], square["stretches"], square["minutes"]) == ("square", True, 1, 5)
    assert square["newest"] is not None
    rows = {(row["road_user"], row["direction"]): row for row in square["rows"]}
    forward, both = rows["bicycle", "forward"], rows["bicycle", None]
    assert (forward["by_hand"], forward["by_system"], forward["measured"]) == (30, 25, True)
    assert forward["error"] == pytest.approx(-5 / 30, abs=1e-6)
    assert forward["error_low"] < forward["error"] < forward["error_high"]
    assert (both["by_hand"], both["by_system"]) == (30, 30)
    assert (rows["pedestrian", None]["measured"], rows["pedestrian", None]["error"]) == (False, None)
    assert (gate["validated"], gate["rows"][0]["ratio_sd"], gate["rows"][0]["freedom"]) == (False, PRIOR_SD, None)
    # The same calculation as everywhere else.
    expected = accuracy_of(pairs_of(made.store.hand_counts.counts.values()), RoadUser.BICYCLE, Direction.FORWARD)
    assert forward["ratio"] == pytest.approx(expected.ratio, abs=1e-6)


def test_an_unknown_camera_or_line_is_404_and_one_that_may_not_be_seen_is_403() -> None:
    made = counting(role="analyst", group="centre")
    assert made.get(ACCURACY, params={"camera": "sqare"}).status_code == 404
    assert made.get(ACCURACY, params={"camera": "square", "line": "wst"}).status_code == 404
    assert made.get(ACCURACY, params={"camera": "gate"}).status_code == 403
    assert [row["camera"] for row in made.get(ACCURACY).json()["rows"]] == ["square"]

"""A calibration over HTTP while it is made: metres, map or distances; errors; the grid."""

from typing import Any

import numpy as np
import pytest

from testing.web.fakes import Service
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/cameras/square/calibration"
PICTURE = [[0.05, 0.41], [0.94, 0.54], [0.93, 0.71], [0.10, 0.60]]
METRES = [[0.0, 0.0], [17.0, 1.6], [18.5, -3.1], [7.2, -5.6]]


def made() -> Service:
    return service(role="engineer")


def pairs(kind: str, places: list[list[float]], pictures: list[list[float]]) -> dict[str, Any]:
    return {"points": [{"picture": one, kind: other} for one, other in zip(pictures, places, strict=True)]}


def test_four_points_have_no_error_that_could_be_seen() -> None:
    found = made().post(PATH, json=pairs("metres", METRES, PICTURE)).json()
    assert (found["rmse_m"], found["errors_m"]) == (None, [None] * 4)
    assert (
        found["sentence"]
        == "four points fix the ground exactly, so its error cannot be seen; add a fifth point or more"
    )
    assert found["grid_step_m"] == 2.0
    assert len(found["grid"]) > 8
    assert found["ground"] == pairs("metres", METRES, PICTURE)


def test_a_mistaken_point_is_the_one_with_the_error() -> None:
    square = [[0.1 * x, 0.1 * y] for x in (1, 5, 9) for y in (1, 5, 9)]
    metres = [[20 * x, 20 * y] for x, y in square]
    metres[4] = [metres[4][0] + 3.0, metres[4][1]]
    found = made().post(PATH, json=pairs("metres", metres, square)).json()
    assert np.argmax(found["errors_m"]) == 4
    assert found["errors_m"][4] == pytest.approx(3.0, abs=0.05)
    assert found["rmse_m"] == pytest.approx(1.0, abs=0.05)
    assert "look for a point that is mistaken" in found["sentence"]


def test_places_of_a_map_are_saved_in_metres() -> None:
    places = [[44.8125, 20.4612], [44.8126, 20.4612], [44.8126, 20.4614], [44.8125, 20.4614]]
    found = made().post(PATH, json=pairs("map", places, [[0, 1], [0, 0], [1, 0], [1, 1]])).json()
    assert [pair["metres"] for pair in found["ground"]["points"]] == [
        [0.0, 0.0], [0.0, 11.113], [15.821, 11.113], [15.821, 0.0],
    ]  # fmt: skip


def test_distances_say_by_how_much_each_is_wrong() -> None:
    ends = [([0.1, 0.9], [0.5, 0.9]), ([0.2, 0.5], [0.5, 0.5]), ([0.3, 0.9], [0.35, 0.5]), ([0.7, 0.9], [0.65, 0.5])]
    distances = [{"from": one, "to": other, "metres": 9.0} for one, other in ends]
    distances[0]["metres"], distances[1]["metres"] = 4.0, 8.0
    found = made().post(PATH, json={"distances": distances, "picture_px": [1920, 1080]}).json()
    assert len(found["errors_m"]) == 4
    assert found["rmse_m"] == pytest.approx(float(np.sqrt(np.mean(np.square(found["errors_m"])))), abs=1e-3)


@pytest.mark.parametrize(
    ("body", "where", "what"),
    [
        ({}, "body", "neither is here"),
        (pairs("metres", METRES[:3], PICTURE[:3]), "body.points", "the ground needs 4 points, got 3"),
        (pairs("metres", [[0, 0], [1, 1], [2, 2], [3, 3]], PICTURE), "body.points", "lie on one line"),
        (pairs("map", [[44.8, 20.4], [99, 20.4], [44.8, 20.4], [44.8, 20.4]], PICTURE), "body.points", "latitude"),
        (
            {"points": [{"picture": [0, 0], "metres": [0, 0]}, {"picture": [0, 1], "map": [44.8, 20.4]}]},
            "body.points[0].map",
            "or none has one",
        ),
        ({"distances": []}, "body", "distances need picture_px"),
    ],
)
def test_what_fixes_no_ground_is_refused_where_it_is(body: dict[str, Any], where: str, what: str) -> None:
    refused = made().post(PATH, json=body)
    assert refused.status_code == 422
    faults = [(fault["where"], fault["what"]) for fault in refused.json()["faults"]]
    assert any(at == where and what in text for at, text in faults), faults

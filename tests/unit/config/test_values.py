"""The limits of names, paths, points, lines and areas: what is on one is taken, what is beyond is refused."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from passerby.config.service_keys import NetworkKeys, RetentionKeys, SourceKeys, WorkerKeys
from passerby.config.values import (
    MAX_CORNERS,
    MAX_GROUND_M,
    FilePath,
    GroundPoint,
    LinePoints,
    Name,
    PicturePoint,
    ZonePoints,
    self_crossing,
)


def refusal(kind: Any, value: object) -> str:
    """Why a value is refused; empty where it is taken."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return "; ".join(each["msg"] for each in error.errors())
    return ""


def ring(corners: int) -> list[tuple[float, float]]:
    """A simple polygon along a parabola."""
    steps = [number / corners for number in range(corners)]
    return [(0.9 * step, 0.9 * step * (1 - step)) for step in steps]


@pytest.mark.parametrize(
    ("kind", "on_the_limit", "beyond"),
    [
        (Name, "n" * 80, "n" * 81),
        (Name, "n", ""),
        (FilePath, "p" * 1000, "p" * 1001),
        (FilePath, "p", " "),
        (PicturePoint, [0, 1], [0, 1.001]),
        (PicturePoint, [0.0, 1.0], [-0.001, 1.0]),
        (GroundPoint, [MAX_GROUND_M, -MAX_GROUND_M], [MAX_GROUND_M + 1, 0]),
        (LinePoints, [[0.1, 0.1], [0.1051, 0.1]], [[0.1, 0.1], [0.1049, 0.1]]),
        (ZonePoints, [[0, 0], [0.005, 0], [0, 0.0041]], [[0, 0], [0.005, 0], [0, 0.0039]]),
        (ZonePoints, ring(MAX_CORNERS), ring(MAX_CORNERS + 1)),
        (ZonePoints, ring(3), ring(3)[:2]),
    ],
)
def test_limits(kind: Any, on_the_limit: object, beyond: object) -> None:
    assert refusal(kind, on_the_limit) == ""
    assert refusal(kind, beyond) != ""


@pytest.mark.parametrize(
    ("keys", "on_the_limit", "beyond"),
    [
        (SourceKeys, {"user": "u" * 200}, {"user": "u" * 201}),
        (SourceKeys, {"user": "u"}, {"user": ""}),
        (SourceKeys, {"password": "p" * 1000}, {"password": "p" * 1001}),
        (SourceKeys, {"password": "p"}, {"password": ""}),
        (SourceKeys, {"password": "p q"}, {"password": "p\nq"}),
        (SourceKeys, {"user": "p q"}, {"user": "p\nq"}),
        (SourceKeys, {"user": "p;q"}, {"user": "p:q"}),
        (NetworkKeys, {"cameras": ("10.0.0.0/8",) * 200}, {"cameras": ("10.0.0.0/8",) * 201}),
        (RetentionKeys, {"days": 36_600}, {"days": 36_601}),
        (RetentionKeys, {"minutes": 1}, {"minutes": 0}),
        (WorkerKeys, {"cameras_each": 64}, {"cameras_each": 65}),
        (WorkerKeys, {"cameras_each": 1}, {"cameras_each": 0}),
    ],
)
def test_limits_of_the_services_keys(keys: Any, on_the_limit: object, beyond: object) -> None:
    assert refusal(keys, on_the_limit) == ""
    assert refusal(keys, beyond) != ""


@pytest.mark.parametrize(("x", "pixels"), [(1.5, False), (2, False), (2.1, True), (640, True), (-3, False)])
def test_a_point_that_may_be_in_pixels_gets_a_hint(x: float, pixels: bool) -> None:
    wrong = refusal(PicturePoint, [x, 0.5])
    assert "x must lie between 0 and 1" in wrong
    assert ("Divide by the picture's width" in wrong) is pixels
    assert ("Divide by the picture's height" in refusal(PicturePoint, [0.5, x])) is pixels


@pytest.mark.parametrize("value", ["0.5, 0.5", [0.5], [0.5, 0.5, 0.5], None, {"x": 0.5}])
def test_a_point_is_a_pair(value: object) -> None:
    assert "a point is [x, y], got" in refusal(PicturePoint, value)


def test_both_numbers_of_a_point_are_named_when_both_are_wrong() -> None:
    assert (
        refusal(PicturePoint, [True, "0.5"]) == "x must be a number, got true; y must be a number, got the text '0.5'"
    )
    assert "x must be a finite number" in refusal(PicturePoint, [float("nan"), 0.5])


@pytest.mark.parametrize("start", range(5))
def test_an_outline_that_crosses_itself_is_named_by_its_two_edges(start: int) -> None:
    """A house whose lower corners are swapped, listed from each of its corners."""
    corners = [(0.1, 0.5), (0.5, 0.1), (0.9, 0.5), (0.2, 0.9), (0.8, 0.9)]
    turned = corners[start:] + corners[:start]
    edges = sorted(((corner - start) % 5 + 1, (corner + 1 - start) % 5 + 1) for corner in (2, 4))
    edges.sort(key=lambda edge: edge[0])
    (a, b), (c, d) = edges
    found = self_crossing(turned)
    assert found.startswith(f"the edge from point {a} to {b} meets the edge from point {c} to {d} at [0.5, 0.729]")


def test_an_outline_that_crosses_nothing_or_stands_twice_in_a_point() -> None:
    assert self_crossing([(0.1, 0.5), (0.5, 0.1), (0.9, 0.5), (0.8, 0.9), (0.2, 0.9)]) == ""
    twice = [(0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.1), (0.1, 0.5)]
    assert self_crossing(twice) == "points 1 and 4 are the same, [0.1, 0.1]; leave one out"

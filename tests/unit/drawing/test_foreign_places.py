"""Files of OTAnalytics and OpenDataCam as lines and zones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.drawing.foreign_places import ForeignFileError, read_places

SIZE = (1000.0, 500.0)


def section(name: str, *points: tuple[float, float], kind: str = "line", offset_y: float = 1.0) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "type": kind,
        "relative_offset_coordinates": {"section-enter": {"x": 0.5, "y": offset_y}},
        "coordinates": [{"x": x, "y": y} for x, y in points],
        "plugin_data": {},
    }


def otflow(*sections: object, flows: list[object] | None = None) -> str:
    return json.dumps({"sections": sections, "flows": flows or []})


def area(*points: tuple[float, float], kind: str = "bidirectional", **keys: Any) -> dict[str, Any]:
    corners = [{"x": x, "y": y} for x, y in points]
    named = {"point1": corners[0], "point2": corners[-1]} if kind != "polygon" else {"points": corners}
    location = {**named, "refResolution": {"w": 1000, "h": 500}}
    return {"color": "yellow", "location": location, "name": "east", "type": kind, **keys}


def test_sections_become_lines_and_zones_in_shares_of_the_picture() -> None:
    square = ((0, 0), (1000, 0), (1000, 500), (0, 0))  # the first corner again, as OTAnalytics closes an area
    read = read_places(otflow(section("north", (100, 50), (900, 250)), section("square", *square, kind="area")), SIZE)
    assert read.program == "OTAnalytics"
    assert read.lines == {"north": {"points": [[0.1, 0.1], [0.9, 0.5]]}}
    assert read.zones == {"square": {"points": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]}}
    assert read.notes == ()


def test_what_cannot_be_the_same_here_is_said() -> None:
    bent = section("bent", (0, 0), (500, 100), (900, 300))
    middle = section("middle", (0, 0), (500, 100), offset_y=0.5)
    read = read_places(otflow(bent, middle, flows=[{"name": "north to south", "start": "a", "end": "b"}]), SIZE)
    assert set(read.lines) == {"middle"}
    flows, left_out, offset = read.notes
    assert "north to south" in flows
    assert left_out == "bent was left out: it has 3 points, and 2 are needed"
    assert offset.startswith("middle: it was drawn for a point at 0.5 of a road user's height")


@pytest.mark.parametrize(
    ("ends", "forward_ends"),
    [
        (((100, 250), (900, 250)), [[0.1, 0.5], [0.9, 0.5]]),  # left to right: forward is top to bottom
        (((900, 250), (100, 250)), [[0.1, 0.5], [0.9, 0.5]]),
        (((500, 50), (500, 450)), [[0.5, 0.9], [0.5, 0.1]]),  # bottom to top: forward is left to right
    ],
)
def test_forward_is_opendatacams_left_to_right_and_top_to_bottom(ends: Any, forward_ends: object) -> None:
    assert read_places(json.dumps({"k": area(*ends)})).lines == {"east": {"points": forward_ends}}


@pytest.mark.parametrize(
    "wrap", [lambda areas: areas, lambda areas: {"countingAreas": areas}, lambda a: [{"areas": a}]]
)
def test_counter_areas_are_found_where_opendatacam_has_them(wrap: Any) -> None:
    areas = {"1": area((100, 250), (900, 250)), "2": area((0, 0), (1000, 0), (500, 500), kind="polygon")}
    read = read_places(json.dumps(wrap(areas)))
    assert read.program == "OpenDataCam"
    assert set(read.lines) == {"east"}
    assert read.zones == {"east": {"points": [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]}}


def test_an_area_of_one_way_says_which_way_that_is() -> None:
    read = read_places(json.dumps({"1": area((100, 250), (900, 250), kind="rightleft_bottomtop")}))
    assert any("which is backward here" in note for note in read.notes)


def test_an_area_without_enough_points_is_left_out() -> None:
    point = area((0, 0), (9, 9))
    point["location"]["points"] = [{"x": 3, "y": 3}]
    read = read_places(json.dumps({"1": point}))
    assert (read.lines, read.notes) == ({}, ("east was left out: it has 1 points, and 2 are needed",))


def test_two_of_one_name_are_kept_apart() -> None:
    areas = {"1": area((100, 250), (900, 250)), "2": area((100, 300), (900, 300))}
    assert set(read_places(json.dumps(areas)).lines) == {"east", "east 2"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("no", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("{}", "neither sections"),
        (otflow(3), r"sections\[0\]: an object"),
        (otflow({**section("a", (0, 0), (9, 9)), "type": "cutting"}), "line or area is needed, got 'cutting'"),
        (otflow({**section("a"), "coordinates": None}), "a list of points is needed, got nothing"),
        (otflow(section("a", (0, 0), (9000, 9))), r"coordinates\[1\].x: 9000 lies outside of a picture of 1000x500"),
        (otflow({**section("a", (0, 0), (9, 9)), "coordinates": [{"x": True, "y": 1}]}), "got True"),
        (otflow(section("a" * 81, (0, 0), (9, 9))), "a name of 1 to 80"),
        (json.dumps({"1": {"location": {"point1": {"x": 1, "y": 1}}}}), "refResolution: width and height are needed"),
        (json.dumps({"1": area((0, 0), (9, 9), name="a\u202eb")}), "printable letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, what: str) -> None:
    with pytest.raises(ForeignFileError, match=what):
        read_places(text, SIZE)


def test_otanalytics_needs_the_size_of_the_video() -> None:
    with pytest.raises(ForeignFileError, match="--size"):
        read_places(otflow(section("north", (100, 50), (900, 250))))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["sections", "areas", "location", "coordinates", "x", "y", "type", "name", "refResolution",
                         "w", "h", "points", "point1", "point2", "flows", "relative_offset_coordinates"]),
        inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(content: object) -> None:
    try:
        read = read_places(json.dumps(content), SIZE)
    except ForeignFileError:
        return
    for keys in (*read.lines.values(), *read.zones.values()):
        assert all(0 <= number <= 1 for point in keys["points"] for number in point)  # type: ignore[attr-defined]

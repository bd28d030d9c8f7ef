"""Plots keep to their frame, hatch what is not known, and say in words what they show."""

from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.report.pictures.scene import Area, Stroke
from passerby.report.traffic.document import Chart
from passerby.report.traffic.forms.charts import COLOURS, HATCH, SIZE_PX, chart_scene, description

values = st.lists(st.none() | st.floats(0, 1e6), min_size=1, max_size=40)


@given(values, st.booleans())
@settings(max_examples=25)
def test_every_shape_is_within_the_frame_and_each_known_number_has_its_column(
    found: list[float | None], stacked: bool
) -> None:
    labels = tuple(f"{number}:00" for number in range(len(found)))
    chart = Chart("Some", labels, (("one", tuple(found)), ("other", tuple(found))), "crossings", stacked)
    scene = chart_scene(chart)
    points = [
        point
        for shape in scene.shapes
        if isinstance(shape, Area | Stroke)
        for point in (shape.corners_px if isinstance(shape, Area) else shape.points_px)
    ]
    assert all(-1 <= x <= SIZE_PX[0] + 1 and -1 <= y <= SIZE_PX[1] + 1 for x, y in points)
    columns = [shape for shape in scene.shapes if isinstance(shape, Area) and shape.fill in COLOURS]
    assert len(columns) == 2 * sum(bool(value) for value in found)
    assert any(isinstance(shape, Stroke) and shape.colour == HATCH for shape in scene.shapes) == (None in found)


def test_what_it_shows_is_said_in_words() -> None:
    chart = Chart("North", ("8:00", "8:15"), (("in", (3.0, None)),), "crossings")
    assert description(chart) == "North: columns of in, at most 3 crossings; 1 of 2 not watched."

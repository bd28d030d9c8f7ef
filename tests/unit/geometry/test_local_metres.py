"""Latitude and longitude become metres around the first place."""

import numpy as np
import pytest

from passerby.geometry.local_metres import local_metres


def test_lengths_of_a_degree_are_those_of_the_ellipsoid() -> None:
    # National Geospatial-Intelligence Agency, length of a degree at 45 degrees: 111 131.8 m along, 78 846.8 m across.
    at = local_metres(np.array([[45.0, 15.0], [45.001, 15.0], [45.0, 15.001]]))
    assert np.allclose(at[0], 0)
    assert at[1] == pytest.approx([0, 111.1318], abs=1e-3)
    assert at[2] == pytest.approx([78.8468, 0], abs=1e-3)


def test_the_line_of_dates_is_no_edge() -> None:
    assert local_metres(np.array([[0.0, 179.9999], [0.0, -179.9999]]))[1] == pytest.approx([22.264, 0], abs=1e-3)


@pytest.mark.parametrize(
    ("places", "why"),
    [([[95.0, 0.0]], "latitude"), ([[np.nan, 0.0]], "latitude"), ([[44.8, 20.4], [44.8, 21.4]], "20 km")],
)
def test_what_is_no_place_is_refused(places: list[list[float]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        local_metres(np.array(places))

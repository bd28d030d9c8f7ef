"""Observations in columns come back as they were; columns that say nonsense are refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.histograms import HIGHEST_BIN, LOWEST_BIN, Histogram
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery

finite = st.floats(allow_nan=False, allow_infinity=False)
any_observation = st.builds(
    Observation,
    camera=st.text(max_size=5),
    series=st.text(max_size=5),
    quantity=st.sampled_from(Quantity),
    road_user=st.none() | st.sampled_from(RoadUser),
    direction=st.none() | st.sampled_from(["forward", "backward"]),
    start_ns=st.integers(0, 1 << 62),
    length_s=st.integers(1, 86_400),
    value=st.none() | finite,
    count=st.integers(0, 1 << 40),
    coverage=st.floats(0, 1),
    error=st.none() | finite,
    reliable=st.booleans(),
    histogram=st.none()
    | st.dictionaries(st.integers(LOWEST_BIN, HIGHEST_BIN), st.integers(1, 9), min_size=1, max_size=4).map(
        Histogram.of_counts
    ),
).map(lambda one: replace(one, count=one.count + (one.histogram.n if one.histogram else 0)))


@given(st.lists(any_observation, max_size=6))
def test_what_goes_in_comes_out(observations: list[Observation]) -> None:
    assert observations_of(columns_of(observations)) == tuple(observations)


@given(st.lists(any_observation, max_size=3))
def test_a_delivery_crosses_the_seam(observations: list[Observation]) -> None:
    pieces = TO_HUB.encode(Delivery(7, columns_of(observations), (), ()))
    head, text, *arrays = map(bytes, pieces)
    back = TO_HUB.decode(TO_HUB.head(head), text, b"".join(arrays))
    assert isinstance(back, Delivery)
    assert observations_of(back.observations) == tuple(observations)


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("camera", 9), ("camera", -1), ("direction", -2), ("quantity", 99), ("road_user", 17), ("value", np.nan)],
)
def test_nonsense_is_refused(column: str, wrong: float) -> None:
    one = Observation("square", "gate", Quantity.FLOW, RoadUser.BICYCLE, "forward", 0, 60, 3.0, 3, 1.0)
    columns = columns_of([one])
    changes: dict[str, Any] = {column: np.full(1, wrong, getattr(columns, column).dtype)}
    broken = replace(columns, **changes)
    with pytest.raises(ValueError, match=column):
        observations_of(broken)


def test_columns_have_one_length() -> None:
    columns = columns_of([])
    with pytest.raises(ValueError, match="one length"):
        replace(columns, count=np.zeros(2, np.int64))


@pytest.mark.parametrize(
    "changes",
    [
        {"binned": [0, 1]}, {"binned": [0, -1]}, {"bins": [5, 5]}, {"bins": [6, 5]}, {"bins": [5, HIGHEST_BIN + 1]},
        {"bins": [LOWEST_BIN - 1, 5]}, {"bin_counts": [1, 0]}, {"bin_counts": [1, 2**33]}, {"bin_counts": [2, 2]},
        {"bins": [5]},
    ],
)  # fmt: skip
def test_bins_that_are_no_histogram_of_an_observation_are_refused(changes: dict[str, list[int]]) -> None:
    speeds = Histogram((5, 6), (1, 2))
    one = Observation(
        "square", "gate", Quantity.SPEED_MEAN, RoadUser.CAR, "forward", 0, 60, 3.0, 3, 1.0, histogram=speeds
    )
    columns = columns_of([one])
    assert observations_of(columns) == (one,)
    with pytest.raises(ValueError, match=r"bin|columns of one length"):
        types: dict[str, Any] = {"binned": np.int32, "bins": np.int16, "bin_counts": np.int64}
        broken: dict[str, Any] = {name: np.array(values, types[name]) for name, values in changes.items()}
        observations_of(replace(columns, **broken))


@pytest.mark.parametrize(
    "left_out", [',"unexplained":[1]', ',"binned":[0],"bins":[0],"bin_counts":[0],"unexplained":[1]']
)
def test_a_delivery_of_before_there_were_histograms_or_unexplained_motion_is_read(left_out: str) -> None:
    one = Observation("square", "gate", Quantity.SPEED_MEAN, RoadUser.CAR, "forward", 0, 60, 3.0, 3, 1.0)
    pieces = TO_HUB.encode(Delivery(7, columns_of([one]), (), ()))
    head, text, *arrays = map(bytes, pieces)
    older = text.replace(left_out.encode(), b"")
    assert len(older) < len(text)
    back = TO_HUB.decode(TO_HUB.head(head), older, b"".join(arrays[:-1]))
    assert isinstance(back, Delivery)
    assert observations_of(back.observations) == (one,)

"""Observations in columns come back as they were; columns that say nonsense are refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
)


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

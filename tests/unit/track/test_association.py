"""Who may be joined with whom, and the cheapest way to join them all."""

from itertools import permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from passerby.track.association import GatingLimits, assign, association_cost
from passerby.track.motion import BoxMotion, MotionNoise

NOISE, LIMITS = MotionNoise(), GatingLimits()
TRACKED = np.array([[100.0, 300.0, 30.0, 80.0]])


def cost_of(*measured: tuple[float, float, float, float], same_kind: bool = True) -> npt.NDArray[np.float64]:
    motion = BoxMotion.start(TRACKED, np.array([80.0]), np.array([1.0]), NOISE)
    kinds = np.full((1, len(measured)), same_kind)
    boxes = np.array(measured).reshape(-1, 4)
    cost = association_cost(motion, np.array([80.0]), boxes, kinds, size_px=(1000, 600), noise=NOISE, gating=LIMITS)
    return np.asarray(cost[0], np.float64)


def test_the_same_place_costs_least_and_far_away_is_impossible() -> None:
    here, near, far = cost_of((100, 300, 30, 80), (108, 300, 30, 80), (600, 300, 30, 80))
    assert here < near < far == np.inf


def test_another_size_costs_more_and_quite_another_is_impossible() -> None:
    same, taller, giant = cost_of((100, 300, 30, 80), (100, 300, 32, 88), (100, 300, 90, 80 * LIMITS.size_ratio * 1.01))
    assert same < taller < giant == np.inf


def test_another_kind_costs_more() -> None:
    (same,), (other,) = cost_of((104, 300, 30, 80)), cost_of((104, 300, 30, 80), same_kind=False)
    assert same < other


def test_nobody_costs_nothing() -> None:
    assert cost_of().shape == (0,)
    rows, columns = assign(np.empty((0, 3)))
    assert len(rows) == len(columns) == 0


def test_what_is_impossible_is_left_out() -> None:
    rows, columns = assign(np.array([[np.inf, 1.0], [np.inf, 0.5]]))
    assert (rows.tolist(), columns.tolist()) == ([1], [1])
    rows, _ = assign(np.full((3, 2), np.inf))
    assert not len(rows)


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(0, 20)), st.data())
def test_most_pairs_first_then_the_least_cost(cost: npt.NDArray[np.float64], data: st.DataObject) -> None:
    cost = np.where(data.draw(hnp.arrays(np.bool_, cost.shape)), np.inf, cost)
    rows, columns = assign(cost)
    assert len(set(rows)) == len(rows) == len(columns) == len(set(columns))
    assert np.isfinite(cost[rows, columns]).all()
    got = (len(rows), -cost[rows, columns].sum())
    wide = cost if cost.shape[0] <= cost.shape[1] else cost.T
    for chosen in permutations(range(wide.shape[1]), wide.shape[0]):
        values = wide[np.arange(wide.shape[0]), list(chosen)]
        finite = values[np.isfinite(values)]
        assert len(finite) < got[0] or (len(finite) == got[0] and finite.sum() >= -got[1] - 1e-9)


def test_foot_points_may_lie_so_many_standard_deviations_apart() -> None:
    """With a prediction that is certain, the noise of the measurement alone decides: a share of the box's scale."""
    scale_px, noise = 80.0, MotionNoise(position=0.1)
    far = LIMITS.distance * 0.1 * scale_px  # 28 px, where boxes 10 px wide do not overlap any more
    motion = BoxMotion.start(np.array([[100.0, 300.0, 10.0, 80.0]]), np.array([scale_px]), np.array([1.0]), noise)
    motion.var_value[:] = 0.0
    for off_px, possible in ((far - 0.5, True), (far + 0.5, False)):
        measured = np.array([[100.0 + off_px, 300.0, 10.0, 80.0]])
        cost = association_cost(
            motion, np.array([scale_px]), measured, np.ones((1, 1), np.bool_), (1000, 600), noise, LIMITS
        )
        assert bool(np.isfinite(cost[0, 0])) is possible


def test_cost_is_distance_in_spreads_and_size_and_what_does_not_overlap() -> None:
    (cost,) = cost_of((112, 300, 30, 88))
    # Both the place that is predicted and the one that is measured are uncertain by the same share of the scale.
    spread2 = 2 * (NOISE.position * 80.0) ** 2
    union = 30 * 80 + 30 * 88 - 18 * 80
    expected = 12**2 / spread2 / LIMITS.distance**2 + np.log(88 / 80) + 1 - 18 * 80 / union
    assert cost == pytest.approx(expected)
    (alike,), (other,) = (cost_of((104, 300, 30, 88), same_kind=same) for same in (True, False))
    assert other - alike == pytest.approx(LIMITS.other_class_cost)


def test_what_is_of_another_kind_and_has_another_box_is_somebody_else() -> None:
    """A car that stops where a walker was lost is not the walker; one that is taken for a car keeps its box."""
    beside, around = (120, 300, 30, 80), (100, 300, 120, 80)
    for box in (beside, around):
        assert np.isfinite(cost_of(box)).all()
        assert np.isinf(cost_of(box, same_kind=False)).all()
    assert np.isfinite(cost_of((102, 300, 32, 80), same_kind=False)).all()

"""The columns of two-state filters against the textbook's matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.track.motion import BoxMotion, MotionNoise, boxes_from_feet, feet_from_boxes

NOISE = MotionNoise()
BOXES = np.array([[100.0, 300.0, 30.0, 80.0], [700.0, 400.0, 90.0, 60.0]])
SCALES_PX = np.array([80.0, 75.0])
SPEEDS = np.array([1.0, 6.0])


class TextbookFilter:
    """Kalman (1960) for position and velocity with white-noise acceleration, one coordinate, as matrices."""

    def __init__(self, value: float, var_value: float, var_rate: float, density: float) -> None:
        self.state = np.array([value, 0.0])
        self.covariance = np.diag([var_value, var_rate])
        self.density = density

    def predict(self, step_s: float) -> None:
        move = np.array([[1.0, step_s], [0.0, 1.0]])
        noise = self.density * np.array([[step_s**3 / 3, step_s**2 / 2], [step_s**2 / 2, step_s]])
        self.state = move @ self.state
        self.covariance = move @ self.covariance @ move.T + noise

    def correct(self, measured: float, spread: float) -> None:
        look = np.array([[1.0, 0.0]])
        gain = self.covariance @ look.T / (look @ self.covariance @ look.T + spread**2)
        self.state = self.state + gain[:, 0] * (measured - self.state[0])
        self.covariance = (np.eye(2) - gain @ look) @ self.covariance


def test_foot_points_and_every_covariance_are_the_textbooks() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    drift = np.array([NOISE.acceleration, NOISE.acceleration, NOISE.size_drift, NOISE.size_drift])
    textbook = [
        [
            TextbookFilter(
                BOXES[row, column],
                motion.var_value[row, column],
                motion.var_rate[row, column],
                (SCALES_PX[row] * drift[column]) ** 2,
            )
            for column in range(4)
        ]
        for row in range(2)
    ]
    chance = np.random.default_rng(5)
    spread_px = np.array([[5.0, 6.0, 9.0, 10.0], [4.0, 3.0, 8.0, 7.0]])
    for step_s in (0.1, 0.1, 0.4, 0.033, 1.0):
        measured = BOXES + chance.normal(0, 3, BOXES.shape)
        motion.advance(step_s, SCALES_PX, NOISE)
        motion.correct(np.array([0, 1]), measured, spread_px)
        for row in range(2):
            for column in range(4):
                textbook[row][column].predict(step_s)
                textbook[row][column].correct(measured[row, column], spread_px[row, column])
    for row in range(2):
        for column in range(4):
            one = textbook[row][column]
            if column < 2:  # the rates of width and height may fade by a rule of their own
                assert motion.value[row, column] == pytest.approx(one.state[0])
                assert motion.rate[row, column] == pytest.approx(one.state[1])
            assert motion.var_value[row, column] == pytest.approx(one.covariance[0, 0])
            assert motion.cov[row, column] == pytest.approx(one.covariance[0, 1])
            assert motion.var_rate[row, column] == pytest.approx(one.covariance[1, 1])


def test_only_the_measured_rows_are_corrected() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    motion.advance(0.1, SCALES_PX, NOISE)
    before = motion.value[0].copy()
    motion.correct(np.array([1]), BOXES[1:] + 20, np.full((1, 4), 5.0))
    assert (motion.value[0] == before).all()
    assert (motion.value[1] > BOXES[1]).all()


def test_the_speed_of_somebody_who_walks_on_is_found() -> None:
    motion = BoxMotion.start(BOXES[:1], SCALES_PX[:1], SPEEDS[:1], NOISE)
    for number in range(1, 30):
        motion.advance(0.1, SCALES_PX[:1], NOISE)
        motion.correct(np.array([0]), BOXES[:1] + np.array([[6.0 * number, 0, 0, 0]]), np.full((1, 4), 4.0))
    assert motion.rate[0, 0] == pytest.approx(60, rel=0.05)
    assert abs(motion.rate[0, 1]) < 1


def test_no_time_changes_nothing() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    before = motion.var_value.copy()
    motion.advance(0.0, SCALES_PX, NOISE)
    assert (motion.value == BOXES).all()
    assert (motion.var_value == before).all()


def test_a_box_never_shrinks_to_nothing() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    motion.rate[:, 2:] = -1000.0
    motion.advance(5.0, SCALES_PX, NOISE)
    assert (motion.value[:, 2:] >= 1.0).all()


def test_boxes_are_kept_and_added_row_by_row() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    motion.append(BoxMotion.start(BOXES[:1] + 5, SCALES_PX[:1], SPEEDS[:1], NOISE))
    assert len(motion) == 3
    motion.keep(np.array([False, True, True]))
    assert motion.value.tolist() == [BOXES[1].tolist(), (BOXES[0] + 5).tolist()]
    assert {len(getattr(motion, name)) for name in ("rate", "var_value", "cov", "var_rate")} == {2}


@given(st.lists(st.tuples(*[st.floats(-1e4, 1e4)] * 2, *[st.floats(0.1, 1e4)] * 2), max_size=20))
def test_feet_and_boxes_say_the_same(rows: list[tuple[float, float, float, float]]) -> None:
    feet = np.array(rows).reshape(-1, 4)
    assert np.allclose(feet_from_boxes(boxes_from_feet(feet)), feet, atol=1e-6)


def test_a_new_box_is_as_uncertain_as_its_measurement_and_moves_by_nobody_knows_what() -> None:
    motion = BoxMotion.start(BOXES, SCALES_PX, SPEEDS, NOISE)
    for row, (scale_px, speed) in enumerate(zip(SCALES_PX, SPEEDS, strict=True)):
        shares = np.array([NOISE.position, NOISE.position, NOISE.size, NOISE.size])
        assert motion.var_value[row] == pytest.approx((scale_px * shares) ** 2)
        rates = speed * np.array([1.0, 1.0, 0.1, 0.1])
        assert motion.var_rate[row] == pytest.approx((scale_px * rates) ** 2)
    assert not motion.rate.any()

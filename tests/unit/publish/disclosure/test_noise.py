"""Noise is of the distribution that is promised, for each audience alone, and both together give nothing more away."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.published import Audience, noise_sd
from passerby.publish.disclosure.noise import (
    MAX_COUNT,
    PARTNER_EPSILON,
    PUBLIC_EPSILON,
    NoiseSource,
    unchanged_share,
)

DRAWS = 40_000
TOLERANCE = 5 / math.sqrt(DRAWS)
"""Five standard deviations of a share at its widest, twice over: a run in a million fails without reason."""


@pytest.fixture(scope="module")
def noise() -> dict[Audience, np.ndarray]:
    """The noise of many numbers for each audience."""
    drawn = NoiseSource().drawn([100] * DRAWS)
    return {audience: np.array([one[audience] for one in drawn]) - 100 for audience in drawn[0]}


@pytest.mark.parametrize(
    ("audience", "epsilon"), [(Audience.PARTNER, PARTNER_EPSILON), (Audience.PUBLIC, PUBLIC_EPSILON)]
)
def test_each_audience_alone_gets_discrete_laplace(noise, audience, epsilon):
    p = math.exp(-epsilon)
    for value in range(-8, 9):
        expected = (1 - p) / (1 + p) * p ** abs(value)
        assert np.mean(noise[audience] == value) == pytest.approx(expected, abs=TOLERANCE)
    assert np.std(noise[audience]) == pytest.approx(noise_sd(epsilon), rel=0.05)
    assert abs(np.mean(noise[audience])) < 5 * noise_sd(epsilon) / math.sqrt(DRAWS)


def test_the_public_number_is_the_partners_with_more_noise(noise):
    """What is added does not depend on the partner's noise, so that nobody learns more from both than from his."""
    partner, more = noise[Audience.PARTNER], noise[Audience.PUBLIC] - noise[Audience.PARTNER]
    w = unchanged_share(PUBLIC_EPSILON, PARTNER_EPSILON)
    p = math.exp(-PUBLIC_EPSILON)
    for low, high in ((-99, -1), (0, 0), (1, 99)):
        chosen = more[(partner >= low) & (partner <= high)]
        assert np.mean(chosen == 0) == pytest.approx(w + (1 - w) * (1 - p) / (1 + p), abs=3 * TOLERANCE)
    assert abs(np.corrcoef(partner, more)[0, 1]) < TOLERANCE


def test_the_mean_of_both_is_not_nearer_to_the_truth_than_the_partners(noise):
    both = (noise[Audience.PARTNER] + noise[Audience.PUBLIC]) / 2
    weighted = min(
        np.std(share * noise[Audience.PARTNER] + (1 - share) * noise[Audience.PUBLIC]) for share in (0.5, 0.7, 0.9)
    )
    assert np.std(both) >= np.std(noise[Audience.PARTNER])
    assert weighted >= np.std(noise[Audience.PARTNER]) * 0.99


@given(st.floats(0.1, 3.0), st.floats(0.1, 3.0), st.floats(0, math.pi))
def test_the_share_makes_the_characteristic_functions_meet(one: float, other: float, t: float) -> None:
    public, partner = min(one, other), max(one, other)

    def characteristic(epsilon: float) -> float:
        p = math.exp(-epsilon)
        return (1 - p) ** 2 / (1 + p * p - 2 * p * math.cos(t))

    w = unchanged_share(public, partner)
    assert 0 <= w <= 1 + 1e-12
    more = w + (1 - w) * characteristic(public)
    assert characteristic(partner) * more == pytest.approx(characteristic(public), rel=1e-9)


def test_each_call_draws_anew_and_none_is_from_a_seed():
    source, another = NoiseSource(), NoiseSource()
    runs = [tuple(tuple(one.values()) for one in each.drawn([50] * 20)) for each in (source, source, another)]
    assert len(set(runs)) == 3


@pytest.mark.parametrize("count", [-1, MAX_COUNT + 1])
def test_what_is_no_count_is_refused(count):
    with pytest.raises(ValueError, match="0 to"):
        NoiseSource().drawn([3, count])
    assert NoiseSource().drawn([]) == []

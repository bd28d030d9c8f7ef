"""What a camera takes more is believed soon, what it takes less late, and the first guess holds for a day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.camera_groups import MeasuredCost
from passerby.messages.cluster_messages import CameraCost
from passerby.service.nodes.camera_costs import A_DAY, FIRST_GUESS, KNOWN_AFTER, KnownCosts


def costs_of(*cpu_ms_s: float) -> KnownCosts:
    costs = KnownCosts()
    for each in cpu_ms_s:
        costs.report([CameraCost("quay", each, 2 * each)])
    return costs


def taken(costs: KnownCosts) -> float:
    found = costs.taken("quay")
    assert found is not None
    return found.cpu_ms_s


def test_nothing_is_known_before_some_minutes_and_the_first_guess_is_kept() -> None:
    assert costs_of(*[900.0] * (KNOWN_AFTER - 1)).taken("quay") is None
    assert costs_of(900.0).kept("quay") == CameraCost("quay", 300.0, 250.0)
    assert costs_of(*[900.0] * KNOWN_AFTER).kept("quay") == CameraCost("quay", 900.0, 1800.0)
    assert costs_of(*[90.0] * KNOWN_AFTER).kept("quay") == CameraCost("quay", 300.0, 250.0)
    # A first minute, in which models are loaded, weighs as much as each of the others.
    assert taken(costs_of(1000.0, *[100.0] * (KNOWN_AFTER - 1))) == pytest.approx(190.0)


def test_more_is_believed_within_minutes_and_less_within_a_day() -> None:
    calm = [100.0] * KNOWN_AFTER
    assert taken(costs_of(*calm, *[300.0] * 20)) > 270
    assert taken(costs_of(*calm, 300.0)) == pytest.approx(120.0)
    busy = [300.0] * KNOWN_AFTER
    assert taken(costs_of(*busy, *[100.0] * 60)) > 290
    assert taken(costs_of(*busy, *[100.0] * (3 * A_DAY))) < 112


def test_a_day_later_less_than_the_first_guess_is_kept() -> None:
    costs = costs_of(*[100.0] * A_DAY)
    assert (costs.kept("quay").cpu_ms_s, costs.kept("quay").memory_mb) == pytest.approx((100.0, 200.0))
    costs.keep_only(["square"])
    assert costs.taken("quay") is None


@given(st.lists(st.floats(0.0, 1e6), min_size=KNOWN_AFTER, max_size=60))
def test_it_lies_within_what_was_measured_and_is_never_kept_too_little(reports: list[float]) -> None:
    costs = costs_of(*reports)
    assert min(reports) - 1e-6 <= taken(costs) <= max(reports) + 1e-6
    assert costs.kept("quay").cpu_ms_s >= max(taken(costs), FIRST_GUESS.cpu_ms_s)


def test_the_next_hub_recalls_what_was_measured_and_keeps_what_it_knows_better() -> None:
    before = costs_of(*[90.0] * A_DAY)
    after = KnownCosts()
    after.recall(before.measured())
    assert after.kept("quay") == before.kept("quay") == CameraCost("quay", 90.0, 180.0)
    after.recall([MeasuredCost("quay", 1.0, 1.0, A_DAY - 1), MeasuredCost("mole", 500.0, 600.0, KNOWN_AFTER)])
    assert after.taken("quay") == CameraCost("quay", 90.0, 180.0)
    assert after.kept("mole") == CameraCost("mole", 500.0, 600.0)
    new = costs_of(10.0)
    new.recall(before.measured())
    assert new.measured() == before.measured()

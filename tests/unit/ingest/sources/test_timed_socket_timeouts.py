"""Pauses between attempts."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from passerby.back_off import BackOff
from passerby.ingest.sources.timed_socket import Timeouts


@given(st.integers(0, 2**32))
def test_pauses_grow_up_to_the_longest_and_begin_anew(seed: int) -> None:
    back_off = BackOff(Timeouts().pauses, random.Random(seed))
    pauses_s = [back_off.wait_s() for _ in range(200)]
    assert 0.25 <= pauses_s[0] <= 0.5
    assert all(15.0 <= pause_s <= 30.0 for pause_s in pauses_s[6:])
    assert all(later <= 4 * earlier for earlier, later in itertools.pairwise(pauses_s))
    back_off.reset()
    assert back_off.wait_s() <= 0.5


def test_cameras_that_fail_together_do_not_come_back_together() -> None:
    pauses = {BackOff(Timeouts().pauses, random.Random(seed)).wait_s() for seed in range(50)}
    assert len(pauses) == 50

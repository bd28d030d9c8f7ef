"""Hand-over and gaps: nothing is continued over more than `handover_s`, nor over an interruption."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerby.domain.tracks import Tracks
from passerby.measure.slots import TrackSlots

STANDS = [(200.0, 250.0)] * 12
Film = Callable[..., list[Tracks]]


@pytest.mark.parametrize("interrupted", [False, True])
def test_an_interruption_hands_nobody_over(walk, film: Film, interrupted: bool) -> None:
    frames = film(walk(1, STANDS), walk(2, STANDS, first=14))
    slots, settled = TrackSlots(), 0
    for number, tracks in enumerate(frames):
        if interrupted and number == 14:
            slots.start_anew()
        settled += len(slots.update(tracks).settled_successors)
    assert settled == (0 if interrupted else 1)


def test_an_interruption_ends_every_track_whatever_becomes_of_its_id(walk, film: Film) -> None:
    frames = film(walk(1, STANDS, ends=False), walk(2, [(800.0, 250.0)] * 12, ends=False), frames=12)
    slots = TrackSlots()
    before = [slots.update(tracks) for tracks in frames[:6]][-1]
    slots.start_anew()
    cut = slots.update(frames[6])
    assert sorted(cut.ended.tolist()) == sorted(before.slot.tolist())
    assert cut.fresh.all()
    assert not set(cut.slot.tolist()) & set(before.slot.tolist())
    after = slots.update(frames[7])
    assert sorted(after.freed.tolist()) == sorted(before.slot.tolist())
    assert after.slot.tolist() == cut.slot.tolist()
    assert not after.fresh.any()
    assert not len(after.ended)


def test_a_track_that_ends_with_the_interruption_ends_once(walk, film: Film) -> None:
    frames = film(walk(1, STANDS), frames=20)
    slots = TrackSlots()
    ended = []
    for number, tracks in enumerate(frames):
        if number == 12:
            slots.start_anew()
        ended += slots.update(tracks).ended.tolist()
    assert len(ended) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    lengths=st.lists(st.integers(1, 8), min_size=7, max_size=7),
)
def test_no_hand_over_bridges_more_than_its_time(walk, film: Film, gaps: list[int], lengths: list[int]) -> None:
    first, walks = 0, []
    for number, (gap, length) in enumerate(zip([*gaps, 0], lengths, strict=False)):
        walks.append(walk(number, [(200.0, 250.0)] * length, first=first))
        first += length + gap
    slots = TrackSlots()
    seen_s: dict[int, float] = {}
    born_s: dict[int, float] = {}
    for tracks in film(*walks):
        slotted = slots.update(tracks)
        now_s = tracks.stamp.stream_s
        born_s |= dict.fromkeys(slotted.slot[slotted.fresh].tolist(), now_s)
        pairs = zip(slotted.settled_successors.tolist(), slotted.settled_predecessors.tolist(), strict=True)
        assert all(born_s[new] - seen_s[old] <= 1.5 + 1e-9 for new, old in pairs)
        seen_s |= dict.fromkeys(slotted.slot.tolist(), now_s)
        assert np.isfinite(slotted.foot_heights).all()
